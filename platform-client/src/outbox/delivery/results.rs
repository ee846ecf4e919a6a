//! What ended attempts mean: for the agenda at once, for the table and the listeners in this turn.

use super::{Delivery, TIDY_WAIT, Told};
use crate::outbox::OutboxEvent;
use crate::outbox::agenda::{Row, Seq};
use crate::outbox::attempt::{Plan, Verdict};
use crate::outbox::courier::Courier;
use crate::outbox::saved::Progress;
use crate::outbox::settle::{Decision, News, Next, decide};
use crate::outbox::state::{State, Step};
use crate::outbox::store::{Change, OutcomeNumbers};
use domain::case::SubmitOutcome;
use std::time::Duration;
use tokio::time::Instant;

impl<C: Courier> Delivery<C> {
    /// Settles every ended attempt; gives what is to be written and, once it is, to be told.
    pub(super) fn take_results(&mut self, now: Instant) -> (Vec<Change>, Told) {
        let mut changes = Vec::new();
        let mut news = Vec::new();
        for finished in std::mem::take(&mut self.finished) {
            let Some(row) = self.agenda.row(finished.seq).cloned() else { continue };
            self.settle_line(&finished.verdict, now);
            let lost = finished.plan == Plan::Send && matches!(finished.verdict, Verdict::Unknown(_));
            let decision = decide(
                &row,
                finished.plan,
                finished.verdict,
                self.recovery(row.kind),
                self.agenda.lost_at(finished.seq),
                now,
                self.bounds(),
            );
            if lost {
                self.agenda.lost(finished.seq, now);
            }
            let change = self.settle_entry(finished.seq, &row, &decision, now);
            let nothing_new = row.state == State::Unknown && decision.step == Step::Lose;
            if !nothing_new {
                changes.push(Change { lost, handed_in: finished.handed_in, ..change });
            }
            match decision.news {
                // The province has it: that is so whether the disk knows it yet or not, and somebody waits.
                News::Outcome(outcome) if decision.step == Step::Answer => {
                    self.shared.tell_visit(&row.id, Progress::Done(outcome.clone()));
                    self.shared.tell(OutboxEvent::Outcome { id: row.id, outcome });
                }
                other => news.push((row.id, other)),
            }
        }
        (changes, news)
    }

    /// The entry's place in the agenda, and its change in the table.
    fn settle_entry(&mut self, seq: Seq, row: &Row, decision: &Decision, now: Instant) -> Change {
        let state = row.state.after(decision.step).unwrap_or(row.state);
        let rest = decision.setback.as_ref().and_then(|s| s.retry_after);
        match decision.next {
            Next::Closed => {
                self.agenda.close(seq);
                self.closed.push(row.id.clone());
                self.tidy_at = Some(now + TIDY_WAIT);
            }
            Next::Person => self.agenda.set_aside(seq),
            Next::Now => self.agenda.again(seq, state),
            Next::Later => self.agenda.failed(seq, state, now, self.shared.random(), rest),
            Next::At(moment) => self.agenda.wait_until(seq, state, moment),
        }
        let reason = decision.reason();
        let word = reason.as_ref().map(|r| r.word().to_owned());
        if let Some(reason) = reason {
            self.tell_set_aside(&row.id, reason);
        }
        Change {
            seq,
            step: Some(decision.step),
            last_error: word.or_else(|| decision.setback.as_ref().map(|s| s.word.clone())),
            outcome: match &decision.news {
                News::Outcome(outcome) => Some(numbers(outcome)),
                _ => None,
            },
            ..Change::default()
        }
    }

    fn settle_line(&mut self, verdict: &Verdict, now: Instant) {
        let failed: Option<Option<Duration>> = match verdict {
            Verdict::NotThere(s) | Verdict::Unknown(s) if s.is_of_the_line() => Some(s.retry_after),
            _ => None,
        };
        let news = match failed {
            Some(rest) => self.agenda.line_failed(now, self.shared.random(), rest),
            None => self.agenda.line_answered(),
        };
        if news {
            self.tell_line();
        }
    }
}

fn numbers(outcome: &SubmitOutcome) -> OutcomeNumbers {
    OutcomeNumbers {
        word: outcome_word(outcome),
        application: outcome.application().map(|n| n.as_str().to_owned()),
        case: outcome.case().map(|n| n.as_str().to_owned()),
    }
}

const fn outcome_word(outcome: &SubmitOutcome) -> &'static str {
    match outcome {
        SubmitOutcome::Received { .. } => "received",
        SubmitOutcome::Accepted { .. } => "accepted",
        SubmitOutcome::SupplementRequired { .. } => "supplement_required",
        SubmitOutcome::NotAccepted { .. } => "not_accepted",
        SubmitOutcome::AlreadyApplied { .. } => "already_applied",
        SubmitOutcome::Queued => "queued",
        SubmitOutcome::SetAside => "set_aside",
        SubmitOutcome::Unknown => "unknown",
        SubmitOutcome::NotSent => "not_sent",
        SubmitOutcome::NotTaken => "not_taken",
    }
}
