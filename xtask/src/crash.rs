//! `cargo xtask crash`: many runs of the outbox's worst day, and their result in docs/measured.
//!
//! Duty: start the test and keep what it reports, with commit and machine. Never: judge; the test does.

use crate::bench::machine::{self, Machine};
use crate::workspace::{cargo, root};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitStatus;

/// Why there is no result, or a bad one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CrashError {
    #[error("cargo could not be started")]
    Start(#[source] std::io::Error),
    #[error("the test ended with {0}")]
    Failed(ExitStatus),
    #[error("{0} cannot be read or written")]
    File(PathBuf, #[source] std::io::Error),
    #[error("the test reported something else than JSON")]
    Report(#[from] serde_json::Error),
}

#[derive(Serialize)]
struct Measured {
    name: &'static str,
    date: String,
    commit: String,
    machine: Machine,
    result: serde_json::Value,
}

/// Makes the runs; peers must be there, or it is no proof of anything.
pub(crate) fn run(runs: u64, seed: u64) -> Result<(), CrashError> {
    let report = std::env::temp_dir().join(format!("yilin-crash-{}.json", std::process::id()));
    let status = cargo()
        .args(["test", "--locked", "--package", "platform-client", "--test", "crash", "--", "--report"])
        .arg(&report)
        .args(["--runs", &runs.to_string(), "--seed", &seed.to_string()])
        .env("YILIN_REQUIRE_PEERS", "1")
        .status()
        .map_err(CrashError::Start)?;
    let text = std::fs::read_to_string(&report).map_err(|error| CrashError::File(report.clone(), error))?;
    std::fs::remove_file(&report).map_err(|error| CrashError::File(report, error))?;
    let result = serde_json::from_str(&text)?;
    let (date, commit, machine) = (machine::now(), machine::commit(), Machine::this());
    let measured = Measured { name: "crash", date, commit, machine, result };
    let path = root().join("docs/measured/crash.json");
    let mut text = serde_json::to_string_pretty(&measured)?;
    text.push('\n');
    std::fs::write(&path, text).map_err(|error| CrashError::File(path, error))?;
    if status.success() { Ok(()) } else { Err(CrashError::Failed(status)) }
}
