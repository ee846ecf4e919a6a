//! The agreement with a vendor's face engine: its answers, its limits, and a program that does everything wrong.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::ffi::OsString;
use std::time::{Duration, Instant};

use domain::device::Cause;
use domain::material::Picture;
use drivers::face::{
    FaceMatcher as _, FaceProgram, MatchResult, MatcherError, MatcherErrorKind as Kind, PresentationAttack,
};
use drivers::limited_program::ProgramLimits;
use drivers::sim::camera::Scene;

const ENOUGH: Duration = Duration::from_secs(20);
const SIZE: (u32, u32) = (320, 240);

/// A drawn person as a PNG file.
fn drawn(seed: u64, moment: u64) -> Picture {
    let pixels = Scene::face(seed).draw(SIZE.0, SIZE.1, moment);
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_raw(SIZE.0, SIZE.1, pixels)
        .unwrap()
        .write_to(&mut file, image::ImageFormat::Png)
        .unwrap();
    Picture::new(file.into_inner())
}

/// A picture of one colour.
fn plain(colour: [u8; 3]) -> Picture {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb(colour))
        .write_to(&mut file, image::ImageFormat::Png)
        .unwrap();
    Picture::new(file.into_inner())
}

fn program(fault: Option<&str>) -> FaceProgram {
    let mut arguments: Vec<OsString> = vec!["sim".into(), "face-engine".into()];
    if let Some(fault) = fault {
        arguments.extend(["--fault".into(), format!("face_engine.{fault}").into()]);
    }
    FaceProgram::new(env!("CARGO_BIN_EXE_yilin-device"), arguments)
}

fn script(line: &str) -> FaceProgram {
    FaceProgram::new("/bin/sh", vec!["-c".into(), line.into()])
}

fn compare(mut engine: FaceProgram, time: Duration) -> Result<MatchResult, MatcherError> {
    engine.compare(&drawn(1, 0), &drawn(1, 1), Instant::now() + time)
}

#[test]
fn one_figure_matches_and_another_colour_does_not() {
    let result = compare(program(None), ENOUGH).unwrap();
    assert!(result.is_same_person(), "{result:?}");
    assert_eq!(result.presentation_attack, PresentationAttack::NotChecked);
    assert_eq!((result.threshold, result.engine.certificate.as_deref()), (0.9, None));
    assert!(result.engine.name.starts_with("Simulated engine"));

    let soon = Instant::now() + ENOUGH;
    let other = program(None).compare(&plain([255; 3]), &plain([0; 3]), soon).unwrap();
    assert!(!other.is_same_person() && other.score == 0.0, "{other:?}");
    assert_eq!(program(None).identify(soon).unwrap(), result.engine);
}

#[test]
fn what_an_engine_says_of_an_attack_is_kept_as_it_says_it() {
    let check = |fault: &str, attack, same| {
        let result = compare(program(Some(fault)), ENOUGH).unwrap();
        assert_eq!((result.presentation_attack, result.is_same_person()), (attack, same), "{fault}");
    };
    check("attack", PresentationAttack::Attack, false);
    check("inconclusive", PresentationAttack::Inconclusive, true);
    check("no_match", PresentationAttack::NotChecked, false);
}

#[test]
fn every_fault_has_its_kind() {
    let check = |what: &str, engine: FaceProgram, kind: Kind| {
        let error = compare(engine, ENOUGH).unwrap_err();
        assert_eq!(error.kind(), kind, "{what}: {error}");
    };
    check("crash", program(Some("crash")), Kind::Crashed);
    check("garbage", program(Some("garbage")), Kind::InvalidData);
    check("wrong version", program(Some("wrong_version")), Kind::WrongVersion);
    check("flood", program(Some("flood")), Kind::InvalidData);
    check("memory", program(Some("memory")), Kind::Crashed);
    check("no face", program(Some("no_face")), Kind::NoFace);
    check("wrong arguments", program(Some("toast")), Kind::Crashed);
    check("ends at once", script("exit 0"), Kind::InvalidData);
    check("does not read", script("exit 9"), Kind::Crashed);
    check("a signal", script("kill -SEGV $$"), Kind::Crashed);
    check("absent", FaceProgram::new("/no/such/engine", vec![]), Kind::Unavailable);
    check("no program", FaceProgram::new("/etc/passwd", vec![]), Kind::Unavailable);
    // Right bytes of a program that ended badly are not believed.
    check(
        "fails after its answer",
        script("printf '\\000\\000\\000\\015{\"version\":1}'; exit 1"),
        Kind::Crashed,
    );
    let soon = Instant::now() + ENOUGH;
    let refused = program(None).compare(&Picture::new(vec![0]), &plain([0; 3]), soon).unwrap_err();
    assert_eq!((refused.kind(), refused.cause()), (Kind::NoFace, None));
}

#[test]
fn who_hangs_is_ended_in_time_also_with_more_than_a_pipe_holds_unread() {
    for engine in [program(Some("hang")), script("sleep 600")] {
        let begun = Instant::now();
        let time = Duration::from_millis(400);
        let live = Picture::new(vec![0xFF; 4 << 20]);
        let error = engine.clone().compare(&live, &live, begun + time).unwrap_err();
        assert_eq!((error.kind(), error.cause()), (Kind::Timeout, Some(Cause::Timeout)));
        assert!(begun.elapsed() >= time && begun.elapsed() < ENOUGH);
    }
}

#[test]
fn large_pictures_reach_an_engine_that_answers_before_it_has_read_them() {
    // 4 MiB each way, where a pipe holds 64 KiB.
    let answer = r#"{"version":1,"engine":{"name":"E","version":"1","certificate":null},"result":"refused"}"#;
    let line = format!("printf '\\000\\000\\000\\{:03o}{answer}'; exec cat >/dev/null", answer.len());
    let large = Picture::new(vec![0xFF; 4 << 20]);
    let error = script(&line).compare(&large, &large, Instant::now() + ENOUGH).unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
}

#[test]
fn the_memory_limit_is_what_stops_it() {
    let limits = ProgramLimits { memory_bytes: 64 << 30, processor_seconds: 20, file_bytes: 0 };
    let result = compare(program(Some("memory")).with_limits(limits), ENOUGH);
    assert!(result.is_ok(), "{result:?}");
}
