//! How one interface of one province speaks: a dialect turns the canonical call into its own request, and its own answer
//! into the canonical one.
//!
//! Duty: the words on the wire, nothing else; pure. Never: decide what an answer means for a case.

pub mod canonical;

use crate::contract::session::SessionToken;
use crate::error::AnswerProblem;
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
#[derive(Debug, Clone)]
pub struct Stamp {
    /// The request's id: 32 hexadecimal digits, never used before.
    pub request_id: String,
    /// The terminal's clock.
    pub at: Timestamp,
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

    /// The call as this dialect's request.
    fn request(&self, call: Call, stamp: &Stamp) -> HttpRequest;

    /// This dialect's answer as the canonical one: its envelope as JSON, its status honest.
    fn answer(&self, operation: Operation, answer: HttpAnswer) -> Result<HttpAnswer, AnswerProblem>;
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

    /// The dialect of an interface.
    pub fn of(&self, interface: Interface) -> &dyn Dialect {
        self.others.get(&interface).unwrap_or(&self.canonical).as_ref()
    }
}
