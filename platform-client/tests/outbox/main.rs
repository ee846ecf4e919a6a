//! The outbox keeps what was filed, brings it to the province once, and says the truth about it.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod bounds;
mod fake;
mod fixture;
mod keys;
mod order;
mod outcomes;
mod random;
mod sample;
