//! Seals: files as the reference platform issues them over TLS, checked as the terminal checks them, and by programs of
//! others.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

#[allow(dead_code, reason = "shared with the tests of the platform, which use all of it")]
#[path = "refplat/asking.rs"]
mod asking;

#[path = "seals/answers.rs"]
mod answers;
#[path = "seals/changed.rs"]
mod changed;
#[path = "seals/fuzz.rs"]
mod fuzz;
#[path = "seals/hostile.rs"]
mod hostile;
#[path = "seals/issued.rs"]
mod issued;
#[path = "seals/peers.rs"]
mod peers;
