//! An identity-card reader with fictitious cards, on a pty.
//!
//! Duty: answer the SAM protocol's requests as the reference page on card readers says, at the pace of the line, with
//! the faults it is given. Never: import the driver.

mod fault;

pub use fault::{CardFault, FAULTS, Step};
