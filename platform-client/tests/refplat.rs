//! The reference platform over real TLS, asked by a plain HTTP client that knows nothing of ours.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

#[path = "refplat/asking.rs"]
mod asking;
#[path = "refplat/cases.rs"]
mod cases;
#[path = "refplat/doors.rs"]
mod doors;
#[path = "refplat/fault_table.rs"]
mod fault_table;
#[path = "refplat/faults.rs"]
mod faults;
#[path = "refplat/page.rs"]
mod page;
#[path = "refplat/people.rs"]
mod people;
#[path = "refplat/program.rs"]
mod program;
#[path = "refplat/site.rs"]
mod site;
