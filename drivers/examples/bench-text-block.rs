//! The text block of a card, from its 256 bytes to a card with its warnings, each of the four kinds in turn.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use domain::resident_id::ResidentIdCard;
use drivers::id_card_reader::parse;
use drivers::sim::id_card::SampleCard;
use serde_json::json;
use std::hint::black_box;
use std::time::Instant;

const RUNS: usize = 15;
const BLOCKS: usize = 200_000;

fn main() {
    let blocks: Vec<[u8; 256]> =
        SampleCard::ALL.into_iter().take(4).map(|sample| sample.card().text_block()).collect();
    // Microseconds a block: a million a second is one.
    let time = |read: fn(&[u8; 256])| {
        let samples = (0..=RUNS).map(|_| {
            let begun = Instant::now();
            for block in blocks.iter().cycle().take(BLOCKS) {
                read(black_box(block));
            }
            begun.elapsed().as_secs_f64() * 1e6 / f64::from(u32::try_from(BLOCKS).unwrap())
        });
        // The first run warms up.
        samples.skip(1).collect::<Vec<f64>>()
    };
    let fields = time(|block| drop(black_box(parse(block).unwrap())));
    let card = time(|block| drop(black_box(ResidentIdCard::new(parse(block).unwrap()))));
    for (metric, ours, goal) in [
        ("a text block parsed, at most 1 µs is at least 1 M/s", fields, "≤ 1"),
        ("the same with the card's own checks and texts", card, "≤ 2"),
    ] {
        println!("{}", json!({"metric": metric, "unit": "µs", "ours": ours, "anchor": null, "goal": goal}));
    }
}
