//! The receipt printer's driver against the simulated printer, on a real pty and a real TCP port.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::time::Duration;

use domain::device::{DeviceState, PaperSupply};
use domain::paper::document::{GreyPicture, PaperBlock, PaperDocument};
use drivers::receipt_printer::{
    Cause, EscPosPrinter, Evidence, Outcome, PaperFonts, PrintProgress, PrinterProfile, ReceiptPrinter as _,
    Remainder,
};
use drivers::sim::printer::{Place, PrinterModel, PrinterSimulator, RunningPrinter, SimulatedPaper, Speed};

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Bold.otf");
const CODE: &str = "https://example.invalid/v?n=340202-20260331-000123";
const SOON: Duration = Duration::from_secs(20);

/// A profile with a head so fast that a proof without a number need not be waited for, and with limits that a loaded
/// machine keeps.
fn profile(name: &str) -> PrinterProfile {
    PrinterProfile {
        head_mm_per_s: 5000,
        reply_limit: Duration::from_secs(3),
        finish_limit: SOON,
        ..PrinterProfile::built_in(name).unwrap()
    }
}

fn model(name: &str) -> PrinterModel {
    match name {
        "epson_80" => PrinterModel::EPSON_80,
        "epson_58" => PrinterModel::EPSON_58,
        "custom_vkp80" => PrinterModel::CUSTOM_VKP80,
        "snbc_80" => PrinterModel::SNBC_80,
        "seiko_80" => PrinterModel::SEIKO_80,
        "clone_80" => PrinterModel::CLONE_80,
        "clone_58" => PrinterModel::CLONE_58,
        other => panic!("no model for {other}"),
    }
}

fn simulator(name: &str) -> PrinterSimulator {
    PrinterSimulator { model: model(name), ..PrinterSimulator::new(REGULAR, BOLD) }
}

fn driver(device: &RunningPrinter, profile: PrinterProfile) -> EscPosPrinter<'static> {
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    EscPosPrinter::new(device.address().parse().unwrap(), profile, fonts).numbered_from(7)
}

fn receipt(applicant: &str) -> PaperDocument {
    PaperDocument::new()
        .title("收件凭证")
        .centred("已收件，尚未受理")
        .rule()
        .headline("340202-20260331-000123")
        .pair("申请人", applicant)
        .pair("事项", "城乡居民养老保险待遇资格认证")
        .pair("费用", "¥0")
        .qr(CODE, "扫码查进度")
        .centred("示例社区")
}

fn code_on(paper: &SimulatedPaper) -> Option<String> {
    let (width, height) = (u32::try_from(paper.width).unwrap(), u32::try_from(paper.height).unwrap());
    let format = Some(rxing::BarcodeFormat::QR_CODE);
    rxing::helpers::detect_in_luma(paper.pixels.clone(), width, height, format)
        .ok()
        .map(|r| r.getText().to_owned())
}

#[test]
fn every_profile_on_every_port_prints_a_receipt_that_can_be_read() {
    let places = [Place::Pty, Place::Tcp("127.0.0.1:0".parse().unwrap())];
    let names = [
        ("epson_80", Evidence::ProcessId, PaperSupply::Full),
        ("epson_58", Evidence::ProcessId, PaperSupply::Unknown),
        ("custom_vkp80", Evidence::Sensor, PaperSupply::Full),
        ("snbc_80", Evidence::Drained, PaperSupply::Full),
        ("seiko_80", Evidence::Sensor, PaperSupply::Full),
        ("clone_80", Evidence::Drained, PaperSupply::Unknown),
        ("clone_58", Evidence::Drained, PaperSupply::Unknown),
    ];
    assert_eq!(names.map(|(name, ..)| name).to_vec(), PrinterProfile::built_in_names().collect::<Vec<_>>());
    for (place, (name, evidence, supply)) in places.iter().flat_map(|p| names.iter().map(move |n| (*p, *n))) {
        let device = PrinterSimulator { place, ..simulator(name) }.start().unwrap();
        let mut printer = driver(&device, profile(name));
        let mut rows = Vec::new();
        let report = printer.print(&receipt("张示例"), &mut |p: PrintProgress| rows.push(p));

        let context = format!("{name} at {place:?}: {report:?}");
        assert_eq!(
            (report.outcome, report.evidence, report.cause),
            (Outcome::Printed, evidence, None),
            "{context}"
        );
        assert_eq!((report.status.state, report.status.paper), (DeviceState::Online, supply), "{context}");
        assert_eq!(report.remainder, Remainder::Nothing, "{context}");
        assert!(
            rows.is_sorted_by_key(|p| p.rows_out) && rows.iter().all(|p| p.rows_out <= p.rows),
            "{rows:?}"
        );

        let paper = device.wait_for_paper(0, SOON).unwrap();
        assert_eq!(code_on(&paper).as_deref(), Some(CODE), "{context}");
        let lines: Vec<&str> = paper.transcript.lines().collect();
        if name != "custom_vkp80" {
            assert_eq!(&lines[..2], ["收件凭证", "已收件，尚未受理"], "{context}");
            assert!(lines.iter().any(|l| l.starts_with("费用") && l.ends_with("￥0")), "{lines:?}");
        }
        assert!(!paper.transcript.contains("?]"), "no unknown command: {}", paper.transcript);
        // Setting-up, paper and cut; the questions come on top of it.
        assert!(report.bytes > paper.bytes.len() && report.bytes < paper.bytes.len() + 20, "{context}");
    }
}

/// The path of a pty serves as a stand-in for usblp's: opened, polled and read in the same way.
#[test]
fn a_usb_printers_file_carries_a_job() {
    let device = simulator("clone_80").start().unwrap();
    let address = device.address().replace("serial:", "lp:");
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    let mut printer = EscPosPrinter::new(address.parse().unwrap(), profile("clone_80"), fonts);
    let report = printer.print(&receipt("张示例"), &mut |_| {});
    assert_eq!((report.outcome, report.evidence), (Outcome::Printed, Evidence::Drained), "{report:?}");
    assert_eq!(code_on(&device.wait_for_paper(0, SOON).unwrap()).as_deref(), Some(CODE));
}

#[test]
fn the_picture_on_the_screen_is_as_long_as_the_paper() {
    let document = receipt("王测试䶮");
    for name in ["epson_80", "clone_58"] {
        let device = simulator(name).start().unwrap();
        let report = driver(&device, profile(name)).print(&document, &mut |_| {});
        assert_eq!(report.outcome, Outcome::Printed, "{report:?}");
        let paper = device.wait_for_paper(0, SOON).unwrap();
        let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
        let dots = profile(name).dots;
        let picture = drivers::receipt_printer::painter::paint(&document, dots, &fonts).unwrap();
        // The simulator's paper has what was under the cutter above, and a margin below.
        let margin = if name == "epson_80" { 32 } else { 144 - 80 };
        assert_eq!(paper.height, 80 + picture.height() + margin, "{name}");
    }
}

#[test]
fn what_the_printer_lacks_comes_out_as_dots() {
    let dots_for = |name: &str, text: &str| {
        let device = simulator(name).start().unwrap();
        let document = PaperDocument::new().paragraph(text);
        assert_eq!(driver(&device, profile(name)).print(&document, &mut |_| {}).outcome, Outcome::Printed);
        let paper = device.wait_for_paper(0, SOON).unwrap();
        let black = paper.pixels.iter().filter(|p| **p == 0).count();
        assert!(black > 40, "{text} on {name} is not to be seen");
        paper.transcript.starts_with("[dots ")
    };
    assert!(!dots_for("epson_80", "王测试"));
    assert!(dots_for("epson_80", "王测试䶮"));
    assert!(dots_for("epson_80", "赵𠅤"));
    assert!(dots_for("clone_58", "朱镕"));
    // What the shipped typeface lacks too is a box with its code point.
    assert!(dots_for("epson_80", "\u{E863}"));
}

#[test]
fn four_byte_characters_go_as_text_where_the_printer_has_them() {
    let model = PrinterModel { four_byte_characters: true, ..PrinterModel::EPSON_80 };
    let device = PrinterSimulator { model, ..PrinterSimulator::new(REGULAR, BOLD) }.start().unwrap();
    let charset = drivers::receipt_printer::rom_charset::RomCharset::Gb18030;
    let mut printer = driver(&device, PrinterProfile { charset, ..profile("epson_80") });
    assert_eq!(
        printer.print(&PaperDocument::new().paragraph("㐂䶮好"), &mut |_| {}).outcome,
        Outcome::Printed
    );
    assert_eq!(device.wait_for_paper(0, SOON).unwrap().transcript, "㐂䶮好\n");
}

#[test]
fn a_long_picture_arrives_whole_and_without_a_command_in_it() {
    // Greys from edge to edge: 576 × 2000 dots are 144,000 bytes, with pairs that look like real-time commands.
    let pixels = (0..576 * 2000).map(|i| u8::try_from((i % 576) * 255 / 575).unwrap()).collect();
    let document = PaperDocument::new()
        .block(PaperBlock::Picture(GreyPicture::new(576, 2000, pixels).unwrap()))
        .paragraph("完");
    for place in [Place::Pty, Place::Tcp("127.0.0.1:0".parse().unwrap())] {
        let device = PrinterSimulator { place, ..simulator("epson_80") }.start().unwrap();
        let report = driver(&device, profile("epson_80")).print(&document, &mut |_| {});
        assert_eq!(report.outcome, Outcome::Printed, "{report:?}");
        let paper = device.wait_for_paper(0, SOON).unwrap();
        assert!(paper.transcript.ends_with("完\n"), "{}", paper.transcript);
        assert_eq!(paper.height, 80 + 2000 + 32 + 32);
        let mean = |x: usize| {
            let column = (80..2080).map(|y| u32::from(paper.pixels[y * 576 + x]));
            column.sum::<u32>() / 2000
        };
        let (dark, middle, light) = (mean(57), mean(288), mean(518));
        assert!(dark < 60 && (90..165).contains(&middle) && light > 195, "{dark} {middle} {light}");
    }
}

#[test]
fn a_slow_printer_is_waited_for_and_tells_its_progress() {
    let speed = Speed::MillimetresPerSecond(200);
    let device = PrinterSimulator { speed, ..simulator("epson_80") }.start().unwrap();
    let profile = PrinterProfile { head_mm_per_s: 200, ..profile("epson_80") };
    let mut steps = Vec::new();
    let begun = std::time::Instant::now();
    let report = driver(&device, profile).print(&receipt("张示例"), &mut |p| steps.push(p.rows_out));
    assert_eq!(report.evidence, Evidence::ProcessId);
    assert!(report.head_bound > Duration::from_millis(300), "{report:?}");
    assert!(begun.elapsed() >= report.head_bound, "proved before it can have been out");
    let different = {
        let mut s = steps.clone();
        s.dedup();
        s.len()
    };
    assert!(different >= 3, "{steps:?}");
}

#[test]
fn equal_documents_make_equal_bytes() {
    let print = || {
        let device = simulator("epson_80").start().unwrap();
        assert_eq!(
            driver(&device, profile("epson_80")).print(&receipt("王测试䶮"), &mut |_| {}).outcome,
            Outcome::Printed
        );
        let paper = device.wait_for_paper(0, SOON).unwrap();
        (paper.bytes.clone(), paper.png())
    };
    assert_eq!(print(), print());
}

#[test]
fn a_code_too_large_for_the_paper_is_refused_and_nothing_is_sent() {
    let device = simulator("epson_58").start().unwrap();
    let document = PaperDocument::new().qr("z".repeat(700), "");
    let report = driver(&device, profile("epson_58")).print(&document, &mut |_| {});
    assert_eq!((report.outcome, report.cause, report.bytes), (Outcome::NotPrinted, Some(Cause::Document), 0));
}

#[test]
fn a_port_that_is_not_there_is_a_status() {
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    let mut printer =
        EscPosPrinter::new("serial:/dev/no-such-port".parse().unwrap(), profile("epson_80"), fonts);
    let status = printer.status();
    assert_eq!((status.cause, status.state), (Some(Cause::Port), DeviceState::Offline));
    let report = printer.print(&receipt("张示例"), &mut |_| {});
    assert_eq!((report.outcome, report.cause, report.bytes), (Outcome::NotPrinted, Some(Cause::Port), 0));
}
