//! Devices that are not there: each speaks the real bytes on a pty, a socket or a file.
//!
//! Duty: what a device answers, and its faults. Never: import a driver; a simulator is written from the reference page.

pub mod camera;
pub mod code_scanner;
pub mod document_printer;
pub mod face_engine;
pub mod fault;
mod gadgetfs;
pub mod id_card;
pub mod io_board;
pub mod photo_decoder;
pub mod power_supply;
pub mod printer;
pub mod pty;
pub mod social_security_card;
pub mod usb_gadget;
