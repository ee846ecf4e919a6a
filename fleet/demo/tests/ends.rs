//! `fleet-demo` as a program: whoever ends it finds nothing left of it.
#![allow(clippy::unwrap_used, reason = "what fails ends the test")]

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Begins the demonstration, ends it when it has said `when`, and looks at what is left.
fn check(signal: Signal, when: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_fleet-demo"))
        .args(["--terminals", "2", "--console", "127.0.0.1:0"])
        .env("TMPDIR", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let left = || std::fs::read_dir(folder.path()).unwrap().count();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut said = Vec::new();
    while !said.last().is_some_and(|line: &String| line.contains(when)) {
        said.push(lines.next().unwrap_or_else(|| panic!("it does not say {when}: {said:#?}")));
    }
    assert_eq!(left(), 1, "its folder is there while it runs");
    kill_process(Pid::from_child(&program), signal).unwrap();
    let status = program.wait().unwrap();
    said.extend(lines);
    assert!(status.success(), "{signal:?} after {when}: {status}: {said:#?}");
    assert_eq!(left(), 0, "{signal:?} after {when}");
}

/// Processes whose folder this is.
fn processes(folder: &Path) -> usize {
    let of = format!("TMPDIR={}", folder.display());
    let environ = |process: std::fs::DirEntry| std::fs::read(process.path().join("environ")).ok();
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|process| environ(process.unwrap()));
    // What has ended and is waited for by nobody has an environment no more.
    all.filter(|words| words.split(|byte| *byte == 0).any(|word| word == of.as_bytes())).count()
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}: not in two minutes");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Begins a proof in three processes of terminals, ends it at `when`, and looks at what is left.
fn check_proof(signal: Signal, when: &str, is_so: impl Fn(&Path) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_fleet-demo"))
        .args(["prove", "--terminals", "6", "--each", "2"])
        .env("TMPDIR", folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_until(when, || is_so(folder.path()));
    kill_process(Pid::from_child(&program), signal).unwrap();
    let status = program.wait().unwrap();
    assert_eq!(status.code(), Some(1), "{signal:?} {when}: {status}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(left.is_empty(), "{signal:?} {when}: {left:?}");
    assert_eq!(processes(folder.path()), 0, "{signal:?} {when}");
}

/// Whether a release is in the folder of a proof.
fn has_release(folder: &Path) -> bool {
    let data = std::fs::read_dir(folder).unwrap().next().map(|data| data.unwrap().path());
    data.is_some_and(|data| data.join("yilin-demo-1.1.0.img").exists())
}

#[test]
fn nothing_is_left_of_a_proof_that_is_ended() {
    for signal in [Signal::INT, Signal::TERM] {
        check_proof(signal, "while its terminals enrol", |folder| processes(folder) == 4);
        check_proof(signal, "while a release goes out", has_release);
    }
}

#[test]
fn nothing_is_left_when_it_is_ended() {
    for signal in [Signal::INT, Signal::TERM] {
        // In the middle of the beginning, and when all is there.
        for when in ["are enrolled", "Ctrl-C ends it"] {
            check(signal, when);
        }
    }
}
