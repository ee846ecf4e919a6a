//! A person's own cases: what they have begun and filed, and what they do about it.

use super::{Province, ResidentSession, With};
use crate::contract::case::CaseStatus;
use crate::contract::path;
use crate::contract::progress::{
    CaseDraft, CaseResult, DraftReceipt, MyCase, MyCases, Supplement, Withdrawal,
};
use crate::error::CallError;
use crate::operation::Operation;
use domain::case::{ApplicationNumber, SubmissionId};

impl Province {
    /// Fetches what the session's person has begun and filed, the newest first.
    pub async fn my_cases(&self, session: &ResidentSession) -> Result<Vec<MyCase>, CallError> {
        let all: MyCases = self.get_in(session, Operation::MyCases, path::MY_CASES.to_owned()).await?;
        Ok(all.cases)
    }

    /// Keeps a case that is not filed yet at the province.
    pub async fn save_draft(
        &self,
        session: &ResidentSession,
        draft: &CaseDraft,
    ) -> Result<DraftReceipt, CallError> {
        let with = With::SessionAndKey(session, &draft.draft_id);
        self.post(Operation::SaveDraft, path::DRAFTS.to_owned(), with, draft).await
    }

    /// Fetches a draft, to go on with it.
    pub async fn draft(&self, session: &ResidentSession, id: &SubmissionId) -> Result<CaseDraft, CallError> {
        self.get_in(session, Operation::Draft, path::filled(path::DRAFT, id.as_str())).await
    }

    /// Hands in what was missing from a case.
    pub async fn supplement(
        &self,
        session: &ResidentSession,
        application: &ApplicationNumber,
        supplement: &Supplement,
    ) -> Result<CaseStatus, CallError> {
        let path = path::filled(path::SUPPLEMENTS, application.as_str());
        let with = With::SessionAndKey(session, &supplement.supplement_id);
        self.post(Operation::Supplement, path, with, supplement).await
    }

    /// Takes a case back.
    pub async fn withdraw(
        &self,
        session: &ResidentSession,
        application: &ApplicationNumber,
        withdrawal: &Withdrawal,
    ) -> Result<CaseStatus, CallError> {
        let path = path::filled(path::WITHDRAWALS, application.as_str());
        let with = With::SessionAndKey(session, &withdrawal.withdrawal_id);
        self.post(Operation::Withdraw, path, with, withdrawal).await
    }

    /// Fetches what was decided.
    pub async fn case_result(
        &self,
        session: &ResidentSession,
        application: &ApplicationNumber,
    ) -> Result<CaseResult, CallError> {
        let path = path::filled(path::CASE_RESULT, application.as_str());
        self.get_in(session, Operation::CaseResult, path).await
    }
}
