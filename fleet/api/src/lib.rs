//! What terminal and fleet server say to each other, and the terminal's screen to its agent.
//!
//! Duty: the values of both lines, their bounds, their version and the signatures on what is ordered. Never: open a
//! socket, keep a key, decide anything.
//!
//! Old and new meet here: a message may gain fields and words, never lose or rename one ([`version`]). A reader ignores
//! fields that it does not know and reads a word that it does not know as `unrecognised`.

#[macro_use]
mod open_enum;

pub mod assist;
pub mod command;
pub mod configuration;
pub mod ddi;
pub mod enrolment;
pub mod event;
pub mod health;
pub mod keys;
pub mod path;
pub mod release;
pub mod shell;
pub mod signed;
pub mod ui;
pub mod version;

pub use domain::device::{PaperSupply, PowerSource};
pub use domain::locale::Localized;
pub use domain::service_item::ItemId;
pub use domain::terminal::TerminalId;

/// A moment with an offset, RFC 3339 on the wire.
pub type Timestamp = time::OffsetDateTime;

/// How a moment stands in a schema.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(inline, transparent)]
#[allow(dead_code, reason = "only its schema is used")]
pub(crate) struct Moment(#[schemars(extend("format" = "date-time", "maxLength" = 40))] String);
