//! A card read, beside what its bytes take on the line: the driver over a pty whose simulated reader keeps the pace of
//! 115200 bits a second.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

use drivers::id_card_reader::{Content, IdCardReader as _, SamReader, Speed};
use drivers::sim::id_card::{ReaderOptions, SampleCard, SimulatedCardReader};
use drivers::transport::{self, Transport, TransportError};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const BAUD: u32 = 115_200;
const READS: usize = 50;
/// A reader is not asked for a card oftener.
const PAUSE: Duration = Duration::from_millis(300);

fn main() {
    let simulator =
        SimulatedCardReader::start(ReaderOptions { baud: BAUD, ..ReaderOptions::default() }).unwrap();
    let bytes = Arc::new(AtomicU32::new(0));
    let port = transport::open(&simulator.port().parse().unwrap()).unwrap();
    let counted = Box::new(Counted { port, bytes: Arc::clone(&bytes) });
    let mut reader = SamReader::open(counted, Speed::Fixed(BAUD)).unwrap();

    let (mut reads, mut wire) = (Vec::new(), Vec::new());
    for _ in 0..READS {
        simulator.take();
        simulator.place(SampleCard::Resident.card());
        std::thread::sleep(PAUSE);
        bytes.store(0, Ordering::Relaxed);
        let begun = Instant::now();
        reader.read(Content::TextPhoto, begun).unwrap();
        reads.push(begun.elapsed().as_secs_f64() * 1e3);
        // 8N1: ten bits a byte.
        wire.push(f64::from(bytes.load(Ordering::Relaxed) * 10) / f64::from(BAUD) * 1e3);
    }
    let quickest = reads.iter().copied().fold(f64::MAX, f64::min);
    assert!(
        quickest >= wire[0],
        "{quickest} ms is less than the line takes: the simulator does not keep its pace"
    );
    let anchor = json!({"name": "its bytes both ways at 115200, 8N1", "samples": wire});
    println!(
        "{}",
        json!({"metric": "a card read: text, photo, newest address, chip number", "unit": "ms", "ours": reads,
               "anchor": anchor, "goal": "≤ 1.05 ×"})
    );
}

/// A port that counts what goes and what comes.
struct Counted {
    port: Box<dyn Transport>,
    bytes: Arc<AtomicU32>,
}

impl Counted {
    fn count(&self, bytes: usize) -> usize {
        self.bytes.fetch_add(u32::try_from(bytes).unwrap(), Ordering::Relaxed);
        bytes
    }
}

impl Transport for Counted {
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError> {
        self.port.read(buffer, deadline).map(|bytes| self.count(bytes))
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError> {
        self.port.write(bytes, deadline).map(|bytes| self.count(bytes))
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        self.port.discard_input()
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.port.set_baud(baud)
    }

    fn baud(&self) -> Option<u32> {
        self.port.baud()
    }

    fn name(&self) -> &str {
        self.port.name()
    }
}
