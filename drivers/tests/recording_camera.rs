//! A camera's recording as a camera: for the library, and for `yilin-device` as scripts call it.
//!
//! The recording is typed: a webcam of the kernel's driver uvcvideo that gives one whole picture, one that is cut off, and is
//! then pulled out (errno 11 no buffer is filled, 19 no such device, 22 no such value).
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use drivers::camera::{self, CameraErrorKind as Kind, PixelFormat, Size};
use drivers::transport::PortAddress;
use serde_json::{Value, json};

fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/webcam-unplugged.jsonl")
}

fn device(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yilin-device")).arg("--json").args(arguments).output().unwrap()
}

/// The one line of JSON that a command prints, and its exit code.
fn json_of(arguments: &[&str]) -> (Value, Option<i32>) {
    let output = device(arguments);
    (serde_json::from_slice(&output.stdout).unwrap(), output.status.code())
}

#[test]
fn a_typed_recording_of_a_webcam_is_a_camera() {
    let mut camera = camera::open(&PortAddress::Replay { path: recording() }).unwrap();
    let mut next = || camera.frame(Instant::now() + Duration::from_secs(1));
    let frame = next().unwrap();
    assert_eq!((frame.size(), frame.format()), (Size::new(640, 480), PixelFormat::Rgb));
    assert_eq!((frame.sequence(), frame.taken_at()), (0, Duration::ZERO));
    let luma = frame.grey().luma().iter().map(|luma| u64::from(*luma)).sum::<u64>() / (640 * 480);
    assert!((115..=119).contains(&luma), "{luma}");
    assert_eq!(next().unwrap_err().kind(), Kind::InvalidData);
    assert_eq!(next().unwrap_err().kind(), Kind::NoDevice);
}

#[test]
fn the_commands_take_it() {
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("frame.png");
    let port = format!("replay:{}", recording().display());
    let out = picture.to_str().unwrap();
    let (line, code) = json_of(&["camera", "frame", "--port", &port, "--out", out]);
    let expected = json!({"width": 640, "height": 480, "sequence": 0, "taken_at_ms": 0.0, "file": out});
    assert_eq!((line, code), (expected, Some(0)));
    assert_eq!(image::image_dimensions(&picture).unwrap(), (640, 480));

    let (line, code) = json_of(&["selftest", "--device", "camera", "--port", &port]);
    assert_eq!((&line["cause"], code), (&json!("no_picture"), Some(1)), "{line}");

    // A page is asked at another size than this recording has.
    let page = ["camera", "page", "--port", &port, "--out", out];
    let (line, code) = json_of(&page);
    assert_eq!((&line["error"]["kind"], code), (&json!("port"), Some(1)));
    assert!(line["error"]["message"].as_str().unwrap().contains("line 4"), "{line}");
}

#[test]
fn what_cannot_be_recorded_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("camera.jsonl");
    let (record, out) = (file.to_str().unwrap(), folder.path().join("frame.png"));
    let out = out.to_str().unwrap();
    let pictures = format!("frames:{}", folder.path().display());
    for (port, kind) in [("v4l:/dev/no-such-video", "port"), (&pictures, "not_supported")] {
        let (line, code) = json_of(&["camera", "frame", "--port", port, "--out", out, "--record", record]);
        assert_eq!((&line["error"]["kind"], code), (&json!(kind), Some(1)), "{line}");
        assert!(!file.exists());
    }
    // A scanner's codes are recorded by `scan`, where there are some.
    let wrong = ["selftest", "--device", "code_scanner", "--port", "serial:/dev/ttyS0", "--record", record];
    assert_eq!(device(&wrong).status.code(), Some(2));
}
