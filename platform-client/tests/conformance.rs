//! The conformance pack: our reference platform passes every point, and a wrong one is found at each.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

#[path = "conformance/dialects.rs"]
mod dialects;
#[path = "conformance/program.rs"]
mod program;
#[path = "conformance/report.rs"]
mod report;
#[path = "conformance/run.rs"]
mod run;
#[path = "conformance/town.rs"]
mod town;
#[path = "conformance/wrong.rs"]
mod wrong;
