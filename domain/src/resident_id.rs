//! The resident's identity card and its number.
