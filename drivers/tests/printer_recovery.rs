//! After trouble: what became of the paper that was begun, and how its copy is marked.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::time::{Duration, Instant};

use domain::paper::document::{GreyPicture, PaperBlock, PaperDocument};
use drivers::receipt_printer::{
    Cause, Earlier, EscPosPrinter, Evidence, Outcome, PaperFonts, PrintReport, PrintedAs, PrinterProfile,
    ReceiptPrinter as _, Remainder,
};
use drivers::sim::printer::{Moment, PrinterFault, PrinterModel, PrinterSimulator, RunningPrinter};

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Bold.otf");
const SOON: Duration = Duration::from_secs(20);

fn device(name: &str, faults: &[PrinterFault]) -> RunningPrinter {
    let model = if name == "epson_80" { PrinterModel::EPSON_80 } else { PrinterModel::CLONE_80 };
    PrinterSimulator { model, faults: faults.to_vec(), ..PrinterSimulator::new(REGULAR, BOLD) }
        .start()
        .unwrap()
}

fn driver(device: &RunningPrinter, name: &str) -> EscPosPrinter<'static> {
    let profile = PrinterProfile {
        head_mm_per_s: 5000,
        reply_limit: Duration::from_millis(700),
        finish_limit: Duration::from_secs(3),
        ..PrinterProfile::built_in(name).unwrap()
    };
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    EscPosPrinter::new(device.address().parse().unwrap(), profile, fonts)
}

fn five_lines() -> PaperDocument {
    ["一", "二", "三", "四", "五"].into_iter().fold(PaperDocument::new(), PaperDocument::paragraph)
}

fn print(printer: &mut EscPosPrinter<'_>, document: &PaperDocument) -> PrintReport {
    printer.print(document, &mut |_| {})
}

fn said(device: &RunningPrinter) -> Vec<String> {
    device.papers().into_iter().map(|paper| paper.transcript).collect()
}

const WHOLE: &str = "一\n二\n三\n四\n五\n";

#[test]
fn the_copy_of_a_paper_that_was_begun_says_so() {
    let device = device("epson_80", &[PrinterFault::PaperOut(Moment::Line(3))]);
    let mut printer = driver(&device, "epson_80");
    let report = print(&mut printer, &five_lines());
    assert_eq!((report.outcome, report.copy), (Outcome::NotPrinted, PrintedAs::Given), "{report:?}");

    // Still no paper: nothing is sent, and nothing is said of it.
    let report = print(&mut printer, &five_lines());
    assert_eq!((report.outcome, report.cause, report.bytes), (Outcome::NotPrinted, Some(Cause::PaperOut), 0));

    device.refill();
    let report = print(&mut printer, &five_lines());
    assert_eq!((report.outcome, report.copy), (Outcome::Printed, PrintedAs::Reprint), "{report:?}");
    let papers = said(&device);
    assert_eq!(papers[0], "一\n二\n", "what was left of the first was cut off");
    assert!(papers[1].starts_with("补打\n") && papers[1].ends_with(WHOLE), "{papers:?}");

    // Another paper is not marked; the same one is, for as long as the program runs.
    let report = print(&mut printer, &PaperDocument::new().paragraph("六"));
    assert_eq!((report.outcome, report.copy), (Outcome::Printed, PrintedAs::Given));
    assert_eq!(print(&mut printer, &five_lines()).copy, PrintedAs::Reprint);
}

#[test]
fn a_paper_that_never_began_is_not_marked() {
    let device = device("epson_80", &[PrinterFault::PaperOut(Moment::Before)]);
    let mut printer = driver(&device, "epson_80");
    assert_eq!(print(&mut printer, &five_lines()).bytes, 0);
    device.refill();
    let report = print(&mut printer, &five_lines());
    assert_eq!((report.outcome, report.copy), (Outcome::Printed, PrintedAs::Given));
    assert_eq!(said(&device), [WHOLE]);
}

/// Prints five lines with a fault, mends it in some way, recovers: what is then said of the five lines, and the papers.
fn check(name: &str, fault: PrinterFault, mend: fn(&RunningPrinter), earlier: Earlier, papers: &[&str]) {
    let device = device(name, &[fault]);
    let mut printer = driver(&device, name);
    let report = print(&mut printer, &five_lines());
    assert_ne!(report.outcome, Outcome::Printed, "{fault:?} on {name}: {report:?}");
    mend(&device);
    let recovery = printer.recover();
    let context = format!("{fault:?} on {name}: {recovery:?} after {report:?}");
    assert_eq!(recovery.earlier, earlier, "{context}");
    assert_eq!(said(&device), papers, "{context}");
    if earlier != Earlier::StillThere {
        assert_eq!(recovery.status.cause, None, "{context}");
        assert_eq!(printer.recover().earlier, Earlier::Nothing, "{context}");
    }
}

#[test]
fn what_became_of_it() {
    use Moment::{Cut, Line};
    use PrinterFault::{Cutter, NoAnswer, Offline, PaperOut};
    let well: fn(&RunningPrinter) = RunningPrinter::clear_faults;
    let refill: fn(&RunningPrinter) = RunningPrinter::refill;
    // Its buffer can be cleared: what was not out then will never be.
    check("epson_80", PaperOut(Line(3)), refill, Earlier::Lost, &["一\n二\n"]);
    check("epson_80", PaperOut(Line(3)), |_| {}, Earlier::StillThere, &[]);
    // All lines were printed and not cut: the recovery's cut lets the paper out, and nobody can tell.
    check("epson_80", Cutter, well, Earlier::Unknown, &[WHOLE]);
    check("epson_80", Offline(Cut), well, Earlier::Unknown, &[WHOLE]);
    check("epson_80", NoAnswer(Line(2)), well, Earlier::Unknown, &["一\n"]);
    // It keeps its buffer: the rest comes after the refill, and the proof that was asked for with it.
    check("clone_80", PaperOut(Cut), refill, Earlier::CameOut(Evidence::Drained), &[WHOLE]);
    check("clone_80", Offline(Cut), well, Earlier::CameOut(Evidence::Drained), &[WHOLE]);
    // It lost its buffer with its power, as far as can be told.
    check("clone_80", NoAnswer(Line(2)), well, Earlier::Unknown, &["一\n"]);
}

#[test]
fn a_picture_that_was_broken_off_does_not_swallow_what_follows() {
    let pixels = (0..576 * 600).map(|i| u8::try_from(i % 251).unwrap()).collect();
    let picture = GreyPicture::new(576, 600, pixels).unwrap();
    let document = PaperDocument::new().block(PaperBlock::Picture(picture)).paragraph("末");
    // It says stop in the middle of a band, and takes nothing more until it is helped.
    let device = device("clone_80", &[PrinterFault::Held(Moment::Byte(7000))]);
    let mut printer = driver(&device, "clone_80");
    let report = print(&mut printer, &document);
    assert_eq!((report.outcome, report.cause), (Outcome::NotPrinted, Some(Cause::Offline)), "{report:?}");
    assert_eq!(report.remainder, Remainder::MayStillCome);

    device.clear_faults();
    assert_eq!(printer.recover().earlier, Earlier::Lost);
    let report = print(&mut printer, &five_lines());
    assert_eq!(report.outcome, Outcome::Printed, "{report:?}");
    let papers = said(&device);
    assert_eq!(papers.last().map(String::as_str), Some(WHOLE), "{papers:?}");
    assert!(papers.iter().all(|paper| !paper.contains("?]")), "dots were taken for commands: {papers:?}");
}

#[test]
fn a_network_printer_that_comes_back_is_found_and_cleaned() {
    let place = drivers::sim::printer::Place::Tcp("127.0.0.1:0".parse().unwrap());
    let faults = vec![PrinterFault::Unplugged(Moment::Line(3))];
    let device = PrinterSimulator { place, faults, ..PrinterSimulator::new(REGULAR, BOLD) }.start().unwrap();
    let mut printer = driver(&device, "epson_80");
    let begun = Instant::now();
    let report = print(&mut printer, &five_lines());
    assert_eq!((report.outcome, report.cause), (Outcome::Unknown, Some(Cause::NoAnswer)), "{report:?}");
    assert!(begun.elapsed() < SOON);
    device.clear_faults();
    let report = print(&mut printer, &five_lines());
    assert_eq!((report.outcome, report.copy), (Outcome::Printed, PrintedAs::Reprint), "{report:?}");
    let papers = said(&device);
    assert!(papers.last().unwrap().ends_with(WHOLE), "{papers:?}");
}
