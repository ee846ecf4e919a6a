//! The agent against a fleet server of the tests, over real TLS, with a screen on a real socket and slots in real files.

#![allow(clippy::unwrap_used, reason = "what fails ends the test")]

mod configuration;
mod desk;
mod line;
mod orders;
mod power;
mod program;
mod screen;
mod update;
