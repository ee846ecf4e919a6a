//! A page out of a frame of 1920 × 1080: finding, straightening, evening, packing.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

#[path = "bench-codes/processor.rs"]
mod processor;

use drivers::camera::{Frame, PixelFormat, Size};
use drivers::document_capture::{MOST_BYTES, capture};
use drivers::sim::camera::{Fingers, Scene, Sheet};
use processor::processor_ms;
use serde_json::json;
use std::time::Duration;

const SIZE: Size = Size::new(1920, 1080);
const RUNS: u16 = 30;

fn main() {
    let (mut ms, mut bytes) = (Vec::new(), Vec::new());
    for seed in 0..RUNS {
        let part = f32::from(seed) / f32::from(RUNS);
        let mut sheet = Sheet::new(u64::from(seed));
        sheet.code = Some("BJ-20261124-0000012".to_owned());
        (sheet.roll, sheet.shade, sheet.fingers) = (30.0 * part - 15.0, 0.5 + 0.5 * part, Fingers::Three);
        let scene = Scene { sheet: Some(sheet), ..Scene::empty(u64::from(seed)) };
        let pixels = scene.draw(SIZE.width, SIZE.height, 0);
        let frame = Frame::new(SIZE, PixelFormat::Rgb, 0, Duration::ZERO, pixels).unwrap();
        let begun = processor_ms();
        let page = capture(&frame).unwrap();
        ms.push(processor_ms() - begun);
        bytes.push(page.jpeg.len());
    }
    let metric = |metric: &str, unit: &str, ours: serde_json::Value, goal: String| {
        println!("{}", json!({"metric": metric, "unit": unit, "ours": ours, "anchor": null, "goal": goal}));
    };
    metric("a page out of a frame of 1920 × 1080, processor time", "ms", json!(ms), "≤ 60".to_owned());
    metric("its file", "bytes", json!(bytes), format!("≤ {MOST_BYTES}"));
}
