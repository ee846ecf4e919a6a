//! A whole terminal without a display, touched and looked at.

#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod at_rest;
mod certificate_page;
mod every_error;
mod idle_page;
mod licence;
mod out_of_service;
mod person_by_hand;
mod rating_words;
mod slip_on_a4;
