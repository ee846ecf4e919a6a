//! `print status|sample|file`: receipt printers here, document printers in a file of their own.

pub(crate) mod document;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use domain::device::{DeviceState, PaperSupply};
use domain::locale::Localized;
use domain::paper::document::{GreyPicture, PaperBlock, PaperDocument};
use domain::paper::{Paper, compose};
use domain::terminal::TerminalId;
use drivers::receipt_printer::{
    Cause, EscPosPrinter, FontError, Outcome, PaperFonts, Presented, PrintReport, PrinterProfile,
    PrinterStatus, ReceiptPrinter as _,
};
use drivers::transport::{self, PortAddress, RecordingError, recorded_whole};
use serde::Serialize;
use shipped::{AssetError, Typeface};
use time::{OffsetDateTime, UtcOffset};

use crate::config::Config;
use crate::output::{self, Failure, Output, Report, word};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Asks the printer how it is
    Status(Printer),
    /// Prints a sample: sizes, rare characters, a code, greys
    Sample(Printer),
    /// Prints a text in UTF-8 or a PNG picture; on a document printer (`ipp://`) a PDF, an OFD or a text
    File {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        printer: Printer,
    },
}

#[derive(clap::Args)]
pub(crate) struct Printer {
    /// `serial:/dev/ttyS0?baud=115200`, `lp:/dev/usb/lp0`, `tcp:192.0.2.7:9100`, `ipp://192.0.2.7:631/ipp/print`
    #[arg(long)]
    port: Option<PortAddress>,
    /// What the printer can do: a profile by its name, or a file that ends in .toml [default: the configuration's, or
    /// epson_80]
    #[arg(long, value_parser = given_profile, value_name = "NAME")]
    profile: Option<Box<PrinterProfile>>,
    /// Seconds until a paper that is held out counts as forgotten, where the printer holds papers out [default: the
    /// profile's]
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u16).range(1..=600))]
    forgotten: Option<u16>,
    /// Writes what the printer is asked and answers to a new file, what is printed only by its length; `--port
    /// replay:FILE` plays it
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// Largest text, and largest picture file, that is taken.
const MOST_TEXT: usize = 64 * 1024;
const MOST_FILE: u64 = 16 * 1024 * 1024;

pub(crate) fn run(command: &Command, config: &Config, output: &Output) -> ExitCode {
    let given = match command {
        Command::Status(given) | Command::Sample(given) | Command::File { printer: given, .. } => given,
    };
    let Some(port) = given.port.as_ref().or_else(|| config.port("printer")) else {
        return output::wrong_usage("no port: give --port, or a --config with [printer] port");
    };
    if document::is_one(port) {
        return match given.profile.is_some() || given.forgotten.is_some() {
            true => output::wrong_usage("a document printer has no --profile and no --forgotten"),
            false => document::run(command, port, given.record.as_deref(), output),
        };
    }
    let profile = given.profile.as_deref().or_else(|| config.profile()).cloned();
    let Some(profile) = profile.or_else(default_profile) else {
        return output::wrong_usage("no profile: give --profile");
    };
    let mut printer = match printer(port, profile) {
        Ok(printer) => printer,
        Err(error) => return file_failed(output::chain(&error), output),
    };
    if let Some(seconds) = given.forgotten {
        printer = printer.forgotten_after(Duration::from_secs(seconds.into()));
    }
    let document = match command {
        Command::Status(_) => None,
        Command::Sample(_) => Some(sample(OffsetDateTime::now_utc())),
        Command::File { file, .. } => match document(file) {
            Ok(document) => Some(document),
            Err(message) => return file_failed(message, output),
        },
    };
    let recorded = match given.record.as_deref().map(|file| (file, printer.record(file))) {
        Some((file, Ok(()))) => Some(file),
        // The result says it.
        None | Some((_, Err(RecordingError::Opening(_)))) => None,
        Some((_, Err(error))) => return file_failed(output::chain(&error), output),
    };
    let result = match &document {
        None => status(&mut printer, port),
        Some(document) => print(document, &mut printer, port),
    };
    // It is whole once its port is closed.
    drop(printer);
    // A disk that was full is said here: what was asked for was the recording.
    match recorded.map(recorded_whole) {
        Some(Err(error)) => file_failed(output::chain(&error), output),
        _ => result.told(output),
    }
}

fn file_failed(message: String, output: &Output) -> ExitCode {
    let words = message.clone();
    output.failed(&Failure::new(FileError { kind: "file", message }, words))
}

/// Why nothing can be set for paper.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaperError {
    #[error(transparent)]
    Typeface(#[from] AssetError),
    #[error(transparent)]
    Font(#[from] FontError),
}

pub(crate) fn printer(
    port: &PortAddress,
    profile: PrinterProfile,
) -> Result<EscPosPrinter<'static>, PaperError> {
    let Typeface { regular, bold } = shipped::typeface()?;
    Ok(EscPosPrinter::new(port.clone(), profile, PaperFonts::new(regular, bold)?))
}

/// The printer; a typeface that is not whole is said on standard error.
pub(crate) fn printer_or_said(port: &PortAddress, profile: PrinterProfile) -> Option<EscPosPrinter<'static>> {
    printer(port, profile).inspect_err(|error| output::to_stderr(&output::chain(error))).ok()
}

pub(crate) fn default_profile() -> Option<PrinterProfile> {
    PrinterProfile::built_in(PrinterProfile::built_in_names().next()?)
}

fn status(printer: &mut EscPosPrinter<'_>, port: &PortAddress) -> Printed {
    let status = printer.status();
    tell_port(port, &status);
    Printed::of_status(&status)
}

fn print(document: &PaperDocument, printer: &mut EscPosPrinter<'_>, port: &PortAddress) -> Printed {
    let report = printer.print(document, &mut |_| {});
    tell_port(port, &report.status);
    Printed::of(&report)
}

/// Says on standard error why a port cannot be opened: the result has only the word for it.
fn tell_port(port: &PortAddress, status: &PrinterStatus) {
    if status.cause == Some(Cause::Port)
        && let Err(error) = transport::open(port)
    {
        output::to_stderr(&output::chain(&error));
    }
}

/// What answers on a port as a receipt printer does, for `list`.
pub(crate) fn look(port: &PortAddress) -> Option<String> {
    let status = printer_or_said(port, default_profile()?)?.status();
    let answers = !matches!(status.cause, Some(Cause::Port | Cause::NoAnswer));
    answers.then(|| Printed::of_status(&status).words())
}

/// A profile by its name, or of a file whose path is seen from `folder`.
pub(crate) fn profile(name: &str, folder: &Path) -> Result<Box<PrinterProfile>, String> {
    if let Some(profile) = PrinterProfile::built_in(name) {
        return Ok(Box::new(profile));
    }
    if Path::new(name).extension().is_some_and(|e| e == "toml") {
        let text = std::fs::read_to_string(folder.join(name)).map_err(|e| format!("{name}: {e}"))?;
        return PrinterProfile::parse(name, &text).map(Box::new).map_err(|e| e.to_string());
    }
    let known: Vec<&str> = PrinterProfile::built_in_names().collect();
    Err(format!("no such profile; there are {}, or a file.toml", known.join(", ")))
}

/// The same of a command line.
pub(crate) fn given_profile(name: &str) -> Result<Box<PrinterProfile>, String> {
    profile(name, Path::new(""))
}

/// The same moment by the clock on the wall.
fn beijing(now: OffsetDateTime) -> OffsetDateTime {
    UtcOffset::from_hms(8, 0, 0).map_or(now, |offset| now.to_offset(offset))
}

/// The terminal's own test page.
pub(crate) fn page(now: OffsetDateTime) -> PaperDocument {
    let page = Paper::TestPage {
        site: Localized::new("示例社区", "Sample community"),
        terminal: TerminalId("yilin-device".to_owned()),
        at: beijing(now),
    };
    compose::compose(&page, None)
}

/// The same, and what a technician wants to see beside it.
fn sample(now: OffsetDateTime) -> PaperDocument {
    let greys: Vec<u8> =
        (0..384 * 48).map(|i| u8::try_from((i % 384) * 255 / 383).unwrap_or(u8::MAX)).collect();
    let mut document = page(now).rule().headline("0123456789").pair("王测试䶮", "赵𠅤 ￥1.00").space(1);
    document.blocks.extend(GreyPicture::new(384, 48, greys).ok().map(PaperBlock::Picture));
    document
}

/// A document by a file's content.
fn document(path: &Path) -> Result<PaperDocument, String> {
    let named = |what: String| format!("{}: {what}", path.display());
    let bytes = bytes_of(path)?;
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return picture(bytes).map_err(named);
    }
    text_document(bytes, "neither a PNG picture nor text in UTF-8").map_err(named)
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, String> {
    let named = |what: &str| format!("{}: {what}", path.display());
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|e| named(&e.to_string()))?;
    file.take(MOST_FILE + 1).read_to_end(&mut bytes).map_err(|e| named(&e.to_string()))?;
    if bytes.len() as u64 > MOST_FILE { Err(named("larger than 16 MiB")) } else { Ok(bytes) }
}

/// A text as a paper; `otherwise` is said of what is none.
fn text_document(bytes: Vec<u8>, otherwise: &str) -> Result<PaperDocument, String> {
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or(otherwise)?;
    if text.len() > MOST_TEXT {
        return Err("more text than 64 KiB".to_owned());
    }
    if text.trim().is_empty() {
        return Err("empty".to_owned());
    }
    Ok(PaperDocument::new().paragraph(text.trim_start_matches('\u{FEFF}').trim_end()))
}

fn picture(bytes: Vec<u8>) -> Result<PaperDocument, String> {
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(bytes), image::ImageFormat::Png);
    let mut limits = image::Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(8192), Some(32768));
    limits.max_alloc = Some(256 * 1024 * 1024);
    reader.limits(limits);
    let decoded = reader.decode().map_err(|e| e.to_string())?;
    // What is transparent is paper.
    let rgba = decoded.to_rgba8();
    let pixels = rgba.pixels().map(|p| {
        let [r, g, b, alpha] = p.0.map(u32::from);
        let grey = (r * 299 + g * 587 + b * 114) / 1000;
        u8::try_from((grey * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    });
    let (width, height) = (rgba.width() as usize, rgba.height() as usize);
    let picture = GreyPicture::new(width, height, pixels.collect()).map_err(|e| e.to_string())?;
    Ok(PaperDocument::new().block(PaperBlock::Picture(picture)))
}

#[derive(Serialize)]
struct FileError {
    kind: &'static str,
    message: String,
}

/// The keys of the command's contract.
#[derive(Serialize)]
struct Printed {
    /// What the exit code says.
    #[serde(skip)]
    done: bool,
    outcome: Option<&'static str>,
    evidence: Option<&'static str>,
    paper: PaperSupply,
    state: DeviceState,
    cause: Option<&'static str>,
    bytes: usize,
    /// A paper in the printer's exit.
    media: &'static str,
    /// What became of it where the printer holds papers out.
    presented: Option<&'static str>,
}

impl Printed {
    fn told(&self, output: &Output) -> ExitCode {
        if self.done { output.done(self) } else { output.failed(self) }
    }

    fn of(report: &PrintReport) -> Self {
        Self {
            done: report.outcome == Outcome::Printed,
            outcome: Some(report.outcome.word()),
            evidence: Some(report.evidence.word()),
            paper: report.status.paper,
            state: report.status.state,
            cause: report.cause.map(Cause::word),
            bytes: report.bytes,
            media: report.status.media.word(),
            presented: report.presented.map(Presented::word),
        }
    }

    fn of_status(status: &PrinterStatus) -> Self {
        Self {
            done: !matches!(status.cause, Some(Cause::Port | Cause::NoAnswer)),
            outcome: None,
            evidence: None,
            paper: status.paper,
            state: status.state,
            cause: status.cause.map(Cause::word),
            bytes: 0,
            media: status.media.word(),
            presented: None,
        }
    }
}

impl Report for Printed {
    fn words(&self) -> String {
        let mut text = match (self.outcome, self.evidence) {
            (Some(outcome), Some(evidence)) => {
                format!("{outcome} (evidence: {evidence}, {} bytes), ", self.bytes)
            }
            _ => String::new(),
        };
        text.push_str(&format!("printer {}, paper {}", word(&self.state), word(&self.paper)));
        if let Some(presented) = self.presented {
            text.push_str(&format!(", paper held out: {presented}"));
        }
        if let Some(cause) = self.cause {
            text.push_str(&format!(", cause: {cause}"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &[u8], expected: Result<&str, &str>) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let got = document(file.path());
        let seen = match &got {
            Ok(paper) => match paper.blocks.as_slice() {
                [PaperBlock::Text { text, .. }] => text.reveal().to_owned(),
                [PaperBlock::Picture(picture)] => {
                    format!("{} × {}: {:?}", picture.width(), picture.height(), picture.pixels())
                }
                other => format!("{other:?}"),
            },
            Err(message) => message.clone(),
        };
        match expected {
            Ok(text) => assert!(got.is_ok() && seen == text, "{seen}"),
            Err(part) => assert!(got.is_err() && seen.contains(part), "{seen}"),
        }
    }

    #[test]
    fn a_file_is_what_its_content_says() {
        check("一\n二\n".as_bytes(), Ok("一\n二"));
        check("\u{FEFF}一".as_bytes(), Ok("一"));
        check(b"", Err("empty"));
        check(&[0xD6, 0xD0], Err("UTF-8"));
        check(&[0; 9], Err("UTF-8"));
        check(b"\x89PNG\r\n\x1a\nnothing", Err(""));
        check(&[b'x'; 70_000], Err("64 KiB"));
        let mut png = std::io::Cursor::new(Vec::new());
        // Black, white, and black that is not to be seen.
        let dots = [[0, 0, 0, 255], [255, 255, 255, 255], [0, 0, 0, 0]].concat();
        image::RgbaImage::from_raw(3, 1, dots).unwrap().write_to(&mut png, image::ImageFormat::Png).unwrap();
        check(png.get_ref(), Ok("3 × 1: [0, 255, 255]"));
    }

    #[test]
    fn the_sample_has_every_kind_of_block() {
        let paper = sample(OffsetDateTime::UNIX_EPOCH);
        let Typeface { regular, bold } = shipped::typeface().unwrap();
        let fonts = PaperFonts::new(regular, bold).unwrap();
        for name in PrinterProfile::built_in_names() {
            let dots = PrinterProfile::built_in(name).unwrap().dots;
            assert!(drivers::receipt_printer::painter::paint(&paper, dots, &fonts).is_ok(), "{name}");
        }
        assert!(paper.blocks.iter().any(|b| matches!(b, PaperBlock::Qr { .. })));
        assert!(matches!(paper.blocks.last(), Some(PaperBlock::Picture(_))));
    }
}
