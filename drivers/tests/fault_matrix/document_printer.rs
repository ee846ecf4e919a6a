//! The document printer: fault × moment.

use std::time::Duration;

use domain::device::{Cause, DeviceCondition, TerminalDevice};
use drivers::document_printer::ipp::Limits;
use drivers::document_printer::{Document, DocumentPrinter as _, IppPrinter, Outcome};
use drivers::self_test;
use drivers::sim::document_printer::{
    DocumentPrinterFault as Fault, DocumentPrinterSimulator, RunningDocumentPrinter, Step, Stop, When,
    fault_names,
};

use super::Row;

/// What each fault is for a job of two pages.
fn cause_of_a_job(fault: Fault) -> Option<Cause> {
    Some(match fault {
        Fault::PaperLow => Cause::PaperLow,
        Fault::Stopped(stop, _) => cause_of(stop),
        Fault::Aborted(_) => Cause::Hardware,
        Fault::Canceled(_) => Cause::Paused,
        // Nothing is cancelled while all goes well.
        Fault::Silent(Step::Cancel) | Fault::LostAnswer(Step::Cancel) | Fault::IgnoresCancel => return None,
        Fault::Off(_) | Fault::Silent(_) | Fault::LostAnswer(_) | Fault::Broken | Fault::ForgetsJobs => {
            Cause::NoAnswer
        }
        Fault::NoPdf => Cause::Format,
        Fault::Busy => Cause::Busy,
        Fault::ClaimsCompleted => Cause::PaperJam,
        Fault::HandsOn => Cause::NoAnswer,
    })
}

/// What each is for one who only asks how the printer is.
fn cause_of_a_question(fault: Fault) -> Option<Cause> {
    match fault {
        Fault::PaperLow | Fault::Stopped(_, When::Before) | Fault::Off(When::Before) => cause_of_a_job(fault),
        Fault::Silent(Step::Status) => Some(Cause::NoAnswer),
        _ => None,
    }
}

const fn cause_of(stop: Stop) -> Cause {
    match stop {
        Stop::PaperOut => Cause::PaperOut,
        Stop::PaperJam => Cause::PaperJam,
        Stop::CoverOpen | Stop::DoorOpen => Cause::CoverOpen,
        Stop::OutputFull => Cause::OutputFull,
        Stop::TonerOut => Cause::TonerOut,
        Stop::Paused => Cause::Paused,
        Stop::Hardware => Cause::Hardware,
    }
}

/// Every fault of the list, those of a page at both pages; and what a cancellation meets, after a jam.
pub(super) fn rows() -> Vec<Row> {
    let device = TerminalDevice::DocumentPrinter;
    let faults = fault_names().flat_map(|listed| {
        let pages: &[&str] = if listed.name.ends_with('N') { &["1", "2"] } else { &[""] };
        pages.iter().map(move |page| (listed.name, listed.name.replace('N', page)))
    });
    let met = faults.flat_map(|(name, full)| {
        let fault = Fault::from_name(&full).unwrap();
        let [first, second, after] = match full.split_once("@page") {
            None => ["before the job", "before the second job", "after the job"],
            Some((_, "1")) => {
                ["at page 1", "at page 1 of the second job", "after the job, waiting for a page 1"]
            }
            Some(_) => ["at page 2", "at page 2 of the second job", "after the job, waiting for a page 2"],
        };
        [
            Row::new(device, name, first, cause_of_a_job(fault), move || {
                let printer = printer(page_time(fault), &[fault]);
                test(&mut driver(&printer))
            }),
            Row::new(device, name, second, cause_of_a_job(fault), move || {
                let printer = printer(page_time(fault), &[]);
                let mut driver = after_a_job(&printer);
                printer.set_fault(fault);
                test(&mut driver)
            }),
            Row::new(device, name, after, cause_of_a_question(fault), move || {
                let printer = printer(page_time(fault), &[]);
                let mut driver = after_a_job(&printer);
                printer.set_fault(fault);
                self_test::document_printer(&mut driver, None).condition
            }),
        ]
    });
    let cancelled = [
        ("document_printer.silent@cancel", Fault::Silent(Step::Cancel)),
        ("document_printer.lost_answer@cancel", Fault::LostAnswer(Step::Cancel)),
        ("document_printer.ignores_cancel", Fault::IgnoresCancel),
    ];
    let cancelled = cancelled.map(|(name, fault)| {
        Row::new(device, name, "when a jam ends the job", Some(Cause::PaperJam), move || {
            let printer = printer(page_time(fault), &[fault, Fault::Stopped(Stop::PaperJam, When::Page(1))]);
            test(&mut driver(&printer))
        })
    });
    let absent = Row::new(device, "nobody listens", "when it is asked", Some(Cause::Port), || {
        let mut nobody = IppPrinter::new(&"ipp://127.0.0.1:1/ipp/print".parse().unwrap());
        self_test::document_printer(&mut nobody, None).condition
    });
    met.chain(cancelled).chain([absent]).collect()
}

/// Whether a page whose answer was lost is out before it is cancelled would be a matter of luck.
const fn page_time(fault: Fault) -> Duration {
    match fault {
        Fault::LostAnswer(Step::Document) => Duration::from_secs(1),
        _ => Duration::from_millis(20),
    }
}

fn printer(page_time: Duration, faults: &[Fault]) -> RunningDocumentPrinter {
    let faults = faults.to_vec();
    DocumentPrinterSimulator { page_time, faults, ..Default::default() }.start().unwrap()
}

/// Limits that a loaded machine keeps.
const QUICK: Limits = Limits {
    answer: Duration::from_millis(800),
    swallow: Duration::from_secs(1),
    poll: Duration::from_millis(15),
    silence: Duration::from_millis(800),
    standstill: Duration::from_secs(10),
    cancel: Duration::from_millis(800),
};

fn driver(printer: &RunningDocumentPrinter) -> IppPrinter {
    IppPrinter::new(&printer.address().parse().unwrap()).limits(QUICK)
}

fn after_a_job(printer: &RunningDocumentPrinter) -> IppPrinter {
    let mut driver = driver(printer);
    let report = driver.print(&two_pages(), &mut |_| {});
    assert_eq!((report.outcome, report.cause), (Outcome::Printed, None), "{report:?}");
    driver
}

fn test(driver: &mut IppPrinter) -> DeviceCondition {
    self_test::document_printer(driver, Some(&two_pages())).condition
}

fn two_pages() -> Document {
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>";
    // More than a question has, so that a break in the middle is one of the document.
    let long = "%\n".repeat(5_000);
    let text = format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R 4 0 R] \
         /Count 2 >>\nendobj\n3 0 obj\n{page}\nendobj\n4 0 obj\n{page}\nendobj\n{long}trailer\n<< /Root 1 0 R \
         >>\nstartxref\n0\n%%EOF\n"
    );
    Document::inspect(text.into_bytes()).unwrap()
}
