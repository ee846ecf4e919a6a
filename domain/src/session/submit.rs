//! On its way: saved first, then delivered; progress that is true.

use super::Context;
use super::effect::Effect;
use super::event::{EventKind, ProvinceEvent, Tap};
use super::state::{Ending, Finished, PaperState, Saved, Step, Submitting, Trouble, Visit};
use super::visit::Flow;
use crate::case::SubmitOutcome;
use crate::service_item::Queueing;
use crate::terminal::Timestamp;
use time::Duration;

/// After so long the page says what is happening.
pub const EXPLAIN_AFTER: Duration = Duration::seconds(10);
/// After so long the page offers to deliver later.
pub const OFFER_QUEUE_AFTER: Duration = Duration::seconds(30);

impl Submitting {
    /// Whether the resident may stop waiting: it is on disk, the item may wait, and it takes long.
    pub fn may_queue(&self, now: Timestamp) -> bool {
        self.saved == Saved::Yes
            && self.file.item.queueing == Queueing::MayQueue
            && now - self.filed_at >= OFFER_QUEUE_AFTER
    }
}

impl Visit {
    pub(super) fn on_submitting(
        &mut self,
        mut submitting: Submitting,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        let ticket = submitting.ticket;
        Flow::To(match kind {
            EventKind::Province(ProvinceEvent::Saved(t)) if t == ticket => {
                submitting.saved = Saved::Yes;
                Step::Submitting(submitting)
            }
            EventKind::Province(ProvinceEvent::NotSaved(t)) if t == ticket => {
                self.trouble(Trouble::NotSaved);
                Step::Review(submitting.file)
            }
            EventKind::Province(ProvinceEvent::Outcome(t, SubmitOutcome::NotSent)) if t == ticket => {
                self.trouble(Trouble::Province);
                Step::Review(submitting.file)
            }
            EventKind::Province(ProvinceEvent::Outcome(t, SubmitOutcome::NotTaken)) if t == ticket => {
                self.trouble(Trouble::NotTaken);
                Step::Review(submitting.file)
            }
            EventKind::Province(ProvinceEvent::Outcome(t, outcome)) if t == ticket => {
                self.outcome(submitting, outcome)
            }
            EventKind::Tap(Tap::QueueInstead) if submitting.may_queue(context.now()) => {
                context.effects.push(Effect::DeliverLater(submitting.id.clone()));
                self.outcome(submitting, SubmitOutcome::Queued)
            }
            // Nothing else leads away: what was filed is not left half said.
            _ => Step::Submitting(submitting),
        })
    }

    fn outcome(&mut self, submitting: Submitting, outcome: SubmitOutcome) -> Step {
        self.outcome = outcome.word();
        let file = submitting.file;
        Step::Result(Finished {
            answers: file.answers.for_paper(&file.item.form),
            item: file.item,
            identity: Some(file.identity),
            ending: Ending::Case { id: submitting.id, outcome },
            at: submitting.filed_at,
            paper: PaperState::NotPrinted,
        })
    }
}
