//! Each dialect over real TLS with both ends proved: the platform's door on one side, the client's dialect on the other,
//! both written from docs/dialects.md and neither knowing the other.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod access;
#[path = "../plain_case/appeal.rs"]
mod answers;
mod outcomes;
#[path = "../plain_case/submission.rs"]
mod plain_case;
mod site;
mod visit;
mod wire;
