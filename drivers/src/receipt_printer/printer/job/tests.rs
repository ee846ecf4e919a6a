//! A whole job over a line that splits and dirties what the printer says, at every byte of it.

use std::collections::VecDeque;

use domain::paper::document::PaperDocument;

use super::*;
use crate::receipt_printer::PaperFonts;
use crate::transport::Transport;

const REGULAR: &[u8] = include_bytes!("../../../../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../../../../assets/fonts/YilinSans-Bold.otf");
const ID: [u8; 4] = *b"A017";

/// What the line does at one byte of all that the printer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Good,
    /// A read ends before that byte.
    Split(usize),
    /// This comes before that byte.
    Noise(usize, u8),
}

/// A printer that is well, as the reference page has it answer.
struct Answering {
    line: Line,
    written: Vec<u8>,
    /// Where questions are looked for.
    looked: usize,
    says: VecDeque<u8>,
    said: usize,
    /// Which of the questions for a number it forgets.
    forgets: Option<usize>,
    numbers: usize,
}

/// `GS ( H` fn 48, answered by `37 22`, the number and `00`.
const NUMBER: [u8; 7] = [0x1D, b'(', b'H', 6, 0, 48, 48];
/// Questions and answers: `DLE EOT` 1 to 4 (paper low), 20 (paper low), `GS a`, `GS r 1`.
const ANSWERS: [(&[u8], &[u8]); 7] = [
    (&[0x10, 0x04, 0x01], &[0x12]),
    (&[0x10, 0x04, 0x02], &[0x12]),
    (&[0x10, 0x04, 0x03], &[0x12]),
    (&[0x10, 0x04, 0x04], &[0x1E]),
    (&[0x10, 0x04, 0x14], &[0x10, 0x0F, 0x04, 0x00, 0x00, 0x00]),
    (&[0x1D, 0x61, 0x0E], &[0x10, 0x00, 0x03, 0x0F]),
    (&[0x1D, 0x72, 0x01], &[0x03]),
];

impl Answering {
    fn over(line: Line) -> Self {
        let (written, says) = (Vec::new(), VecDeque::new());
        Self { line, written, looked: 0, says, said: 0, forgets: None, numbers: 0 }
    }
}

impl Transport for Answering {
    fn read(&mut self, buffer: &mut [u8], _deadline: Instant) -> Result<usize, TransportError> {
        let mut count = 0;
        while let Some(byte) = self.says.front().copied() {
            match self.line {
                Line::Split(at) if at == self.said && count > 0 => break,
                Line::Noise(at, noise) if at == self.said => {
                    buffer[count] = noise;
                    count += 1;
                    self.line = Line::Good;
                }
                _ => {
                    buffer[count] = byte;
                    (count, self.said) = (count + 1, self.said + 1);
                    self.says.pop_front();
                }
            }
        }
        if count == 0 { Err(TransportError::TimedOut { port: "answering".to_owned() }) } else { Ok(count) }
    }

    fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<usize, TransportError> {
        self.written.extend_from_slice(bytes);
        while self.looked < self.written.len() {
            let rest = &self.written[self.looked..];
            if let Some(number) = rest.strip_prefix(&NUMBER).and_then(|rest| rest.first_chunk::<4>()) {
                if self.forgets != Some(self.numbers) {
                    self.says.extend([&[0x37, 0x22][..], number, &[0]].concat());
                }
                self.numbers += 1;
                self.looked += NUMBER.len() + number.len();
                continue;
            }
            let asked = ANSWERS.iter().find(|(question, _)| rest.starts_with(question));
            self.says.extend(asked.iter().flat_map(|(_, answer)| *answer));
            self.looked += asked.map_or(1, |(question, _)| question.len());
        }
        Ok(bytes.len())
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        Ok(())
    }

    fn name(&self) -> &str {
        "answering"
    }
}

/// The status before a job, the job's report, and how many bytes the printer said.
fn exchange(profile: &PrinterProfile, line: Line) -> (PrinterStatus, PrintReport) {
    let mut link = Link::new(Box::new(Answering::over(line)));
    let status = PrinterStatus::of(link.ask_all(profile).unwrap(), profile);
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    let job = PrintJob::encode(&PaperDocument::new().paragraph("ok"), profile, &fonts, ID).unwrap();
    let mut progress = |_| {};
    let mut running = Running::begin(&job, ID, profile, &mut link, status, &mut progress);
    let end = running.run();
    (status, running.report(end))
}

fn profile(name: &str) -> PrinterProfile {
    let finish_limit = Duration::from_millis(100);
    PrinterProfile {
        head_mm_per_s: 5000,
        finish_limit,
        presenter: None,
        ..PrinterProfile::built_in(name).unwrap()
    }
}

/// Bytes that a printer says at most in a job.
const MOST_SAID: usize = 40;

#[test]
fn every_split_and_noise_before_every_byte_change_nothing() {
    for (name, evidence) in [
        ("epson_80", Evidence::ProcessId),
        ("snbc_80", Evidence::Drained),
        ("custom_vkp80", Evidence::Drained),
    ] {
        let profile = profile(name);
        let good = exchange(&profile, Line::Good);
        assert_eq!((good.1.outcome, good.1.evidence), (Outcome::Printed, evidence), "{name}: {good:?}");
        for at in 0..MOST_SAID {
            let noise = [0xFF, 0x9A, 0xB2, 0xF0].map(|noise| Line::Noise(at, noise));
            for line in [Line::Split(at)].into_iter().chain(noise) {
                assert_eq!(exchange(&profile, line), good, "{name}, {line:?}");
            }
        }
    }
}

#[test]
fn noise_that_looks_like_an_answer_never_proves_a_paper_that_is_not_proved() {
    // No noise makes a job number of a printer that answers with one.
    let profile = profile("epson_80");
    for at in 0..MOST_SAID {
        for noise in (0x00..0x80).step_by(23) {
            let (_, report) = exchange(&profile, Line::Noise(at, noise));
            let proved = report.evidence == Evidence::ProcessId;
            assert_eq!(proved, report.outcome == Outcome::Printed, "{noise:02x} at {at}: {report:?}");
            assert_eq!(report.cause.is_none(), proved, "{noise:02x} at {at}: {report:?}");
        }
    }
}

#[test]
fn a_printer_that_forgot_a_piece_and_answers_the_end_has_not_printed_it() {
    let profile = profile("epson_80");
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    // Some twenty chunks of rare characters.
    let long = PaperDocument::new().paragraph("䶮𠅤".repeat(400));
    let job = PrintJob::encode(&long, &profile, &fonts, ID).unwrap();
    assert!(job.chunks.len() > 3, "{}", job.chunks.len());
    let print = |forgets| {
        let mut link = Link::new(Box::new(Answering { forgets, ..Answering::over(Line::Good) }));
        let status = PrinterStatus::of(link.ask_all(&profile).unwrap(), &profile);
        let mut progress = |_| {};
        let mut running = Running::begin(&job, ID, &profile, &mut link, status, &mut progress);
        let end = running.run();
        let report = running.report(end);
        (report.outcome, report.evidence, report.cause)
    };
    assert_eq!(print(None), (Outcome::Printed, Evidence::ProcessId, None));
    for piece in 0..job.chunks.len() {
        let unknown = (Outcome::Unknown, Evidence::None, Some(Cause::NoAnswer));
        assert_eq!(print(Some(piece)), unknown, "piece {piece}");
    }
}
