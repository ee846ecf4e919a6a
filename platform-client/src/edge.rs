//! Between the domain's values and the contract's: one mapping for every dialect.
//!
//! Duty: lose nothing and add nothing. Never: IO.

pub(crate) mod filing;
pub(crate) mod known;
pub(crate) mod outcome;
pub(crate) mod person;
pub(crate) mod upload;
