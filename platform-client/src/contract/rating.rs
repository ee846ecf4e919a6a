//! 好差评 (GB/T 39734, 39735): voluntary, five levels, once for each service.

use domain::case::SubmissionId;
use domain::locale::Localized;
use domain::rating::{RatingLevel, RatingReason};
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};

/// The answer of [`super::path::RATING_OPTIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RatingOptions {
    /// Reasons for the two lowest levels.
    pub reasons: Vec<ReasonOption>,
}

/// A reason to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReasonOption {
    /// Its code.
    pub code: RatingReason,
    /// Its words.
    pub label: Localized,
}

/// The body of [`super::path::RATINGS`]. The same id with the same body is the same rating; a second rating of the
/// same submission under another id is refused (`already_rated`), and so is a low level without a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    pub rated_at: Timestamp,
    /// The level.
    pub level: RatingLevel,
    /// Why, for the two lowest.
    pub reasons: Vec<RatingReason>,
}

/// The answer of [`super::path::RATINGS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RatingReceipt {
    /// The rating.
    pub rating_id: SubmissionId,
    /// When the province first had it.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: Timestamp,
}
