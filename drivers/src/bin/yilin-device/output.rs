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

/// Says what is wrong with the command line or the configuration: exit code 2.
pub(crate) fn wrong_usage(message: &str) -> ExitCode {
    // A command line that was not understood may have asked for JSON all the same.
    if std::env::args_os().any(|argument| argument == "--json") {
        let error = UsageError { kind: "usage", message };
        Output::new(true).line(&Failure::new(error, String::new()));
    } else {
        to_stderr(&format!("error: {message}"));
    }
    ExitCode::from(2)
}

#[derive(Serialize)]
struct UsageError<'m> {
    kind: &'static str,
    message: &'m str,
}

/// A line of the log; personal data never.
pub(crate) fn to_stderr(line: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Reads a number of seconds as command lines and files write them.
pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|s| (0.0..=3600.0).contains(s));
    number.ok_or_else(|| format!("`{text}` is no number of seconds from 0 to 3600"))
}

/// `name: value`, a line each, what is absent left out.
pub(crate) fn lines(entries: &[(&str, Option<String>)]) -> String {
    let present = entries.iter().filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?)));
    present.collect::<Vec<_>>().join("\n")
}

/// The word that JSON has for a value.
pub(crate) fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).ok();
    json.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
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
