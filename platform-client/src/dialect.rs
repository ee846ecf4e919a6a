//! How one interface of one province speaks: a dialect turns the canonical call into its own request, and its own answer
//! into the canonical one.
//!
//! Duty: the words on the wire, nothing else; pure. Never: decide what an answer means for a case.

pub mod anhui;
pub mod bare;
pub mod canonical;
pub mod config;
mod envelope;
pub mod keyed_nonce;
pub mod national_rating;
mod sealed_body;
mod wrapped_call;

#[cfg(test)]
mod tests;

use crate::contract::session::SessionToken;
use crate::entropy::{Entropy, NoEntropy};
use crate::error::{AnswerProblem, Cause};
use crate::gm::sm2::SignError;
use crate::http::{HttpAnswer, HttpRequest, Part};
use crate::operation::{Interface, Operation};
use domain::case::SubmissionId;
use domain::terminal::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A call in the canonical contract.
#[derive(Debug)]
pub struct Call {
    /// Which.
    pub operation: Operation,
    /// Path and query as [`crate::contract::path`] writes them.
    pub path: String,
    /// The resident's session, where the call needs one.
    pub session: Option<SessionToken>,
    /// The idempotency key, where the call has one.
    pub key: Option<SubmissionId>,
    /// The entity tag that the terminal has.
    pub etag: Option<String>,
    /// What is sent.
    pub body: Body,
}

/// What a call sends.
pub enum Body {
    /// Nothing.
    Empty,
    /// The contract's JSON.
    Json(Zeroizing<Vec<u8>>),
    /// The contract's parts.
    Multipart(Vec<Part>),
}

impl Body {
    /// The same with its files in memory, read on a thread that may wait for the disk.
    ///
    /// # Errors
    /// A file cannot be read to its end.
    pub(crate) async fn held(self) -> std::io::Result<Self> {
        let Self::Multipart(parts) = self else { return Ok(self) };
        let read = move || parts.into_iter().map(Part::held).collect::<std::io::Result<_>>();
        match tokio::task::spawn_blocking(read).await {
            Ok(parts) => parts.map(Self::Multipart),
            Err(cause) => std::panic::resume_unwind(cause.into_panic()),
        }
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Json(bytes) => write!(f, "Json({} bytes)", bytes.len()),
            Self::Multipart(parts) => write!(f, "Multipart({} parts)", parts.len()),
        }
    }
}

/// What is new with every request; signing dialects sign it.
#[derive(Clone)]
pub struct Stamp<'a> {
    /// The request's id: 32 hexadecimal digits, never used before.
    pub request_id: String,
    /// The terminal's clock.
    pub at: Timestamp,
    /// For what else must be new.
    pub entropy: &'a dyn Entropy,
}

/// Why a call cannot be written in a dialect: nothing of it left the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestProblem {
    /// The dialect has no such call.
    #[error("this dialect has no such call")]
    NotSpoken,
    /// It could not be signed.
    #[error("the request could not be signed")]
    Sign(#[from] SignError),
    /// There are no random bytes.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// A file of the call cannot be read.
    #[error("a file of the request cannot be read")]
    Unreadable,
}

/// What a dialect made of an answer.
#[derive(Debug)]
pub enum Reading {
    /// The canonical answer: its envelope as JSON, its status honest.
    Answer(HttpAnswer),
    /// The gateway let nobody through with this access; nothing was done. With new access the call may go again.
    NewAccess,
}

/// How an unknown outcome of a filed case or rating is cleared up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recovery {
    /// Ask by the key first; what never arrived is sent again.
    AskThenSend,
    /// There is no look-up, but the key makes a second sending the same as the first.
    SendAgain,
    /// Neither: never sent again, a person decides.
    Person,
}

/// How one interface of one province speaks.
pub trait Dialect: std::fmt::Debug + Send + Sync {
    /// How an unknown outcome is cleared up.
    fn recovery(&self, operation: Operation) -> Recovery;

    /// Whether files have to be in memory before a request can be written: they are ciphered or signed with the rest.
    fn holds_files(&self) -> bool {
        false
    }

    /// What has to be asked for before a call can be written, such as a token; its answer goes to [`Self::learn`].
    fn errand(&self, stamp: &Stamp<'_>) -> Option<HttpRequest> {
        let _ = stamp;
        None
    }

    /// Takes in the answer to an errand, or says why there is nothing in it.
    fn learn(&self, answer: HttpAnswer) -> Result<(), Cause> {
        let _ = answer;
        Ok(())
    }

    /// The call as this dialect's request. One that may read [`Reading::NewAccess`] leaves the body in the call.
    fn request(&self, call: &mut Call, stamp: &Stamp<'_>) -> Result<HttpRequest, RequestProblem>;

    /// This dialect's answer as the canonical one.
    fn answer(&self, call: &Call, answer: HttpAnswer) -> Result<Reading, AnswerProblem>;
}

/// Which dialect each interface speaks; the canonical one where nothing else is said.
#[derive(Debug, Clone)]
pub struct Dialects {
    canonical: Arc<dyn Dialect>,
    others: BTreeMap<Interface, Arc<dyn Dialect>>,
}

impl Default for Dialects {
    fn default() -> Self {
        Self { canonical: Arc::new(canonical::Canonical), others: BTreeMap::new() }
    }
}

impl Dialects {
    /// Lets one interface speak another dialect.
    pub fn with(mut self, interface: Interface, dialect: Arc<dyn Dialect>) -> Self {
        self.others.insert(interface, dialect);
        self
    }

    /// Whether an interface speaks the contract as it is written.
    pub fn is_canonical(&self, interface: Interface) -> bool {
        !self.others.contains_key(&interface)
    }

    /// The dialect of an interface.
    pub fn of(&self, interface: Interface) -> &dyn Dialect {
        self.others.get(&interface).unwrap_or(&self.canonical).as_ref()
    }
}
