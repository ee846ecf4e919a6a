//! The province over HTTPS: canonical model, dialects, outbox, catalogue cache, slips, and the reference platform.
//!
//! Duty: bring a case to the province once and say truthfully what became of it.
//! Never: know a device or a page; keep a resident's data anywhere but in the sealed outbox.

pub mod contract;
