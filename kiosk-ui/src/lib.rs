//! The terminal.

pub mod fonts;
#[cfg(feature = "sim")]
pub mod headless;
pub mod input;
