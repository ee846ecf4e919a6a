//! 志愿服务: what can be helped with here, and who does.

use domain::case::SubmissionId;
use domain::locale::Localized;
use domain::personal::Personal;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};

/// What an activity is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[A-Za-z0-9-]{1,64}$")))]
#[serde(transparent)]
pub struct ActivityId(pub String);

/// The answer of [`super::path::VOLUNTEER_ACTIVITIES`], the earliest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Activities {
    /// Those to which one can still sign up.
    pub activities: Vec<Activity>,
}

/// Something to help with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// What it is called.
    pub activity_id: ActivityId,
    /// Its name.
    pub name: Localized,
    /// Who runs it.
    pub organiser: Localized,
    /// Where.
    pub place: Localized,
    /// When it begins.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub from: Timestamp,
    /// How long, in minutes; counted as service time.
    pub minutes: u16,
    /// So many more are looked for.
    pub free: u16,
}

/// The body of [`super::path::VOLUNTEER_SIGN_UPS`]; the session says who. Where nobody more is looked for it is refused
/// (`slot_taken`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignUp {
    /// The idempotency key, as in the header.
    pub sign_up_id: SubmissionId,
    /// Where.
    pub terminal_id: TerminalId,
    /// The telephone for the organiser.
    #[cfg_attr(feature = "openapi", schemars(length(min = 3, max = 20)))]
    pub phone: Personal,
}

/// The answer of [`super::path::VOLUNTEER_SIGN_UPS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignUpReceipt {
    /// The activity.
    pub activity_id: ActivityId,
    /// When the province first had it.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub received_at: Timestamp,
}
