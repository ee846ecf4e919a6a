//! 诉求 (接诉即办, 12345): a matter of the neighbourhood is told, its number printed, and its way shown.

use super::material::MaterialId;
use domain::case::SubmissionId;
use domain::division::DivisionCode;
use domain::locale::Localized;
use domain::personal::Personal;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};

/// The number of an appeal, as the slip shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[A-Za-z0-9-]{1,64}$")))]
#[serde(transparent)]
pub struct AppealNumber(pub String);

/// The body of [`super::path::APPEALS`]. Nobody has to say who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Appeal {
    /// The idempotency key, as in the header.
    pub appeal_id: SubmissionId,
    /// Where it is told.
    pub terminal_id: TerminalId,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub told_at: Timestamp,
    /// What it is about: a word of the province's list, such as `roads`.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub topic: String,
    /// Where it is.
    pub division: DivisionCode,
    /// The place in words.
    #[cfg_attr(feature = "openapi", schemars(length(max = 200)))]
    pub place: String,
    /// What is wrong; personal, since people write names.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 2000)))]
    pub text: Personal,
    /// Pictures, each handed in before.
    #[cfg_attr(feature = "openapi", schemars(length(max = 9)))]
    pub photos: Vec<MaterialId>,
    /// Where to tell the answer; null for whoever comes back with the number.
    #[cfg_attr(feature = "openapi", schemars(length(min = 3, max = 20)))]
    pub phone: Option<Personal>,
}

/// The answer of [`super::path::APPEALS`] and [`super::path::APPEAL`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppealStatus {
    /// Its number.
    pub number: AppealNumber,
    /// How far it is.
    pub stage: AppealStage,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub since: Timestamp,
    /// Who has it now.
    pub handled_by: Localized,
    /// The answer; null before the last stage.
    pub answer: Option<Localized>,
}

/// The five stages of the city's plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealStage {
    /// 信息收集
    Collected,
    /// 问题发现
    Found,
    /// 任务分办
    Assigned,
    /// 协同处置
    Handled,
    /// 结果反馈
    Answered,
}

/// The body of [`super::path::APPEAL_FEEDBACK`]; only to an appeal that was answered (`state_refused`), and once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppealFeedback {
    /// The idempotency key, as in the header.
    pub feedback_id: SubmissionId,
    /// Where.
    pub terminal_id: TerminalId,
    /// Whether the matter is settled.
    pub resolution: Resolution,
    /// How the resident finds the answer.
    pub level: domain::rating::RatingLevel,
}

/// Whether a matter is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// It is.
    Resolved,
    /// Not yet, or not as wished.
    Unresolved,
}
