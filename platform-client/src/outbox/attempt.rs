//! One attempt at one entry, and what it proved.
//!
//! Duty: tell what is certain from what is not. Never: touch the table or wait.

use super::courier::Courier;
use super::payload::Payload;
use crate::contract::case::CaseReceipt;
use crate::contract::envelope::{ErrorClass, code};
use crate::dialect::Recovery;
use crate::edge::upload::MaterialUpload;
use crate::error::{CallError, CallErrorKind};
use crate::failpoint::{self, Point};
use crate::operation::Operation;
use std::time::Duration;

/// What an attempt does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plan {
    /// Sends.
    Send,
    /// Asks what became of an earlier sending.
    Ask,
}

/// What an attempt proved.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The province has the case.
    Filed(CaseReceipt),
    /// The province has the rating.
    Rated,
    /// The province had a rating of this service before.
    RatedBefore,
    /// It is certain that the province does not have it; the line or the province is not ready.
    NotThere(Setback),
    /// The province looked and has no such case.
    LookedAndMissing,
    /// Nobody can say.
    Unknown(Setback),
    /// The province will not take it as it is.
    Refused(Setback),
}

/// Why there was no success, without a word of anybody's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setback {
    pub(super) kind: CallErrorKind,
    /// The province's code, or the kind's word: for the list that a technician reads.
    pub(super) word: String,
    /// When the province wants to be asked again.
    pub(super) retry_after: Option<Duration>,
}

impl Setback {
    fn of(error: &CallError) -> Self {
        let kind = error.kind();
        let refusal = error.refusal();
        Self {
            kind,
            word: refusal.map_or_else(|| kind.word().to_owned(), |r| r.code.clone()),
            retry_after: refusal.and_then(|r| r.retry_after),
        }
    }

    /// Whether the way to the province is to blame, or the province as a whole, and not this entry.
    pub(super) fn is_of_the_line(&self) -> bool {
        !matches!(
            self.kind,
            CallErrorKind::Refused(ErrorClass::NeedsUser | ErrorClass::NeedsHuman | ErrorClass::Fatal)
        )
    }
}

/// Hands in what is not handed in yet; the materials' ids are marked as they arrive.
pub(super) async fn hand_in<C: Courier>(courier: &C, material: MaterialUpload) -> Result<(), Verdict> {
    // Whatever becomes of a material: its case was not sent.
    courier.hand_in(material).await.map_err(|error| {
        let setback = Setback::of(&error);
        tracing::debug!(%error, "a material was not handed in");
        if setback.is_of_the_line() { Verdict::NotThere(setback) } else { Verdict::Refused(setback) }
    })
}

/// A material that cannot be opened any more: a person has to look.
pub(super) fn material_unreadable() -> Verdict {
    Verdict::Refused(Setback {
        kind: CallErrorKind::Refused(ErrorClass::Fatal),
        word: "material_unreadable".to_owned(),
        retry_after: None,
    })
}

/// Sends the entry, or asks for it.
pub(super) async fn run<C: Courier>(courier: &C, payload: &Payload, plan: Plan) -> Verdict {
    failpoint::pass(Point::BeforeSending);
    let result = match (payload, plan) {
        (Payload::Case(case), Plan::Send) => courier.file(case).await.map(Verdict::Filed),
        (Payload::Case(case), Plan::Ask) => courier
            .find(&case.submission_id)
            .await
            .map(|found| found.map_or(Verdict::LookedAndMissing, Verdict::Filed)),
        // There is no look-up for ratings: the key makes a second sending the same as the first.
        (Payload::Rating(rating), _) => courier.rate(rating).await.map(|()| Verdict::Rated),
    };
    failpoint::pass(Point::AfterAnswer);
    let error = match result {
        Ok(verdict) => return verdict,
        Err(error) => error,
    };
    tracing::debug!(%error, ?plan, "an attempt did not succeed");
    let setback = Setback::of(&error);
    match plan {
        // A look-up that fails proves nothing, whatever it says.
        Plan::Ask => Verdict::Unknown(setback),
        Plan::Send => judge_sending(courier, payload, setback),
    }
}

fn judge_sending<C: Courier>(courier: &C, payload: &Payload, setback: Setback) -> Verdict {
    match setback.kind {
        kind if kind.never_arrived() => Verdict::NotThere(setback),
        CallErrorKind::Refused(ErrorClass::Retryable) => {
            let operation = match payload {
                Payload::Case(_) => Operation::Case,
                Payload::Rating(_) => Operation::Rating,
            };
            match courier.recovery(operation) {
                // "Not now" is said to mean "not taken", but a look costs little and a second case costs much.
                Recovery::AskThenSend => Verdict::Unknown(setback),
                Recovery::SendAgain | Recovery::Person => Verdict::NotThere(setback),
            }
        }
        CallErrorKind::Refused(_) if setback.word == code::ALREADY_RATED => Verdict::RatedBefore,
        CallErrorKind::Refused(_) => Verdict::Refused(setback),
        _ => Verdict::Unknown(setback),
    }
}
