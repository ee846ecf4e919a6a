//! An identity-card reader with fictitious cards, on a pty or as a USB function, which the kernel can
//! play to itself.
//!
//! Duty: answer the SAM protocol's requests as the reference page on card readers says, at the pace of the line, with
//! the faults it is given. Never: import the driver, or hold a card of a real person.

mod answer;
mod chance;
mod device;
mod fault;
mod fictitious_card;
mod line;
mod plug;
mod reader;
mod usb;
mod usb_gadget;

pub use fault::{CardFault, FAULTS, Step};
pub use fictitious_card::{FictitiousCard, SampleCard, UnknownSample};
pub use reader::{Asked, ReaderOptions, SimulatedCardReader};
pub use usb::{SimulatedUsbCardReader, UsbModel};
pub use usb_gadget::UsbGadgetCardReader;
