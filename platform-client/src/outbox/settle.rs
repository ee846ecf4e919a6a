//! What an attempt's verdict means for the entry, the visit and the line: a pure decision.

use super::agenda::Row;
use super::attempt::{Plan, Setback, Verdict};
use super::condition::SetAsideReason;
use super::payload::EntryKind;
use super::state::Step;
use crate::dialect::Recovery;
use crate::edge::outcome::submit_outcome;
use domain::case::SubmitOutcome;
use domain::service_item::Queueing;
use std::time::Duration;
use tokio::time::Instant;

/// What is to be done with an entry after an attempt.
#[derive(Debug)]
pub(super) struct Decision {
    /// The step in the table.
    pub(super) step: Step,
    /// When it is tried again.
    pub(super) next: Next,
    /// What the visit hears.
    pub(super) news: News,
    /// Why there was no success.
    pub(super) setback: Option<Setback>,
}

impl Decision {
    /// Why a person has to look, where that is so.
    pub(super) fn reason(&self) -> Option<SetAsideReason> {
        (self.step == Step::SetAside).then(|| match (&self.news, &self.setback) {
            (News::UnclearForGood, _) => SetAsideReason::UnknownForGood,
            (_, Some(setback)) => SetAsideReason::Refused(setback.word.clone()),
            (_, None) => SetAsideReason::NeverThere,
        })
    }
}

/// When an entry is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Never: it is closed.
    Closed,
    /// Not before a person wants it.
    Person,
    /// At once.
    Now,
    /// After a growing wait.
    Later,
    /// Not before this moment.
    At(Instant),
}

/// What a visit hears of its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing new.
    None,
    /// It waits here, and the province does not have it.
    Waiting,
    /// It stays here until a person has looked, and the province does not have it.
    NeedsPerson,
    /// Nobody can say; more is being tried.
    Unclear,
    /// Nobody can say, and the terminal will not find out.
    UnclearForGood,
    /// The end.
    Outcome(SubmitOutcome),
    /// The end of a rating.
    Rated,
}

/// The bounds that a decision keeps to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// After a sending of an unknown outcome, a look-up that finds nothing proves that nothing will come only when this
    /// time has passed: the province may still be at work on it.
    pub(super) settling: Duration,
    /// Sent so often without ever being there: a person has to look.
    pub(super) most_sends: u32,
}

/// Decides.
pub(super) fn decide(
    row: &Row,
    plan: Plan,
    verdict: Verdict,
    recovery: Recovery,
    lost_at: Option<Instant>,
    now: Instant,
    bounds: Bounds,
) -> Decision {
    let done = |step, news| Decision { step, next: Next::Closed, news, setback: None };
    match verdict {
        Verdict::Filed(receipt) => done(Step::Answer, News::Outcome(submit_outcome(receipt))),
        Verdict::Rated => done(Step::Answer, News::Rated),
        Verdict::RatedBefore => done(Step::Withdraw, News::None),
        Verdict::LookedAndMissing => missing(row, lost_at, now, bounds),
        Verdict::NotThere(setback) => not_there(row, setback),
        Verdict::Unknown(setback) => unknown(plan, recovery, setback),
        Verdict::Refused(setback) => match row.queueing {
            // It was filed at this time and is kept: a person mends it or calls the resident.
            Queueing::MayQueue => Decision {
                step: Step::SetAside,
                next: Next::Person,
                news: News::NeedsPerson,
                setback: Some(setback),
            },
            Queueing::LiveOnly => withdrawn(SubmitOutcome::NotTaken, Some(setback)),
        },
    }
}

fn withdrawn(told: SubmitOutcome, setback: Option<Setback>) -> Decision {
    Decision { step: Step::Withdraw, next: Next::Closed, news: News::Outcome(told), setback }
}

fn missing(row: &Row, lost_at: Option<Instant>, now: Instant, bounds: Bounds) -> Decision {
    match row.queueing {
        Queueing::LiveOnly => {
            let settled = lost_at.map_or(now, |t| t + bounds.settling);
            if now >= settled {
                return withdrawn(SubmitOutcome::NotSent, None);
            }
            Decision { step: Step::Lose, next: Next::At(settled), news: News::Unclear, setback: None }
        }
        Queueing::MayQueue if row.sends >= bounds.most_sends => {
            Decision { step: Step::SetAside, next: Next::Person, news: News::NeedsPerson, setback: None }
        }
        Queueing::MayQueue => {
            // Sent twice and not there: whoever waits is told that it waits, not that nobody knows.
            let (next, news) =
                if row.sends <= 1 { (Next::Now, News::None) } else { (Next::Later, News::Waiting) };
            Decision { step: Step::NotThere, next, news, setback: None }
        }
    }
}

fn not_there(row: &Row, setback: Setback) -> Decision {
    // A case is sent a second time only after a look-up; a rating may have arrived the first time.
    let certain = row.kind == EntryKind::Case || row.sends == 0;
    match (row.queueing, certain) {
        (Queueing::LiveOnly, true) => withdrawn(SubmitOutcome::NotSent, Some(setback)),
        (_, true) => {
            Decision { step: Step::NotThere, next: Next::Later, news: News::Waiting, setback: Some(setback) }
        }
        (_, false) => {
            Decision { step: Step::Lose, next: Next::Later, news: News::Unclear, setback: Some(setback) }
        }
    }
}

fn unknown(plan: Plan, recovery: Recovery, setback: Setback) -> Decision {
    let (step, next, news) = match (plan, recovery) {
        (_, Recovery::Person) => (Step::SetAside, Next::Person, News::UnclearForGood),
        (Plan::Send, Recovery::AskThenSend) => (Step::Lose, Next::Now, News::Unclear),
        _ => (Step::Lose, Next::Later, News::Unclear),
    };
    Decision { step, next, news, setback: Some(setback) }
}
