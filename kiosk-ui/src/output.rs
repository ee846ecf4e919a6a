//! What goes to standard output and standard error.
//!
//! Duty: words for a person, or one JSON object a line; errors in both. Never: personal data that was not asked for by
//! name; logs (those go to standard error through `tracing`).

use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};
use std::process::ExitCode;

/// Standard output in the format that the caller asked for.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    format: Format,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Words,
    /// One object a line.
    Json,
}

impl Output {
    /// In this format.
    pub const fn new(format: Format) -> Self {
        Self { format }
    }

    /// One result: its words, or its object.
    pub fn line(&self, words: &str, object: &impl Serialize) {
        match self.format {
            Format::Words => write_line(&mut io::stdout(), words),
            Format::Json => {
                write_line(&mut io::stdout(), &serde_json::to_string(object).unwrap_or_default());
            }
        }
    }

    /// Words beside the results: for a person only.
    pub fn remark(&self, words: &str) {
        write_line(&mut io::stderr(), words);
    }

    /// What could not be done, exit 1.
    pub fn failed(&self, kind: &str, message: &str) -> ExitCode {
        self.error(kind, message);
        ExitCode::from(1)
    }

    /// What is wrong with the command line or the configuration, exit 2.
    pub fn wrong_usage(&self, message: &str) -> ExitCode {
        self.error("usage", message);
        ExitCode::from(2)
    }

    fn error(&self, kind: &str, message: &str) {
        write_line(&mut io::stderr(), &format!("yilin-terminal: {message}"));
        if self.format == Format::Json {
            let error = json!({"error": {"kind": kind, "message": message}});
            write_line(&mut io::stdout(), &error.to_string());
        }
    }
}

fn write_line(to: &mut impl Write, text: &str) {
    // Whoever listened has gone: there is nobody to tell.
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}
