//! The document printer: its status, in its own words, and on request a page.

use domain::device::{Cause, DeviceCondition, PaperSupply, TerminalDevice};

use super::{TestReport, Trial};
use crate::document_printer::{Document, DocumentPrinter, Outcome, PrintReport, PrinterStatus};

/// Tests a printer. With a page it prints it, which finds what only shows with a job: one that is refused, given up, or
/// said to be out when nothing is.
pub fn document_printer(printer: &mut dyn DocumentPrinter, page: Option<&Document>) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::DocumentPrinter);
    let status = printer.status();
    let ready = trial.step("status", || status.cause.map_or(Ok(()), Err));
    match (ready, page) {
        (Ok(()), Some(page)) => {
            let report = trial.step("print", || printed(printer.print(page, &mut |_| {})));
            let (Ok(report) | Err(report)) = report;
            trial.with(condition(&report.status, report.cause), Some(words(&report)))
        }
        (Ok(()), None) => {
            trial.skip("print");
            trial.with(document_condition(&status), reasons(&status))
        }
        (Err(_), _) => trial.with(document_condition(&status), reasons(&status)),
    }
}

/// What a document printer's status says, in the words of all devices.
pub fn document_condition(status: &PrinterStatus) -> DeviceCondition {
    condition(status, status.cause)
}

fn condition(status: &PrinterStatus, cause: Option<crate::document_printer::Cause>) -> DeviceCondition {
    let device = TerminalDevice::DocumentPrinter;
    let low = (status.paper == PaperSupply::Low).then_some(Cause::PaperLow);
    let cause = cause.map(crate::document_printer::Cause::trouble).or(low);
    DeviceCondition::of(device, cause).with_paper(status.paper)
}

/// A report of a page that is not known to be out is an error.
fn printed(report: PrintReport) -> Result<PrintReport, PrintReport> {
    match report.outcome {
        Outcome::Printed => Ok(report),
        Outcome::NotPrinted | Outcome::Unknown => Err(report),
    }
}

fn words(report: &PrintReport) -> String {
    let cause = report.cause.map_or_else(String::new, |cause| format!(", {}", cause.word()));
    let said = reasons(&report.status).map_or_else(String::new, |reasons| format!(": {reasons}"));
    let (outcome, evidence) = (report.outcome.word(), report.evidence.word());
    format!("{outcome}{cause}, evidence {evidence}, {} bytes{said}", report.bytes)
}

/// The printer's own words.
fn reasons(status: &PrinterStatus) -> Option<String> {
    (!status.reasons.is_empty()).then(|| status.reasons.join(" "))
}
