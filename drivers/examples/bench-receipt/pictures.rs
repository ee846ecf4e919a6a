//! A receipt with a picture of 576 × 2000, 40 lines of Chinese, a code and the cut, by three drivers.
//!
//! Equal work: each gets the same picture, the same lines in GB 18030 and the same code for the printer to draw, and leaves
//! the bytes in memory. Ours dithers, as python-escpos does; the crate escpos only compares with a grey, which is less.

use super::anchors::{self, Sample};
use super::{BOLD, REGULAR, printed};
use domain::paper::document::{Align, GreyPicture, PaperBlock, PaperDocument, TextSize, Weight};
use domain::personal::Personal;
use drivers::receipt_printer::escpos::PrintJob;
use drivers::receipt_printer::{PaperFonts, PrinterProfile, painter};
use drivers::sim::printer::PrinterModel;
use serde_json::{Value, json};
use std::time::Instant;

const WIDTH: usize = 576;
const HEIGHT: usize = 2000;
const LINES: usize = 40;
const RUNS: usize = 20;
pub(crate) const CODE: &str = "YILIN:SQ-20261124-0000012";

pub(crate) fn measure() {
    // A page is what a kiosk prints; greys everywhere are the worst that can come.
    for (what, picture, bytes_goal) in
        [("a page", page(), "≤ 1/2 ×"), ("greys from edge to edge", greys(), "≤ 1.01 ×")]
    {
        compare(what, &picture, bytes_goal);
    }
}

fn compare(what: &str, picture: &GreyPicture, bytes_goal: &str) {
    let lines: Vec<String> = (0..LINES).map(line).collect();
    let png = png(picture);
    let (mut ours, mut ours_from_png) = (Vec::new(), Vec::new());
    let crates = anchors::crate_escpos(&png, &lines, RUNS);
    let python = anchors::python_escpos(picture, &lines, RUNS);
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    let profile = PrinterProfile::built_in("epson_80").unwrap();
    for _ in 0..RUNS {
        let given = picture.clone();
        ours.push(timed(|| job(given, &lines, &profile, &fonts)));
        ours_from_png.push(timed(|| job(decoded(&png), &lines, &profile, &fonts)));
    }
    let times = |samples: &[Sample]| samples.iter().map(|s| s.milliseconds).collect::<Vec<_>>();
    let paper = format!("a receipt with {what} of {WIDTH} × {HEIGHT}, {LINES} Chinese lines, a code");
    let tell = |metric: String, unit: &str, ours: Vec<f64>, name: &str, anchor: Vec<f64>, goal: &str| {
        let anchor: Value = json!({"name": name, "samples": anchor});
        println!("{}", json!({"metric": metric, "unit": unit, "ours": ours, "anchor": anchor, "goal": goal}));
    };
    tell(format!("{paper}, to bytes"), "ms", ours, anchors::PYTHON, times(&python), "≤ 1/10 ×");
    let from_png = format!("{paper}, from a PNG to bytes");
    tell(from_png, "ms", ours_from_png, anchors::CRATE, times(&crates), "≤ 1 ×");
    // Ours with every question about the printer's state; theirs ask none.
    let document = document(picture.clone(), &lines);
    let sent =
        [printed(&document, &PrinterProfile { head_mm_per_s: 5000, ..profile }, PrinterModel::EPSON_80)];
    let sent: Vec<f64> = sent.into_iter().map(|bytes| f64::from(u32::try_from(bytes).unwrap())).collect();
    for (name, samples) in [(anchors::PYTHON, &python), (anchors::CRATE, &crates)] {
        let theirs = samples.iter().map(|s| s.bytes).collect();
        tell(format!("{paper}, on the wire"), "bytes", sent.clone(), name, theirs, bytes_goal);
    }
}

/// Milliseconds; what is made is thrown away, and wiped, outside of them.
fn timed(work: impl FnOnce() -> (PaperDocument, PrintJob)) -> f64 {
    let begun = Instant::now();
    let (_document, job) = std::hint::black_box(work());
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    assert!(job.rows > 3000, "{} rows", job.rows);
    milliseconds
}

fn document(picture: GreyPicture, lines: &[String]) -> PaperDocument {
    let document = PaperDocument::new().block(PaperBlock::Picture(picture));
    lines.iter().fold(document, |paper, line| paper.paragraph(line.as_str())).qr(CODE, "")
}

fn job(
    picture: GreyPicture,
    lines: &[String],
    profile: &PrinterProfile,
    fonts: &PaperFonts<'_>,
) -> (PaperDocument, PrintJob) {
    let document = document(picture, lines);
    let job = PrintJob::encode(&document, profile, fonts, *b"0007").unwrap();
    (document, job)
}

/// 24 full-width characters: a whole line.
fn line(number: usize) -> String {
    "申请人提交的材料已收到经办人将在五个工作日内审核并以短信告知结果请保留本凭证以备查询"
        .chars()
        .cycle()
        .skip(number * 5)
        .take(24)
        .collect()
}

/// A paper with a heading, fields, a portrait, text and a round stamp, margins of 10 mm: as a certificate looks.
fn page() -> GreyPicture {
    let text = |document: PaperDocument, words: &str, size| {
        document.text(Personal::new(words), size, Align::Centre, Weight::Regular)
    };
    let mut document = text(PaperDocument::new().space(3), "参保证明", TextSize::Title).space(2);
    for field in [
        "姓名　　张示例",
        "证件号码　9900**********0014",
        "险种　　城乡居民基本养老保险",
        "参保地　示例市青泉区",
        "参保状态　正常参保",
        "起始年月　2016年01月",
        "截止年月　2026年10月",
        "累计月数　130个月",
    ] {
        document = text(document, field, TextSize::Normal).space(1);
    }
    for part in 0..4 {
        for at in 0..4 {
            let words: String = line(part * 4 + at).chars().take(if at == 3 { 9 } else { 17 }).collect();
            document = text(document, &words, TextSize::Normal);
        }
        document = document.space(1);
    }
    document = text(document.space(4), "示例市青泉区社会保险中心", TextSize::Normal);
    document = text(document.space(1), "2026年11月24日", TextSize::Normal);
    let fonts = PaperFonts::new(REGULAR, BOLD).unwrap();
    let painted = painter::paint(&document, 576, &fonts).unwrap();
    let mut pixels = painted.pixels().to_vec();
    assert!(pixels.len() <= WIDTH * HEIGHT, "{} rows", painted.height());
    pixels.resize(WIDTH * HEIGHT, 255);
    for y in 0..220 {
        for x in 0..170 {
            pixels[(170 + y) * WIDTH + 380 + x] = portrait(x, y);
        }
    }
    for (y, x) in (0..260).flat_map(|y| (0..260).map(move |x| (y, x))) {
        let (dx, dy) = (i32::try_from(x).unwrap() - 130, i32::try_from(y).unwrap() - 130);
        if (116 * 116..128 * 128).contains(&(dx * dx + dy * dy)) {
            let at = (1180 + y) * WIDTH + 158 + x;
            pixels[at] = pixels[at].min(110);
        }
    }
    GreyPicture::new(WIDTH, HEIGHT, pixels).unwrap()
}

/// Soft greys of a head before a light ground.
fn portrait(x: usize, y: usize) -> u8 {
    let (dx, dy) = (i32::try_from(x).unwrap() - 85, i32::try_from(y).unwrap() - 95);
    let far = (dx * dx * 2 + dy * dy) / 60;
    u8::try_from((70 + far).clamp(70, 225)).unwrap()
}

fn greys() -> GreyPicture {
    let pixels = (0..WIDTH * HEIGHT).map(|i| {
        let (x, y) = (i % WIDTH, i / WIDTH);
        u8::try_from((x * 200 / WIDTH + y * 40 / HEIGHT + (x * 7 + y * 13) % 16).min(250)).unwrap()
    });
    GreyPicture::new(WIDTH, HEIGHT, pixels.collect()).unwrap()
}

fn png(picture: &GreyPicture) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    let (width, height) = (u32::try_from(picture.width()).unwrap(), u32::try_from(picture.height()).unwrap());
    image::GrayImage::from_raw(width, height, picture.pixels().to_vec())
        .unwrap()
        .write_to(&mut file, image::ImageFormat::Png)
        .unwrap();
    file.into_inner()
}

fn decoded(png: &[u8]) -> GreyPicture {
    let grey = image::load_from_memory_with_format(png, image::ImageFormat::Png).unwrap().into_luma8();
    let (width, height) = (usize::try_from(grey.width()).unwrap(), usize::try_from(grey.height()).unwrap());
    GreyPicture::new(width, height, grey.into_raw()).unwrap()
}
