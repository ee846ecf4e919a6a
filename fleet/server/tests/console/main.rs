//! The console over real TLS: what each role may do, what others try, and how it is in a browser.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panic and says why it is skipped"
)]

mod attacks;
mod audit;
mod browser;
mod city;
mod desk;
mod forms;
mod own;
#[path = "../fleet/peer.rs"]
#[allow(dead_code, reason = "the tests of the fleet, whose module it is, use the rest")]
mod peer;
mod postgres;
mod reading;
