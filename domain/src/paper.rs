//! What the terminal prints.

pub mod document;
