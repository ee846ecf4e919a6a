//! The receipt printer behind the kernel's usblp: the simulated printer is the kernel's printer function, on the other end
//! of a cable that the kernel plays.

use domain::device::{DeviceState, PaperSupply};
use domain::paper::document::PaperDocument;
use drivers::receipt_printer::{
    Cause, EscPosPrinter, Evidence, Outcome, PaperFonts, PrinterProfile, ReceiptPrinter as _,
};
use drivers::sim::printer::{Moment, Place, PrinterFault, PrinterSimulator, RunningPrinter};
use std::path::Path;
use std::time::{Duration, Instant};

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/YilinSans-Bold.otf");
/// No KVM, one processor.
const SOON: Duration = Duration::from_secs(30);

pub(crate) fn prove() {
    let place = Place::UsbClass;
    let device = PrinterSimulator { place, ..PrinterSimulator::new(REGULAR, BOLD) }.start().unwrap();
    let file = Path::new("/dev/usb/lp0");
    assert_eq!(device.address(), "lp:/dev/usb/lp0");
    super::until(SOON, "usblp has taken it", || file.exists());
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    let profile = PrinterProfile {
        reply_limit: Duration::from_secs(4),
        finish_limit: SOON,
        ..PrinterProfile::built_in("epson_80").unwrap()
    };
    let mut printer = EscPosPrinter::new(device.address().parse().unwrap(), profile, fonts);
    prints(&device, &mut printer);
    tells(&device, &mut printer);
    paper_ends(&device, &mut printer);
    silent(&device, &mut printer);
    unplugged(&device, &mut printer);
}

fn receipt(first: &str) -> PaperDocument {
    let lines = ["二", "三", "四"];
    let receipt = PaperDocument::new().title("收件凭证").paragraph(first);
    let receipt = lines.into_iter().fold(receipt, PaperDocument::paragraph);
    receipt.qr("https://example.invalid/v?n=340202-20260331-000123", "扫码查进度")
}

fn prints(device: &RunningPrinter, printer: &mut EscPosPrinter) {
    let report = printer.print(&receipt("一"), &mut |_| {});
    assert_eq!((report.outcome, report.evidence), (Outcome::Printed, Evidence::ProcessId), "{report:?}");
    let paper = device.wait_for_paper(0, SOON).unwrap();
    let lines: Vec<&str> = paper.transcript.lines().take(5).collect();
    assert_eq!(lines, ["收件凭证", "一", "二", "三", "四"]);
    println!("usb printer: {} bytes through usblp, proved by {}", report.bytes, report.evidence.word());
}

/// Questions are answered, and each answer that tells of trouble is heard.
fn tells(device: &RunningPrinter, printer: &mut EscPosPrinter) {
    for (fault, cause) in [
        (PrinterFault::PaperOut(Moment::Before), Cause::PaperOut),
        (PrinterFault::CoverOpen(Moment::Before), Cause::CoverOpen),
        (PrinterFault::Overheated(Moment::Before), Cause::Overheated),
    ] {
        device.set_fault(fault);
        let status = printer.status();
        assert_eq!(status.cause, Some(cause), "{status:?}");
        device.clear_faults();
        let status = printer.status();
        assert_eq!((status.state, status.cause), (DeviceState::Online, None), "{status:?}");
    }
    println!("usb printer: paper out, cover open and overheated are told and end");
}

/// The roll ends at the third line: nothing is said to be printed; with a new roll the next job is, as a reprint.
fn paper_ends(device: &RunningPrinter, printer: &mut EscPosPrinter) {
    let before = device.papers().len();
    device.set_fault(PrinterFault::PaperOut(Moment::Line(3)));
    let report = printer.print(&receipt("一"), &mut |_| {});
    assert_eq!((report.outcome, report.cause), (Outcome::NotPrinted, Some(Cause::PaperOut)), "{report:?}");
    assert_eq!(device.papers().len(), before);
    device.refill();
    let report = printer.print(&receipt("一"), &mut |_| {});
    assert_eq!(report.outcome, Outcome::Printed, "{report:?}");
    assert!(device.papers().last().unwrap().transcript.contains("补打"));
    println!("usb printer: the roll ended at line 3, not printed; with a new roll a reprint is");
}

/// A printer that answers nothing: its status lines, by LPGETSTATUS, say that there is no paper.
fn silent(device: &RunningPrinter, printer: &mut EscPosPrinter) {
    device.set_fault(PrinterFault::PaperOut(Moment::Before));
    device.set_fault(PrinterFault::Mute);
    let status = printer.status();
    assert_eq!((status.cause, status.paper), (Some(Cause::PaperOut), PaperSupply::Out), "{status:?}");
    device.refill();
    let status = printer.status();
    assert_eq!(status.cause, Some(Cause::NoAnswer), "{status:?}");
    device.clear_faults();
    println!("usb printer: silent, its status lines say paper empty, and then nothing");
}

/// The cable is pulled in the middle of a job, and put in again.
fn unplugged(device: &RunningPrinter, printer: &mut EscPosPrinter) {
    let before = device.papers().len();
    device.set_fault(PrinterFault::Unplugged(Moment::Byte(200)));
    // Counted since it was switched on: it is pulled with the next byte.
    let begun = Instant::now();
    let report = printer.print(&receipt("五"), &mut |_| {});
    assert_ne!(report.outcome, Outcome::Printed, "{report:?}");
    let gone = printer.status();
    assert_eq!((gone.state, gone.cause), (DeviceState::Offline, Some(Cause::Port)), "{gone:?}");
    assert_eq!(device.papers().len(), before);
    let took = begun.elapsed().as_secs_f64();
    device.clear_faults();
    super::until(SOON, "it is back under its name", || Path::new("/dev/usb/lp0").exists());
    super::until(SOON, "it is well", || printer.status().cause.is_none());
    let back = printer.print(&receipt("六"), &mut |_| {});
    assert_eq!(back.outcome, Outcome::Printed, "{back:?}");
    let outcome = report.outcome.word();
    println!("usb printer: pulled in a job: {outcome}, then no port ({took:.1} s); back: printed");
}
