//! A machine that is a folder: slots, boot loader, power.
//!
//! Duty: stand in for RAUC, the boot loader and the board, with every write one that power can fail at. Never: be part of a
//! kiosk's program (feature `sim`).

mod board;
mod machine;
pub mod power;
mod slots;

pub use board::{Board, Booted};
pub use machine::FolderMachine;
pub use slots::{Behaviour, FolderInstaller, Image};
