//! What is printed: an object a line, or words.

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

/// How answers are printed.
pub(crate) struct Answers {
    /// One JSON object a line.
    pub(crate) json: bool,
}

impl Answers {
    /// Whether somebody, or a program that asked for it, reads what is said: a journal would keep it for others.
    pub(crate) fn are_read(&self) -> bool {
        self.json || std::io::stdout().is_terminal()
    }

    /// Prints one answer: as JSON, or in the words given.
    pub(crate) fn say(&self, value: &serde_json::Value, words: &str) {
        let line = if self.json { value.to_string() } else { words.to_owned() };
        // A reader that closed its end wants no more.
        let _ = writeln!(std::io::stdout(), "{line}");
    }

    /// Prints why nothing came of it, with its causes.
    pub(crate) fn failed(&self, error: &(dyn Error + 'static)) -> ExitCode {
        let causes = std::iter::successors(Some(error), |error: &&(dyn Error + 'static)| (*error).source());
        let chain = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        self.complain("failed", &chain);
        ExitCode::from(1)
    }

    /// Prints what is wrong with the command line (`usage`) or the file (`configuration`).
    pub(crate) fn wrong(&self, kind: &str, message: &str) -> ExitCode {
        self.complain(kind, message);
        ExitCode::from(2)
    }

    fn complain(&self, kind: &str, message: &str) {
        if self.json {
            self.say(&serde_json::json!({ "error": { "kind": kind, "message": message } }), "");
        } else {
            let _ = writeln!(std::io::stderr(), "yilin-fleet: {message}");
        }
    }
}
