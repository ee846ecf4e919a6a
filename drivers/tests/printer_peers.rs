//! Our papers as programs of others read them: zbarimg the code on the picture, npos the bytes.
#![cfg(feature = "sim")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on shows where, and says when it compared nothing"
)]

mod peer;

use std::path::Path;
use std::process::Command;

use domain::paper::document::{GreyPicture, PaperBlock, PaperDocument};
use drivers::receipt_printer::rom_charset::RomCharset;
use drivers::receipt_printer::{EscPosPrinter, Outcome, PaperFonts, PrinterProfile, ReceiptPrinter as _};
use drivers::sim::printer::{PrinterModel, PrinterSimulator, SimulatedPaper};
use serde::Deserialize;

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/YilinSans-Bold.otf");

fn is_there(peer: &str, package: &str, answer: std::io::Result<std::process::Output>) -> bool {
    peer::is_there(peer, package, answer.is_ok_and(|output| output.status.success()))
}

fn profile(name: &str) -> PrinterProfile {
    PrinterProfile { head_mm_per_s: 5000, ..PrinterProfile::built_in(name).unwrap() }
}

fn printed(document: &PaperDocument, profile: PrinterProfile, model: PrinterModel) -> SimulatedPaper {
    let device = PrinterSimulator { model, ..PrinterSimulator::new(REGULAR, BOLD) }.start().unwrap();
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    let mut printer = EscPosPrinter::new(device.address().parse().unwrap(), profile, fonts);
    assert_eq!(printer.print(document, &mut |_| {}).outcome, Outcome::Printed);
    device.papers().remove(0)
}

#[test]
fn zbarimg_reads_the_code_on_every_kind_of_paper() {
    if !is_there("zbarimg", "zbar-tools", Command::new("zbarimg").arg("--version").output()) {
        return;
    }
    let code = "YILIN:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let document = PaperDocument::new().title("收件凭证").qr(code, "扫码查进度").paragraph("示例社区");
    let folder = tempfile::tempdir().unwrap();
    for (name, model) in [
        ("epson_80", PrinterModel::EPSON_80),
        ("epson_58", PrinterModel::EPSON_58),
        ("custom_vkp80", PrinterModel::CUSTOM_VKP80),
        ("snbc_80", PrinterModel::SNBC_80),
        ("seiko_80", PrinterModel::SEIKO_80),
        ("clone_80", PrinterModel::CLONE_80),
        ("clone_58", PrinterModel::CLONE_58),
    ] {
        let picture = folder.path().join(format!("{name}.png"));
        std::fs::write(&picture, printed(&document, profile(name), model).png()).unwrap();
        let output = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(picture).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), code, "{name}");
    }
}

/// What npos found: a text, or a picture.
#[derive(Deserialize)]
struct Found {
    text: Option<String>,
    #[serde(default)]
    width: usize,
    #[serde(default)]
    height: usize,
    #[serde(default)]
    dots: String,
}

/// npos knows no FS &: the paper has ASCII as text, and everything else as dots.
#[test]
fn npos_reads_the_same_lines_and_dots() {
    let version = Command::new("node").args(["-e", "require('npos')"]).output();
    if !is_there("npos", "npm, found by NODE_PATH", version) {
        return;
    }
    let grey = (0..96 * 40).map(|i| u8::try_from((i % 96) * 2).unwrap()).collect();
    let document = PaperDocument::new()
        .paragraph("Receipt 340202-20260331-000123")
        .paragraph("王测试䶮")
        .pair("Applicant", "Zhang Shili")
        .block(PaperBlock::Picture(GreyPicture::new(96, 40, grey).unwrap()))
        .centred("Sample community");
    let profile = PrinterProfile { charset: RomCharset::Ascii, ..profile("clone_80") };
    let paper = printed(&document, profile, PrinterModel::CLONE_80);
    let folder = tempfile::tempdir().unwrap();
    let bytes = folder.path().join("paper.bin");
    std::fs::write(&bytes, &paper.bytes).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/npos.js");
    let output = Command::new("node").arg(script).arg(bytes).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let mut lines = String::new();
    let mut below = 0;
    for found in String::from_utf8(output.stdout).unwrap().lines() {
        let found: Found = serde_json::from_str(found).unwrap();
        match found.text {
            Some(text) => lines.push_str(&text),
            None => {
                lines.push_str(&format!("[dots {}×{}]\n", found.width, found.height));
                below = place_of(&found, &paper, below) + found.height;
            }
        }
    }
    assert_eq!(lines, paper.transcript);
    assert_eq!(lines.matches("[dots").count(), 2, "{lines}");
}

/// The row of our simulator's paper at which those dots stand, below `from`; each dot there is as npos has it.
fn place_of(found: &Found, paper: &SimulatedPaper, from: usize) -> usize {
    let dots = found.dots.as_bytes();
    let left = |x: usize, y: usize| {
        (0..found.width).all(|i| (paper.pixels[y * paper.width + x + i] == 0) == (dots[i] == b'1'))
    };
    let corner = (from..paper.height - found.height)
        .flat_map(|y| [0, (paper.width - found.width) / 2].map(|x| (x, y)))
        .find(|(x, y)| left(*x, *y) && dots[..found.width].contains(&b'1'));
    let (x, y) = corner.expect("the picture's first row is not on our paper");
    for (i, dot) in dots.iter().enumerate() {
        let at = (y + i / found.width) * paper.width + x + i % found.width;
        assert_eq!(paper.pixels[at] == 0, *dot == b'1', "dot {i} of {} × {}", found.width, found.height);
    }
    y
}
