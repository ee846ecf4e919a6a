//! 预约: a time at a desk, with the community's adviser, or in a room.

use super::day;
use domain::case::SubmissionId;
use domain::locale::Localized;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use time::Date;

/// What a slot is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[A-Za-z0-9-]{1,64}$")))]
#[serde(transparent)]
pub struct SlotId(pub String);

/// The number of an appointment, as the slip shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[A-Za-z0-9-]{1,64}$")))]
#[serde(transparent)]
pub struct AppointmentNumber(pub String);

/// What can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// 公共法律服务: the community's adviser.
    LegalAdvice,
    /// 家庭医生.
    FamilyDoctor,
    /// 社区服务窗口.
    ServiceWindow,
    /// 红白喜事公共场所, 居民活动室.
    Room,
}

/// The answer of [`super::path::SLOTS`], the earliest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Slots {
    /// Those of the day that was asked for, free or not.
    pub slots: Vec<Slot>,
}

/// A time that can be booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    /// What it is called.
    pub slot_id: SlotId,
    /// What it is for.
    pub subject: Subject,
    /// When it begins.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub from: Timestamp,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub to: Timestamp,
    /// Where.
    pub place: Localized,
    /// So many more can book it.
    pub free: u16,
}

/// The query of [`super::path::SLOTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SlotQuery {
    /// What is to be booked.
    pub subject: Subject,
    /// On which day.
    #[serde(with = "day")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
    pub day: Date,
}

/// The body of [`super::path::APPOINTMENTS`]. A slot that is full is refused (`slot_taken`): choose another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppointmentRequest {
    /// The idempotency key, as in the header.
    pub appointment_id: SubmissionId,
    /// Where it is booked.
    pub terminal_id: TerminalId,
    /// The slot.
    pub slot_id: SlotId,
}

/// The answer of [`super::path::APPOINTMENTS`] and [`super::path::APPOINTMENT_CANCELLATIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    /// Its number.
    pub number: AppointmentNumber,
    /// What was booked.
    pub subject: Subject,
    /// When it begins.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub from: Timestamp,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub to: Timestamp,
    /// Where.
    pub place: Localized,
    /// Whether it still stands.
    pub state: AppointmentState,
}

/// Whether an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppointmentState {
    /// It stands.
    Booked,
    /// The resident took it back.
    Cancelled,
}

/// The body of [`super::path::APPOINTMENT_CANCELLATIONS`]: by the session's person, before it begins (`state_refused`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cancellation {
    /// The idempotency key, as in the header.
    pub cancellation_id: SubmissionId,
    /// Where.
    pub terminal_id: TerminalId,
}
