//! The terminal.

#[cfg(feature = "sim")]
pub mod headless;
pub mod input;
