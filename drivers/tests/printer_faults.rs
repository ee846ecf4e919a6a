//! Each fault of the receipt printer at each moment, and what the driver says of it.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::time::{Duration, Instant};

use domain::device::{DeviceState, PaperSupply};
use domain::paper::document::{GreyPicture, PaperBlock, PaperDocument};
use drivers::receipt_printer::{
    Cause, Earlier, EscPosPrinter, Evidence, Outcome, PaperFonts, PrinterProfile, ReceiptPrinter as _,
    Remainder,
};
use drivers::sim::printer::{Moment, PrinterFault, PrinterModel, PrinterSimulator, RunningPrinter};

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Bold.otf");
const SOON: Duration = Duration::from_secs(20);

/// Limits that a loaded machine keeps; a silent printer is asked twice.
fn profile(name: &str) -> PrinterProfile {
    PrinterProfile {
        head_mm_per_s: 5000,
        reply_limit: Duration::from_secs(1),
        ..PrinterProfile::built_in(name).unwrap()
    }
}

fn device(name: &str, faults: &[PrinterFault]) -> RunningPrinter {
    let model = match name {
        "epson_80" => PrinterModel::EPSON_80,
        "snbc_80" => PrinterModel::SNBC_80,
        _ => PrinterModel::CLONE_80,
    };
    let faults = faults.to_vec();
    PrinterSimulator { model, faults, ..PrinterSimulator::new(REGULAR, BOLD) }.start().unwrap()
}

fn driver(device: &RunningPrinter, name: &str) -> EscPosPrinter<'static> {
    driver_of(device, profile(name))
}

fn driver_of(device: &RunningPrinter, profile: PrinterProfile) -> EscPosPrinter<'static> {
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    EscPosPrinter::new(device.address().parse().unwrap(), profile, fonts)
}

fn five_lines() -> PaperDocument {
    ["一", "二", "三", "四", "五"].into_iter().fold(PaperDocument::new(), PaperDocument::paragraph)
}

fn check(name: &str, fault: PrinterFault, outcome: Outcome, cause: Option<Cause>, paper: PaperSupply) {
    let device = device(name, &[fault]);
    let usual = profile(name);
    let profile = match fault {
        // Nothing is ever answered.
        PrinterFault::Mute
        | PrinterFault::NoAnswer(Moment::Before)
        | PrinterFault::Unplugged(Moment::Before) => {
            PrinterProfile { reply_limit: Duration::from_millis(200), ..usual }
        }
        // Only a hot head is waited for until the limit.
        PrinterFault::Overheated(_) => PrinterProfile { finish_limit: Duration::from_millis(500), ..usual },
        _ => usual,
    };
    let report = driver_of(&device, profile).print(&five_lines(), &mut |_| {});
    let context = format!("{fault:?} on {name}: {report:?}");
    let evidence = match (outcome, name) {
        (Outcome::Printed, "epson_80") => Evidence::ProcessId,
        (Outcome::Printed, _) => Evidence::Drained,
        _ => Evidence::None,
    };
    assert_eq!((report.outcome, report.cause), (outcome, cause), "{context}");
    assert_eq!((report.evidence, report.status.paper), (evidence, paper), "{context}");
    let state = cause.map_or(DeviceState::Online, Cause::device_state);
    assert_eq!(report.status.state, state, "{context}");
    // A paper is out exactly when that is said, and one that cannot begin is not sent.
    assert_eq!(device.papers().len(), usize::from(outcome == Outcome::Printed), "{context}");
    if !matches!(fault.moment(), Moment::Byte(_)) {
        let nothing_inside = device.paper_in_printer().bytes.is_empty();
        assert_eq!(nothing_inside, report.bytes == 0 || !device.papers().is_empty(), "{context}");
    }
    let cannot_begin = matches!(fault, PrinterFault::Mute) || fault.moment() == Moment::Before;
    assert_eq!(report.bytes == 0, cannot_begin && outcome != Outcome::Printed, "{context}");
}

/// Kinds of printer, what they say of their paper when it is well, and when it is low.
const NAMES: [(&str, PaperSupply, PaperSupply); 3] = [
    ("epson_80", PaperSupply::Full, PaperSupply::Low),
    ("clone_80", PaperSupply::Unknown, PaperSupply::Unknown),
    ("snbc_80", PaperSupply::Full, PaperSupply::Low),
];

/// Where in a job a fault comes. Byte 40 is in the middle of the lines.
const MOMENTS: [Moment; 5] =
    [Moment::Line(1), Moment::Line(3), Moment::Line(5), Moment::Cut, Moment::Byte(40)];

/// Faults that come at a moment, with their cause, and what is said when they come after all lines were sent.
fn at(name: &str, moment: Moment, some: PaperSupply) -> [(PrinterFault, Outcome, Cause, PaperSupply); 10] {
    use Outcome::{NotPrinted, Unknown};
    // What bit 2 of the error status is differs: on SNBC's it is the exit's, and a jam has no bit.
    let (jam, exit, blocked) = match name {
        "snbc_80" => (Cause::Hardware, Cause::ExitBlocked, Unknown),
        _ => (Cause::PaperJam, Cause::PaperJam, NotPrinted),
    };
    [
        // The printer says that it stopped before the end.
        (PrinterFault::PaperOut(moment), NotPrinted, Cause::PaperOut, PaperSupply::Out),
        (PrinterFault::CoverOpen(moment), NotPrinted, Cause::CoverOpen, some),
        (PrinterFault::PaperJam(moment), NotPrinted, jam, some),
        (PrinterFault::Hardware(moment), NotPrinted, Cause::Hardware, some),
        (PrinterFault::ExitBlocked(moment), blocked, exit, some),
        // It says no such thing.
        (PrinterFault::Overheated(moment), Unknown, Cause::Overheated, some),
        (PrinterFault::Offline(moment), Unknown, Cause::Offline, some),
        (PrinterFault::FeedButton(moment), Unknown, Cause::FeedButton, some),
        (PrinterFault::NoAnswer(moment), Unknown, Cause::NoAnswer, PaperSupply::Unknown),
        (PrinterFault::Unplugged(moment), Unknown, Cause::NoAnswer, PaperSupply::Unknown),
    ]
}

#[test]
fn fault_by_moment() {
    let rows = NAMES.len() * (4 + (1 + MOMENTS.len()) * 10);
    assert!(rows >= 120, "{rows} rows");
    // Most of the time is spent waiting for printers that say nothing: all at once.
    std::thread::scope(|scope| {
        for (name, some, low) in NAMES {
            scope.spawn(move || {
                check(name, PrinterFault::PaperLow, Outcome::Printed, None, low);
                check(name, PrinterFault::Noise, Outcome::Printed, None, some);
                check(name, PrinterFault::Cutter, Outcome::Unknown, Some(Cause::Cutter), some);
                let silent = Some(Cause::NoAnswer);
                check(name, PrinterFault::Mute, Outcome::NotPrinted, silent, PaperSupply::Unknown);
                for (fault, _, cause, paper) in at(name, Moment::Before, some) {
                    check(name, fault, Outcome::NotPrinted, Some(cause), paper);
                }
            });
            for moment in MOMENTS {
                scope.spawn(move || {
                    for (fault, outcome, cause, paper) in at(name, moment, some) {
                        check(name, fault, outcome, Some(cause), paper);
                    }
                });
            }
        }
    });
}

/// Bytes of a whole job of five lines with its questions are fewer than this.
const BYTES_OF_A_JOB: u32 = 130;

#[test]
fn at_whatever_byte_a_fault_comes_the_truth_is_told() {
    let faults: [fn(Moment) -> PrinterFault; 4] =
        [PrinterFault::PaperOut, PrinterFault::CoverOpen, PrinterFault::NoAnswer, PrinterFault::Held];
    std::thread::scope(|scope| {
        for fault in faults {
            scope.spawn(move || {
                for byte in 1..BYTES_OF_A_JOB {
                    let fault = fault(Moment::Byte(byte));
                    let device = device("epson_80", &[fault]);
                    // Silence is waited for often here; a slow answer makes no difference to what is asked below.
                    let profile = PrinterProfile {
                        reply_limit: Duration::from_millis(50),
                        finish_limit: Duration::from_millis(100),
                        ..profile("epson_80")
                    };
                    let report = driver_of(&device, profile).print(&five_lines(), &mut |_| {});
                    let whole = device.papers().iter().any(|p| p.transcript == "一\n二\n三\n四\n五\n");
                    let context = format!("{fault:?}: {report:?}");
                    match report.outcome {
                        Outcome::Printed => assert!(whole, "{context}"),
                        Outcome::NotPrinted => assert!(!whole, "{context}"),
                        Outcome::Unknown => assert!(report.cause.is_some(), "{context}"),
                    }
                    assert_eq!(report.evidence == Evidence::None, report.outcome != Outcome::Printed);
                }
            });
        }
    });
}

#[test]
fn status_tells_each_fault() {
    use PrinterFault::*;
    let before = Moment::Before;
    let cases = [
        (PaperOut(before), Cause::PaperOut),
        (CoverOpen(before), Cause::CoverOpen),
        (PaperJam(before), Cause::PaperJam),
        (Hardware(before), Cause::Hardware),
        (Overheated(before), Cause::Overheated),
        (Offline(before), Cause::Offline),
        (FeedButton(before), Cause::FeedButton),
        (NoAnswer(before), Cause::NoAnswer),
    ];
    let device = device("epson_80", &[]);
    let mut printer = driver(&device, "epson_80");
    for (fault, cause) in cases {
        assert_eq!(printer.status().cause, None, "before {fault:?}");
        device.set_fault(fault);
        let status = printer.status();
        assert_eq!((status.cause, status.state), (Some(cause), cause.device_state()), "{fault:?}");
        device.clear_faults();
    }
}

#[test]
fn trouble_in_the_middle_of_a_long_job_stops_it() {
    let pixels = (0..576 * 1200).map(|i| u8::try_from(i % 251).unwrap()).collect();
    let picture = GreyPicture::new(576, 1200, pixels).unwrap();
    let document = PaperDocument::new().block(PaperBlock::Picture(picture)).paragraph("末");
    for (fault, cause) in [
        (PrinterFault::PaperOut(Moment::Line(3)), Cause::PaperOut),
        (PrinterFault::NoAnswer(Moment::Line(3)), Cause::NoAnswer),
        (PrinterFault::Offline(Moment::Line(3)), Cause::Offline),
    ] {
        let device = device("epson_80", &[fault]);
        let report = driver(&device, "epson_80").print(&document, &mut |_| {});
        // Half of it was never sent: that is certain, whatever the fault.
        assert_eq!((report.outcome, report.cause), (Outcome::NotPrinted, Some(cause)), "{report:?}");
        assert!(report.bytes > 0 && report.bytes < 80_000, "{report:?}");
    }
}

#[test]
fn a_cleared_printer_prints_nothing_of_the_lost_job_and_the_next_one_whole() {
    let device = device("epson_80", &[PrinterFault::PaperOut(Moment::Line(3))]);
    let mut printer = driver(&device, "epson_80");
    let report = printer.print(&five_lines(), &mut |_| {});
    assert_eq!((report.outcome, report.remainder), (Outcome::NotPrinted, Remainder::Nothing), "{report:?}");
    assert_eq!(device.paper_in_printer().transcript, "一\n二\n");

    device.refill();
    let report = printer.print(&PaperDocument::new().paragraph("补打"), &mut |_| {});
    assert_eq!(report.outcome, Outcome::Printed, "{report:?}");
    let said: Vec<String> = device.papers().into_iter().map(|p| p.transcript).collect();
    assert_eq!(said, ["一\n二\n", "补打\n"], "the torn piece is cut off before the next paper begins");
}

#[test]
fn a_printer_that_keeps_its_buffer_is_said_to() {
    let device = device("clone_80", &[PrinterFault::PaperOut(Moment::Line(3))]);
    let mut printer = driver(&device, "clone_80");
    let report = printer.print(&five_lines(), &mut |_| {});
    assert_eq!(
        (report.outcome, report.remainder),
        (Outcome::NotPrinted, Remainder::MayStillCome),
        "{report:?}"
    );

    device.refill();
    // Whether its cut had been sent as well depends on when the end of the roll was seen.
    let late = || match device.papers().pop() {
        Some(paper) => paper.transcript,
        None => device.paper_in_printer().transcript,
    };
    let begun = Instant::now();
    while late() != "一\n二\n三\n四\n五\n" && begun.elapsed() < SOON {
        std::thread::yield_now();
    }
    assert_eq!(late(), "一\n二\n三\n四\n五\n", "the rest of the job came after the refill");
    let report = printer.print(&PaperDocument::new().paragraph("下一张"), &mut |_| {});
    assert_eq!(report.outcome, Outcome::Printed, "{report:?}");
    let said: Vec<String> = device.papers().into_iter().map(|p| p.transcript).collect();
    assert_eq!(said.last().map(String::as_str), Some("下一张\n"), "{said:?}");
}

#[test]
fn a_stuck_cutter_that_was_freed_is_recovered_from() {
    let device = device("epson_80", &[PrinterFault::Cutter]);
    let mut printer = driver(&device, "epson_80");
    assert_eq!(printer.print(&five_lines(), &mut |_| {}).cause, Some(Cause::Cutter));
    device.clear_faults();
    let recovery = printer.recover();
    let status = recovery.status;
    assert_eq!((status.cause, status.state), (None, DeviceState::Online), "{status:?}");
    // All lines were printed, and what was under the cutter came out with the recovery's cut.
    assert_eq!(recovery.earlier, Earlier::Unknown);
    let report = printer.print(&five_lines(), &mut |_| {});
    assert_eq!(report.outcome, Outcome::Printed, "{report:?}");
}

#[test]
fn a_printer_that_lost_its_power_is_found_again() {
    let device = device("epson_80", &[PrinterFault::NoAnswer(Moment::Line(2))]);
    let mut printer = driver(&device, "epson_80");
    assert_eq!(printer.print(&five_lines(), &mut |_| {}).outcome, Outcome::Unknown);
    assert_eq!(printer.status().cause, Some(Cause::NoAnswer));
    device.clear_faults();
    assert_eq!(printer.print(&five_lines(), &mut |_| {}).outcome, Outcome::Printed);
}

#[test]
fn a_hot_head_is_waited_for() {
    let device = device("epson_80", &[PrinterFault::Overheated(Moment::Line(2))]);
    let mut printer = driver(&device, "epson_80");
    let report = std::thread::scope(|scope| {
        scope.spawn(|| {
            // Cools once the lines before the hot one are out.
            while device.paper_in_printer().transcript != "一\n" {
                std::thread::yield_now();
            }
            std::thread::sleep(Duration::from_millis(150));
            device.clear_faults();
        });
        printer.print(&five_lines(), &mut |_| {})
    });
    assert_eq!((report.outcome, report.evidence), (Outcome::Printed, Evidence::ProcessId), "{report:?}");
}
