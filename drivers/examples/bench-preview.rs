//! A camera's frame of 1280 × 720, YUYV, as the screen shows it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

#[path = "bench-codes/processor.rs"]
mod processor;

use drivers::camera::{Frame, Mirror, PixelFormat, Size};
use processor::processor_ms;
use serde_json::json;
use std::hint::black_box;
use std::time::Duration;

const SIZE: Size = Size::new(1280, 720);
const RUNS: usize = 200;

fn main() {
    let pixels: Vec<u8> =
        (0..SIZE.pixels() * 2).map(|i| (i.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0]).collect();
    let frame = Frame::new(SIZE, PixelFormat::Yuyv, 0, Duration::ZERO, pixels).unwrap();
    for (what, to) in [("the preview, 480 × 270", Size::new(480, 270)), ("all of it", SIZE)] {
        let mut rgb = vec![0; to.pixels() * 3];
        let samples: Vec<f64> = (0..RUNS)
            .map(|_| {
                let begun = processor_ms();
                black_box(&frame).preview_into(to, Mirror::AsInMirror, black_box(&mut rgb));
                processor_ms() - begun
            })
            .collect();
        let metric = format!("YUYV 1280 × 720 to {what}, processor time");
        println!(
            "{}",
            json!({"metric": metric, "unit": "ms", "ours": samples, "anchor": null, "goal": "≤ 3"})
        );
    }
}
