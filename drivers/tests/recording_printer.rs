//! Recordings of the receipt printer: nothing of a paper reaches the file, and a replay is the same result.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::path::Path;
use std::time::Duration;

use domain::paper::document::PaperDocument;
use drivers::receipt_printer::{
    Cause, EscPosPrinter, Evidence, Outcome, PaperFonts, PrintReport, PrinterProfile, ReceiptPrinter as _,
};
use drivers::sim::printer::{Moment, Place, PrinterFault, PrinterModel, PrinterSimulator};
use drivers::transport::{Event, Outgoing, PortAddress, Recording, RecordingError};

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Bold.otf");

fn printer(port: &PortAddress, name: &str) -> EscPosPrinter<'static> {
    let profile = PrinterProfile {
        head_mm_per_s: 5000,
        reply_limit: Duration::from_secs(1),
        finish_limit: Duration::from_secs(3),
        ..PrinterProfile::built_in(name).unwrap()
    };
    EscPosPrinter::new(port.clone(), profile, PaperFonts::new(REGULAR, BOLD).unwrap()).numbered_from(7)
}

fn receipt() -> PaperDocument {
    ["张示例", "340202195603140000", "三", "四"]
        .into_iter()
        .fold(PaperDocument::new().title("收件凭证"), PaperDocument::paragraph)
}

fn record(place: Place, name: &str, fault: Option<PrinterFault>, file: &Path) -> PrintReport {
    let model = if name == "clone_80" { PrinterModel::CLONE_80 } else { PrinterModel::EPSON_80 };
    let faults = fault.into_iter().collect();
    let simulator = PrinterSimulator { model, place, faults, ..PrinterSimulator::new(REGULAR, BOLD) };
    let device = simulator.start().unwrap();
    let mut printer = printer(&device.address().parse().unwrap(), name);
    printer.record(file).unwrap();
    printer.print(&receipt(), &mut |_| {})
}

fn told(report: &PrintReport) -> (Outcome, Evidence, Option<Cause>, usize) {
    (report.outcome, report.evidence, report.cause, report.bytes)
}

#[test]
fn a_replay_is_the_same_result_and_the_file_has_nothing_of_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    let tcp = Place::Tcp("127.0.0.1:0".parse().unwrap());
    let faults = [
        None,
        Some(PrinterFault::PaperLow),
        Some(PrinterFault::PaperOut(Moment::Before)),
        Some(PrinterFault::PaperOut(Moment::Line(3))),
        Some(PrinterFault::CoverOpen(Moment::Line(2))),
        Some(PrinterFault::Cutter),
        Some(PrinterFault::Hardware(Moment::Before)),
        Some(PrinterFault::Noise),
        Some(PrinterFault::Mute),
    ];
    let mut cases: Vec<_> = faults
        .iter()
        .flat_map(|fault| [(Place::Pty, "epson_80", *fault), (tcp, "clone_80", *fault)])
        .collect();
    // A cable that is pulled shows at once only where a connection ends.
    cases.push((tcp, "clone_80", Some(PrinterFault::Unplugged(Moment::Byte(60)))));
    for (index, (place, name, fault)) in cases.into_iter().enumerate() {
        let what = format!("{name} at {place:?}, {fault:?}");
        let file = folder.path().join(format!("{index}.jsonl"));
        let seen = record(place, name, fault, &file);

        let recording = Recording::read(&file).unwrap();
        assert!(recording.is_whole(), "{what}");
        assert_eq!(recording.outgoing, Outgoing::Hidden, "{what}");
        let hidden = recording.events.iter().all(|timed| match &timed.event {
            Event::Out(bytes) => bytes.iter().all(|byte| *byte == 0),
            _ => true,
        });
        assert!(hidden, "{what}");

        let replayed = printer(&PortAddress::Replay { path: file }, name).print(&receipt(), &mut |_| {});
        assert_eq!(told(&replayed), told(&seen), "{what}: {replayed:?}");
    }
}

#[test]
fn a_recording_is_not_written_over_and_a_port_that_is_not_there_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("job.jsonl");
    assert_eq!(record(Place::Pty, "epson_80", None, &file).outcome, Outcome::Printed);
    let before = std::fs::read(&file).unwrap();
    let device = PrinterSimulator::new(REGULAR, BOLD).start().unwrap();
    let error = printer(&device.address().parse().unwrap(), "epson_80").record(&file).unwrap_err();
    assert!(matches!(error, RecordingError::Io(_)), "{error:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);

    let other = folder.path().join("other.jsonl");
    let mut absent = printer(&"lp:/dev/no-such-port".parse().unwrap(), "epson_80");
    let error = absent.record(&other).unwrap_err();
    assert!(matches!(error, RecordingError::Opening(_)), "{error:?}");
    assert_eq!(absent.status().cause, Some(Cause::Port));
    assert!(!other.exists());
}
