//! The values and the visit of a government self-service terminal.
//!
//! Duty: what a visit is, which steps it has, what may follow what, and the words for it.
//! Never: IO, async, threads, randomness or a clock. Time and identifiers come in as parameters of events.

pub mod case;
pub mod device;
pub mod display_mode;
pub mod division;
pub mod form;
pub mod identity;
pub mod licence;
pub mod locale;
pub mod material;
pub mod messages;
pub mod paper;
pub mod personal;
pub mod rating;
pub mod resident_id;
pub mod seal;
pub mod service_item;
pub mod session;
pub mod terminal;
