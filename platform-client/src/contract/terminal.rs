//! The terminal itself: it begins its service, says how it is, and what happened. Nothing of a resident.

use domain::service_item::ItemId;
use domain::terminal::{Site, TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The body of [`super::path::ACTIVATE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ActivateRequest {
    /// The terminal, as its certificate names it.
    pub terminal_id: TerminalId,
    /// The version of its program.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub software_version: String,
    /// The keys that prove its slips: that of today, the next one a month before its turn, and those that have served
    /// lately. The province keeps each that it was ever told.
    pub slip_keys: Vec<SlipKey>,
}

/// A key that proves slips.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SlipKey {
    /// The SM2 public key (GB/T 32918.1, 4.2.9), 04 ‖ x ‖ y: 130 lower-case hexadecimal digits.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^04[0-9a-f]{128}$")))]
    pub public_key: String,
    /// The first moment of its use.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub from: Timestamp,
    /// The first moment after its use.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub until: Timestamp,
}

/// The answer of [`super::path::ACTIVATE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Activation {
    /// Where the terminal stands and who looks after it.
    pub site: Site,
    /// How often to send a heartbeat, in seconds.
    pub heartbeat_seconds: u32,
}

/// The body of [`super::path::HEARTBEAT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Heartbeat {
    /// The terminal.
    pub terminal_id: TerminalId,
    /// Its clock.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub at: Timestamp,
    /// The version of its program.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub software_version: String,
    /// Device class → state: `online`, `offline`, `hardware_error`, …
    #[cfg_attr(feature = "openapi", schemars(extend("maxProperties" = 64)))]
    pub devices: BTreeMap<String, String>,
    /// `full`, `low`, `out`, `jammed` or `unknown`.
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["full", "low", "out", "jammed", "unknown"])))]
    pub paper: String,
    /// Submissions that wait in the outbox.
    pub outbox_waiting: u32,
    /// Submissions that a person has to look at.
    pub outbox_needs_human: u32,
}

/// The answer of [`super::path::HEARTBEAT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatAnswer {
    /// The newest version of this terminal's catalogue.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub catalogue_version: String,
}

/// The body of [`super::path::EVENTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventBatch {
    /// The terminal.
    pub terminal_id: TerminalId,
    /// In the order of their numbers.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 1000)))]
    pub events: Vec<TerminalEvent>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TerminalEvent {
    /// Counts up by one for each event of this terminal, for ever; one that came before is ignored.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9007199254740991_u64)))]
    pub number: u64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub at: Timestamp,
    /// What: `visit_ended`, `paper_out`, `started`, …
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub kind: String,
    /// The item that it is about; null when there is none.
    pub item_id: Option<ItemId>,
    /// Name → value; never anything of a resident.
    #[cfg_attr(feature = "openapi", schemars(extend("maxProperties" = 64)))]
    pub details: BTreeMap<String, String>,
}

/// The answer of [`super::path::EVENTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventsAnswer {
    /// Every event up to this number is kept.
    pub kept_through: u64,
}
