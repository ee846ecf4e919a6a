//! Codes: read from drawn frames, none where none is.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]
#![allow(clippy::cast_possible_truncation, reason = "parts of small lengths, both ends known")]

use std::time::{Duration, Instant};

use drivers::camera::{CameraErrorKind, Frame, FramesDir, GreyPicture, Pace, PixelFormat, Size};
use drivers::code_scanner::{
    CameraScanner, CodeFormat, CodeReader as _, CodeScanner as _, Effort, LadderReader, ScanError,
};
use drivers::sim::camera::{CameraFault, CodeColours, HeldCode, Scene, SceneName, SimCamera, write_frames};
use proptest::prelude::*;

#[path = "../examples/bench-codes/chance.rs"]
mod chance;
#[path = "../examples/bench-codes/picture.rs"]
mod picture;
#[path = "../examples/bench-codes/set.rs"]
mod set;
#[path = "../examples/bench-codes/symbol.rs"]
mod symbol;

const SIZE: Size = Size::new(1280, 720);

fn grey(scene: &Scene, size: Size, number: u64) -> GreyPicture {
    let pixels = scene.draw(size.width, size.height, number);
    Frame::new(size, PixelFormat::Rgb, number, Duration::ZERO, pixels).unwrap().grey()
}

fn read(picture: &GreyPicture) -> Option<String> {
    let code = LadderReader::new(Effort::Whole).read(picture)?;
    assert_eq!(code.format, CodeFormat::QrCode);
    Some(code.text.reveal().to_owned())
}

/// Chinese that just fits a version at the error correction that the simulator uses.
fn text_of_version(version: i16) -> String {
    let fits = |count: usize| {
        let text = "示".repeat(count);
        let version = qrcode::Version::Normal(version);
        qrcode::QrCode::with_version(text.as_bytes(), version, qrcode::EcLevel::M).is_ok()
    };
    let count = (1..).take_while(|count| fits(*count)).last().unwrap();
    "示例样本测试认证编号䶮".chars().cycle().take(count).collect()
}

fn held(seed: u64, text: &str, tilt: f32) -> Scene {
    let mut scene = Scene::code(seed, text);
    let code = scene.code.as_mut().unwrap();
    (code.roll, code.yaw, code.pitch) = (tilt, 1.2 * tilt, -0.7 * tilt);
    scene
}

#[test]
fn versions_3_to_15_in_chinese_are_read_straight_and_tilted() {
    for version in 3..=15 {
        let text = text_of_version(version);
        for (seed, tilt) in [(1, 0.0), (2, 12.0), (3, -22.0)] {
            let picture = grey(&held(seed, &text, tilt), SIZE, 0);
            assert_eq!(read(&picture).as_deref(), Some(text.as_str()), "version {version}, tilt {tilt}");
        }
    }
}

#[test]
fn a_phone_in_dark_mode_and_a_code_far_away_are_read() {
    let text = "https://example.invalid/认证?编号=示例0001";
    let check = |change: fn(&mut HeldCode), light: f32| {
        let mut scene = held(5, text, 5.0);
        change(scene.code.as_mut().unwrap());
        scene.light = light;
        assert_eq!(read(&grey(&scene, SIZE, 0)).as_deref(), Some(text), "{:?} {light}", scene.code);
    };
    check(|code| code.colours = CodeColours::LightOnDark, 1.0);
    check(|code| code.width = 0.22, 1.0);
    check(|code| (code.x, code.y) = (0.25, 0.35), 1.0);
    check(|code| code.roll = 180.0, 1.0);
    check(|_| {}, 0.15);
    check(|_| {}, 1.6);
}

#[test]
fn there_is_no_code_where_none_is() {
    for name in SceneName::ALL {
        for seed in 0..2 {
            assert_eq!(
                read(&grey(&Scene::named(name, seed), Size::new(640, 480), 0)),
                None,
                "{name:?} {seed}"
            );
        }
    }
}

/// Of each kind of trouble one picture of the benchmark's set, and some without a code.
#[test]
fn bad_pictures_are_read_and_none_says_what_is_not_there() {
    let mut before = None;
    let mut unread = Vec::new();
    let numbers: Vec<u64> = set::kinds()
        .filter(|(_, kind)| before.replace(*kind) != Some(*kind) || *kind == set::Kind::Nothing)
        .map(|(number, _)| number)
        .collect();
    for number in &numbers[..15] {
        let case = set::case(3, *number);
        let picture = GreyPicture::new(SIZE, case.luma).unwrap();
        let code = LadderReader::new(Effort::Whole).read(&picture);
        match (code, case.text) {
            (Some(code), text) => assert_eq!(Some(code.text.reveal()), text.as_deref(), "{:?}", case.kind),
            (None, Some(_)) => unread.push(case.kind),
            (None, None) => {}
        }
    }
    assert!(unread.len() <= 2, "unread: {unread:?}");
}

#[test]
fn bars_are_read_as_code_128() {
    let case = set::case(3, 296);
    assert_eq!(case.kind, set::Kind::Code128);
    let code = LadderReader::new(Effort::Whole).read(&GreyPicture::new(SIZE, case.luma).unwrap()).unwrap();
    assert_eq!((code.format, Some(code.text.reveal())), (CodeFormat::Code128, case.text.as_deref()));
}

#[test]
fn what_a_code_says_is_shown_by_no_debug() {
    let code = LadderReader::new(Effort::Whole).read(&grey(&held(1, "张示例", 0.0), SIZE, 0)).unwrap();
    assert!(!format!("{code:?}").contains('张'));
}

#[test]
fn a_scanner_waits_for_a_code_and_says_why_there_is_none() {
    let size = Size::new(640, 480);
    let scanner =
        |device: &SimCamera| CameraScanner::new(device.open().unwrap(), LadderReader::new(Effort::Live));
    let device = SimCamera::new(size, Pace::AsAsked, held(1, "示例", 0.0));
    let code = scanner(&device).scan(Instant::now() + Duration::from_secs(20)).unwrap();
    assert_eq!(code.text.reveal(), "示例");

    device.show(Scene::empty(1));
    let error = scanner(&device).scan(Instant::now() + Duration::from_millis(200)).unwrap_err();
    assert!(matches!(error, ScanError::Nothing), "{error:?}");
    assert_eq!(error.kind(), CameraErrorKind::Timeout);

    device.set_fault(Some(CameraFault::Unplugged { from: 1 }));
    let error = scanner(&device).scan(Instant::now() + Duration::from_secs(20)).unwrap_err();
    assert_eq!(error.kind(), CameraErrorKind::NoDevice);
}

#[test]
fn a_broken_picture_before_the_code_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    write_frames(dir.path(), Size::new(640, 480), &held(1, "示例", 0.0), None, 1).unwrap();
    std::fs::write(dir.path().join("a-broken.png"), b"\x89PNG\r\n").unwrap();
    let camera = Box::new(FramesDir::open(dir.path(), Pace::AsAsked).unwrap());
    let mut scanner = CameraScanner::new(camera, LadderReader::new(Effort::Live));
    assert_eq!(scanner.scan(Instant::now() + Duration::from_secs(20)).unwrap().text.reveal(), "示例");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever a camera sees: a text or nothing, never the end of the program.
    #[test]
    fn no_picture_brings_the_reader_down(
        (width, height) in (1_u32..90, 1_u32..90),
        seed in any::<u64>(),
        grain in 1_u32..40,
    ) {
        // Blocks of black and white of every size: more like a code than noise is.
        let block = |x: u32, y: u32| {
            let place = u64::from(x / grain) * 0x9E37 + u64::from(y / grain) * 0x79B9;
            let bits = (place ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            if bits >> 63 == 0 { 10 } else { 240 }
        };
        let luma = (0..height).flat_map(|y| (0..width).map(move |x| block(x, y))).collect();
        let picture = GreyPicture::new(Size::new(width, height), luma).unwrap();
        prop_assert_eq!(read(&picture), None);
    }

    /// A code that is scratched, covered or torn gives its own text or none.
    #[test]
    fn a_damaged_code_never_gives_another_text(
        version in 3_i16..9,
        scratches in prop::collection::vec((0.0_f32..1.0, 0.0_f32..1.0, 0.02_f32..0.35, any::<u8>()), 1..6),
    ) {
        let text = text_of_version(version);
        let size = Size::new(480, 480);
        let mut scene = held(1, &text, 4.0);
        let code = scene.code.as_mut().unwrap();
        (code.width, code.y) = (0.8, 0.5);
        let mut luma = grey(&scene, size, 0).luma().to_vec();
        for (x, y, edge, value) in scratches {
            let at = |part: f32| (part * 480.0) as usize;
            for row in at(y)..at(y + edge).min(480) {
                luma[row * 480..][at(x)..at(x + edge).min(480)].fill(value);
            }
        }
        let picture = GreyPicture::new(size, luma).unwrap();
        let got = read(&picture);
        prop_assert!(got.is_none() || got == Some(text));
    }
}
