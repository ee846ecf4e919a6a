//! `fleet-demo` as a program: whoever ends it finds nothing left of it.
#![allow(clippy::unwrap_used, reason = "what fails ends the test")]

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

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
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(when)), "it does not say {when}");
    assert_eq!(left(), 1, "its folder is there while it runs");
    kill_process(Pid::from_child(&program), signal).unwrap();
    let status = program.wait().unwrap();
    assert!(status.success(), "{signal:?} after {when}: {status}");
    assert_eq!(left(), 0, "{signal:?} after {when}");
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
