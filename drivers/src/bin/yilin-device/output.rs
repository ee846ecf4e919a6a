//! Where a result goes: standard output, as one line of JSON or as words.

use std::io::Write as _;
use std::process::ExitCode;

use serde::Serialize;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Words,
    Json,
}

/// Standard output in the format that the caller asked for.
pub(crate) struct Output {
    format: Format,
}

/// A result: its fields are the JSON keys, its words are for a person.
pub(crate) trait Report: Serialize {
    /// What a person reads, lines without an end of line at the end.
    fn words(&self) -> String;
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { format: if json { Format::Json } else { Format::Words } }
    }

    /// Writes a result that is done or truthful: exit code 0.
    pub(crate) fn done(&self, report: &impl Report) -> ExitCode {
        self.line(report);
        ExitCode::SUCCESS
    }

    /// Writes a result that is a failure: exit code 1.
    pub(crate) fn failed(&self, report: &impl Report) -> ExitCode {
        self.line(report);
        ExitCode::from(1)
    }

    /// Writes one result and flushes, since a script may wait for the line.
    pub(crate) fn line(&self, report: &impl Report) {
        let text = match self.format {
            Format::Words => report.words(),
            Format::Json => serde_json::to_string(report).unwrap_or_default(),
        };
        let mut stdout = std::io::stdout().lock();
        // A reader that closed the pipe has had what it wanted.
        let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    }
}

/// `{"error":{…}}` with the keys that a device has.
#[derive(Serialize)]
pub(crate) struct Failure<E: Serialize> {
    error: E,
    #[serde(skip)]
    words: String,
}

impl<E: Serialize> Failure<E> {
    pub(crate) fn new(error: E, words: String) -> Self {
        Self { error, words }
    }
}

impl<E: Serialize> Report for Failure<E> {
    fn words(&self) -> String {
        self.words.clone()
    }
}

/// An error and what caused it, in one line: `reading failed: line is gone: I/O error`.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
