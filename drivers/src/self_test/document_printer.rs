//! The document printer: its status, in its own words.

use domain::device::{DeviceCondition, PaperSupply, TerminalDevice};

use super::{TestReport, Trial};
use crate::document_printer::{DocumentPrinter, PrinterStatus};

/// Tests a printer. Nothing is printed.
pub fn document_printer(printer: &mut dyn DocumentPrinter) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::DocumentPrinter);
    let status = printer.status();
    let _noted = trial.step("status", || status.cause.map_or(Ok(()), Err));
    let reasons = (!status.reasons.is_empty()).then(|| status.reasons.join(" "));
    trial.with(document_condition(&status), reasons)
}

/// What a document printer's status says, in the words of all devices.
pub fn document_condition(status: &PrinterStatus) -> DeviceCondition {
    use domain::device::Cause;
    let device = TerminalDevice::DocumentPrinter;
    let low = (status.paper == PaperSupply::Low).then_some(Cause::PaperLow);
    let condition = match status.cause.map(crate::document_printer::Cause::trouble).or(low) {
        None => DeviceCondition::ready(device),
        Some(cause) => DeviceCondition::troubled(device, cause),
    };
    condition.with_paper(status.paper)
}
