//! A certificate of the province's library is being taken for a paper.

pub use crate::licence::LicenceWay;

use super::{CodeProblem, Filling, SmsProblem};
use crate::form::FieldId;
use crate::material::{LicencePaper, MaterialRequirement};
use crate::seal::SealProblem;
use crate::session::event::{AllowedLicences, AskFailure, Ticket};
use std::sync::Arc;

/// A certificate of the province's library is being taken for a paper.
#[derive(Debug, Clone)]
pub struct Licensing {
    /// The step of the form that it is for, and comes back to.
    pub filling: Filling,
    /// The field that takes it.
    pub field: FieldId,
    /// The paper that the item asks for.
    pub paper: Arc<MaterialRequirement>,
    /// How far it is.
    pub part: LicencePart,
}

/// How far the taking of a certificate is.
#[derive(Debug, Clone)]
pub enum LicencePart {
    /// The ways to allow a look are shown; what went wrong before.
    Ways(Option<LicenceProblem>),
    /// A code by SMS is being sent.
    Sending(Ticket),
    /// The code of the province's app is held to the camera.
    Code {
        /// The question that is under way.
        asking: Option<Ticket>,
        /// What went wrong before.
        problem: Option<CodeProblem>,
    },
    /// The code that came by SMS is typed.
    Sms {
        /// The end of the telephone's number that it went to.
        phone_end: String,
        /// The question that is under way.
        asking: Option<Ticket>,
        /// What went wrong before.
        problem: Option<SmsProblem>,
    },
    /// What there is; perhaps nothing.
    List {
        /// What may be looked at.
        allowed: AllowedLicences,
        /// The one that is being fetched.
        fetching: Option<Ticket>,
        /// What went wrong before.
        problem: Option<LicenceProblem>,
    },
    /// One is looked at, before it is taken.
    Look {
        /// The way back.
        allowed: AllowedLicences,
        /// What is seen.
        paper: Box<LicencePaper>,
    },
}

/// Why no certificate can be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LicenceProblem {
    /// The province says no, or the authorisation is over.
    Refused,
    /// The province cannot be reached.
    Unreachable,
    /// A file came whose seal is not valid: it is not shown.
    Seal(SealProblem),
}

impl From<AskFailure> for LicenceProblem {
    fn from(failure: AskFailure) -> Self {
        match failure {
            AskFailure::Refused => Self::Refused,
            AskFailure::Unreachable => Self::Unreachable,
        }
    }
}
