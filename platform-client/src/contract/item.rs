//! What the province says of an item and a person before anything is filed.

use super::bytes::FileBytes;
use super::case::FieldAnswer;
use super::day;
use domain::locale::{Locale, Localized};
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use time::Date;

/// The body of [`super::path::ITEM_INQUIRY`] and [`super::path::SUGGESTIONS`]: the session says who.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemQuestion {
    /// Where.
    pub terminal_id: TerminalId,
}

/// The answer of [`super::path::ITEM_INQUIRY`]; `state` says which it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Inquiry {
    /// There is something to do: go on.
    Open,
    /// Nothing is to be done.
    NothingToDo {
        /// Until when that is so.
        #[serde(with = "day")]
        #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
        valid_until: Date,
        /// The department's words for it.
        message: Localized,
    },
}

/// The body of [`super::path::ITEM_PREFILL`]; sent only with the resident's consent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PrefillRequest {
    /// Where.
    pub terminal_id: TerminalId,
    /// When the resident agreed, and to which version of the item's notice; absent from terminals before 0.2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<PrefillConsent>,
    /// The keys that the item's form names (`shared.KEY`), without `shared.`: no more is asked for.
    #[cfg_attr(feature = "openapi", schemars(length(max = 100), inner(length(min = 1, max = 64))))]
    pub keys: Vec<String>,
}

/// The consent by which shared data are read: the province keeps it beside what was given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PrefillConsent {
    /// The version of the item whose notice was shown.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub item_version: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub at: Timestamp,
}

/// The answer of [`super::path::ITEM_PREFILL`]; a key that the province does not know is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Prefill {
    /// What it knows.
    pub values: Vec<PrefilledValue>,
}

/// One thing that the province knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PrefilledValue {
    /// The key that was asked for.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub key: String,
    /// The value as text; the kind of the field that asks for the key tells how it is read: an option's value, `yes` or
    /// `no`, a whole number, money in fen, `YYYY-MM-DD`, a division's code, `name|number` of a person, or the words.
    pub value: Personal,
    /// The department that holds it, as the screen says it.
    pub source: Localized,
}

/// The answer of [`super::path::SUGGESTIONS`], most useful first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Suggestions {
    /// What is probably due.
    pub suggestions: Vec<Suggestion>,
}

/// One thing that is probably due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// The item.
    pub item_id: ItemId,
    /// Why.
    pub reason: Localized,
}

/// The body of [`super::path::ITEM_CERTIFICATE`]: purpose, item and place stand in the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CertificateRequest {
    /// Where.
    pub terminal_id: TerminalId,
    /// What it is for, as the resident was told; it stands in the watermark.
    pub purpose: Localized,
    /// The language of the visit.
    pub locale: Locale,
    /// The answers of the item's form, where it has one.
    #[cfg_attr(feature = "openapi", schemars(length(max = 200)))]
    pub answers: Vec<FieldAnswer>,
}

/// The answer of [`super::path::ITEM_CERTIFICATE`]; `state` says which it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum CertificateAnswer {
    /// Here it is.
    Issued(Box<Certificate>),
    /// The issuer says no.
    Refused {
        /// Why, in the issuer's words.
        reason: Localized,
    },
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    /// What it is called.
    pub title: Localized,
    /// The number on it; null when it has none.
    pub number: Option<Personal>,
    /// Who issued it.
    pub issuer: Localized,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub issued_at: Timestamp,
    /// The last day on which it is valid; null when it does not end.
    #[serde(with = "day::option", default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<crate::openapi::Day>"))]
    pub valid_until: Option<Date>,
    /// The issuer's sealed file, printed unchanged.
    pub file: SealedFile,
    /// Its pages as PNG for the screen, with purpose and watermark drawn in.
    pub pages: Vec<FileBytes>,
}

/// A file under the issuer's seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SealedFile {
    /// What to call it; holds nothing of the person.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 128)))]
    pub name: String,
    /// `application/ofd` or `application/pdf`.
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["application/ofd", "application/pdf"])))]
    pub media_type: String,
    /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub sha256: String,
    /// The file.
    pub bytes: FileBytes,
}

/// The answer of [`super::path::ITEM_DIRECTORY`], nearest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    /// The day of the list.
    #[serde(with = "day")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
    pub as_of: Date,
    /// Who keeps it.
    pub source: Localized,
    /// The places.
    pub places: Vec<Place>,
}

/// One place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Its name.
    pub name: Localized,
    /// Its kind, for grouping: `canteen`, `clinic`, `market`, `pharmacy`, `repair`, …
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub kind: String,
    /// Its kind in words.
    pub kind_name: Localized,
    /// Street and house.
    pub address: Localized,
    /// From the terminal, on foot.
    pub distance_metres: u32,
    /// When it is open, in words.
    pub hours: Localized,
    /// Its telephone; null when it has none.
    pub phone: Option<String>,
}
