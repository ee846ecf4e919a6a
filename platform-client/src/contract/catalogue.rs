//! The items of a site and the divisions around it.
//!
//! A catalogue is signed with the province's catalogue key, so that what a terminal shows was published, whoever carried
//! it. What is signed is this text in UTF-8, each line ended by one line feed; where there is no value a hyphen stands:
//!
//! ```text
//! yilin catalogue 1
//! version 2026.11.1
//! published 2026-11-24T10:24:00+08:00
//! site 990001001001
//! rolls-back -
//! item pension-certification.toml 64 hexadecimal digits of the SHA-256 of the file
//! ```
//!
//! with an `item` for each file in the order in which they are shown. Neither a version nor a name holds white space. The
//! digest of a catalogue is the SHA-256 of this text.

use super::bytes::FileBytes;
use domain::division::DivisionCode;
use domain::form::DivisionName;
use domain::terminal::Timestamp;
use serde::{Deserialize, Serialize};

/// The answer of [`super::path::CATALOGUE`]. It is one thing: a reader takes all of it or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogueFiles {
    /// The version of the whole.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub version: String,
    /// When it was published.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub published_at: Timestamp,
    /// The community for which the items are admitted; null where they are for every site of the province.
    #[serde(default)]
    pub site: Option<DivisionCode>,
    /// The items in the order in which they are shown.
    pub items: Vec<CatalogueFile>,
    /// The province's signature; a terminal takes no catalogue without one.
    #[serde(default)]
    pub signature: Option<CatalogueSignature>,
}

/// A signature over a catalogue, apart from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogueSignature {
    /// How it was signed.
    pub algorithm: SignatureAlgorithm,
    /// Which key proves it: the first 8 bytes of SHA-256 over the raw public key, 16 lower-case hexadecimal digits.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^[0-9a-f]{16}$")))]
    pub key_id: String,
    /// The later version that this one takes back; null in the usual course, in which a version never goes down.
    #[serde(default)]
    pub rolls_back: Option<String>,
    /// The signature's bytes.
    pub value: FileBytes,
}

/// How a catalogue is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignatureAlgorithm {
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// SM2 with SM3 (GB/T 32918.2), r and s of 32 bytes each.
    Sm2Sm3,
}

/// The answer of [`super::path::CATALOGUE_DELTA`]: what makes the older catalogue the newer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogueDelta {
    /// The version that it is applied to.
    pub from: String,
    /// The version of the whole that comes of it.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub version: String,
    /// When that was published.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub published_at: Timestamp,
    /// As in [`CatalogueFiles`].
    #[serde(default)]
    pub site: Option<DivisionCode>,
    /// Every file of the newer one by name, in its order.
    pub order: Vec<String>,
    /// The files that are new or changed.
    pub changed: Vec<CatalogueFile>,
    /// The names of those that are gone.
    pub removed: Vec<String>,
    /// The digest of the newer catalogue, 64 lower-case hexadecimal digits.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub digest: String,
    /// The signature over the newer catalogue.
    #[serde(default)]
    pub signature: Option<CatalogueSignature>,
}

/// One item as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogueFile {
    /// The file's name, as mistakes name it: `old-age-allowance.toml`.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 128)))]
    pub name: String,
    /// Its text in the schema of item files.
    #[cfg_attr(feature = "openapi", schemars(length(max = 200000)))]
    pub toml: String,
}

/// The answer of [`super::path::DIVISIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Divisions {
    /// The divisions directly inside the one that was asked for.
    pub divisions: Vec<DivisionName>,
}
