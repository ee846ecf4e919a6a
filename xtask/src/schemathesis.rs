//! `cargo xtask schemathesis`: the reference platform against the contract's document, asked by a program that knows only that.
//!
//! Duty: schemathesis of a pinned version in a Python of its own, the platform on a free port, all checks, seeded. Never:
//! leave a finding out.

use crate::say;
use crate::workspace::{CargoError, Metadata, cargo_output, root};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The version that is asked; a newer one may find more.
const VERSION: &str = "4.32.5";
/// How many bodies of each call are made up, unless more are asked for.
const EXAMPLES: u32 = 20;

/// Why the platform was not proved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemathesisError {
    #[error(transparent)]
    Cargo(#[from] CargoError),
    #[error("{0} could not be started: Debian's package is python3-venv")]
    Start(String, #[source] std::io::Error),
    #[error("{0} failed")]
    Failed(&'static str),
    #[error("the platform did not say where it is")]
    Silent,
    #[error("{0}")]
    File(PathBuf, #[source] std::io::Error),
}

/// A platform that ends with this.
struct Platform(Child);

impl Drop for Platform {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// What the platform says when it is ready.
#[derive(Debug, serde::Deserialize)]
struct Ready {
    url: String,
    credentials: PathBuf,
}

/// Asks the platform; fails on any finding.
pub(crate) fn ask(seed: u64, examples: Option<u32>) -> Result<(), SchemathesisError> {
    let folder = std::env::temp_dir().join("yilin-schemathesis");
    let python = python(&folder)?;
    cargo_output(&["build", "--package", "platform-client", "--bin", "yilin-province"])?;
    let program = Metadata::read()?.target_directory.join("debug/yilin-province");
    let data = folder.join("data");
    if data.exists() {
        std::fs::remove_dir_all(&data).map_err(|e| SchemathesisError::File(data.clone(), e))?;
    }
    let (_platform, ready) = platform(&program, &data)?;
    let ours = root().join("platform-client/schemathesis");
    let document = root().join("docs/openapi.json");
    let file = |name: &str| ready.credentials.join(name);
    let asked = Command::new(python.join("bin/st"))
        .current_dir(&folder)
        .arg("--config-file")
        .arg(ours.join("schemathesis.toml"))
        .arg("run")
        .arg(document)
        .args(["--url", &ready.url, "--checks", "all", "--continue-on-failure", "--warnings", "off"])
        .arg("--tls-verify")
        .arg(file("ca.pem"))
        .arg("--request-cert")
        .arg(file("terminal.pem"))
        .arg("--request-cert-key")
        .arg(file("terminal.key"))
        .args(["--seed", &seed.to_string(), "--max-examples", &examples.unwrap_or(EXAMPLES).to_string()])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", &ours)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("YILIN_URL", &ready.url)
        .env("YILIN_CREDENTIALS", &ready.credentials)
        .status()
        .map_err(|e| SchemathesisError::Start("schemathesis".to_owned(), e))?;
    if asked.success() { Ok(()) } else { Err(SchemathesisError::Failed("schemathesis")) }
}

/// A Python with schemathesis, made at the first run.
fn python(folder: &Path) -> Result<PathBuf, SchemathesisError> {
    let python = folder.join(format!("python-{VERSION}"));
    if python.join("bin/st").exists() {
        return Ok(python);
    }
    say("making a Python with schemathesis");
    let run = |command: &mut Command, what: &'static str| {
        let status = command.status().map_err(|e| SchemathesisError::Start(what.to_owned(), e))?;
        if status.success() { Ok(()) } else { Err(SchemathesisError::Failed(what)) }
    };
    run(Command::new("python3").args(["-m", "venv"]).arg(&python), "python3 -m venv")?;
    let package = format!("schemathesis=={VERSION}");
    run(Command::new(python.join("bin/pip")).args(["install", "--quiet", &package]), "pip install")?;
    Ok(python)
}

/// The platform on a free port, and where it is.
fn platform(program: &Path, data: &Path) -> Result<(Platform, Ready), SchemathesisError> {
    let mut child = Command::new(program)
        // The moment of the document's examples: what is booked in them is still to come.
        .args(["serve", "--time", "2026-11-24T10:24:00+08:00", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| SchemathesisError::Start(program.display().to_string(), e))?;
    let said = child.stdout.take();
    let platform = Platform(child);
    let mut line = String::new();
    let read = said.map(|said| BufReader::new(said).read_line(&mut line));
    let ready = match read {
        Some(Ok(_)) => serde_json::from_str(&line).ok(),
        _ => None,
    };
    ready.map(|ready| (platform, ready)).ok_or(SchemathesisError::Silent)
}
