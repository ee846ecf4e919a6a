//! The questions that the province answers only in a resident's session.

use domain::case::Submission;
use domain::locale::Localized;
use domain::material::Picture;
use domain::service_item::ItemId;
use domain::session::event::{InquiryAnswer, SharedValue, Suggestion};
use platform_client::error::CallError;
use platform_client::province::{CertificateAnswer, FaceCheck, Province, ResidentSession};

/// A question that can be asked again in another session of the same resident.
pub(super) trait InSession: Sync {
    type Answer: Send;

    fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> impl Future<Output = Result<Self::Answer, CallError>> + Send;
}

/// Whether the face fits.
pub(super) struct MatchFace<'q>(pub(super) &'q Picture);

impl InSession for MatchFace<'_> {
    type Answer = FaceCheck;

    async fn ask(&self, province: &Province, session: &mut ResidentSession) -> Result<FaceCheck, CallError> {
        province.match_face(session, self.0).await
    }
}

/// Whether there is anything to do.
pub(super) struct Inquire<'q>(pub(super) &'q ItemId);

impl InSession for Inquire<'_> {
    type Answer = InquiryAnswer;

    async fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> Result<InquiryAnswer, CallError> {
        province.inquiry(session, self.0).await
    }
}

/// What the departments know for these keys.
pub(super) struct Prefill<'q> {
    pub(super) item: &'q ItemId,
    pub(super) keys: Vec<String>,
}

impl InSession for Prefill<'_> {
    type Answer = Vec<SharedValue>;

    async fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> Result<Vec<SharedValue>, CallError> {
        province.prefill(session, self.item, self.keys.clone()).await
    }
}

/// What is probably due.
pub(super) struct Suggest;

impl InSession for Suggest {
    type Answer = Vec<Suggestion>;

    async fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> Result<Vec<Suggestion>, CallError> {
        province.suggestions(session).await
    }
}

/// The issuer's file.
pub(super) struct Certificate<'q> {
    pub(super) submission: &'q Submission,
    pub(super) purpose: &'q Localized,
}

impl InSession for Certificate<'_> {
    type Answer = CertificateAnswer;

    async fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> Result<CertificateAnswer, CallError> {
        province.certificate(session, self.submission, self.purpose).await
    }
}
