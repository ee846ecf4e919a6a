//! The pages without a display: painted into memory, acted on by pointer and key events only.
//!
//! Duty: a window in memory, its clock, its pictures, its elements. Never: call a callback of a page directly, or know
//! what a page means.

pub mod elements;
mod stage;

pub use stage::{Stage, StageError};
