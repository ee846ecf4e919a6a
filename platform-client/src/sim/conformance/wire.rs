//! How the pack's calls travel: the seam under which a dialect puts its own wire.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;

/// One call in the contract's terms.
#[derive(Debug, Clone)]
pub struct Ask {
    /// `GET`, `POST`, or a method that the contract does not have.
    pub method: &'static str,
    /// Path and query of the contract.
    pub path: String,
    /// Headers of the contract: name in lower case, value.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub payload: Payload,
}

/// What a call sends.
#[derive(Debug, Clone)]
pub enum Payload {
    /// Nothing.
    Nothing,
    /// JSON of the contract.
    Json(Value),
    /// Parts of the contract (`multipart/form-data`, RFC 7578).
    Parts(Vec<AskPart>),
    /// Bytes with a media type that are wrong on purpose; only points of the canonical wire send them.
    Raw(String, Vec<u8>),
}

/// One part of a multipart body.
#[derive(Debug, Clone)]
pub struct AskPart {
    /// Its name.
    pub name: &'static str,
    /// Media type, where it is a file.
    pub media_type: Option<&'static str>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What came back, in the contract's terms.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status, or the one that the dialect's answer means.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// The envelope; null where the body is no JSON.
    pub json: Value,
    /// From the first byte sent to the last received.
    pub took: Duration,
}

/// Why nothing whole came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// No connection, or no trust.
    #[error("no connection: {0}")]
    NoConnection(String),
    /// No whole answer in the time that the wire waits.
    #[error("no whole answer in time")]
    Timeout,
    /// The connection ended before a whole answer.
    #[error("the connection ended: {0}")]
    Closed(String),
    /// An answer that is not as the dialect has it.
    #[error("an answer that is none of its dialect: {0}")]
    Unreadable(String),
    /// The dialect cannot say this: nothing was sent.
    #[error("not in this dialect")]
    NotInDialect,
}

/// A call on its way.
pub type Sending<'w> = Pin<Box<dyn Future<Output = Result<Reply, Broken>> + Send + 'w>>;

/// Carries calls to a platform and answers back.
pub trait Wire: Send + Sync {
    /// Sends once; follows nothing, repeats nothing.
    fn send(&self, ask: Ask) -> Sending<'_>;

    /// Whether the contract itself stands on the wire for this call. Where it does not, points about HTTP and the
    /// envelope's bytes do not apply.
    fn is_canonical(&self, ask: &Ask) -> bool;

    /// Whether the platform is told the call's idempotency key, and knows it again.
    fn keeps_keys(&self, ask: &Ask) -> bool;
}
