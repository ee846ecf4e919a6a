//! A program that runs beside a task, and ends with it.

use crate::program::ProgramError;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A program that ends with us, also when we are killed.
pub(crate) fn tied(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program);
    command
}

/// A program that runs until it is dropped, and what its first line says.
#[derive(Debug)]
pub(crate) struct Running {
    process: Child,
    /// Kept open: whoever writes to nobody ends.
    _told: BufReader<ChildStdout>,
    pub(crate) first: Value,
}

impl Running {
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> Result<Self, ProgramError> {
        let mut command = tied(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let name = || program.display().to_string();
        let mut process = command.spawn().map_err(|e| ProgramError::Start(name(), e))?;
        let said = |process: &Child| {
            ProgramError::Failed(format!("{} {process:?}", name()), "no first line".to_owned())
        };
        let Some(out) = process.stdout.take() else { return Err(said(&process)) };
        let mut told = BufReader::new(out);
        let mut line = String::new();
        let read = told.read_line(&mut line).map_err(|e| ProgramError::Start(name(), e))?;
        let first = serde_json::from_str(&line).ok().filter(|_| read > 0);
        let first = first.ok_or_else(|| said(&process))?;
        Ok(Self { process, _told: told, first })
    }

    /// Ends it, as a lost power would.
    pub(crate) fn end(&mut self) {
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }

    /// A text of the first line.
    pub(crate) fn says(&self, key: &str) -> Result<&str, ProgramError> {
        self.first[key]
            .as_str()
            .ok_or_else(|| ProgramError::Silent { key: key.to_owned(), said: self.first.to_string() })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}
