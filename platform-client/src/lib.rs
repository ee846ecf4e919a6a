//! The province over HTTPS: canonical model, dialects, national cryptography, outbox, catalogue cache, slips, and the reference platform.
//!
//! Duty: bring a case to the province once and say truthfully what became of it.
//! Never: know a device or a page; keep a resident's data anywhere but in the sealed outbox.

pub mod catalogue_cache;
pub mod catalogue_delta;
pub mod catalogue_trust;
pub mod clock;
#[cfg(feature = "sim")]
pub mod conformance_wire;
pub mod contract;
pub mod credentials;
pub mod dialect;
mod digest;
mod edge;
pub mod entropy;
pub mod error;
pub mod failpoint;
pub mod gm;
pub mod http;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod operation;
pub mod outbox;
mod private_file;
pub mod province;
pub mod seal;
#[cfg(feature = "sim")]
pub mod sim;
pub mod slip;
pub mod token;

pub use edge::filing::{Material, case_request};
pub use edge::person::Shown;
pub use edge::upload::MaterialUpload;
pub use private_file::PrivateFileError;
