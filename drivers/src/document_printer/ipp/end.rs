//! What a job's end proves.
//!
//! Duty: the printer's last words on a job → printed, not printed or unknown. Never: ask the printer.

use super::super::{Cause, Evidence, Outcome, PrinterStatus, Remainder};
use super::client::{AskError, Job, JobState};

/// How a job ended, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// The printer says so.
    Finished(Job),
    /// The printer knows no such job.
    Forgotten,
    /// The printer did not say: it is not reached, or still at it.
    Open(Cause),
}

/// What may be said of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) evidence: Evidence,
    /// Where it goes before what the driver itself noticed.
    pub(super) cause: Option<Cause>,
    pub(super) remainder: Remainder,
}

impl JobState {
    pub(super) const fn has_ended(self) -> bool {
        matches!(self, Self::Canceled | Self::Aborted | Self::Completed)
    }
}

impl End {
    pub(super) fn pages_out(&self) -> Option<u32> {
        match self {
            Self::Finished(job) => job.impressions.or(job.sheets),
            Self::Forgotten | Self::Open(_) => None,
        }
    }
}

/// What proves that all pages are out; none where nothing does. A document of unknown length has one page at least, and a
/// printer's count is no proof of the others: its word alone is.
pub(super) fn proof(job: &Job, pages: Option<u32>) -> Option<Evidence> {
    if job.state != JobState::Completed || job.doubt.is_some() {
        return None;
    }
    // One side of each sheet was asked for; a printer that has only two-sided paper takes half as many.
    let (out, needed, counted) = match (job.impressions, job.sheets) {
        (Some(sides), _) => (sides, pages.unwrap_or(1), Evidence::Impressions),
        (None, Some(sheets)) => (sheets, pages.unwrap_or(1).div_ceil(2), Evidence::Sheets),
        (None, None) => return Some(Evidence::JobCompleted),
    };
    (out >= needed).then_some(if pages.is_some() { counted } else { Evidence::JobCompleted })
}

pub(super) fn verdict(
    end: &End,
    pages: Option<u32>,
    status: &PrinterStatus,
    sent_whole: bool,
    error: Option<&AskError>,
) -> Verdict {
    let verdict = |outcome, cause, remainder| Verdict { outcome, evidence: Evidence::None, cause, remainder };
    // What was not sent whole cannot come out whole.
    let unproved = if sent_whole { Outcome::Unknown } else { Outcome::NotPrinted };
    let job = match end {
        End::Forgotten => {
            return verdict(unproved, error.is_none().then_some(Cause::JobLost), Remainder::Nothing);
        }
        End::Open(_) => return verdict(unproved, None, Remainder::MayStillCome),
        End::Finished(job) => job,
    };
    let all_counted = job.impressions.or(job.sheets).is_some_and(|out| out >= pages.unwrap_or(1));
    match (job.state, proof(job, pages)) {
        (JobState::Completed, Some(evidence)) => match status.cause {
            // It says that all sheets are in the tray, and that one is stuck: not both can be true.
            Some(cause @ (Cause::PaperJam | Cause::CoverOpen | Cause::DoorOpen)) => {
                verdict(Outcome::Unknown, Some(cause), Remainder::Nothing)
            }
            _ => Verdict { outcome: Outcome::Printed, evidence, cause: None, remainder: Remainder::Nothing },
        },
        (JobState::Completed, None) => {
            verdict(Outcome::Unknown, job.doubt.or(Some(Cause::PagesMissing)), Remainder::Nothing)
        }
        // Every page was out before it was given up.
        (_, _) if all_counted => verdict(Outcome::Unknown, None, Remainder::Nothing),
        (JobState::Aborted, _) => verdict(Outcome::NotPrinted, status.cause, Remainder::Nothing),
        (_, _) => verdict(Outcome::NotPrinted, None, Remainder::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::device::{DeviceState, PaperSupply};

    fn well(cause: Option<Cause>) -> PrinterStatus {
        PrinterStatus { state: DeviceState::Online, paper: PaperSupply::Full, cause, reasons: Vec::new() }
    }

    fn job(state: JobState, impressions: Option<u32>, sheets: Option<u32>) -> End {
        End::Finished(Job { state, doubt: None, impressions, sheets })
    }

    #[test]
    fn what_a_jobs_end_proves() {
        use JobState::*;
        use Outcome::*;
        let check = |end: End, pages, trouble, outcome, evidence| {
            let got = verdict(&end, pages, &well(trouble), true, None);
            assert_eq!((got.outcome, got.evidence), (outcome, evidence), "{end:?} of {pages:?}, {trouble:?}");
        };
        check(job(Completed, Some(2), None), Some(2), None, Printed, Evidence::Impressions);
        check(job(Completed, Some(2), Some(1)), Some(2), None, Printed, Evidence::Impressions);
        check(job(Completed, Some(1), Some(1)), Some(2), None, Unknown, Evidence::None);
        check(job(Completed, Some(0), None), Some(1), None, Unknown, Evidence::None);
        check(job(Completed, Some(0), None), None, None, Unknown, Evidence::None);
        check(job(Completed, Some(1), None), None, None, Printed, Evidence::JobCompleted);
        check(job(Completed, None, Some(2)), Some(2), None, Printed, Evidence::Sheets);
        check(job(Completed, None, Some(0)), Some(2), None, Unknown, Evidence::None);
        check(job(Completed, None, None), Some(2), None, Printed, Evidence::JobCompleted);
        check(job(Completed, Some(1), None), Some(1), Some(Cause::PaperJam), Unknown, Evidence::None);
        // The last sheet of a tray was used up.
        check(job(Completed, Some(1), None), Some(1), Some(Cause::PaperOut), Printed, Evidence::Impressions);
        check(job(Canceled, Some(1), None), Some(2), None, NotPrinted, Evidence::None);
        check(job(Canceled, Some(2), None), Some(2), None, Unknown, Evidence::None);
        check(job(Aborted, None, None), Some(2), None, NotPrinted, Evidence::None);
        check(End::Forgotten, Some(1), None, Unknown, Evidence::None);
        check(End::Open(Cause::NoAnswer), Some(1), None, Unknown, Evidence::None);
    }

    #[test]
    fn what_reasons_say_against_it_is_no_proof_and_half_a_document_is_none() {
        for (impressions, doubt) in
            [(Some(1), Cause::Aborted), (Some(1), Cause::Canceled), (None, Cause::JobLost)]
        {
            let doubted = Job { state: JobState::Completed, doubt: Some(doubt), impressions, sheets: None };
            let got = verdict(&End::Finished(doubted), Some(1), &well(None), true, None);
            assert_eq!((got.outcome, got.cause), (Outcome::Unknown, Some(doubt)));
        }
        let half = verdict(&End::Open(Cause::NoAnswer), Some(1), &well(None), false, None);
        assert_eq!((half.outcome, half.remainder), (Outcome::NotPrinted, Remainder::MayStillCome));
    }
}
