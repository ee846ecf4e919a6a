//! What the province says of a submission, as the visit understands it.

use crate::contract::case::{CaseOutcome, CaseReceipt};
use domain::case::SubmitOutcome;

/// The outcome of a receipt.
pub(crate) fn submit_outcome(receipt: CaseReceipt) -> SubmitOutcome {
    match receipt.outcome {
        CaseOutcome::Received { application_number: application } => SubmitOutcome::Received { application },
        CaseOutcome::Accepted { application_number: application, case_number: case } => {
            SubmitOutcome::Accepted { application, case }
        }
        CaseOutcome::SupplementRequired { application_number: application, what } => {
            SubmitOutcome::SupplementRequired { application, what }
        }
        CaseOutcome::NotAccepted { application_number: application, reason } => {
            SubmitOutcome::NotAccepted { application, reason }
        }
        CaseOutcome::AlreadyApplied { application_number: application } => {
            SubmitOutcome::AlreadyApplied { application }
        }
    }
}
