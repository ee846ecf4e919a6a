//! How a terminal gets its own key and certificate.
//!
//! The key is made on the terminal and never leaves it. A technician gives the terminal a one-time code from the console.

use crate::Timestamp;
use crate::keys::KeyRing;
use crate::signed::Signed;
use domain::terminal::TerminalId;
use serde::{Deserialize, Serialize};

/// The body of [`crate::path::ENROL`].
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnrolRequest {
    /// The one-time code: letters and digits in groups of four. Case, spaces and hyphens do not count.
    pub code: String,
    /// PKCS #10, PEM. Its subject does not count: the code says which terminal it is.
    pub certificate_request: String,
    /// The hardware's own number (board or product serial), so that the console shows what was enrolled.
    pub hardware: String,
    /// The version of the agent.
    pub agent_version: String,
}

impl std::fmt::Debug for EnrolRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolRequest").field("hardware", &self.hardware).finish_non_exhaustive()
    }
}

/// The answer to [`EnrolRequest`] and [`RenewRequest`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Enrolled {
    /// Who the terminal is: the certificate's common name.
    pub terminal: TerminalId,
    /// The terminal's certificate and those between it and the root, PEM.
    pub certificate_chain: String,
    /// The certificates with which the server proves itself, PEM.
    pub server_authorities: String,
    /// The last moment of the certificate.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub valid_until: Timestamp,
    /// The root key of rings, Ed25519, 32 bytes, base64. Counts at enrolment only.
    pub root_key: String,
    /// The ring in use.
    pub key_ring: Signed<KeyRing>,
    /// The tenant of the update paths: `/{tenant}/controller/v1/{terminal}`.
    pub tenant: String,
}

/// The body of [`crate::path::RENEW`]: the same key or a new one, when a third of the certificate's life is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RenewRequest {
    /// PKCS #10, PEM.
    pub certificate_request: String,
}

/// A refusal, the body of every answer from 400 on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// A word for programs.
    pub error: RefusalKind,
    /// A sentence for the technician who reads the log.
    pub message: String,
}

open_enum! {
    /// Why the server refused.
    RefusalKind {
        /// The code was used, is wrong or is too old.
        Code = "code",
        /// The body is no such message.
        Malformed = "malformed",
        /// A field or the whole is larger than allowed.
        TooLarge = "too_large",
        /// No certificate, or not one of a terminal in service.
        NotEnrolled = "not_enrolled",
        /// The certificate is of another terminal.
        WrongTerminal = "wrong_terminal",
        /// There is nothing of that name.
        NotFound = "not_found",
        /// It is over: closed, expired, cancelled.
        Gone = "gone",
        /// Too fast: `Retry-After` says when.
        TooManyRequests = "too_many_requests",
        /// Another major version of the messages.
        Version = "version",
        /// The server has a fault of its own.
        Internal = "internal",
    }
}
