//! Papers that a printer holds out: taken, forgotten, stuck, and what is said of each.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::time::Duration;

use domain::device::PaperSupply;
use domain::paper::document::PaperDocument;
use drivers::receipt_printer::profile::Forgotten;
use drivers::receipt_printer::{
    Cause, EscPosPrinter, Evidence, Media, Outcome, PaperFonts, Presented, PrintReport, PrintStage,
    PrinterProfile, ReceiptPrinter as _,
};
use drivers::sim::printer::{Moment, PrinterFault, PrinterModel, PrinterSimulator, RunningPrinter};

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Bold.otf");

/// Both makers; a paper counts as forgotten soon.
const NAMES: [&str; 2] = ["custom_vkp80", "seiko_80"];
const FORGOTTEN: Duration = Duration::from_millis(600);

fn device(name: &str, faults: &[PrinterFault]) -> RunningPrinter {
    let model = if name == "seiko_80" { PrinterModel::SEIKO_80 } else { PrinterModel::CUSTOM_VKP80 };
    PrinterSimulator { model, faults: faults.to_vec(), ..PrinterSimulator::new(REGULAR, BOLD) }
        .start()
        .unwrap()
}

fn driver(device: &RunningPrinter, name: &str, change: fn(&mut PrinterProfile)) -> EscPosPrinter<'static> {
    let mut profile = PrinterProfile {
        head_mm_per_s: 5000,
        finish_limit: Duration::from_secs(1),
        ..PrinterProfile::built_in(name).unwrap()
    };
    change(&mut profile);
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    EscPosPrinter::new(device.address().parse().unwrap(), profile, fonts).forgotten_after(FORGOTTEN)
}

fn print(printer: &mut EscPosPrinter<'_>, text: &str) -> PrintReport {
    printer.print(&PaperDocument::new().paragraph(text), &mut |_| {})
}

fn transcripts(papers: Vec<drivers::sim::printer::SimulatedPaper>) -> Vec<String> {
    papers.into_iter().map(|paper| paper.transcript).collect()
}

#[test]
fn a_paper_is_held_out_until_it_is_taken() {
    for name in NAMES {
        let device = device(name, &[]);
        let mut printer = driver(&device, name, |_| {});
        let mut stages = Vec::new();
        let report = printer.print(&PaperDocument::new().paragraph("Hello"), &mut |p| stages.push(p.stage));
        let context = format!("{name}: {report:?}");
        assert_eq!((report.outcome, report.evidence), (Outcome::Printed, Evidence::Sensor), "{context}");
        assert_eq!(report.presented, Some(Presented::Taken), "{context}");
        assert_eq!((report.status.media, report.status.cause), (Media::NotPresent, None), "{context}");
        assert_eq!(report.status.paper, PaperSupply::Full, "{context}");
        assert_eq!(transcripts(device.papers()), ["Hello\n"], "{context}");
        assert!(device.retracted().is_empty(), "{context}");
        stages.dedup();
        assert_eq!(stages, [PrintStage::Printing, PrintStage::HeldOut], "{context}");
    }
}

#[test]
fn a_forgotten_paper_is_taken_back_and_the_next_resident_does_not_see_it() {
    for name in NAMES {
        let device = device(name, &[PrinterFault::NotTaken]);
        let mut printer = driver(&device, name, |_| {});
        let report = print(&mut printer, "First");
        assert_eq!((report.outcome, report.evidence), (Outcome::Printed, Evidence::Sensor), "{report:?}");
        assert_eq!(report.presented, Some(Presented::Retracted), "{report:?}");
        device.clear_faults();
        assert_eq!(print(&mut printer, "Second").presented, Some(Presented::Taken));
        assert_eq!(transcripts(device.papers()), ["Second\n"], "{name}");
        assert_eq!(transcripts(device.retracted()), ["First\n"], "{name}");
    }
}

#[test]
fn where_forgotten_papers_are_left_the_exit_is_cleared_before_the_next_job() {
    for name in NAMES {
        let device = device(name, &[PrinterFault::NotTaken]);
        let mut printer = driver(&device, name, |profile| {
            profile.presenter.as_mut().unwrap().forgotten = Forgotten::Leave;
        });
        let report = print(&mut printer, "First");
        assert_eq!(
            (report.outcome, report.presented),
            (Outcome::Printed, Some(Presented::Left)),
            "{report:?}"
        );
        assert_eq!(report.status.media, Media::Present, "{report:?}");
        let status = printer.status();
        assert_eq!((status.cause, status.media), (None, Media::Present), "a paper in the exit is no trouble");
        device.clear_faults();
        assert_eq!(print(&mut printer, "Second").presented, Some(Presented::Taken));
        assert_eq!(transcripts(device.retracted()), ["First\n"], "{name}");
    }
}

#[test]
fn a_hand_that_comes_late_is_in_time() {
    let device = device("custom_vkp80", &[PrinterFault::NotTaken]);
    let mut printer = driver(&device, "custom_vkp80", |_| {}).forgotten_after(Duration::from_secs(20));
    let mut taken = false;
    let report = printer.print(&PaperDocument::new().paragraph("Hello"), &mut |progress| {
        if progress.stage == PrintStage::HeldOut && !taken {
            device.take_paper();
            taken = true;
        }
    });
    assert_eq!((report.presented, device.papers().len()), (Some(Presented::Taken), 1), "{report:?}");
}

#[test]
fn a_paper_that_does_not_come_out_is_not_said_to() {
    use Moment::{Present, Retract};
    use PrinterFault::{ExitBlocked, NoAnswer, PaperJam};
    // Custom's full status has one bit for paper that is stuck, wherever it is.
    let stuck = |name| if name == "custom_vkp80" { Cause::PaperJam } else { Cause::ExitBlocked };
    for name in NAMES {
        for (fault, outcome, cause) in [
            (
                ExitBlocked(Present),
                if name == "seiko_80" { Outcome::Unknown } else { Outcome::NotPrinted },
                stuck(name),
            ),
            (PaperJam(Present), Outcome::NotPrinted, Cause::PaperJam),
            (NoAnswer(Present), Outcome::Unknown, Cause::NoAnswer),
        ] {
            let device = device(name, &[fault]);
            let report = print(&mut driver(&device, name, |_| {}), "Hello");
            let got = (report.outcome, report.cause, report.presented, report.evidence);
            let expected = (outcome, Some(cause), Some(Presented::Unknown), Evidence::None);
            assert_eq!(got, expected, "{fault:?} on {name}");
            assert!(device.papers().is_empty());
        }
        // It was out, and then could not be taken back, or nobody knows.
        for (fault, presented) in
            [(ExitBlocked(Retract), Presented::Left), (NoAnswer(Retract), Presented::Unknown)]
        {
            let device = device(name, &[PrinterFault::NotTaken, fault]);
            let report = print(&mut driver(&device, name, |_| {}), "Hello");
            let got = (report.outcome, report.evidence, report.presented);
            assert_eq!(got, (Outcome::Printed, Evidence::Sensor, Some(presented)), "{fault:?} on {name}");
        }
    }
}

#[test]
fn a_printer_without_a_presenter_has_nothing_to_say_of_one() {
    let device = PrinterSimulator::new(REGULAR, BOLD).start().unwrap();
    let report = print(&mut driver(&device, "epson_80", |_| {}), "Hello");
    assert_eq!((report.outcome, report.presented), (Outcome::Printed, None));
    assert_eq!(report.status.media, Media::NotSupported);
}
