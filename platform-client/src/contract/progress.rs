//! What happens to a case after it was filed, and to one that is not filed yet: drafts, supplements, withdrawals, results.
//!
//! Each of these is the session's person's own: a case of another is not there (`not_found`).

use super::case::{CaseState, FieldAnswer, MaterialReference};
use super::day;
use super::item::SealedFile;
use domain::case::{ApplicationNumber, CaseNumber, SubmissionId};
use domain::locale::Localized;
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use time::Date;

/// The answer of [`super::path::MY_CASES`], the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MyCases {
    /// Everything that the session's person has begun or filed.
    pub cases: Vec<MyCase>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MyCase {
    /// The item.
    pub item_id: ItemId,
    /// How far it is.
    pub state: CaseState,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub since: Timestamp,
    /// 申请编号; null for a draft.
    pub application_number: Option<ApplicationNumber>,
    /// The draft's id; null for what was filed.
    pub draft_id: Option<SubmissionId>,
}

/// The body of [`super::path::DRAFTS`]. A draft has the id that its case will have: filing the case ends it. The same id with
/// other answers replaces them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseDraft {
    /// Its id, as in the header.
    pub draft_id: SubmissionId,
    /// The item.
    pub item_id: ItemId,
    /// The version of the item that was shown.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub item_version: String,
    /// Where.
    pub terminal_id: TerminalId,
    /// The answers so far.
    #[cfg_attr(feature = "openapi", schemars(length(max = 200)))]
    pub answers: Vec<FieldAnswer>,
}

/// The answer of [`super::path::DRAFTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DraftReceipt {
    /// The draft.
    pub draft_id: SubmissionId,
    /// From then on it is forgotten.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub expires_at: Timestamp,
}

/// The body of [`super::path::SUPPLEMENTS`]: what was missing (补正).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Supplement {
    /// The idempotency key, as in the header.
    pub supplement_id: SubmissionId,
    /// Where.
    pub terminal_id: TerminalId,
    /// When the resident gave it.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub supplied_at: Timestamp,
    /// Answers that were missing or wrong.
    #[cfg_attr(feature = "openapi", schemars(length(max = 200)))]
    pub answers: Vec<FieldAnswer>,
    /// Materials that were missing, each handed in before.
    #[cfg_attr(feature = "openapi", schemars(length(max = 64)))]
    pub materials: Vec<MaterialReference>,
}

/// The body of [`super::path::WITHDRAWALS`] (撤回): a case that is concluded or not accepted stays what it is
/// (`state_refused`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Withdrawal {
    /// The idempotency key, as in the header.
    pub withdrawal_id: SubmissionId,
    /// Where.
    pub terminal_id: TerminalId,
    /// When the resident took it back.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub withdrawn_at: Timestamp,
    /// Why, where the resident says so.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 500)))]
    pub reason: Option<String>,
}

/// The answer of [`super::path::CASE_RESULT`]: what the department decided (办结). `state_refused` before that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseResult {
    /// 申请编号.
    pub application_number: ApplicationNumber,
    /// 办件编号.
    pub case_number: CaseNumber,
    /// The decision.
    pub decision: Decision,
    /// The department's words.
    pub text: Localized,
    /// The day of the decision.
    #[serde(with = "day")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
    pub decided: Date,
    /// What it issued, sealed; often nothing.
    pub files: Vec<SealedFile>,
}

/// What a department decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// As was applied for.
    Granted,
    /// Not as was applied for; `text` says why and what can be done against it.
    Refused,
}
