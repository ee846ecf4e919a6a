//! Programs of others that a task starts, and what they say when they fail.

use crate::say;
use std::path::PathBuf;
use std::process::Command;

/// Why a program did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProgramError {
    #[error("{0} could not be started: is its Debian package installed?")]
    Start(String, #[source] std::io::Error),
    #[error("{0} failed: {1}")]
    Failed(String, String),
    #[error("{0} is not there, and YILIN_REQUIRE_PEERS is set")]
    Peer(&'static str),
    #[error("its first line does not say {key}: {said}")]
    Silent { key: String, said: String },
}

/// What it prints.
pub(crate) fn output(command: &mut Command) -> Result<String, ProgramError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|e| ProgramError::Start(name.clone(), e))?;
    if !output.status.success() {
        // Ours say what is wrong on their output where they are asked for JSON.
        let said = if output.stderr.is_empty() { output.stdout } else { output.stderr };
        return Err(ProgramError::Failed(name, String::from_utf8_lossy(&said).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program is here. Says what cannot be checked without it; with YILIN_REQUIRE_PEERS one that is not is an error.
pub(crate) fn has(program: &'static str, needed_for: &str) -> Result<bool, ProgramError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")]);
    if places.map(|place| place.join(program)).any(|place| place.exists()) {
        return Ok(true);
    }
    if std::env::var_os("YILIN_REQUIRE_PEERS").is_some_and(|value| value == "1") {
        return Err(ProgramError::Peer(program));
    }
    say(&format!("{program} is not there: {needed_for} not checked"));
    Ok(false)
}
