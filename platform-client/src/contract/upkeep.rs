//! What a terminal runs out of, what is broken, and how it is set.

use super::day;
use domain::service_item::ItemId;
use domain::terminal::{OpeningHours, TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use time::Date;

/// The body of [`super::path::SUPPLIES`]: the whole state, not a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SuppliesReport {
    /// The terminal.
    pub terminal_id: TerminalId,
    /// When it was looked at.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub at: Timestamp,
    /// What it has.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub supplies: Vec<Supply>,
}

/// One thing that is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Supply {
    /// What.
    pub kind: SupplyKind,
    /// How much is left.
    pub level: SupplyLevel,
    /// Per cent left, where the device can tell.
    #[cfg_attr(feature = "openapi", schemars(range(max = 100)))]
    pub percent: Option<u8>,
    /// When somebody last filled it up; null where nobody noted it.
    #[serde(with = "day::option", default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<crate::openapi::Day>"))]
    pub replaced: Option<Date>,
}

/// What is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SupplyKind {
    /// Paper of the printer of slips.
    ReceiptPaper,
    /// Paper of the printer of pages.
    DocumentPaper,
    /// Toner or ink.
    Toner,
    /// The battery behind the mains.
    Battery,
}

/// How much is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SupplyLevel {
    /// Enough.
    Full,
    /// Near its end.
    Low,
    /// Nothing.
    Out,
    /// The device cannot tell.
    Unknown,
}

/// The answer of [`super::path::SUPPLIES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SuppliesAnswer {
    /// Somebody was told to bring something.
    pub ordered: Vec<SupplyKind>,
}

/// The body of [`super::path::FAULTS`]. The same number again is the same fault; with `cleared_at` it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FaultReport {
    /// The terminal.
    pub terminal_id: TerminalId,
    /// The terminal's own number of the fault, counting up.
    #[cfg_attr(feature = "openapi", schemars(range(max = 9007199254740991_u64)))]
    pub number: u64,
    /// The class of the device, as in a heartbeat.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub device: String,
    /// What is wrong, a word of the terminal's list: `paper_jam`, `no_answer`, …
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub cause: String,
    /// Who mends it.
    pub mender: Mender,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub since: Timestamp,
    /// Since when it is over; null while it is not.
    #[serde(with = "time::serde::rfc3339::option", default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<crate::openapi::Moment>"))]
    pub cleared_at: Option<Timestamp>,
}

/// Who mends a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mender {
    /// The community's keeper of the unit.
    Keeper,
    /// A technician.
    Technician,
}

/// The answer of [`super::path::FAULTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FaultAnswer {
    /// The order to mend it; null when it is over.
    pub order: Option<String>,
}

/// The answer of [`super::path::CONFIGURATION`], with an entity tag: how the province wants this terminal to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TerminalConfiguration {
    /// The version of the whole.
    pub version: String,
    /// When the terminal serves.
    pub hours: OpeningHours,
    /// How often to send a heartbeat, in seconds.
    pub heartbeat_seconds: u32,
    /// How often to ask for warnings, in seconds.
    pub warnings_seconds: u32,
    /// After so many seconds without a touch a visit ends.
    pub idle_seconds: u32,
    /// Items that are out of service for now, though the catalogue has them.
    pub paused_items: Vec<ItemId>,
}
