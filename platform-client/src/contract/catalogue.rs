//! The items of a site and the divisions around it.

use domain::form::DivisionName;
use domain::terminal::Timestamp;
use serde::{Deserialize, Serialize};

/// The answer of [`super::path::CATALOGUE`]. It is one thing: a reader takes all of it or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueFiles {
    /// The version of the whole.
    pub version: String,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339")]
    pub published_at: Timestamp,
    /// The items in the order in which they are shown.
    pub items: Vec<CatalogueFile>,
}

/// One item as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueFile {
    /// The file's name, as mistakes name it: `old-age-allowance.toml`.
    pub name: String,
    /// Its text in the schema of item files.
    pub toml: String,
}

/// The answer of [`super::path::DIVISIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Divisions {
    /// The divisions directly inside the one that was asked for.
    pub divisions: Vec<DivisionName>,
}
