//! `cargo xtask fuzz`: libFuzzer on every parser of outside bytes, and how much of it there has been.
//!
//! Duty: build the targets, give each its processor time, add up over the runs, keep what was found. Never: count time in
//! which a target only waited for a processor, or leave a finding out.

use crate::bench::machine::{self, Machine};
use crate::say;
use crate::workspace::{CargoError, Metadata, root};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};

/// The packages that have a folder `fuzz`.
const PACKAGES: [&str; 2] = ["drivers", "platform-client"];
/// Seconds until a target's numbers are kept and it is started again.
const SLICE: u64 = 60;
/// An input that takes so long, seconds, is a finding; much, since others may want the processor meanwhile.
const TIMEOUT: u64 = 120;
/// Linux counts processor time in hundredths of a second wherever a kiosk runs (`USER_HZ`).
const TICKS: u64 = 100;

/// Why there is no result, or a bad one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FuzzError {
    #[error("no target is called {0}")]
    NoTarget(String),
    #[error("cargo could not be started")]
    Start(#[source] std::io::Error),
    #[error("{0}'s targets were not built: cargo-fuzz and a nightly toolchain are needed")]
    Build(&'static str),
    #[error("{0} could not be run")]
    Run(String, #[source] std::io::Error),
    #[error("{0} cannot be read or written")]
    File(PathBuf, #[source] std::io::Error),
    #[error("{0} holds something else than results")]
    Results(PathBuf, #[source] serde_json::Error),
    #[error("{0} ended with {1} and without its numbers")]
    Silent(String, ExitStatus),
    #[error("found: {0}")]
    Found(String),
    #[error(transparent)]
    Cargo(#[from] CargoError),
}

/// What docs/measured/fuzz.json holds.
#[derive(Serialize, Deserialize)]
struct Results {
    /// The machine of the newest run.
    machine: Machine,
    targets: BTreeMap<String, Tally>,
}

/// Of one target, over all its runs.
#[derive(Default, Serialize, Deserialize)]
struct Tally {
    /// Processor time, user and system, seconds.
    cpu_seconds: f64,
    /// Inputs that were tried.
    executions: u64,
    /// Runs that ended with a crash, a time-out, a leak or too much memory; each was mended before the next.
    findings: u64,
    /// When the newest run was, and of what.
    date: String,
    commit: String,
}

/// Where programs, grown corpora and findings lie.
struct Folders {
    programs: PathBuf,
    work: PathBuf,
    /// What is checked out, before results are written into it.
    commit: String,
}

/// A target and its package.
type Target = (&'static str, String);

/// Runs the named targets, or all, until each has had `seconds` of processor time over all its runs.
pub(crate) fn run(seconds: u64, names: &[String]) -> Result<(), FuzzError> {
    let targets = targets(names)?;
    let work = Metadata::read()?.target_directory.join("fuzz");
    for package in PACKAGES.into_iter().filter(|package| targets.iter().any(|(of, _)| of == package)) {
        build(package, &work)?;
    }
    let folders =
        Folders { programs: work.join("x86_64-unknown-linux-gnu/release"), work, commit: machine::commit() };
    let results = Mutex::new(read()?);
    let open = Mutex::new(VecDeque::from(targets));
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let failed: Vec<FuzzError> = std::thread::scope(|scope| {
        let worker = || {
            let mut failed = Vec::new();
            loop {
                let next = open.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                let Some(target) = next else { return failed };
                failed.extend(give(&target, seconds, &folders, &results).err());
            }
        };
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    for error in &failed {
        say(&error.to_string());
    }
    failed.into_iter().next().map_or(Ok(()), Err)
}

/// Every target, or those that are named.
fn targets(names: &[String]) -> Result<Vec<Target>, FuzzError> {
    let mut all = Vec::new();
    for package in PACKAGES {
        let folder = root().join(package).join("fuzz/fuzz_targets");
        let failed = |error| FuzzError::File(folder.clone(), error);
        for file in std::fs::read_dir(&folder).map_err(failed)? {
            let path = file.map_err(failed)?.path();
            all.extend(path.file_stem().map(|name| (package, name.to_string_lossy().into_owned())));
        }
    }
    all.sort();
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|(_, known)| known != *name)) {
        return Err(FuzzError::NoTarget(unknown.clone()));
    }
    all.retain(|(_, target)| names.is_empty() || names.contains(target));
    Ok(all)
}

/// Builds a package's targets with address sanitizer, overflow checks and debug assertions, as cargo-fuzz does by itself.
fn build(package: &'static str, work: &Path) -> Result<(), FuzzError> {
    // rustup's cargo, which knows `+nightly`: the one that started us is of one toolchain.
    let status = Command::new("cargo")
        .current_dir(root().join(package))
        .args(["+nightly", "fuzz", "build", "--target-dir"])
        .arg(work)
        .env_remove("CARGO")
        .env_remove("RUSTUP_TOOLCHAIN")
        .status()
        .map_err(FuzzError::Start)?;
    if status.success() { Ok(()) } else { Err(FuzzError::Build(package)) }
}

/// Runs one target, a slice at a time, until it has had its time or found something.
fn give(target: &Target, seconds: u64, folders: &Folders, results: &Mutex<Results>) -> Result<(), FuzzError> {
    let (_, name) = target;
    loop {
        let had = {
            let results = results.lock().unwrap_or_else(PoisonError::into_inner);
            results.targets.get(name).map_or(0.0, |tally| tally.cpu_seconds)
        };
        #[allow(clippy::cast_precision_loss, reason = "some hundreds")]
        if had >= seconds as f64 {
            say(&format!("{name}: {had:.0} s of processor time"));
            return Ok(());
        }
        let slice = slice(target, folders)?;
        let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
        let tally = results.targets.entry(name.clone()).or_default();
        tally.cpu_seconds += slice.cpu_seconds;
        tally.executions += slice.executions;
        tally.findings += u64::from(slice.found.is_some());
        (tally.date, tally.commit) = (machine::now(), folders.commit.clone());
        write(&results)?;
        if let Some(found) = slice.found {
            return Err(FuzzError::Found(found));
        }
    }
}

/// What a slice brought.
struct Slice {
    cpu_seconds: f64,
    executions: u64,
    /// libFuzzer's words for what it found.
    found: Option<String>,
}

fn slice((package, name): &Target, folders: &Folders) -> Result<Slice, FuzzError> {
    let grown = folders.work.join("corpus").join(name);
    let found = folders.work.join("artifacts").join(name);
    for folder in [&grown, &found] {
        std::fs::create_dir_all(folder).map_err(|error| FuzzError::File(folder.clone(), error))?;
    }
    let failed = |error| FuzzError::Run(name.clone(), error);
    let mut child = Command::new(folders.programs.join(name))
        .arg(&grown)
        .arg(root().join(package).join("fuzz/corpus").join(name))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .args([format!("-max_total_time={SLICE}"), format!("-timeout={TIMEOUT}")])
        .arg("-print_final_stats=1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut said = Vec::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_end(&mut said).map_err(failed)?;
    }
    // It has said its last word and is not waited for yet: the kernel still knows what it used.
    let stat = PathBuf::from(format!("/proc/{}/stat", child.id()));
    let used = std::fs::read_to_string(&stat).map_err(|error| FuzzError::File(stat, error));
    let status = child.wait().map_err(failed)?;
    let said = String::from_utf8_lossy(&said);
    let tried = said.lines().rev().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let executions = tried.and_then(|number| number.trim().parse().ok());
    let found = (!status.success()).then(|| {
        let why = said.lines().find(|line| line.contains("ERROR:") || line.contains("panicked at"));
        let file = said.lines().rev().find(|line| line.contains("Test unit written to"));
        format!("{name}: {}; {}", why.unwrap_or("no word"), file.unwrap_or("no file"))
    });
    if executions.is_none() && found.is_none() {
        return Err(FuzzError::Silent(name.clone(), status));
    }
    Ok(Slice { cpu_seconds: processor_seconds(&used?), executions: executions.unwrap_or_default(), found })
}

/// User and system time of proc_pid_stat(5), fields 14 and 15; the second field, in parentheses, may hold blanks.
fn processor_seconds(stat: &str) -> f64 {
    let after_name = stat.rsplit_once(')').map_or(stat, |(_, rest)| rest);
    let ticks: u64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
    #[allow(clippy::cast_precision_loss, reason = "some thousands")]
    let seconds = ticks as f64 / TICKS as f64;
    seconds
}

fn path() -> PathBuf {
    root().join("docs/measured/fuzz.json")
}

fn read() -> Result<Results, FuzzError> {
    match std::fs::read_to_string(path()) {
        Ok(text) => {
            let kept = serde_json::from_str(&text).map_err(|error| FuzzError::Results(path(), error))?;
            Ok(Results { machine: Machine::this(), ..kept })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(Results { machine: Machine::this(), targets: BTreeMap::new() })
        }
        Err(error) => Err(FuzzError::File(path(), error)),
    }
}

fn write(results: &Results) -> Result<(), FuzzError> {
    let mut text =
        serde_json::to_string_pretty(results).map_err(|error| FuzzError::Results(path(), error))?;
    text.push('\n');
    std::fs::write(path(), text).map_err(|error| FuzzError::File(path(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_user_and_system() {
        let stat = "7 (a (b) c) Z 1 7 7 0 -1 4 0 0 0 0 5990 12 3 4 20 0 1 0 9 0 0";
        assert_eq!(processor_seconds(stat), 60.02);
    }
}
