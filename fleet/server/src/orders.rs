//! What the desk orders: commands, configurations, rollouts, terminals, releases.
//!
//! Duty: check that an order makes sense, write it down with who and why, tell who waits. Never: ask whether the person may:
//! the caller has decided that.

pub mod commands;
pub mod configurations;
pub mod divisions;
pub mod enrolment;
pub mod noted;
pub mod releases;
pub mod rollouts;

use crate::authority::AuthorityError;
use crate::keys::KeyError;
use crate::rollout::Refused;
use crate::secret::NoEntropy;
use crate::store::StoreError;

/// Why an order is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// There is nothing of that name.
    #[error("there is no {what} `{name}`")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// By which name.
        name: String,
    },
    /// It makes no sense as it is.
    #[error("{0}")]
    Wrong(String),
    /// A push takes nothing back.
    #[error("the configuration is pushed to {at} % already: a push only grows, and {wanted} % is less")]
    Less {
        /// How far it is.
        at: i64,
        /// How far it should go.
        wanted: i64,
    },
    /// The second person is the first one.
    #[error("a second person has to approve it: not the one who asked")]
    SamePerson,
    /// It is over.
    #[error("it is over already")]
    Over,
    /// The rollout's table has no such step.
    #[error(transparent)]
    Table(#[from] Refused),
    /// The store.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// Signing.
    #[error("nothing could be signed")]
    Key(#[from] KeyError),
    /// Certifying.
    #[error("nothing could be certified")]
    Authority(#[from] AuthorityError),
    /// Files.
    #[error("the file could not be taken")]
    Artifact(#[from] crate::artifact_store::ArtifactError),
    /// Random bytes.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

pub(crate) fn unknown(what: &'static str, name: impl ToString) -> OrderError {
    OrderError::Unknown { what, name: name.to_string() }
}
