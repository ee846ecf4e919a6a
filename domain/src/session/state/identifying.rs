//! Who is it: the ways to say so, and the look into the camera.

use super::SignIn;
use crate::identity::{Consent, Identity, IdentityWay, Worker};
use crate::personal::Personal;
use crate::service_item::ServiceItem;
use crate::session::event::{AskFailure, CardProblem, FaceHint, FaceVerdict, Ticket};
use std::sync::Arc;

/// Who is it?
#[derive(Debug, Clone)]
pub struct Identifying {
    /// What for.
    pub item: Arc<ServiceItem>,
    /// What was agreed to.
    pub consent: Consent,
    /// How.
    pub way: Way,
}

/// The way that is being tried.
#[derive(Debug, Clone)]
pub enum Way {
    /// All ways are shown.
    Chooser,
    /// A card.
    Card(Option<CardProblem>),
    /// A code held to the camera: the province's app or the national network identity.
    Code {
        /// Which.
        way: IdentityWay,
        /// The question that is under way.
        asking: Option<Ticket>,
        /// What went wrong before.
        problem: Option<CodeProblem>,
    },
    /// Number and SMS.
    Sms(Sms),
    /// A worker vouches.
    Worker(WorkerWay),
}

/// A worker vouches: signs in, then the resident's number is typed.
#[derive(Debug, Clone)]
pub enum WorkerWay {
    /// The worker signs in.
    SigningIn(SignIn),
    /// The resident's number is asked for.
    Number {
        /// Who vouches.
        worker: Worker,
        /// What went wrong before.
        problem: Option<SmsProblem>,
    },
    /// The province is asked who has the number.
    Checking {
        /// Who vouches.
        worker: Worker,
        /// The question.
        ticket: Ticket,
    },
}

/// Why a code did not tell who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CodeProblem {
    /// It is expired or no such code.
    Refused,
    /// The province cannot be reached.
    Unreachable,
}

impl From<AskFailure> for CodeProblem {
    fn from(failure: AskFailure) -> Self {
        match failure {
            AskFailure::Refused => Self::Refused,
            AskFailure::Unreachable => Self::Unreachable,
        }
    }
}

/// Number and SMS.
#[derive(Debug, Clone)]
pub enum Sms {
    /// The number is asked for.
    Number(Option<SmsProblem>),
    /// The code is being sent.
    Sending(Personal, Ticket),
    /// The code is asked for.
    Code {
        /// The number.
        number: Personal,
        /// The end of the telephone's number that it went to.
        phone_end: String,
        /// What went wrong before.
        problem: Option<SmsProblem>,
    },
    /// The code is being checked.
    Checking {
        /// The number.
        number: Personal,
        /// The end of the telephone's number.
        phone_end: String,
        /// The question.
        ticket: Ticket,
    },
}

/// Why number or code did not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmsProblem {
    /// The number does not hold together.
    BadNumber,
    /// The province does not know it, or the code is wrong.
    Refused,
    /// The province cannot be reached.
    Unreachable,
}

impl From<AskFailure> for SmsProblem {
    fn from(failure: AskFailure) -> Self {
        match failure {
            AskFailure::Refused => Self::Refused,
            AskFailure::Unreachable => Self::Unreachable,
        }
    }
}

/// Look into the camera.
#[derive(Debug, Clone)]
pub struct FaceCheck {
    /// What for.
    pub item: Arc<ServiceItem>,
    /// What was agreed to.
    pub consent: Consent,
    /// Who it should be.
    pub identity: Identity,
    /// How often the matcher has said no.
    pub refusals: u8,
    /// What is going on.
    pub phase: FacePhase,
}

/// What is going on before the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacePhase {
    /// The face is being looked for.
    Looking(FaceHint),
    /// The matcher is asked.
    Matching(Ticket),
    /// It did not work; the ways on are shown.
    Failed(FaceFailure),
}

/// Why the face did not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaceFailure {
    /// It does not fit the card.
    Verdict(FaceVerdict),
    /// The matcher cannot be reached.
    Unreachable,
}
