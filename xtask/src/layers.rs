//! `cargo xtask layers`: the rules of docs/architecture.md that the compiler does not know.
//!
//! Duty: say where a rule is broken, and what the rule is. Never: mend anything.

mod crates;
mod files;
mod paths;
mod rust_source;
mod slint_source;
mod words;

use crate::say;
use crate::workspace::{CargoError, Metadata, root};
use std::path::PathBuf;

/// A rule that is broken somewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Breach {
    /// A crate, or a file and a line.
    place: String,
    /// What stands there, and the rule that it breaks.
    what: String,
}

impl Breach {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }

    fn at(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self::new(format!("{file}:{line}"), what)
    }
}

/// Why the layers are not in order.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LayersError {
    #[error("the layers cannot be read")]
    Cargo(#[from] CargoError),
    #[error("{0} cannot be read")]
    File(PathBuf, #[source] std::io::Error),
    #[error("{0} is not Rust that can be read: {1}")]
    Rust(String, String),
    #[error("{0} breaches of docs/architecture.md")]
    Breached(usize),
}

/// Checks every rule and prints every breach.
pub(crate) fn check() -> Result<(), LayersError> {
    let metadata = Metadata::read()?;
    let mut breaches = crates::breaches(&metadata);
    let sources = files::sources(&root())?;
    for source in &sources {
        match source.kind {
            files::Kind::Rust => {
                let read = rust_source::read(&source.text)
                    .map_err(|error| LayersError::Rust(source.path.clone(), error.to_string()))?;
                breaches.extend(paths::breaches(&source.path, &read));
                breaches.extend(words::in_rust(&source.path, &read));
            }
            files::Kind::Slint => breaches.extend(slint_source::breaches(&source.path, &source.text)),
        }
    }
    breaches.sort();
    for breach in &breaches {
        say(&format!("{}: {}", breach.place, breach.what));
    }
    if !breaches.is_empty() {
        return Err(LayersError::Breached(breaches.len()));
    }
    say(&format!("layers: {} crates and {} files in order", metadata.members().count(), sources.len()));
    Ok(())
}
