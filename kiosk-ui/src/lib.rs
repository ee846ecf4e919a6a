//! The terminal: pages, input, journal, and the programs that run a visit.
//!
//! Duty: show the session on a screen and bring it into its world of devices and province. Never: decide what a visit
//! does next (that is `domain::session`), or speak a device's or the province's wire (`drivers`, `platform-client`).

pub mod agent;
pub mod assets;
pub mod catalogue_command;
pub mod chain;
pub mod cli;
pub mod clock;
pub mod config;
pub mod device;
#[cfg(feature = "sim")]
pub mod dock;
pub mod elements;
pub mod fonts;
#[cfg(feature = "sim")]
pub mod gallery;
#[cfg(feature = "sim")]
pub mod headless;
pub mod inbox;
pub mod input;
pub mod journal;
pub mod kms;
pub mod log;
pub mod machine;
#[cfg(feature = "sim")]
pub mod no_display;
pub mod notify;
pub mod outbox_command;
pub mod output;
pub mod preview;
pub mod profile;
pub mod province;
#[cfg(feature = "sim")]
pub mod rig;
pub mod shell;
pub mod start;
pub mod terminal;
pub mod touch;
#[cfg(feature = "sim")]
pub mod visit;
pub mod window;

mod ink;
mod kept;
mod local;
mod models;
mod outbox_desk;
mod pages;
mod picture;
mod ruler;

pub use kiosk_screens as screens;
