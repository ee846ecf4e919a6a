//! The terminal's program.
fn main() {}
