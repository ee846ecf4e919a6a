//! `cargo xtask prove`: two thousand agents through a good and a flawed release, and what became of them in docs/measured.
//!
//! Duty: start the proof and keep what it says, with commit and machine. Never: judge; the proof does.

use crate::bench::machine::{self, Machine};
use crate::workspace::{cargo, root};
use serde::Serialize;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

/// What a version may take to prove itself where two cores carry two thousand terminals, seconds.
const TRIAL: &str = "300";

/// Why there is no result, or a bad one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProveError {
    #[error("cargo could not be started")]
    Start(#[source] std::io::Error),
    #[error("the proof failed: {0}")]
    Failed(ExitStatus),
    #[error("the proof said something else than JSON: {0}")]
    Outcome(String, #[source] serde_json::Error),
    #[error("{0} cannot be written")]
    Write(PathBuf, #[source] std::io::Error),
}

#[derive(Serialize)]
struct Measured {
    name: &'static str,
    date: String,
    commit: String,
    machine: Machine,
    result: serde_json::Value,
}

/// Runs it, in release; a broken promise is kept as well, and fails.
pub(crate) fn run(terminals: usize) -> Result<(), ProveError> {
    let output = cargo()
        .args(["run", "--quiet", "--locked", "--release", "--package", "fleet-demo", "--", "prove"])
        .args(["--terminals", &terminals.to_string(), "--trial-seconds", TRIAL])
        .stderr(Stdio::inherit())
        .output()
        .map_err(ProveError::Start)?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    crate::say(said.trim_end());
    let result = serde_json::from_str(&said).map_err(|error| ProveError::Outcome(said, error))?;
    let (date, commit, machine) = (machine::now(), machine::commit(), Machine::this());
    let measured = Measured { name: "fleet-prove", date, commit, machine, result };
    let path = root().join("docs/measured/fleet-prove.json");
    let mut text = serde_json::to_string_pretty(&measured).unwrap_or_default();
    text.push('\n');
    std::fs::write(&path, text).map_err(|error| ProveError::Write(path, error))?;
    if output.status.success() { Ok(()) } else { Err(ProveError::Failed(output.status)) }
}
