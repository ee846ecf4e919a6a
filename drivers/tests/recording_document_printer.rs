//! Recordings of the document printer: nothing of a document reaches the file, and a replay is the same result.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use drivers::document_printer::ipp::Limits;
use drivers::document_printer::{
    Cause, Document, DocumentPrinter as _, Earlier, Evidence, IppPrinter, Outcome, Recovery, Remainder,
};
use drivers::sim::document_printer::{
    DocumentPrinterFault, DocumentPrinterSimulator, PrinterModel, fault_names,
};
use drivers::transport::{RecordingError, recorded_port};

/// What stands for a resident in the documents.
const MARK: &str = "340202195603140000";

const QUICK: Limits = Limits {
    answer: Duration::from_millis(250),
    swallow: Duration::from_millis(400),
    poll: Duration::from_millis(15),
    silence: Duration::from_millis(400),
    standstill: Duration::from_millis(600),
    cancel: Duration::from_millis(300),
};

/// Two pages, with a mark all over them.
fn document(mark: &str) -> Document {
    let text = format!(
        "%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj 2 0 obj << /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >> \
         endobj 3 0 obj << /Type /Page >> endobj 4 0 obj << /Type /Page >> endobj\n% {}\ntrailer << /Root 1 0 R >>\n%%EOF\n",
        mark.repeat(4_000)
    );
    Document::inspect(text.into_bytes()).unwrap()
}

/// Outcome, evidence, cause, pages that are out, and what may still come of a job.
type Job = (Outcome, Evidence, Option<Cause>, Option<u32>, Remainder);

/// Everything that a terminal learns.
#[derive(Debug, PartialEq)]
struct Told {
    jobs: Vec<Job>,
    earlier: Earlier,
    reasons: Vec<String>,
}

/// Two jobs, one after the other, and the question what became of them.
fn day(printer: &mut IppPrinter, document: &Document) -> Told {
    let jobs = [(); 2].map(|()| {
        let report = printer.print(document, &mut |_| {});
        (report.outcome, report.evidence, report.cause, report.pages_out, report.remainder)
    });
    let Recovery { status, earlier } = printer.recover();
    Told { jobs: jobs.to_vec(), earlier, reasons: status.reasons }
}

fn record(model: PrinterModel, faults: &[DocumentPrinterFault], file: &Path) -> Told {
    let page_time = Duration::from_millis(20);
    let faults = faults.to_vec();
    let sim = DocumentPrinterSimulator { model, page_time, faults, ..Default::default() }.start().unwrap();
    let mut printer = IppPrinter::recorded(&sim.address().parse().unwrap(), file).unwrap().limits(QUICK);
    let told = day(&mut printer, &document(MARK));
    printer.finish().unwrap();
    told
}

/// Bytes as they would stand in a file: themselves, or in hexadecimal.
fn holds(text: &str, mark: &str) -> bool {
    let hex: String = mark.bytes().map(|byte| format!("{byte:02X}")).collect();
    text.contains(mark) || text.to_ascii_uppercase().contains(&hex)
}

#[test]
fn a_replay_of_every_fault_is_the_same_day_and_the_file_has_nothing_of_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let names = fault_names().flat_map(|known| {
        let pages = if known.name.contains("pageN") { vec!["page1", "page2"] } else { vec![""] };
        pages.into_iter().map(move |page| known.name.replace("pageN", page))
    });
    let names: Vec<String> = [String::new()].into_iter().chain(names).collect();
    assert!(names.len() > 40, "{names:?}");
    // They wait more than they work.
    for names in names.chunks(16) {
        std::thread::scope(|scope| {
            for name in names {
                // The old one makes a job with its document in one request.
                for (which, model) in [("new", PrinterModel::EVERYWHERE), ("old", PrinterModel::OLD)] {
                    let file = folder.path().join(format!("{name}-{which}.jsonl"));
                    scope.spawn(move || recorded_and_replayed(name, which, model, &file));
                }
            }
        });
    }
}

fn recorded_and_replayed(name: &str, which: &str, model: PrinterModel, file: &Path) {
    let what = format!("{name} on the {which} one");
    let faults: Vec<_> = DocumentPrinterFault::from_name(name).into_iter().collect();
    assert_eq!(faults.is_empty(), name.is_empty(), "{name}");
    let told = record(model, &faults, file);

    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.trim_end().ends_with(r#""end":true}"#), "{what}: {text}");
    assert!(!holds(&text, &MARK[..12]), "{what}");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);

    let mut printer = IppPrinter::replayed(file).unwrap().limits(QUICK);
    assert_eq!(day(&mut printer, &document("x")), told, "{what}");
    printer.finish().unwrap_or_else(|error| panic!("{what}: {error}"));
}

#[test]
fn another_course_of_events_is_named_by_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("job.jsonl");
    assert_eq!(record(PrinterModel::EVERYWHERE, &[], &file).jobs[0].0, Outcome::Printed);
    assert_eq!(recorded_port(&file).unwrap().to_string().split(':').next(), Some("ipp"));

    // The first question of the recording is whether the printer is there; whatever is asked third is not a third status.
    let mut printer = IppPrinter::replayed(&file).unwrap().limits(QUICK);
    let asked: Vec<_> = [(); 3].map(|()| printer.status().cause).to_vec();
    assert!(asked.contains(&Some(Cause::Port)), "{asked:?}");
    assert!(matches!(printer.finish(), Err(RecordingError::Diverged { line: 3.. })));

    // A recording that was cut off goes as far as it goes.
    let text = std::fs::read_to_string(&file).unwrap();
    let begin: Vec<&str> = text.lines().take(2).collect();
    std::fs::write(&file, begin.join("\n")).unwrap();
    let mut printer = IppPrinter::replayed(&file).unwrap().limits(QUICK);
    assert_eq!(printer.status().cause, Some(Cause::NoAnswer));
}

#[test]
fn a_recording_is_not_written_over_and_another_devices_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.jsonl");
    let head = r#"{"recording":1,"port":"serial:/dev/ttyS0","outgoing":"kept"}"#;
    std::fs::write(&file, head).unwrap();
    let refused = IppPrinter::recorded(&"ipp://127.0.0.1:1/".parse().unwrap(), &file);
    assert!(matches!(refused.err(), Some(RecordingError::Io(_))));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), head);
    assert!(matches!(IppPrinter::replayed(&file).err(), Some(RecordingError::OtherPort(_))));

    // A printer that is not there is a recording too: of that.
    let absent = folder.path().join("absent.jsonl");
    let mut printer = IppPrinter::recorded(&"ipp://127.0.0.1:1/".parse().unwrap(), &absent).unwrap();
    assert_eq!(printer.status().cause, Some(Cause::Port));
    printer.finish().unwrap();
    let mut printer = IppPrinter::replayed(&absent).unwrap();
    assert_eq!(printer.status().cause, Some(Cause::Port));
    printer.finish().unwrap();
}
