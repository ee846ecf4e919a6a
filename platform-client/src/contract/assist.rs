//! A way to a human.

use domain::locale::Localized;
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};

/// The body of [`super::path::ASSIST_CALLS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssistCall {
    /// Where.
    pub terminal_id: TerminalId,
    /// The item that is open; null when none is.
    pub item_id: Option<ItemId>,
    /// The page's name.
    pub page: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: Timestamp,
}

/// The answer of [`super::path::ASSIST_CALLS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssistCallAnswer {
    /// The call's number.
    pub ticket: String,
    /// Who comes or calls, as the screen says it.
    pub helper: Localized,
    /// About how long that takes.
    pub wait_minutes: u16,
}

/// The body of [`super::path::CALLBACKS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Callback {
    /// Where.
    pub terminal_id: TerminalId,
    /// The item it is about; null when none is open.
    pub item_id: Option<ItemId>,
    /// The telephone to call.
    pub phone: Personal,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub at: Timestamp,
}

/// The answer of [`super::path::CALLBACKS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallbackAnswer {
    /// The call's number.
    pub ticket: String,
    /// Who calls, as the screen says it.
    pub caller: Localized,
    /// Not later than this.
    #[serde(with = "time::serde::rfc3339")]
    pub call_by: Timestamp,
}
