//! Codes in bad pictures: the reader of the terminal beside other decoders' single plain pass, on a set that nobody has seen
//! before. The set's seed comes from the clock and stands in the metrics' names; `YILIN_BENCH_SEED` repeats one.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    reason = "a benchmark prints, stops at the first surprise, and draws within its own bounds"
)]

#[path = "bench-codes/anchors.rs"]
mod anchors;
#[path = "bench-codes/chance.rs"]
mod chance;
#[path = "bench-codes/picture.rs"]
mod picture;
#[path = "bench-codes/processor.rs"]
mod processor;
#[path = "bench-codes/set.rs"]
mod set;
#[path = "bench-codes/symbol.rs"]
mod symbol;

use anchors::Told;
use drivers::camera::{GreyPicture, Size};
use drivers::code_scanner::{CodeReader as _, Effort, LadderReader};
use processor::processor_ms;
use serde_json::{Value, json};
use set::{Case, KINDS, Kind};
use std::time::SystemTime;

/// Sets, one after another.
const SETS: u64 = 2;

fn main() {
    let first = match std::env::var("YILIN_BENCH_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs(),
    };
    let decoders = anchors::Decoders::new();
    let mut sums = Sums::default();
    for seed in first..first + SETS {
        let cases: Vec<Case> = set::kinds().map(|(number, _)| set::case(seed, number)).collect();
        sums.ours(&cases);
        for told in decoders.read(&cases) {
            sums.anchor(&told, &cases);
        }
    }
    sums.tell(&format!("seeds {first} to {}", first + SETS - 1));
}

/// What was seen, a sample for each set or each picture.
#[derive(Default)]
struct Sums {
    unread: Vec<f64>,
    unread_bars: Vec<f64>,
    wrong: Vec<f64>,
    chance: Vec<f64>,
    read_ms: Vec<f64>,
    nothing_ms: Vec<f64>,
    live_ms: Vec<f64>,
    /// Decoder, QR codes unread and Code 128 unread in each set, percent, and what it got wrong in all.
    anchors: Vec<(String, Vec<f64>, Vec<f64>, usize)>,
}

impl Sums {
    fn ours(&mut self, cases: &[Case]) {
        let (mut whole, mut live) = (LadderReader::new(Effort::Whole), LadderReader::new(Effort::Live));
        let mut texts = Vec::new();
        let size = Size::new(picture::WIDTH as u32, picture::HEIGHT as u32);
        for case in cases {
            let picture = GreyPicture::new(size, case.luma.clone()).unwrap();
            let begun = processor_ms();
            let code = whole.read(&picture);
            let ms = processor_ms() - begun;
            match (&case.text, &code) {
                (Some(text), Some(code)) if code.text.reveal() == text => self.read_ms.push(ms),
                (None, _) => self.nothing_ms.push(ms),
                _ => {}
            }
            if case.kind == Kind::Nothing {
                let begun = processor_ms();
                live.read(&picture);
                self.live_ms.push(processor_ms() - begun);
            }
            texts.push(code.map(|code| code.text.reveal().to_owned()));
        }
        let score = Score::of(&texts, cases);
        eprintln!("ours: {}", score.kinds.join(", "));
        self.unread.push(score.unread);
        self.unread_bars.push(score.unread_bars);
        self.wrong.push(score.wrong as f64);
        self.chance.push(score.chance as f64);
    }

    fn anchor(&mut self, told: &Told, cases: &[Case]) {
        let score = Score::of(&told.texts, cases);
        let mut ms = told.ms.clone();
        ms.sort_by(f64::total_cmp);
        eprintln!("{}, {:.1} ms: {}", told.decoder, ms[ms.len() / 2], score.kinds.join(", "));
        let at = self.anchors.iter().position(|(name, ..)| *name == told.decoder).unwrap_or_else(|| {
            self.anchors.push((told.decoder.clone(), Vec::new(), Vec::new(), 0));
            self.anchors.len() - 1
        });
        let (_, unread, bars, wrong) = &mut self.anchors[at];
        unread.push(score.unread);
        bars.push(score.unread_bars);
        *wrong += score.wrong + score.chance;
    }

    fn tell(&self, seeds: &str) {
        for (decoder, unread, bars, wrong) in &self.anchors {
            let plain = format!("{decoder}, plain, {wrong} wrong or false");
            let anchor = json!({"name": plain, "samples": unread});
            metric(&format!("QR codes unread, {seeds}"), "%", &self.unread, &anchor, "≤ anchor − 12");
            let anchor = json!({"name": plain, "samples": bars});
            metric(&format!("Code 128 unread, {seeds}"), "%", &self.unread_bars, &anchor, "≤ 1 ×");
        }
        let alone = Value::Null;
        metric(&format!("wrong texts, {seeds}"), "codes", &self.wrong, &alone, "≤ 0");
        metric(&format!("codes where there is none, {seeds}"), "codes", &self.chance, &alone, "≤ 0");
        metric("a code is read, every step, processor time", "ms", &self.read_ms, &alone, "≤ 5");
        metric("there is no code, every step, processor time", "ms", &self.nothing_ms, &alone, "≤ 100");
        metric("there is no code, as in the preview, processor time", "ms", &self.live_ms, &alone, "≤ 66.6");
    }
}

/// How a decoder did on a set.
struct Score {
    unread: f64,
    unread_bars: f64,
    wrong: usize,
    chance: usize,
    kinds: Vec<String>,
}

impl Score {
    fn of(texts: &[Option<String>], cases: &[Case]) -> Self {
        assert_eq!(texts.len(), cases.len(), "a text or none for each picture");
        let right = |kind: &dyn Fn(Kind) -> bool| {
            let of_kind = cases.iter().zip(texts).filter(|(case, _)| kind(case.kind));
            let (all, right): (Vec<_>, Vec<_>) = of_kind.map(|(case, text)| ((), case.text == *text)).unzip();
            (right.into_iter().filter(|right| *right).count(), all.len())
        };
        let unread = |kind: &dyn Fn(Kind) -> bool| {
            let (right, all) = right(kind);
            100.0 * (all - right) as f64 / all as f64
        };
        let both = cases.iter().zip(texts);
        let wrong =
            both.clone().filter(|(case, text)| case.text.is_some() && text.is_some() && case.text != **text);
        let chance = both.filter(|(case, text)| case.text.is_none() && text.is_some());
        Self {
            unread: unread(&|kind| !matches!(kind, Kind::Code128 | Kind::Nothing)),
            unread_bars: unread(&|kind| kind == Kind::Code128),
            wrong: wrong.count(),
            chance: chance.count(),
            kinds: KINDS
                .iter()
                .map(|(kind, all)| format!("{kind:?} {}/{all}", right(&|other| other == *kind).0))
                .collect(),
        }
    }
}

fn metric(metric: &str, unit: &str, ours: &[f64], anchor: &Value, goal: &str) {
    println!("{}", json!({"metric": metric, "unit": unit, "ours": ours, "anchor": anchor, "goal": goal}));
}
