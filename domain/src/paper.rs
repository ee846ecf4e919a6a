//! What the terminal prints.
