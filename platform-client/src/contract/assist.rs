//! A way to a human.

use domain::locale::Localized;
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};

/// The body of [`super::path::ASSIST_CALLS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssistCall {
    /// Where.
    pub terminal_id: TerminalId,
    /// The item that is open; null when none is.
    pub item_id: Option<ItemId>,
    /// The page's name.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub page: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub at: Timestamp,
}

/// The answer of [`super::path::ASSIST_CALLS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssistCallAnswer {
    /// The call's number.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub ticket: String,
    /// Who comes or calls, as the screen says it.
    pub helper: Localized,
    /// About how long that takes.
    pub wait_minutes: u16,
}

/// The body of [`super::path::CALLBACKS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Callback {
    /// Where.
    pub terminal_id: TerminalId,
    /// The item it is about; null when none is open.
    pub item_id: Option<ItemId>,
    /// The telephone to call.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^\+?[0-9-]{3,20}$")))]
    pub phone: Personal,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub at: Timestamp,
}

/// The answer of [`super::path::CALLBACKS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CallbackAnswer {
    /// The call's number.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub ticket: String,
    /// Who calls, as the screen says it.
    pub caller: Localized,
    /// Not later than this.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub call_by: Timestamp,
}
