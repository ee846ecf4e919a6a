//! What goes to stdout and stderr.

use std::io;

use serde_json::{Value, json};

/// Words for a person, or one JSON object a line.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// One line: the words, or the object.
    pub(crate) fn line(&self, words: &str, object: &Value) {
        if self.json { self.object(object) } else { write_line(&mut io::stdout(), words) }
    }

    /// One object, whatever was asked for: the commands whose answer is JSON by contract.
    pub(crate) fn object(&self, object: &Value) {
        write_line(&mut io::stdout(), &object.to_string());
    }

    /// What went wrong: in words on stderr, and as an object on stdout where JSON was asked for.
    pub(crate) fn error(&self, kind: &str, message: &str) {
        write_line(&mut io::stderr(), &format!("yilin-province: {message}"));
        if self.json {
            self.object(&json!({"error": {"kind": kind, "message": message}}));
        }
    }
}

fn write_line(to: &mut impl io::Write, text: &str) {
    // Whoever listened has gone: there is nobody to tell.
    let _ = writeln!(to, "{text}").and_then(|()| to.flush());
}
