//! `cargo xtask schemathesis`: the reference platform and the fleet server against their documents, asked by a program that
//! knows only these.
//!
//! Duty: schemathesis of a pinned version in a Python of its own, the server on a free port, all checks, seeded. Never:
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

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Server {
    /// The reference platform, by docs/openapi.json.
    Province,
    /// The fleet server, by docs/fleet-openapi.json.
    Fleet,
}

/// Why a server was not proved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemathesisError {
    #[error(transparent)]
    Cargo(#[from] CargoError),
    #[error("{0} could not be started: Debian's package is python3-venv")]
    Start(String, #[source] std::io::Error),
    #[error("{0} failed")]
    Failed(&'static str),
    #[error("{0} did not say what it was asked")]
    Silent(&'static str),
    #[error("{0}")]
    File(PathBuf, #[source] std::io::Error),
}

/// A program that ends with this.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill().and_then(|()| self.0.wait());
    }
}

/// A server that is asked, and what it takes to be let in.
struct Asked {
    /// Its own folder in the repository: hooks and settings.
    ours: PathBuf,
    document: PathBuf,
    url: String,
    authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
    _program: Program,
}

/// Asks one server, or each; fails on any finding.
pub(crate) fn ask(
    of: Option<Server>,
    seed: u64,
    examples: Option<u32>,
    programs: Option<&Path>,
) -> Result<(), SchemathesisError> {
    let folder = std::env::temp_dir().join("yilin-schemathesis");
    let python = python(&folder)?;
    for server in [Server::Province, Server::Fleet] {
        if of.is_some_and(|of| of != server) {
            continue;
        }
        let asked = match server {
            Server::Province => province(&folder, programs)?,
            Server::Fleet => fleet(&folder, &python, programs)?,
        };
        run(&asked, &folder, &python, seed, examples)?;
    }
    Ok(())
}

fn run(
    asked: &Asked,
    folder: &Path,
    python: &Path,
    seed: u64,
    examples: Option<u32>,
) -> Result<(), SchemathesisError> {
    let credentials = asked.certificate.parent().unwrap_or(folder);
    let asked = Command::new(python.join("bin/st"))
        .current_dir(folder)
        .arg("--config-file")
        .arg(asked.ours.join("schemathesis.toml"))
        .arg("run")
        .arg(&asked.document)
        .args(["--url", &asked.url, "--checks", "all", "--continue-on-failure", "--warnings", "off"])
        .arg("--tls-verify")
        .arg(&asked.authority)
        .arg("--request-cert")
        .arg(&asked.certificate)
        .arg("--request-cert-key")
        .arg(&asked.key)
        .args(["--seed", &seed.to_string(), "--max-examples", &examples.unwrap_or(EXAMPLES).to_string()])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", &asked.ours)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("YILIN_URL", &asked.url)
        .env("YILIN_CREDENTIALS", credentials)
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

/// Where a program lies: in the folder of programs, or where it is built now.
fn built(package: &str, program: &str, programs: Option<&Path>) -> Result<PathBuf, SchemathesisError> {
    if let Some(programs) = programs {
        let program = programs.join(program);
        return program.canonicalize().map_err(|e| SchemathesisError::File(program, e));
    }
    cargo_output(&["build", "--package", package, "--bin", program])?;
    Ok(Metadata::read()?.target_directory.join("debug").join(program))
}

/// A folder that is there and empty.
fn emptied(folder: PathBuf) -> Result<PathBuf, SchemathesisError> {
    let made = match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => std::fs::create_dir_all(&folder),
    };
    made.map_err(|e| SchemathesisError::File(folder.clone(), e)).map(|()| folder)
}

/// Starts a server, and reads what it says when it is ready.
fn started<T: serde::de::DeserializeOwned>(
    command: &mut Command,
    name: &'static str,
) -> Result<(Program, T), SchemathesisError> {
    let child = command.stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|e| SchemathesisError::Start(name.to_owned(), e))?;
    let said = child.stdout.take();
    let program = Program(child);
    let mut line = String::new();
    let read = said.map(|said| BufReader::new(said).read_line(&mut line));
    let ready = match read {
        Some(Ok(_)) => serde_json::from_str(&line).ok(),
        _ => None,
    };
    ready.map(|ready| (program, ready)).ok_or(SchemathesisError::Silent(name))
}

/// The reference platform, which makes a terminal's certificate itself.
fn province(folder: &Path, programs: Option<&Path>) -> Result<Asked, SchemathesisError> {
    #[derive(serde::Deserialize)]
    struct Ready {
        url: String,
        credentials: PathBuf,
    }
    let data = emptied(folder.join("data"))?;
    let mut command = Command::new(built("platform-client", "yilin-province", programs)?);
    // The moment of the document's examples: what is booked in them is still to come.
    command.args(["serve", "--time", "2026-11-24T10:24:00+08:00", "--data"]).arg(data);
    let (program, ready) = started::<Ready>(&mut command, "the platform")?;
    let file = |name: &str| ready.credentials.join(name);
    Ok(Asked {
        ours: root().join("platform-client/schemathesis"),
        document: root().join("docs/openapi.json"),
        url: ready.url,
        authority: file("ca.pem"),
        certificate: file("terminal.pem"),
        key: file("terminal.key"),
        _program: program,
    })
}

/// The fleet server, with a terminal that enrolled as an agent does.
fn fleet(folder: &Path, python: &Path, programs: Option<&Path>) -> Result<Asked, SchemathesisError> {
    #[derive(serde::Deserialize)]
    struct Ready {
        device_url: String,
        authority: PathBuf,
    }
    #[derive(serde::Deserialize)]
    struct Code {
        code: String,
    }
    let ours = root().join("fleet/server/schemathesis");
    let data = emptied(folder.join("fleet"))?;
    let program = built("fleet-server", "yilin-fleet", programs)?;
    let yilin_fleet = || {
        let mut command = Command::new(&program);
        command.arg("--json").arg("--data").arg(&data);
        command
    };
    let nowhere = "127.0.0.1:0";
    let mut command = yilin_fleet();
    command.args(["serve", "--listen", nowhere, "--console", nowhere, "--metrics", nowhere]);
    let (program, ready) = started::<Ready>(command.env("RUST_LOG", "error"), "the fleet server")?;
    let terminals = data.join("terminals.jsonl");
    let terminal = serde_json::json!({
        "id": "T-1", "district": "990101", "street": "990101001", "community": "990101001001", "model": "K1",
        "compatible": "yilin-test", "name_zh": "样本", "name_en": "Sample", "hours": "00:00-24:00",
    });
    std::fs::write(&terminals, terminal.to_string())
        .map_err(|e| SchemathesisError::File(terminals.clone(), e))?;
    let done = |command: &mut Command, what: &'static str| {
        let output = command.output().map_err(|e| SchemathesisError::Start(what.to_owned(), e))?;
        if output.status.success() { Ok(output.stdout) } else { Err(SchemathesisError::Failed(what)) }
    };
    done(yilin_fleet().args(["terminal", "add"]).arg(&terminals), "terminal add")?;
    let said = done(yilin_fleet().args(["terminal", "code", "T-1"]), "terminal code")?;
    let code: Code = serde_json::from_slice(&said).map_err(|_| SchemathesisError::Silent("terminal code"))?;
    let mut enrol = Command::new(python.join("bin/python"));
    enrol.arg(ours.join("enrol.py")).arg(&ready.device_url).arg(&ready.authority);
    done(enrol.arg(code.code).arg(&data), "the enrolment")?;
    Ok(Asked {
        document: root().join("docs/fleet-openapi.json"),
        url: ready.device_url,
        authority: ready.authority,
        certificate: data.join("terminal.pem"),
        key: data.join("terminal.key"),
        ours,
        _program: program,
    })
}
