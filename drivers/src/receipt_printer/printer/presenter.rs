//! A paper that is held out to the resident.
//!
//! Duty: hold it out, see that it was taken, take it back when it was forgotten. Never: say taken without a sensor's word.

use std::time::{Duration, Instant};

use super::super::profile::{Forgotten, Presenter};
use super::super::status::{Cause, Media, PrinterStatus};
use super::super::{Presented, PrintStage};
use super::EscPosPrinter;
use super::job::{LOOK, Running};

/// Where a paper that was to be held out ended.
pub(super) enum HeldOut {
    /// The sensor saw it come.
    Seen(Presented),
    /// It did not, for this reason.
    NotSeen(Cause),
}

impl Running<'_> {
    /// Holds the paper out and waits until it is taken or forgotten.
    pub(super) fn hold_out(&mut self, presenter: &Presenter) -> HeldOut {
        if let Err(cause) = self.send(&presenter.present) {
            return HeldOut::NotSeen(cause);
        }
        match self.wait_for(Media::Present, self.profile.finish_limit) {
            Some(Media::Present) => {}
            Some(_) => return HeldOut::NotSeen(self.judge().err().unwrap_or(Cause::ExitBlocked)),
            None => return HeldOut::NotSeen(Cause::NoAnswer),
        }
        self.stage = PrintStage::HeldOut;
        HeldOut::Seen(match self.wait_for(Media::NotPresent, presenter.wait) {
            Some(Media::NotPresent) => Presented::Taken,
            Some(_) => self.forgotten(presenter),
            None => Presented::Unknown,
        })
    }

    fn forgotten(&mut self, presenter: &Presenter) -> Presented {
        if presenter.forgotten == Forgotten::Leave {
            return Presented::Left;
        }
        if self.send(&presenter.retract).is_err() {
            return Presented::Unknown;
        }
        match self.wait_for(Media::NotPresent, self.profile.finish_limit) {
            Some(Media::NotPresent) => Presented::Retracted,
            Some(_) => Presented::Left,
            None => Presented::Unknown,
        }
    }

    /// Looks until the exit is as wanted or the time is over; how it was last, none when the printer fell silent.
    fn wait_for(&mut self, wanted: Media, time: Duration) -> Option<Media> {
        let deadline = Instant::now() + time;
        loop {
            self.show();
            // Whatever else is wrong by now, the exit's word is what is waited for.
            let _ = self.judge();
            match self.status.media {
                media if media == wanted => return Some(media),
                Media::Unknown => return None,
                media if Instant::now() >= deadline => return Some(media),
                // A paper that is stuck on its way comes no further.
                media if wanted == Media::Present && self.status.cause.is_some() => return Some(media),
                _ => std::thread::sleep(LOOK.min(deadline.saturating_duration_since(Instant::now()))),
            }
        }
    }
}

impl EscPosPrinter<'_> {
    /// Empties the exit of a paper that nobody took.
    pub(super) fn clear_exit(&mut self, status: PrinterStatus) -> PrinterStatus {
        let (Some(presenter), deadline) = (self.profile.presenter.clone(), self.soon()) else {
            return status;
        };
        if self.link.as_mut().is_none_or(|link| link.send(&presenter.clear, deadline).is_err()) {
            self.link = None;
            return PrinterStatus::unreachable(Cause::NoAnswer);
        }
        loop {
            let status = self.asked();
            if status.cause.is_some() || status.media != Media::Present {
                return status;
            }
            if Instant::now() >= deadline {
                let cause = Cause::ExitBlocked;
                return PrinterStatus { cause: Some(cause), state: cause.device_state(), ..status };
            }
            std::thread::sleep(LOOK);
        }
    }
}
