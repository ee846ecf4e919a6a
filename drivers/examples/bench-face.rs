//! What the camera's thread does with a frame while it looks for a face: preview, detector, gate. Fifteen frames a second
//! leave 66.6 ms for one.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use drivers::camera::{Frame, Mirror, PixelFormat, Size};
use drivers::face::{FaceDetector, GateRules, PoseEstimator, QualityGate, Search};
use drivers::sim::camera::{Scene, SceneName};
use serde_json::json;
use std::time::{Duration, Instant};

/// The demonstration's camera, and a usual one.
const CAMERAS: [Size; 2] = [Size::new(960, 540), Size::new(1280, 720)];
/// Width of the preview on the screen.
const PREVIEW: u32 = 480;
const FRAMES: u64 = 150;

fn main() {
    for size in CAMERAS {
        let [mut detector_ms, mut gate_ms, mut frame_ms] = [const { Vec::new() }; 3];
        let (mut detector, mut gate) = (detector(), gate());
        let mut preview = vec![0; (PREVIEW * PREVIEW * size.height / size.width * 3) as usize];
        // Somebody who moves is never captured, so that every frame is judged.
        let scene = Scene::named(SceneName::Moving, 4);
        for number in 0..FRAMES {
            let frame = frame(&scene, size, number);
            let begun = Instant::now();
            let shown = Size::new(PREVIEW, PREVIEW * size.height / size.width);
            frame.preview_into(shown, Mirror::AsInMirror, &mut preview);
            let searched = Instant::now();
            let faces = detector.detect(&frame);
            let judged = Instant::now();
            let look = gate.look(&frame, &faces);
            let end = Instant::now();
            assert!(look.person.is_some() && look.capture.is_none(), "frame {number}");
            detector_ms.push(milliseconds(judged - searched));
            gate_ms.push(milliseconds(end - judged));
            frame_ms.push(milliseconds(end - begun));
        }
        for (what, samples) in [
            ("preview, detector and gate", frame_ms),
            ("detector alone", detector_ms),
            ("gate alone: light, sharpness, pose", gate_ms),
        ] {
            let metric = format!("a frame of {} × {}: {what}", size.width, size.height);
            println!(
                "{}",
                json!({"metric": metric, "unit": "ms", "ours": samples, "anchor": null, "goal": "≤ 66.6"})
            );
        }
    }
}

fn frame(scene: &Scene, size: Size, number: u64) -> Frame {
    let pixels = scene.draw(size.width, size.height, number);
    Frame::new(size, PixelFormat::Rgb, number, Duration::from_millis(number * 1000 / 15), pixels).unwrap()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn detector() -> FaceDetector {
    FaceDetector::new(
        include_bytes!(
            "../../assets/models/tiny_face_detector/tiny_face_detector_model-weights_manifest.json"
        ),
        include_bytes!("../../assets/models/tiny_face_detector/tiny_face_detector_model.bin"),
        Search::Thorough,
    )
    .unwrap()
}

fn gate() -> QualityGate {
    let pose = PoseEstimator::new(
        include_bytes!(
            "../../assets/models/face_landmark_68_tiny/face_landmark_68_tiny_model-weights_manifest.json"
        ),
        include_bytes!("../../assets/models/face_landmark_68_tiny/face_landmark_68_tiny_model.bin"),
    );
    QualityGate::new(GateRules::default(), Some(pose.unwrap()))
}
