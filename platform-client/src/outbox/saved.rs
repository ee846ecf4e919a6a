//! A submission that is on disk, and what a visit may say of it.

use super::Outbox;
use domain::case::{SubmissionId, SubmitOutcome};
use domain::service_item::Queueing;
use std::time::Duration;
use tokio::sync::watch;

/// Where a submission stands, for the visit that waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Progress {
    /// On disk, not tried yet.
    Kept,
    /// An attempt runs.
    Trying,
    /// Tried; the province does not have it.
    Waiting,
    /// Tried; the province does not have it, and only a person can help.
    NeedsPerson,
    /// Perhaps arrived; more is being tried.
    Unclear,
    /// Perhaps arrived; the terminal will not find out.
    UnclearForGood,
    /// The end.
    Done(SubmitOutcome),
}

/// A submission that is on disk, synced. Dropping it changes nothing about its delivery.
#[derive(Debug)]
pub struct Saved {
    pub(super) id: SubmissionId,
    pub(super) queueing: Queueing,
    pub(super) progress: watch::Receiver<Progress>,
    pub(super) outbox: Outbox,
}

impl Saved {
    /// Its id.
    pub fn id(&self) -> &SubmissionId {
        &self.id
    }

    /// Waits for what becomes of it, not longer than this, and says what is true then: the province's answer; `Queued` when
    /// it waits here; `SetAside` when it waits for a person; `Unknown` when it was sent and nobody can say; `NotSent` when it needs the province at once and the
    /// province does not have it; `NotTaken` when the province does not take it as it is.
    pub async fn outcome(mut self, longest: Duration) -> SubmitOutcome {
        let settled = self.progress.wait_for(|p| {
            matches!(
                p,
                Progress::Waiting | Progress::NeedsPerson | Progress::UnclearForGood | Progress::Done(_)
            )
        });
        let progress = match tokio::time::timeout(longest, settled).await {
            Ok(Ok(progress)) => Some(progress.clone()),
            Ok(Err(_)) | Err(_) => None,
        };
        let progress = progress.unwrap_or_else(|| self.progress.borrow().clone());
        match (progress, self.queueing) {
            (Progress::Done(outcome), _) => outcome,
            (Progress::UnclearForGood | Progress::Unclear | Progress::Trying, _) => SubmitOutcome::Unknown,
            (Progress::Kept | Progress::Waiting, Queueing::MayQueue) => SubmitOutcome::Queued,
            (Progress::NeedsPerson, Queueing::MayQueue) => SubmitOutcome::SetAside,
            (Progress::Kept | Progress::Waiting | Progress::NeedsPerson, Queueing::LiveOnly) => {
                self.take_back().await
            }
        }
    }

    async fn take_back(self) -> SubmitOutcome {
        let work = tokio::task::spawn_blocking(move || self.outbox.shared.withdraw_unsent(&self.id));
        match work.await {
            Ok(true) => SubmitOutcome::NotSent,
            // An attempt has begun in this very moment, or nobody can say.
            Ok(false) | Err(_) => SubmitOutcome::Unknown,
        }
    }
}
