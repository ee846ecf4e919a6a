//! The receipt printer: its status, and on request a page.

use domain::device::{Cause, DeviceCondition, MediaState, PaperSupply, TerminalDevice};
use domain::paper::document::PaperDocument;

use super::{TestReport, Trial};
use crate::receipt_printer::{Media, Outcome, Presented, PrintReport, PrinterStatus, ReceiptPrinter};

/// Tests a printer. With a page it prints it, which finds what only shows while paper moves: a roll that ends, a cutter
/// that sticks.
pub fn receipt_printer(printer: &mut dyn ReceiptPrinter, page: Option<&PaperDocument>) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::ReceiptPrinter);
    let status = printer.status();
    let ready = trial.step("status", || status.cause.map_or(Ok(()), Err));
    let (condition, detail) = match (ready, page) {
        (Ok(()), Some(page)) => {
            let report = printer.print(page, &mut |_| {});
            let printed = report.outcome == Outcome::Printed;
            let _noted = trial.step("print", || printed.then_some(()).ok_or(()));
            (printed_condition(&report), Some(words(&report)))
        }
        (Ok(()), None) => {
            trial.skip("print");
            (status_condition(&status), None)
        }
        (Err(_), _) => (status_condition(&status), None),
    };
    let condition = match condition.cause {
        None if printer.stray_bytes() > 0 => {
            DeviceCondition { cause: Some(Cause::UnsteadyLine), ..condition }
        }
        _ => condition,
    };
    trial.with(condition, detail)
}

/// What a printer's status says, in the words of all devices.
pub fn status_condition(status: &PrinterStatus) -> DeviceCondition {
    let device = TerminalDevice::ReceiptPrinter;
    let cause = status.cause.map(crate::receipt_printer::Cause::trouble);
    let low = (status.paper == PaperSupply::Low).then_some(Cause::PaperLow);
    let condition = DeviceCondition::of(device, cause.or(low));
    let media = match (cause, status.media) {
        (Some(Cause::PaperJam | Cause::ExitBlocked), _) => Some(MediaState::Jammed),
        (_, Media::NotSupported) => None,
        (_, Media::Unknown) => Some(MediaState::Unknown),
        (_, Media::NotPresent) => Some(MediaState::NotPresent),
        (_, Media::Present) => Some(MediaState::Present),
    };
    DeviceCondition { media, ..condition.with_paper(status.paper) }
}

fn printed_condition(report: &PrintReport) -> DeviceCondition {
    let status = status_condition(&report.status);
    let device = TerminalDevice::ReceiptPrinter;
    let media = match report.presented {
        Some(Presented::Retracted) => Some(MediaState::Retracted),
        Some(Presented::Left) => Some(MediaState::Present),
        Some(Presented::Taken) => Some(MediaState::NotPresent),
        Some(Presented::Unknown) => Some(MediaState::Unknown),
        None => status.media,
    };
    let forgotten = matches!(report.presented, Some(Presented::Retracted | Presented::Left));
    let cause = report.cause.map(crate::receipt_printer::Cause::trouble);
    match cause.or(forgotten.then_some(Cause::NotTaken)) {
        Some(cause) => {
            let troubled = DeviceCondition::troubled(device, cause);
            DeviceCondition { media, ..troubled.with_paper(report.status.paper) }
        }
        None => DeviceCondition { media, ..status },
    }
}

fn words(report: &PrintReport) -> String {
    format!("{}, evidence {}, {} bytes", report.outcome.word(), report.evidence.word(), report.bytes)
}
