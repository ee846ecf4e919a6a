//! The document printer's driver against its simulator: fault by fault, a document is never called printed when it is not,
//! and nothing of it comes out later.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::time::{Duration, Instant};

use domain::device::{DeviceState, PaperSupply};
use drivers::document_printer::ipp::Limits;
use drivers::document_printer::{
    Cause, Document, DocumentPrinter as _, Earlier, Evidence, IppPrinter, Outcome, PrintReport, Remainder,
};
use drivers::sim::document_printer::{
    Counts, DocumentPrinterFault as Fault, DocumentPrinterSimulator, PrinterModel, RunningDocumentPrinter,
    Step, Stop, When, fault_names,
};

const QUICK: Limits = Limits {
    answer: Duration::from_millis(250),
    swallow: Duration::from_millis(400),
    poll: Duration::from_millis(15),
    silence: Duration::from_millis(400),
    standstill: Duration::from_millis(600),
    cancel: Duration::from_millis(300),
};

/// A PDF of empty A4 pages, long enough to be sent in several pieces.
fn pdf(pages: u32) -> Document {
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", n + 3)).collect();
    let mut text = format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [{kids}] /Count \
         {pages} >>\nendobj\n"
    );
    for n in 0..pages {
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n% {}\n",
            "x".repeat(60_000)
        );
        text.push_str(&format!("{} 0 obj\n{page}", n + 3));
    }
    text.push_str("trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n");
    Document::inspect(text.into_bytes()).unwrap()
}

struct Desk {
    sim: RunningDocumentPrinter,
    printer: IppPrinter,
}

fn desk(model: PrinterModel, faults: &[Fault]) -> Desk {
    let page_time = Duration::from_millis(20);
    let faults = faults.to_vec();
    let sim = DocumentPrinterSimulator { model, page_time, faults, ..Default::default() }.start().unwrap();
    let printer = IppPrinter::new(&sim.address().parse().unwrap()).limits(QUICK);
    Desk { sim, printer }
}

impl Desk {
    fn print(&mut self, document: &Document) -> PrintReport {
        self.printer.print(document, &mut |_| {})
    }

    /// Documents that came out whole.
    fn whole(&self) -> usize {
        self.sim.documents().iter().filter(|document| document.is_whole()).count()
    }
}

const OLD_COUNTING: PrinterModel = PrinterModel { counts: Counts::Sheets, ..PrinterModel::OLD };

#[test]
fn what_the_printer_received_is_the_file_byte_for_byte() {
    let cases = [
        (PrinterModel::EVERYWHERE, Evidence::Impressions),
        (OLD_COUNTING, Evidence::Sheets),
        (PrinterModel::OLD, Evidence::JobCompleted),
    ];
    for (model, evidence) in cases {
        for pages in [1, 3] {
            let mut desk = desk(model, &[]);
            let document = pdf(pages);
            let mut told = Vec::new();
            let report = desk.printer.print(&document, &mut |progress| told.push(progress));
            assert_eq!((report.outcome, report.evidence), (Outcome::Printed, evidence), "{report:?}");
            assert_eq!((report.cause, report.bytes), (None, document.bytes().len()));
            let printed = desk.sim.documents();
            assert_eq!(printed.len(), 1);
            assert!(printed[0].bytes == document.bytes() && printed[0].format == "application/pdf");
            assert!(printed[0].is_whole());
            assert!(told.is_sorted_by_key(|progress| progress.bytes), "{told:?}");
            assert_eq!(told.last().map(|progress| progress.bytes), Some(document.bytes().len()));
        }
    }
}

#[test]
fn a_printer_says_how_it_is() {
    let check = |faults: &[Fault], cause, state, paper| {
        let mut desk = desk(PrinterModel::EVERYWHERE, faults);
        let status = desk.printer.status();
        assert_eq!((status.cause, status.state, status.paper), (cause, state, paper), "{faults:?}");
    };
    let before = |stop| [Fault::Stopped(stop, When::Before)];
    check(&[], None, DeviceState::Online, PaperSupply::Full);
    check(&[Fault::PaperLow], None, DeviceState::Online, PaperSupply::Low);
    check(&before(Stop::PaperOut), Some(Cause::PaperOut), DeviceState::UserError, PaperSupply::Out);
    check(&before(Stop::PaperJam), Some(Cause::PaperJam), DeviceState::UserError, PaperSupply::Jammed);
    check(&before(Stop::Hardware), Some(Cause::Hardware), DeviceState::HardwareError, PaperSupply::Full);
    check(&[Fault::Silent(Step::Status)], Some(Cause::NoAnswer), DeviceState::Offline, PaperSupply::Unknown);
    let mut nobody = IppPrinter::new(&"ipp://127.0.0.1:1/ipp/print".parse().unwrap());
    assert_eq!(nobody.status().cause, Some(Cause::Port));
    let mut wrong = IppPrinter::new(&"tcp:127.0.0.1:9100".parse().unwrap());
    assert_eq!(wrong.status().cause, Some(Cause::Port));
}

/// Every stop, before the job and in place of its first, second and third page: the cause is named, the paper is never
/// called printed, and after the hand that mends it nothing of that job comes out.
#[test]
fn fault_by_page() {
    use Stop::*;
    let stops = [
        (PaperOut, Cause::PaperOut),
        (PaperJam, Cause::PaperJam),
        (CoverOpen, Cause::CoverOpen),
        (DoorOpen, Cause::DoorOpen),
        (OutputFull, Cause::OutputFull),
        (TonerOut, Cause::TonerOut),
        (Paused, Cause::Paused),
        (Hardware, Cause::Hardware),
    ];
    for model in [PrinterModel::EVERYWHERE, PrinterModel::OLD] {
        for (stop, cause) in stops {
            for when in [When::Before, When::Page(1), When::Page(2), When::Page(3)] {
                let mut desk = desk(model, &[Fault::Stopped(stop, when)]);
                let report = desk.print(&pdf(3));
                let what = format!("{stop:?} {when:?}: {report:?}");
                assert_eq!(
                    (report.outcome, report.evidence),
                    (Outcome::NotPrinted, Evidence::None),
                    "{what}"
                );
                assert_eq!((report.cause, report.remainder), (Some(cause), Remainder::Nothing), "{what}");
                if when == When::Before {
                    assert_eq!(report.bytes, 0, "{what}");
                }
                desk.sim.mend();
                assert!(
                    !desk.sim.wait_for_documents(1, Duration::from_millis(150)),
                    "it came out later: {what}"
                );
                // The next one is printed, and alone.
                assert_eq!(desk.print(&pdf(1)).outcome, Outcome::Printed, "{what}");
                assert_eq!(desk.whole(), 1, "{what}");
            }
        }
    }
}

#[test]
fn a_refused_document_sends_nothing() {
    let check = |faults: &[Fault], model, cause| {
        let mut desk = desk(model, faults);
        let report = desk.print(&pdf(1));
        assert_eq!(
            (report.outcome, report.cause),
            (Outcome::NotPrinted, Some(cause)),
            "{faults:?}: {report:?}"
        );
        assert_eq!((report.remainder, desk.whole()), (Remainder::Nothing, 0));
        report
    };
    for model in [PrinterModel::EVERYWHERE, PrinterModel::OLD] {
        assert_eq!(check(&[Fault::NoPdf], model, Cause::Format).bytes, 0);
        check(&[Fault::Busy], model, Cause::Busy);
        assert_eq!(check(&[Fault::Silent(Step::Validate)], model, Cause::NoAnswer).bytes, 0);
        assert_eq!(check(&[Fault::Silent(Step::Status)], model, Cause::NoAnswer).bytes, 0);
    }
    check(&[Fault::Silent(Step::Create)], PrinterModel::EVERYWHERE, Cause::NoAnswer);
}

#[test]
fn a_lost_number_is_found_again_and_its_job_cancelled() {
    for (model, step) in [
        (PrinterModel::EVERYWHERE, Step::Create),
        (PrinterModel::EVERYWHERE, Step::Document),
        (PrinterModel::OLD, Step::Document),
    ] {
        let mut desk = desk(model, &[Fault::LostAnswer(step), Fault::Stopped(Stop::PaperOut, When::Page(1))]);
        let report = desk.print(&pdf(2));
        assert_eq!(
            (report.outcome, report.remainder),
            (Outcome::NotPrinted, Remainder::Nothing),
            "{report:?}"
        );
        desk.sim.mend();
        assert!(!desk.sim.wait_for_documents(1, Duration::from_millis(150)), "it came out later");
        assert_eq!(desk.print(&pdf(1)).outcome, Outcome::Printed);
    }
}

/// The system may have taken every byte when the connection breaks: then the printer's own list is all that tells, and one
/// that has no such job is no proof that it had none.
#[test]
fn a_document_that_broke_off_comes_out_never() {
    for (model, outcome) in
        [(PrinterModel::EVERYWHERE, Outcome::NotPrinted), (PrinterModel::OLD, Outcome::Unknown)]
    {
        let mut desk = desk(model, &[Fault::Broken]);
        let report = desk.print(&pdf(3));
        assert_eq!((report.outcome, report.remainder), (outcome, Remainder::Nothing), "{report:?}");
        assert_eq!(report.cause, Some(Cause::NoAnswer));
        desk.sim.mend();
        assert!(!desk.sim.wait_for_documents(1, Duration::from_millis(100)));
    }
}

#[test]
fn a_claim_without_pages_is_no_proof() {
    let mut desk = desk(PrinterModel::EVERYWHERE, &[Fault::ClaimsCompleted]);
    let report = desk.print(&pdf(1));
    assert_eq!((report.outcome, report.evidence), (Outcome::Unknown, Evidence::None));
    assert_eq!((report.cause, report.pages_out), (Some(Cause::PagesMissing), Some(0)));
    assert_eq!(desk.whole(), 0);
}

#[test]
fn a_job_that_was_only_handed_on_is_not_out() {
    for model in [PrinterModel::EVERYWHERE, OLD_COUNTING, PrinterModel::OLD] {
        let mut desk = desk(model, &[Fault::HandsOn]);
        let report = desk.print(&pdf(1));
        let told = (report.outcome, report.evidence, report.cause);
        assert_eq!(told, (Outcome::Unknown, Evidence::None, Some(Cause::JobLost)), "{model:?}");
        assert_eq!(desk.whole(), 0);
    }
}

#[test]
fn a_job_that_the_printer_ended_is_not_printed() {
    for (fault, cause) in [
        (Fault::Aborted(When::Before), Cause::Aborted),
        (Fault::Aborted(When::Page(2)), Cause::Aborted),
        (Fault::Canceled(When::Page(1)), Cause::Canceled),
        (Fault::Canceled(When::Page(2)), Cause::Canceled),
    ] {
        let mut desk = desk(PrinterModel::EVERYWHERE, &[fault]);
        let report = desk.print(&pdf(2));
        assert_eq!(
            (report.outcome, report.cause),
            (Outcome::NotPrinted, Some(cause)),
            "{fault:?}: {report:?}"
        );
    }
}

/// A printer that vanishes in the middle leaves an unknown paper; what it has is cancelled before anything else is printed.
#[test]
fn a_printer_that_vanishes_is_unknown_and_is_cleared_when_it_is_back() {
    let mut desk = desk(PrinterModel::EVERYWHERE, &[Fault::Off(When::Page(2))]);
    let began = Instant::now();
    let report = desk.print(&pdf(3));
    assert_eq!((report.outcome, report.cause), (Outcome::Unknown, Some(Cause::NoAnswer)), "{report:?}");
    assert_eq!(report.remainder, Remainder::MayStillCome);
    assert!(began.elapsed() < Duration::from_secs(5));

    // Nothing is printed while that is not settled.
    let report = desk.print(&pdf(1));
    assert_eq!((report.outcome, report.bytes), (Outcome::NotPrinted, 0), "{report:?}");
    assert_eq!(desk.printer.recover().earlier, Earlier::StillThere);

    desk.sim.set_fault(Fault::Stopped(Stop::PaperOut, When::Before));
    desk.sim.mend();
    assert_eq!(desk.printer.recover().earlier, Earlier::Lost);
    assert_eq!(desk.printer.recover().earlier, Earlier::Nothing);
    assert!(!desk.sim.wait_for_documents(1, Duration::from_millis(150)), "it came out for the next person");
}

#[test]
fn what_came_out_behind_the_terminals_back_is_found_out() {
    let mut desk = desk(PrinterModel::EVERYWHERE, &[Fault::LostAnswer(Step::Job)]);
    let report = desk.print(&pdf(1));
    assert_eq!((report.outcome, report.remainder), (Outcome::Unknown, Remainder::MayStillCome), "{report:?}");
    assert!(desk.sim.wait_for_documents(1, Duration::from_secs(5)));
    desk.sim.mend();
    assert_eq!(desk.printer.recover().earlier, Earlier::CameOut(Evidence::Impressions));
}

#[test]
fn a_cancellation_that_is_not_done_is_not_believed() {
    let jam = Fault::Stopped(Stop::PaperJam, When::Page(1));
    for fault in [Fault::IgnoresCancel, Fault::Silent(Step::Cancel)] {
        let mut desk = desk(PrinterModel::EVERYWHERE, &[fault, jam]);
        let report = desk.print(&pdf(1));
        assert_eq!((report.outcome, report.cause), (Outcome::Unknown, Some(Cause::PaperJam)), "{fault:?}");
        assert_eq!(report.remainder, Remainder::MayStillCome);
    }
    // A lost answer to a cancellation that was done is another thing: the job's own state tells.
    let mut desk = desk(PrinterModel::EVERYWHERE, &[Fault::LostAnswer(Step::Cancel), jam]);
    let report = desk.print(&pdf(1));
    assert_eq!((report.outcome, report.remainder), (Outcome::NotPrinted, Remainder::Nothing), "{report:?}");
}

#[test]
fn a_forgotten_job_is_unknown() {
    let mut desk = desk(PrinterModel::EVERYWHERE, &[Fault::ForgetsJobs]);
    let report = desk.print(&pdf(1));
    assert_eq!((report.outcome, report.cause), (Outcome::Unknown, Some(Cause::JobLost)), "{report:?}");
}

/// Whatever goes wrong, `printed` is said only of what is out whole, with evidence.
#[test]
fn printed_is_never_said_of_what_is_not_out() {
    for name in fault_names() {
        for number in ["1", "2"] {
            let fault = Fault::from_name(&name.name.replace('N', number)).unwrap();
            for model in [PrinterModel::EVERYWHERE, OLD_COUNTING, PrinterModel::OLD] {
                let mut desk = desk(model, &[fault]);
                let report = desk.print(&pdf(2));
                let printed = report.outcome == Outcome::Printed;
                assert_eq!(printed, report.evidence != Evidence::None, "{fault:?}");
                // A printer that counts nothing and lies cannot be found out: its word is all there is, and is named so.
                let lies = fault == Fault::ClaimsCompleted && report.evidence == Evidence::JobCompleted;
                assert!(!printed || lies || desk.whole() == 1, "{fault:?} on {model:?}: {report:?}");
                assert_eq!(printed, report.cause.is_none(), "{fault:?} on {model:?}: {report:?}");
            }
        }
    }
}

#[test]
fn an_ofd_goes_unchanged_to_a_printer_that_takes_it_and_to_no_other() {
    // The directory of an archive with one empty file, APPNOTE 4.3.
    let name = b"OFD.xml";
    let common = [&[20, 0, 0, 0][..], &[0; 18], &[7, 0, 0, 0]].concat();
    let local = [b"PK\x03\x04", common.as_slice(), name].concat();
    let entry = [b"PK\x01\x02\x14\x00", common.as_slice(), &[0; 14], name].concat();
    let [size, start] = [entry.len(), local.len()].map(|n| u32::try_from(n).unwrap().to_le_bytes());
    let end = [&b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..], &size, &start, &[0, 0]].concat();
    let document = Document::inspect([local, entry, end].concat()).unwrap();

    let mut takes = desk(PrinterModel::OFD, &[]);
    let report = takes.print(&document);
    // Nobody has counted its pages: what the printer counts is no proof of them.
    assert_eq!((report.outcome, report.evidence), (Outcome::Printed, Evidence::JobCompleted), "{report:?}");
    let printed = &takes.sim.documents()[0];
    assert!(printed.bytes == document.bytes() && printed.format == "application/ofd");

    let mut refuses = desk(PrinterModel::EVERYWHERE, &[]);
    let report = refuses.print(&document);
    assert_eq!((report.outcome, report.cause, report.bytes), (Outcome::NotPrinted, Some(Cause::Format), 0));
}
