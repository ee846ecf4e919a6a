//! `print status|sample|file` where the port is a document printer's.

use std::path::Path;
use std::process::ExitCode;

use domain::device::{DeviceState, PaperSupply};
use domain::paper::document::{PaperBlock, PaperDocument};
use drivers::document_printer::form::{FormFonts, FormProperties, with_form};
use drivers::document_printer::{
    Cause, Document, DocumentPrinter as _, IppPrinter, Outcome, PrintReport, PrinterStatus,
};
use drivers::transport::{PortAddress, RecordingError, recorded_port};
use serde::Serialize;
use shipped::Typeface;
use time::OffsetDateTime;

use super::{Command, beijing, bytes_of, file_failed, sample, text_document};
use crate::output::{Output, Report, chain, word};

/// Whether a port is a document printer's, or the recording of one.
pub(crate) fn is_one(port: &PortAddress) -> bool {
    match port {
        PortAddress::Ipp { .. } => true,
        PortAddress::Replay { path } => matches!(recorded_port(path), Ok(PortAddress::Ipp { .. })),
        _ => false,
    }
}

/// The printer at a port, recorded where a file is named.
pub(crate) fn opened(port: &PortAddress, record: Option<&Path>) -> Result<IppPrinter, RecordingError> {
    match (port, record) {
        (PortAddress::Replay { path }, None) => IppPrinter::replayed(path),
        (_, None) => Ok(IppPrinter::new(port)),
        (_, Some(file)) => IppPrinter::recorded(port, file),
    }
}

pub(super) fn run(command: &Command, port: &PortAddress, record: Option<&Path>, output: &Output) -> ExitCode {
    let document = match command {
        Command::Status(_) => None,
        Command::Sample(_) => Some(sample_form()),
        Command::File { file, .. } => Some(document(file)),
    };
    let document = match document.transpose() {
        Ok(document) => document,
        Err(message) => return file_failed(message, output),
    };
    let mut printer = match opened(port, record) {
        Ok(printer) => printer,
        Err(error) => return file_failed(chain(&error), output),
    };
    let (result, well) = match &document {
        None => status(&mut printer),
        Some(document) => print(document, &mut printer),
    };
    match printer.finish() {
        Err(error) => file_failed(chain(&error), output),
        Ok(()) if well => output.done(&result),
        Ok(()) => output.failed(&result),
    }
}

/// What answers on a port as a document printer does, for `list`.
pub(crate) fn look(port: &PortAddress) -> Option<String> {
    let PortAddress::Ipp { .. } = port else { return None };
    let mut printer = IppPrinter::new(port);
    let status = printer.status();
    let answers = !matches!(status.cause, Some(Cause::Port | Cause::NoAnswer | Cause::Protocol));
    answers.then(|| Printed::of_status(&status, printer.formats().unwrap_or_default()).words())
}

/// What the printer says, and whether it could be asked.
fn status(printer: &mut IppPrinter) -> (Printed, bool) {
    let status = printer.status();
    let result = Printed::of_status(&status, printer.formats().unwrap_or_default());
    (result, !matches!(status.cause, Some(Cause::Port | Cause::NoAnswer | Cause::Protocol)))
}

/// What became of a document, and whether it is printed.
fn print(document: &Document, printer: &mut IppPrinter) -> (Printed, bool) {
    let report = printer.print(document, &mut |_| {});
    (Printed::of(&report), report.outcome == Outcome::Printed)
}

/// A document by a file's content: a PDF or OFD as it is, a text as a form.
fn document(path: &Path) -> Result<Document, String> {
    let named = |what: &str| format!("{}: {what}", path.display());
    let bytes = bytes_of(path)?;
    if bytes.starts_with(b"%PDF-") || bytes.starts_with(b"PK\x03\x04") {
        return Document::inspect(bytes).map_err(|error| named(&error.to_string()));
    }
    // Viewers look for it in so many bytes (ISO 32000-1, annex H.3.4.1); as a text it would be pages of rubbish.
    if bytes.windows(5).take(1024).any(|window| window == b"%PDF-") {
        return Err(named("PDF: something stands before its beginning"));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Err(named("a picture is not printed on a document printer"));
    }
    let text = text_document(bytes, "neither PDF nor OFD nor text in UTF-8").map_err(|e| named(&e))?;
    form(&text).map_err(|error| named(&error))
}

/// A paper of the terminal's own on A4.
fn form(paper: &PaperDocument) -> Result<Document, String> {
    let created = beijing(OffsetDateTime::now_utc());
    let properties = FormProperties { title: "yilin-device", language: "zh-CN", created };
    let Typeface { regular, bold } = shipped::typeface().map_err(|error| error.to_string())?;
    let fonts = FormFonts::new(regular, bold).map_err(|error| error.to_string())?;
    with_form(paper, &fonts, |form| form.pdf(&properties)).map_err(|error| error.to_string())
}

/// The terminal's own test form.
pub(crate) fn sample_form() -> Result<Document, String> {
    form(&without_pictures(sample(OffsetDateTime::now_utc())))
}

fn without_pictures(mut paper: PaperDocument) -> PaperDocument {
    paper.blocks.retain(|block| !matches!(block, PaperBlock::Picture(_)));
    paper
}

/// The keys of the command's contract.
#[derive(Serialize)]
struct Printed {
    outcome: Option<&'static str>,
    evidence: Option<&'static str>,
    paper: PaperSupply,
    state: DeviceState,
    cause: Option<&'static str>,
    bytes: usize,
    /// Pages of the document, where they could be counted.
    pages: Option<u32>,
    /// Pages that the printer says are out, where it counts.
    pages_out: Option<u32>,
    /// What the printer says it takes; asked with `status` only.
    formats: Option<Vec<String>>,
    /// The printer's own words.
    reasons: Vec<String>,
}

impl Printed {
    fn of(report: &PrintReport) -> Self {
        Self {
            outcome: Some(report.outcome.word()),
            evidence: Some(report.evidence.word()),
            cause: report.cause.map(Cause::word),
            bytes: report.bytes,
            pages: report.pages,
            pages_out: report.pages_out,
            formats: None,
            ..Self::of_status(&report.status, Vec::new())
        }
    }

    fn of_status(status: &PrinterStatus, formats: Vec<String>) -> Self {
        Self {
            outcome: None,
            evidence: None,
            paper: status.paper,
            state: status.state,
            cause: status.cause.map(Cause::word),
            bytes: 0,
            pages: None,
            pages_out: None,
            formats: Some(formats),
            reasons: status.reasons.clone(),
        }
    }
}

impl Report for Printed {
    fn words(&self) -> String {
        let mut text = match (self.outcome, self.evidence) {
            (Some(outcome), Some(evidence)) => {
                let count = |pages: Option<u32>| pages.map_or_else(|| "?".to_owned(), |n| n.to_string());
                let (out, pages) = (count(self.pages_out), count(self.pages));
                format!("{outcome} (evidence: {evidence}, {} bytes, {out} of {pages} pages), ", self.bytes)
            }
            _ => String::new(),
        };
        text.push_str(&format!("printer {}, paper {}", word(&self.state), word(&self.paper)));
        if let Some(cause) = self.cause {
            text.push_str(&format!(", cause: {cause}"));
        }
        if let Some(formats) = self.formats.as_ref().filter(|formats| !formats.is_empty()) {
            text.push_str(&format!(", takes {}", formats.join(" ")));
        }
        text
    }
}
