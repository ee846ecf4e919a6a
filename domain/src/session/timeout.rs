//! When nobody seems to be there: 120 s without a touch (30 s where a sensor sees nobody), then 60 s of countdown, then
//! everything is forgotten.

use super::Context;
use super::state::{
    DirectoryList, FacePhase, Help, LicencePart, Overlay, Place, PrintPhase, SignIn, Sms, Step,
    SuggestionList, Visit, Way, WorkerWay,
};
use crate::terminal::Timestamp;
use time::Duration;

/// Without a touch for so long the page asks, where the desk has set nothing else.
pub const ASK_AFTER: Duration = Duration::seconds(120);
/// Where a sensor says that nobody stands there, it asks sooner; a moment's step aside is no leaving.
pub const ASK_AFTER_LEAVING: Duration = Duration::seconds(30);
/// The countdown of that page.
pub const COUNTDOWN: Duration = Duration::seconds(60);

/// An answer that takes longer than this never comes: the clock runs again, so that no wait is without end.
pub const LONGEST_WORK: Duration = Duration::seconds(300);

impl Visit {
    /// While the world works, nobody is thought to have left.
    pub(super) fn keep_awake_while_working(&mut self, now: Timestamp) {
        self.working_since = self.is_working().then(|| self.working_since.unwrap_or(now));
        if self.working_since.is_some_and(|since| now - since < LONGEST_WORK) {
            self.touched = now;
        }
    }

    /// Whether a device or the network is working for the resident: then no clock runs.
    pub fn is_working(&self) -> bool {
        let on_top = matches!(
            &self.overlay,
            Some(
                Overlay::Help(Help::Calling(_) | Help::LeavingNumber(_))
                    | Overlay::Assisted(SignIn::Checking(..))
            )
        );
        on_top
            || match &self.step {
                Step::Identify(i) => matches!(
                    &i.way,
                    Way::Code { asking: Some(_), .. }
                        | Way::Sms(Sms::Sending(..) | Sms::Checking { .. })
                        | Way::Worker(
                            WorkerWay::SigningIn(SignIn::Checking(..)) | WorkerWay::Checking { .. }
                        )
                ),
                Step::Face(face) => matches!(face.phase, FacePhase::Matching(_)),
                Step::Form(filling) => filling.photo.is_some(),
                Step::Licence(licensing) => matches!(
                    &licensing.part,
                    LicencePart::Sending(_)
                        | LicencePart::Code { asking: Some(_), .. }
                        | LicencePart::Sms { asking: Some(_), .. }
                        | LicencePart::List { fetching: Some(_), .. }
                ),
                Step::Asking(_) | Step::Submitting(_) | Step::Fetching(_) => true,
                Step::Printing(printing) => matches!(printing.phase, PrintPhase::Working(_)),
                Step::YouMayAlso(list) => matches!(list.list, SuggestionList::Asking(_)),
                Step::Directory(directory) => matches!(directory.list, DirectoryList::Asking(_)),
                _ => false,
            }
    }

    pub(super) fn on_tick(mut self: Box<Self>, context: &mut Context<'_>) -> Place {
        let now = context.now();
        match &self.overlay {
            Some(Overlay::StillThere { until, .. }) if now >= *until => return self.end(context),
            Some(Overlay::StillThere { .. }) => {}
            _ if now - self.touched >= context.facts.still_there_after
                || self.left.is_some_and(|left| now - left.max(self.touched) >= ASK_AFTER_LEAVING) =>
            {
                let below = self.overlay.take().map(Box::new);
                self.overlay = Some(Overlay::StillThere { until: now + COUNTDOWN, below });
            }
            _ => {}
        }
        Place::Visit(self)
    }
}
