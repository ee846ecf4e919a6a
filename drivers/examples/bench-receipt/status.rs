//! What reading a status takes from the heap.

use drivers::receipt_printer::reply::{ExpectedBlock, Reply, ReplyParser};
use drivers::receipt_printer::{PrinterProfile, PrinterStatus, RawStatus};
use serde_json::json;
use std::hint::black_box;

const STATUSES: usize = 100_000;

/// Answers to `DLE EOT` 1 to 4 and 20, an automatic status, a job's number.
const SAID: [u8; 21] = [
    0x12, 0x12, 0x12, 0x1E, 0x10, 0x0F, 0x24, 0, 0, 0, 0x10, 0, 0x03, 0x0F, 0x37, 0x22, b'A', b'0', b'1',
    b'7', 0,
];

pub(crate) fn measure() {
    let profile = PrinterProfile::built_in("custom_vkp80").unwrap();
    let counted = allocation_counter::measure(|| {
        for _ in 0..STATUSES {
            black_box(read(black_box(&SAID), &profile));
        }
    });
    let metric = "a full status, an automatic one and a job's number read and judged, 100,000 times";
    let ours = [counted.count_total];
    println!(
        "{}",
        json!({"metric": metric, "unit": "allocations", "ours": ours, "anchor": null, "goal": "≤ 0"})
    );
}

fn read(said: &[u8], profile: &PrinterProfile) -> PrinterStatus {
    let mut parser = ReplyParser::new();
    parser.expect(Some(ExpectedBlock { head: [0x10, 0x0F], bytes: 4 }));
    let mut raw = RawStatus::default();
    let mut answers = 0;
    for reply in said.iter().filter_map(|byte| parser.push(*byte)) {
        match reply {
            Reply::RealTime(byte) => {
                let places = [&mut raw.printer, &mut raw.offline, &mut raw.error, &mut raw.paper];
                if let Some(place) = places.into_iter().nth(answers) {
                    *place = Some(byte);
                }
                answers += 1;
            }
            Reply::Block(bytes) => raw.extension = Some(bytes),
            _ => {}
        }
    }
    PrinterStatus::of(raw, profile)
}
