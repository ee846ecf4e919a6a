//! The fleet server by its public faces: real sockets, TLS, certificates, and both databases.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod attacks;
mod clients;
mod command_line;
mod commands;
mod enrolment;
mod fixture;
mod health;
mod instances;
mod listing;
mod migrations;
mod names;
mod operations;
mod peer;
mod rauc_hawkbit;
mod renewal;
mod retention;
mod rollouts;
mod rotation;
mod tickets;
mod updates;
mod wherever;
