//! The fleet server: a thousand terminals, one desk.
//!
//! Duty: what terminals call (enrolment, health, events, commands, configuration, updates), what the desk decides, and the
//! store of both. Never: see a resident's data, decide in a terminal's place when it is free.

pub mod artifact_store;
pub mod assist;
pub mod authority;
pub mod beats;
pub mod beside;
pub mod clock;
pub mod console;
mod ddi;
pub mod device;
pub mod hours;
pub mod identity;
pub mod keys;
pub mod live;
pub mod metrics;
pub mod news;
pub mod orders;
pub mod pace;
pub mod period;
pub mod private_file;
pub mod range;
mod repeats;
pub mod rollout;
pub mod runner;
pub mod secret;
pub mod selector;
pub mod serve;
pub mod shells;
pub mod state;
pub mod stick;
pub mod store;
mod tagged;
pub mod ticket_rules;
pub mod tls;
mod wherever;

pub use serve::{Options, Running, serve};
