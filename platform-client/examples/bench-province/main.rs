//! The way from the outbox to the province: how long a case takes, how much of that is ours, how fast what waited is brought
//! away, and that memory stays as it is.
//!
//! Files lie on a real disk and every commit is synced; the reference platform is on this machine, over TLS with both ends
//! proved. `YILIN_BENCH_QUICK` makes a hundredth of it, to see that it works.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints, and stops at the first surprise"
)]

#[path = "../../tests/plain_case/appeal.rs"]
mod answers;
mod drain;
mod memory;
#[path = "../../tests/plain_case/submission.rs"]
mod plain_case;
mod submit;
mod town;

use serde_json::{Value, json};

/// How much is measured: all of it, or a hundredth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale(u64);

impl Scale {
    pub(crate) fn of(self, whole: u64) -> u64 {
        (whole / self.0).max(2)
    }
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some(memory::PROVINCE) {
        memory::province();
        return;
    }
    let scale = Scale(if std::env::var_os("YILIN_BENCH_QUICK").is_some() { 100 } else { 1 });
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    eprintln!("load before: {}", load.trim());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        submit::measure(scale).await;
        drain::measure(scale).await;
        memory::measure(scale).await;
    });
}

/// One line for `cargo xtask bench`.
pub(crate) fn say(metric: &str, unit: &str, ours: &[f64], anchor: Option<(&str, &[f64])>, goal: &str) {
    let anchor = anchor.map_or(Value::Null, |(name, samples)| json!({"name": name, "samples": samples}));
    println!("{}", json!({"metric": metric, "unit": unit, "ours": ours, "anchor": anchor, "goal": goal}));
}
