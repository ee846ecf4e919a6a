//! Which interface speaks what, from a file: `dialects.toml` beside the terminal's certificate.
//!
//! Duty: name every mistake with its place; read secrets from files that one user may read. Never: hold a secret in the
//! settings themselves, or let an interface be silent because its dialect cannot say what it has to.

mod read;

pub use read::Mistake;

use super::Dialects;
use domain::terminal::TerminalId;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The settings: interface → what is set for it. An interface that is not named speaks the canonical dialect.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DialectsConfig(BTreeMap<String, BTreeMap<String, Setting>>);

/// One setting: a text, or a table of texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Setting {
    /// `app_id = "…"`
    Text(String),
    /// `signing = { case-by-key = "sm3" }`
    Table(BTreeMap<String, String>),
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DialectsError {
    /// The file cannot be read.
    #[error("{file}: cannot be read")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It is not TOML, or not tables of texts.
    #[error("{file}: {cause}")]
    Toml {
        /// The file.
        file: PathBuf,
        /// What is wrong, with its line.
        cause: Box<toml::de::Error>,
    },
    /// There are mistakes in it.
    #[error("{}", list(.0))]
    Mistakes(Vec<Mistake>),
}

fn list(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// The file beside `terminal.pem`.
const FILE: &str = "dialects.toml";

impl DialectsConfig {
    /// What `dialects.toml` in the folder of the terminal's certificate sets; without such a file, every interface speaks
    /// the canonical dialect. Files of secrets are named from this folder.
    pub fn read_beside(credentials: &Path, terminal: &TerminalId) -> Result<Dialects, DialectsError> {
        let file = credentials.join(FILE);
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Dialects::default()),
            Err(cause) => return Err(DialectsError::Io { file, cause }),
        };
        let config: Self =
            toml::from_str(&text).map_err(|cause| DialectsError::Toml { file, cause: Box::new(cause) })?;
        config.open(credentials, terminal).map_err(DialectsError::Mistakes)
    }

    /// The dialects as they are set, their secrets read from files named from `folder`.
    ///
    /// # Errors
    /// Every mistake, in the order of the interfaces' words.
    pub fn open(&self, folder: &Path, terminal: &TerminalId) -> Result<Dialects, Vec<Mistake>> {
        read::dialects(&self.0, folder, terminal)
    }
}

#[cfg(test)]
mod tests;
