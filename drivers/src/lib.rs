//! Bytes, not government: one trait for each class of device, one file for each protocol, a simulator for each.
//!
//! Duty: what a device says and does, as typed values with a `kind()`. Never: know what a visit is, write a log, or hold
//! a resident's data longer than the call that read it.

pub mod camera;
pub mod code_scanner;
pub mod document_capture;
pub mod document_printer;
mod evdev;
pub mod face;
pub mod id_card_reader;
pub mod io_board;
pub mod limited_program;
pub mod power_supply;
pub mod receipt_printer;
pub mod self_test;
#[cfg(feature = "sim")]
pub mod sim;
pub mod social_security_card;
pub mod speaker;
pub mod speech;
pub mod supervisor;
pub mod tone;
pub mod touch_screen;
pub mod transport;
mod us_keyboard;
