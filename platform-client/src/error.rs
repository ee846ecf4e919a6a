//! Why a call to the province gave no answer, and what that means for what was sent.
//!
//! Duty: tell "it never arrived" from "nobody knows" from "the province says no". Never: carry a word of the answer's
//! text or of the request (a province may echo a resident's name).

use crate::contract::envelope::ErrorClass;
use crate::operation::Operation;
use std::error::Error;
use std::time::Duration;

/// The cause as a library gave it; not part of any message, the log prints the chain.
pub type Cause = Box<dyn Error + Send + Sync + 'static>;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No connection: nothing of the request left the terminal.
    #[error("{operation}: the province cannot be reached")]
    Unreachable {
        /// What was asked.
        operation: Operation,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// The two ends do not trust each other: nothing of the request was read.
    #[error("{operation}: refused while the connection was secured: {problem}")]
    Tls {
        /// What was asked.
        operation: Operation,
        /// What is wrong.
        problem: TlsProblem,
        /// Why.
        #[source]
        cause: Cause,
    },
    /// The request was sent, at least in part, and no whole answer came in time.
    #[error("{operation}: sent, but no answer came ({broken})")]
    Broken {
        /// What was asked.
        operation: Operation,
        /// How it ended.
        broken: Broken,
        /// Why.
        #[source]
        cause: Option<Cause>,
    },
    /// Something answered, but not as the contract says: perhaps it was not the province.
    #[error("{operation}: the answer (HTTP {status}) is not what the contract says: {problem}")]
    BadAnswer {
        /// What was asked.
        operation: Operation,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        problem: AnswerProblem,
    },
    /// The province itself says no.
    #[error("{operation}: the province says no: {refusal}")]
    Refused {
        /// What was asked.
        operation: Operation,
        /// What it says.
        refusal: Refusal,
    },
}

/// What a [`CallError`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallErrorKind {
    /// Never sent.
    Unreachable,
    /// Never read: no trust between the two ends.
    Tls,
    /// Sent; what became of it is unknown.
    OutcomeUnknown,
    /// Answered by something that does not keep to the contract; what became of it is unknown.
    BadAnswer,
    /// The province says no.
    Refused(ErrorClass),
}

impl CallErrorKind {
    /// Every one, in the order of a call's way.
    pub const ALL: [Self; 8] = [
        Self::Unreachable,
        Self::Tls,
        Self::OutcomeUnknown,
        Self::BadAnswer,
        Self::Refused(ErrorClass::Retryable),
        Self::Refused(ErrorClass::NeedsUser),
        Self::Refused(ErrorClass::NeedsHuman),
        Self::Refused(ErrorClass::Fatal),
    ];

    /// Whether it is certain that nothing came of the request.
    pub const fn never_arrived(self) -> bool {
        matches!(self, Self::Unreachable | Self::Tls)
    }

    /// The word in tables and journals.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::BadAnswer => "bad_answer",
            Self::Refused(ErrorClass::Retryable) => "retryable",
            Self::Refused(ErrorClass::NeedsUser) => "needs_user",
            Self::Refused(ErrorClass::NeedsHuman) => "needs_human",
            Self::Refused(ErrorClass::Fatal) => "fatal",
        }
    }
}

impl CallError {
    /// What it means.
    pub const fn kind(&self) -> CallErrorKind {
        match self {
            Self::Unreachable { .. } => CallErrorKind::Unreachable,
            Self::Tls { .. } => CallErrorKind::Tls,
            Self::Broken { .. } => CallErrorKind::OutcomeUnknown,
            Self::BadAnswer { .. } => CallErrorKind::BadAnswer,
            Self::Refused { refusal, .. } => CallErrorKind::Refused(refusal.class),
        }
    }

    /// What the province says, if it was the province that said no.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }
}

/// How a sent request ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Broken {
    /// The time for it was over.
    #[error("time over")]
    Timeout,
    /// The connection ended.
    #[error("connection ended")]
    Closed,
}

/// Why the two ends do not trust each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TlsProblem {
    /// The province's certificate has expired, or the terminal's clock runs ahead.
    #[error("the province's certificate has expired, or the terminal's clock is wrong")]
    Expired,
    /// The province's certificate is not valid yet, or the terminal's clock runs behind.
    #[error("the province's certificate is not valid yet, or the terminal's clock is wrong")]
    NotYetValid,
    /// The certificate is for another name.
    #[error("the certificate is for another name")]
    WrongName,
    /// The certificate is for another use: it may not answer for a server.
    #[error("the certificate is not for a server")]
    WrongUse,
    /// The certificate is from somebody whom this terminal does not trust: another network, a proxy that reads along.
    #[error("the certificate's issuer is not trusted")]
    UnknownIssuer,
    /// The terminal's clock is wrong, by the time that the province gave with its latest answer; by that time the
    /// certificate would be valid.
    #[error("the terminal's clock is wrong: it is {} s {} the province's", .ahead.unsigned_abs(), if *.ahead > 0 { "ahead of" } else { "behind" })]
    ClockWrong {
        /// By so many seconds the terminal's clock is ahead; negative: behind.
        ahead: i64,
    },
    /// The other end has only an older TLS than the configuration allows.
    #[error("the other end speaks no TLS that the configuration allows")]
    OldTls,
    /// The province does not trust the terminal's certificate.
    #[error("the province does not accept the terminal's certificate")]
    TerminalRefused,
    /// Anything else, such as no TLS at all.
    #[error("no secure connection came about")]
    Other,
}

/// How an answer breaks the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AnswerProblem {
    /// It sends the terminal elsewhere; the terminal does not go.
    #[error("a redirect")]
    Redirect,
    /// Its media type is another.
    #[error("another content type")]
    ContentType,
    /// It is longer than such an answer can be.
    #[error("too long")]
    TooLong,
    /// It is compressed; the terminal did not ask for that.
    #[error("compressed")]
    Compressed,
    /// It cannot be read as what it should be.
    #[error("unreadable at line {line} column {column}")]
    Unreadable {
        /// Line of the body, from 1; 0 when unknown.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// HTTP says one thing, the envelope another.
    #[error("status and envelope contradict each other")]
    Contradiction,
    /// It is about something else than what was asked.
    #[error("it answers another question")]
    AnotherQuestion,
    /// A digest does not fit its bytes.
    #[error("a digest does not fit")]
    Digest,
}

impl AnswerProblem {
    /// The place of a reading error without its text, which may quote the answer.
    pub(crate) fn unreadable(error: &serde_json::Error) -> Self {
        Self::Unreadable { line: error.line(), column: error.column() }
    }
}

/// What the province says when it says no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({})", CallErrorKind::Refused(*class).word())]
pub struct Refusal {
    /// What kind of error it is.
    pub class: ErrorClass,
    /// Its code: 1 to 64 of `a-z 0-9 _`, or `unreadable` where the province sent something else.
    pub code: String,
    /// When to ask again, where it says so.
    pub retry_after: Option<Duration>,
}
