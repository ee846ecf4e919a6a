//! A sheet of paper on the table: found, straightened, evened, packed; or refused with a reason.
#![cfg(feature = "sim")]
#![allow(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test that cannot go on shows where; places inside a picture"
)]

use std::process::Command;
use std::time::Duration;

use drivers::camera::{Frame, PixelFormat, Size, jpeg_pixels};
use drivers::code_scanner::{CodeReader as _, Effort, LadderReader};
use drivers::document_capture::{CapturedPage, MOST_BYTES, PageProblem, capture};
use drivers::sim::camera::{Fingers, Focus, Scene, Sheet, Table, write_frames};

const SIZE: Size = Size::new(1920, 1080);
const TEXT: &str = "办件编号 BJ-20261124-0000012";

fn frame(scene: &Scene) -> Frame {
    let pixels = scene.draw(SIZE.width, SIZE.height, 0);
    Frame::new(SIZE, PixelFormat::Rgb, 0, Duration::ZERO, pixels).unwrap()
}

fn scene(sheet: Sheet) -> Scene {
    Scene { sheet: Some(sheet), ..Scene::empty(1) }
}

fn with_code(change: impl Fn(&mut Sheet)) -> Sheet {
    let mut sheet = Sheet::new(3);
    sheet.code = Some(TEXT.to_owned());
    change(&mut sheet);
    sheet
}

/// Pixels from the true corners, the worst of the four.
fn off(page: &CapturedPage, sheet: &Sheet) -> f32 {
    let truth = sheet.corners(SIZE.width, SIZE.height);
    let far = |i: usize| {
        let (x, y) = page.corners[i];
        truth.iter().map(|t| (t.0 - x).hypot(t.1 - y)).fold(f32::MAX, f32::min)
    };
    (0..4).map(far).fold(0.0, f32::max)
}

fn text(page: &CapturedPage) -> Option<String> {
    let (size, rgb) = jpeg_pixels(&page.jpeg).unwrap();
    assert_eq!(size, page.size);
    let picture = Frame::new(size, PixelFormat::Rgb, 0, Duration::ZERO, rgb).unwrap().grey();
    Some(LadderReader::new(Effort::Whole).read(&picture)?.text.reveal().to_owned())
}

#[test]
fn a_sheet_is_found_and_what_is_on_it_can_still_be_read() {
    let check = |name: &str, within: f32, change: fn(&mut Sheet)| {
        let sheet = with_code(change);
        let page = capture(&frame(&scene(sheet.clone()))).unwrap_or_else(|e| panic!("{name}: {e}"));
        let off = off(&page, &sheet);
        assert!(off < within, "{name}: corners are off by {off:.1} pixels");
        assert!(page.jpeg.len() <= MOST_BYTES, "{name}: {} bytes", page.jpeg.len());
        let shape = page.size.height as f32 / page.size.width as f32;
        let upright = shape.max(1.0 / shape);
        assert!((upright - std::f32::consts::SQRT_2).abs() < 0.01, "{name}: {:?} is not A4", page.size);
        assert_eq!(text(&page).as_deref(), Some(TEXT), "{name}");
    };
    check("straight", 3.0, |_| {});
    check("turned", 3.0, |sheet| sheet.roll = 9.0);
    check("lying across", 3.0, |sheet| sheet.roll = 94.0);
    check("tilted", 4.0, |sheet| (sheet.yaw, sheet.pitch) = (14.0, -12.0));
    check("uneven light", 4.0, |sheet| (sheet.shade, sheet.roll) = (0.45, -4.0));
    check("fingers", 4.0, |sheet| (sheet.fingers, sheet.roll) = (Fingers::Three, 3.0));
    check("a curl", 10.0, |sheet| sheet.curl = 0.012);
    check("a light table", 4.0, |sheet| (sheet.table, sheet.roll) = (Table::LightGrey, -7.0));
    check("all at once", 10.0, |sheet| {
        (sheet.roll, sheet.yaw, sheet.shade, sheet.curl) = (5.0, 8.0, 0.6, 0.006);
        sheet.fingers = Fingers::Three;
    });
}

#[test]
fn paper_becomes_white_and_ink_and_seal_stay() {
    let sheet = with_code(|sheet| sheet.shade = 0.5);
    let page = capture(&frame(&scene(sheet))).unwrap();
    let (size, rgb) = jpeg_pixels(&page.jpeg).unwrap();
    let at = |x: f32, y: f32| {
        let (column, row) = ((x * size.width as f32) as usize, (y * size.height as f32) as usize);
        let place = (row * size.width as usize + column) * 3;
        [rgb[place], rgb[place + 1], rgb[place + 2]]
    };
    // Margins in the light and in the shade.
    for (x, y) in [(0.05, 0.04), (0.95, 0.04), (0.05, 0.95), (0.95, 0.96)] {
        assert!(at(x, y).iter().all(|value| *value > 215), "paper at {x}, {y}: {:?}", at(x, y));
    }
    let seal = at(0.30 + 0.12, 1.12 / std::f32::consts::SQRT_2);
    assert!(seal[0] > 150 && seal[1] < 110 && seal[2] < 110, "the seal is {seal:?}");
}

#[test]
fn what_cannot_be_taken_is_refused_with_a_reason() {
    let problem = |scene: &Scene| capture(&frame(scene)).err();
    let check = |sheet: fn(&mut Sheet), want: PageProblem| {
        assert_eq!(problem(&scene(with_code(sheet))), Some(want));
    };
    // A hall's window far behind looks like a sheet out of focus.
    let hall = problem(&Scene::face(1));
    assert!(matches!(hall, Some(PageProblem::NoSheet | PageProblem::NotSharp)), "{hall:?}");
    let mut table = scene(Sheet::new(1));
    table.sheet.as_mut().unwrap().width = 0.001;
    assert_eq!(problem(&table), Some(PageProblem::NoSheet));
    check(|sheet| sheet.x = 0.86, PageProblem::CutOff);
    check(|sheet| sheet.y = 0.75, PageProblem::CutOff);
    check(|sheet| sheet.width = 0.34, PageProblem::TooFar);
    let mut dark = scene(Sheet::new(1));
    dark.light = 0.12;
    assert_eq!(problem(&dark), Some(PageProblem::TooDark));
    let mut soft = scene(Sheet::new(1));
    soft.focus = Focus::Soft;
    assert_eq!(problem(&soft), Some(PageProblem::NotSharp));
}

#[test]
fn yuyv_from_a_camera_is_taken_as_well() {
    let sheet = with_code(|_| {});
    let rgb = scene(sheet).draw(SIZE.width, SIZE.height, 0);
    // BT.601, limited range: ITU-R BT.601-7, 2.5.3.
    let yuv = |pixel: &[u8]| {
        let [r, g, b] = [0, 1, 2].map(|i| f32::from(pixel[i]) / 255.0);
        let y = 0.299 * r + 0.587 * g + 0.114 * b;
        let byte = |value: f32| value.round().clamp(0.0, 255.0) as u8;
        [byte(16.0 + 219.0 * y), byte(128.0 + 224.0 * 0.564 * (b - y)), byte(128.0 + 224.0 * 0.713 * (r - y))]
    };
    let pairs = rgb.chunks_exact(6).flat_map(|pair| {
        let (a, b) = (yuv(&pair[..3]), yuv(&pair[3..]));
        [a[0], a[1], b[0], a[2]]
    });
    let frame = Frame::new(SIZE, PixelFormat::Yuyv, 0, Duration::ZERO, pairs.collect()).unwrap();
    assert_eq!(text(&capture(&frame).unwrap()).as_deref(), Some(TEXT));
}

#[test]
fn a_page_shows_nothing_of_itself() {
    let page = capture(&frame(&Scene::paper(1))).unwrap();
    assert!(format!("{page:?}").len() < 200);
}

#[test]
fn the_command_takes_a_page_or_says_why_not() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("page.jpg");
    let run = |scene: &Scene| {
        let frames = tempfile::tempdir().unwrap();
        write_frames(frames.path(), SIZE, scene, None, 1).unwrap();
        let port = format!("frames:{}", frames.path().display());
        let program = Command::new(env!("CARGO_BIN_EXE_yilin-device"))
            .args(["--json", "camera", "page", "--port", &port, "--out"])
            .arg(&file)
            .output()
            .unwrap();
        (program.status.code(), String::from_utf8(program.stdout).unwrap())
    };
    let (code, said) = run(&Scene::paper(2));
    assert!(code == Some(0) && said.starts_with("{\"width\":"), "{said}");
    assert!(jpeg_pixels(&std::fs::read(&file).unwrap()).is_ok());
    let (code, said) = run(&Scene::empty(2));
    assert!(code == Some(1) && said.starts_with("{\"error\":{\"kind\":\"no_sheet\""), "{said}");
}
