//! The pages without a display: painted into memory, acted on by pointer and key events only.
//!
//! Duty: a window in memory, its clock, its pictures, its elements; a whole terminal behind it. Never: call a callback of a
//! page directly, or know what a page means.

mod booth;
mod stage;
mod walk;

pub use crate::elements;
pub use booth::{Booth, BoothError, BoothOptions};
pub use stage::{Stage, StageError};
pub use walk::{Unreached, Walk};
