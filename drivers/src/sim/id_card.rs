//! An identity-card reader with fictitious cards, on a pty.
//!
//! Duty: answer the SAM protocol's requests as the reference page on card readers says, at the pace of the line, with
//! the faults it is given. Never: import the driver, or hold a card of a real person.

mod chance;
mod device;
mod fault;
mod fictitious_card;
mod line;
mod plug;
mod reader;

pub use fault::{CardFault, FAULTS, Step};
pub use fictitious_card::{FictitiousCard, SampleCard, UnknownSample};
pub use reader::{Asked, ReaderOptions, SimulatedCardReader};
