//! The terminal's client against the reference platform over real TLS, call by call; and the contract's document.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set up has failed")]

#[path = "plain_case/appeal.rs"]
mod answers;
#[path = "contract/catalogue.rs"]
mod catalogue;
#[path = "contract/community.rs"]
mod community;
#[path = "contract/document.rs"]
mod document;
#[path = "contract/fixture.rs"]
mod fixture;
#[path = "contract/licences.rs"]
mod licences;
#[path = "contract/matters.rs"]
mod matters;
#[path = "plain_case/submission.rs"]
mod plain_case;
#[path = "contract/program.rs"]
mod program;
#[path = "contract/terminal.rs"]
mod terminal;
#[path = "contract/uploads.rs"]
mod uploads;
