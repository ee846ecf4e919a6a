//! One thread for each device: the screen never waits for a wire.
//!
//! Duty: bring what a visit wants to a driver, and what a driver says to the visit. Never: decide what a visit does next.

pub mod camera;
pub mod document_printer;
pub mod printer;
pub mod reader;
mod watch;

pub use watch::Watch;
