//! 好差评 (GB/T 39734, 39735): voluntary, five levels, once for each service.

use domain::case::SubmissionId;
use domain::locale::Localized;
use domain::personal::Personal;
use domain::rating::{RatingLevel, RatingReason};
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};

/// The answer of [`super::path::RATING_OPTIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RatingOptions {
    /// Reasons for the two lowest levels.
    #[cfg_attr(feature = "openapi", schemars(length(max = 16)))]
    pub reasons: Vec<ReasonOption>,
}

/// A reason to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReasonOption {
    /// Its code.
    pub code: RatingReason,
    /// Its words.
    pub label: Localized,
}

/// The body of [`super::path::RATINGS`]. The same id with the same body is the same rating; a second rating of the
/// same occasion under another id is refused (`already_rated`), and so is a low level with neither reason nor words
/// (`form_refused`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RatingRequest {
    /// The idempotency key, as in the header.
    pub rating_id: SubmissionId,
    /// The item that was served.
    pub item_id: ItemId,
    /// The submission that is rated; null where nothing was filed (a certificate, a directory).
    pub submission_id: Option<SubmissionId>,
    /// Where.
    pub terminal_id: TerminalId,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub rated_at: Timestamp,
    /// The level.
    pub level: RatingLevel,
    /// What is rated of it.
    #[serde(default)]
    pub occasion: RatingOccasion,
    /// Why, in the resident's own words; for the two lowest a reason or words must be there.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 500)))]
    pub text: Option<Personal>,
    /// Why, for the two lowest.
    #[cfg_attr(feature = "openapi", schemars(length(max = 16)))]
    pub reasons: Vec<RatingReason>,
}

/// What is rated: each submission has one rating for each of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RatingOccasion {
    /// The visit at the terminal (一次一评).
    #[default]
    Visit,
    /// The whole matter, once it is concluded (一事一评): before 办结 it is refused (`state_refused`).
    Conclusion,
}

/// The answer of [`super::path::RATINGS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RatingReceipt {
    /// The rating.
    pub rating_id: SubmissionId,
    /// When the province first had it.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub received_at: Timestamp,
}
