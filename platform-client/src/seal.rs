//! Seals: whether an issuer's file is as its seal says, before anybody sees or prints it.
//!
//! Duty: check a PDF with its signature (ISO 32000-2, 12.8) and an OFD (GB/T 33190) with a seal after GB/T 38540, and say
//! what is wrong. Never: trust a certificate that no configured authority answers for; panic or grow without bound on
//! whatever bytes come. What is checked in which order: `docs/seals.md`.

pub mod authorities;
mod certificate;
mod chain;
mod cms;
pub mod error;
mod nested;
mod ofd;
mod pdf;
mod signature;
mod time;

pub use authorities::{Authorities, AuthoritiesError};
pub use error::SealError;

use domain::terminal::Timestamp;
use error::Unreadable;

/// A file may be so long, in bytes: what the province may send, and something over it.
pub const LONGEST: usize = 24 << 20;

/// What a valid seal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The format of the file.
    pub format: SealedFormat,
    /// Who sealed it, as the certificate's common name says: an office, never a resident.
    pub by: String,
    /// When, as the seal says.
    pub at: Timestamp,
}

/// How a file carries its seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealedFormat {
    /// PDF with a detached CMS signature.
    Pdf,
    /// OFD with a seal after GB/T 38540.
    Ofd,
}

/// Checks the seal of a file at this time. A file with several is valid only when each of them is; what is said is said
/// of the last one.
///
/// # Errors
/// Whatever keeps it from being shown: [`SealError::problem`] says which of the answers it is.
pub fn check(file: &[u8], authorities: &Authorities, now: Timestamp) -> Result<Sealed, SealError> {
    if file.len() > LONGEST {
        return Err(Unreadable::TooLong.into());
    }
    if file.starts_with(b"%PDF-") {
        pdf::check(file, authorities, now)
    } else if file.starts_with(b"PK\x03\x04") {
        ofd::check(file, authorities, now)
    } else {
        Err(Unreadable::Format.into())
    }
}
