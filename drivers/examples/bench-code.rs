//! Looking for a QR code in a frame: with one and without. The goals are those of the ladder of decoders, on a picture of
//! 1280 × 720.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use drivers::camera::{Frame, GreyPicture, PixelFormat, Size};
use drivers::code_scanner::{CodeReader as _, Effort, LadderReader};
use drivers::sim::camera::{Scene, SceneName};
use serde_json::json;
use std::time::{Duration, Instant};

/// The demonstration's camera, and a usual one.
const CAMERAS: [Size; 2] = [Size::new(960, 540), Size::new(1280, 720)];
const SEEDS: u16 = 60;

fn main() {
    for size in CAMERAS {
        let codes: Vec<(String, GreyPicture)> = (0..SEEDS).map(|seed| with_code(size, seed)).collect();
        let others: Vec<GreyPicture> = SceneName::ALL
            .iter()
            .flat_map(|name| (0..4).map(|seed| grey(&Scene::named(*name, seed), size)))
            .collect();
        for (effort, what) in [(Effort::Whole, "every step"), (Effort::Live, "as in the preview")] {
            let mut reader = LadderReader::new(effort);
            let mut look = |picture: &GreyPicture| {
                let begun = Instant::now();
                let code = reader.read(picture);
                (begun.elapsed().as_secs_f64() * 1e3, code)
            };
            let (mut read, mut unread) = (Vec::new(), 0);
            for (text, picture) in &codes {
                match look(picture) {
                    (time, Some(code)) => {
                        assert_eq!(code.text.reveal(), text, "a wrong text");
                        read.push(time);
                    }
                    (_, None) => unread += 1,
                }
            }
            let nothing: Vec<f64> = others
                .iter()
                .map(|picture| {
                    let (time, code) = look(picture);
                    assert_eq!(code, None, "a code where there is none");
                    time
                })
                .collect();
            let frame = format!("{} × {}, {what}", size.width, size.height);
            tell(&format!("a code is read, {frame}, {unread} of {SEEDS} unread"), &read, "≤ 5");
            tell(
                &format!("there is no code, {frame}"),
                &nothing,
                if effort == Effort::Whole { "≤ 100" } else { "≤ 66.6" },
            );
        }
    }
}

/// A phone with a text of Chinese, tilted, near or far, in more or less light.
fn with_code(size: Size, seed: u16) -> (String, GreyPicture) {
    let part = |step: u16| f32::from(seed * step % SEEDS) / f32::from(SEEDS);
    let length = 10 + usize::from(seed) * 2;
    let text: String =
        "示例样本测试认证编号䶮".chars().cycle().skip(usize::from(seed)).take(length).collect();
    let mut scene = Scene::code(u64::from(seed), text.clone());
    scene.light = 0.3 + part(7);
    let code = scene.code.as_mut().unwrap();
    code.width = 0.35 + 0.3 * part(11);
    (code.roll, code.yaw, code.pitch) =
        (60.0 * part(13) - 30.0, 40.0 * part(17) - 20.0, 30.0 * part(19) - 15.0);
    (text, grey(&scene, size))
}

fn grey(scene: &Scene, size: Size) -> GreyPicture {
    let pixels = scene.draw(size.width, size.height, 0);
    Frame::new(size, PixelFormat::Rgb, 0, Duration::ZERO, pixels).unwrap().grey()
}

fn tell(metric: &str, samples: &[f64], goal: &str) {
    println!("{}", json!({"metric": metric, "unit": "ms", "ours": samples, "anchor": null, "goal": goal}));
}
