//! `print status|sample|file` where the port is a document printer's.

use std::path::Path;
use std::process::ExitCode;

use domain::device::{DeviceState, PaperSupply};
use domain::paper::document::{PaperBlock, PaperDocument};
use drivers::document_printer::form::{FormFonts, FormProperties, with_form};
use drivers::document_printer::{
    Cause, Document, DocumentPrinter as _, IppPrinter, Outcome, PrintReport, PrinterStatus,
};
use drivers::transport::PortAddress;
use serde::Serialize;
use time::OffsetDateTime;

use super::{BOLD, Command, REGULAR, beijing, bytes_of, file_failed, sample, text_document};
use crate::output::{Output, Report, word};

pub(super) fn run(command: &Command, port: &PortAddress, output: &Output) -> ExitCode {
    let mut printer = IppPrinter::new(port);
    let document = match command {
        Command::Status(_) => return status(&mut printer, output),
        Command::Sample(_) => sample_form(),
        Command::File { file, .. } => document(file),
    };
    match document {
        Ok(document) => print(&document, &mut printer, output),
        Err(message) => file_failed(message, output),
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

fn status(printer: &mut IppPrinter, output: &Output) -> ExitCode {
    let status = printer.status();
    let result = Printed::of_status(&status, printer.formats().unwrap_or_default());
    match status.cause {
        Some(Cause::Port | Cause::NoAnswer | Cause::Protocol) => output.failed(&result),
        _ => output.done(&result),
    }
}

fn print(document: &Document, printer: &mut IppPrinter, output: &Output) -> ExitCode {
    let report = printer.print(document, &mut |_| {});
    let result = Printed::of(&report);
    match report.outcome {
        Outcome::Printed => output.done(&result),
        Outcome::NotPrinted | Outcome::Unknown => output.failed(&result),
    }
}

/// A document by a file's content: a PDF or OFD as it is, a text as a form.
fn document(path: &Path) -> Result<Document, String> {
    let named = |what: &str| format!("{}: {what}", path.display());
    let bytes = bytes_of(path)?;
    if bytes.starts_with(b"%PDF-") || bytes.starts_with(b"PK\x03\x04") {
        return Document::inspect(bytes).map_err(|error| named(&error.to_string()));
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
    let fonts = FormFonts::new(REGULAR, BOLD).map_err(|error| error.to_string())?;
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
