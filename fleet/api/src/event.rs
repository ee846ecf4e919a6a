//! What happened at a terminal: each event has a number and is told until the server has it.

use crate::Timestamp;
use crate::command::CommandId;
use crate::health::DeviceReport;
use domain::service_item::ItemId;
use serde::{Deserialize, Serialize};

/// The most events of one batch.
pub const BATCH: usize = 500;
/// The most bytes of one batch.
pub const BATCH_BYTES: usize = 512 * 1024;

/// The body of [`crate::path::EVENTS`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventBatch {
    /// In the order of their numbers.
    pub events: Vec<Event>,
    /// How many were dropped for want of room since the last batch, oldest first.
    pub dropped: u64,
}

/// The answer of [`crate::path::EVENTS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventsTaken {
    /// The highest number that the server has now.
    pub through: u64,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Counts up by one, for ever; a number that the server has is ignored.
    pub number: u64,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened. Nothing of a resident: words of closed lists, counts, versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The agent began to run.
    AgentStarted {
        /// Its version.
        version: String,
        /// Whether the machine ended without being shut down before.
        after_unclean_end: bool,
    },
    /// A device changed.
    Device(DeviceReport),
    /// The terminal began or ceased to serve.
    Service {
        /// Whether it serves now.
        in_service: bool,
        /// Why not, one word.
        reason: Option<String>,
    },
    /// An update went a step further.
    Update {
        /// The action's id on the update server.
        action: String,
        /// The version that is to be installed.
        version: String,
        /// The state of the update table, in one word.
        state: String,
        /// What a technician should know, bounded.
        detail: Option<String>,
    },
    /// A configuration was taken, refused or given back.
    Configuration {
        /// Its number; the event has one of its own.
        #[serde(rename = "configuration")]
        number: u64,
        /// What became of it.
        outcome: ConfigurationOutcome,
        /// Why, bounded.
        detail: Option<String>,
    },
    /// A command ended.
    CommandEnded {
        /// Which.
        id: CommandId,
        /// How.
        outcome: crate::command::Outcome,
    },
    /// How often residents left, asked for help, went back or ran out of time on a page, by count alone.
    Stops {
        /// The hour that the counts are of, cut to the full hour.
        #[serde(with = "time::serde::rfc3339")]
        #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
        hour: Timestamp,
        /// The counts.
        counts: Vec<StopCount>,
    },
    /// Somebody asks for the desk.
    Help {
        /// The call's id, made by the terminal; [`crate::path::ASSIST`] takes it.
        call: String,
        /// The page, by its name.
        page: String,
        /// The item, where one was chosen.
        item: Option<ItemId>,
        /// Whether it is an emergency that needs no form (a child alone).
        urgent: bool,
    },
    /// The call is over.
    HelpEnded {
        /// Its id.
        call: String,
    },
    /// A keeper did something to the unit.
    Upkeep {
        /// `roll_changed`, `daily_check`, `fault_reported`, `test_print`, …
        action: String,
        /// The badge of who did it.
        badge: String,
    },
    /// A word of a later version.
    #[serde(other)]
    Unrecognised,
}

open_enum! {
    /// What became of a configuration.
    ConfigurationOutcome {
        /// In use.
        Applied = "applied",
        /// Not by the schema, too old, for another model: never used.
        Refused = "refused",
        /// Used, and given up for the last good one by itself.
        Returned = "returned",
    }
}

/// One count of where people stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StopCount {
    /// The page, by its name.
    pub page: String,
    /// The display mode: `standard`, `large`, `large+high`, …
    pub mode: String,
    /// The item, where one was chosen.
    pub item: Option<ItemId>,
    /// What they did.
    pub stop: Stop,
    /// How many.
    pub count: u32,
}

open_enum! {
    /// How somebody stopped on a page.
    Stop {
        /// They came to the page: what the others are measured against.
        Shown = "shown",
        /// They ended the visit.
        Left = "left",
        /// They asked for help.
        Help = "help",
        /// They went back.
        Back = "back",
        /// Nobody answered 您还在吗.
        TimedOut = "timed_out",
    }
}
