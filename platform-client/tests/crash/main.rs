//! The outbox on its worst day: a program of its own files cases to the reference platform over TLS, is killed wherever it
//! happens to be, loses power, starts again; in the end each case is there once and what residents were told was true.
//!
//! `cargo test --test crash` makes 50 seeded runs and shows that two mistakes made on purpose would be found; `cargo xtask
//! crash` makes 2,000 and keeps what it saw. This program is driver and victim: it starts itself.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test stops at the first surprise, and this one has a program of its own"
)]

#[path = "../plain_case/appeal.rs"]
mod answers;
mod cases;
mod check;
mod disk;
mod driver;
#[allow(dead_code, reason = "the privacy test needs more of it")]
mod gateway;
#[path = "../plain_case/submission.rs"]
mod plain_case;
mod process;
mod trace;
mod victim;

use driver::{Mistake, Report};
use serde_json::json;
use std::process::ExitCode;
use std::time::Instant;

/// In an ordinary test run.
const RUNS: u64 = 50;
/// A mistake has to be found within so many.
const RUNS_WITH_A_MISTAKE: u64 = 60;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().map(String::as_str) == Some(victim::WORD) {
        return victim::run(&arguments[1..]);
    }
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|i| arguments.get(i + 1));
    if arguments.iter().any(|a| a == "--list") {
        return ExitCode::SUCCESS;
    }
    // The name of a test elsewhere: nothing here is meant.
    if arguments.first().is_some_and(|a| !a.starts_with('-')) {
        return ExitCode::SUCCESS;
    }
    let number = |name: &str, otherwise: u64| value(name).map_or(otherwise, |v| v.parse().unwrap());
    let (runs, seed) = (number("--runs", RUNS), number("--seed", 1));
    let begun = Instant::now();
    if let Some(run) = value("--only") {
        // One run again that has failed.
        let run = run.parse().unwrap();
        driver::drive(run..run + 1, seed, None).say("one run", begun.elapsed());
        return ExitCode::SUCCESS;
    }
    let report = driver::drive(0..runs, seed, None);
    report.say("as it is", begun.elapsed());
    let mut failed = !report.violations.is_empty();
    let mut mistakes = Vec::new();
    for mistake in Mistake::ALL {
        if mistake.needs_power_cuts() && !process::can_trace() {
            eprintln!("crash: {mistake:?} is not tried: without strace there is no loss of power");
            continue;
        }
        let begun = Instant::now();
        let report = driver::drive(0..RUNS_WITH_A_MISTAKE, seed, Some(mistake));
        report.say(&format!("with the mistake {mistake:?}"), begun.elapsed());
        if report.violations.is_empty() {
            eprintln!("crash: the mistake {mistake:?} was not found in {} runs", report.runs);
            failed = true;
        }
        mistakes.push((mistake, report));
    }
    if let Some(file) = value("--report") {
        let found: Vec<_> =
            mistakes.iter().map(|(m, r)| json!({"mistake": m.word(), "found_in_run": r.runs})).collect();
        let text = serde_json::to_string(&whole(&report, seed, &found)).unwrap();
        std::fs::write(file, text).unwrap();
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn whole(report: &Report, seed: u64, mistakes: &[serde_json::Value]) -> serde_json::Value {
    let mut value = serde_json::to_value(report).unwrap();
    value["seed"] = json!(seed);
    value["mistakes_made_on_purpose"] = json!(mistakes);
    value
}
