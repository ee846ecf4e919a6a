//! `yilin-device` and its simulators as programs of their own, as scripts start them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_yilin-device");

/// A simulator in its own process, killed at the end of the test.
pub(crate) struct Simulator {
    child: Child,
    /// What `--port` takes.
    pub(crate) port: String,
}

impl Simulator {
    /// Starts `sim` with these words, the device's name first, and waits for its first line.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child =
            Command::new(PROGRAM).arg("sim").args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let ready: Value = serde_json::from_str(&first).unwrap();
        Self { child, port: ready["port"].as_str().unwrap().to_owned() }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Runs the program to its end.
pub(crate) fn device(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).output().unwrap()
}

/// Runs it with `--json`: the one line that it prints, and its exit code.
pub(crate) fn device_json(arguments: &[&str]) -> (String, Option<i32>) {
    let output = device(&[&["--json"], arguments].concat());
    let line = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(line.matches('\n').count(), 1, "{arguments:?}: {line}{errors}");
    (line, output.status.code())
}
