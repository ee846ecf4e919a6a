//! The questions that the province answers only in a resident's session.

use domain::case::Submission;
use domain::identity::Consent;
use domain::licence::LicenceId;
use domain::locale::Localized;
use domain::material::Picture;
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::session::effect::LicencesRequest;
use domain::session::event::{InquiryAnswer, SharedValue, Suggestion};
use platform_client::contract::licence::{Authorisation, AuthorisationId, AuthorisationProof, Licence};
use platform_client::error::CallError;
use platform_client::province::{
    CertificateAnswer, EngineVerdict, FaceCheck, LicenceAnswer, Province, ResidentSession,
};

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

/// What this terminal's engine said of the face.
pub(super) struct TellVerdict<'q>(pub(super) &'q EngineVerdict);

impl InSession for TellVerdict<'_> {
    type Answer = ();

    async fn ask(&self, province: &Province, session: &mut ResidentSession) -> Result<(), CallError> {
        province.tell_face_verdict(session, self.0).await
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
    pub(super) consent: &'q Consent,
    pub(super) keys: Vec<String>,
}

impl InSession for Prefill<'_> {
    type Answer = Vec<SharedValue>;

    async fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> Result<Vec<SharedValue>, CallError> {
        province.prefill(session, self.item, self.consent, self.keys.clone()).await
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

/// A code by SMS that allows a look at certificates.
pub(super) struct SendLicenceSms<'q>(pub(super) &'q Localized);

impl InSession for SendLicenceSms<'_> {
    type Answer = Personal;

    async fn ask(&self, province: &Province, session: &mut ResidentSession) -> Result<Personal, CallError> {
        province.send_licence_sms(session, self.0).await
    }
}

/// A look at certificates.
pub(super) struct Authorise<'q> {
    pub(super) request: &'q LicencesRequest,
    pub(super) proof: AuthorisationProof,
}

impl InSession for Authorise<'_> {
    type Answer = Authorisation;

    async fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> Result<Authorisation, CallError> {
        let LicencesRequest { item, place, purpose, .. } = self.request;
        province.authorise_licences(session, item, place, purpose, self.proof.clone()).await
    }
}

/// Which certificates there are.
pub(super) struct Licences<'q>(pub(super) &'q AuthorisationId);

impl InSession for Licences<'_> {
    type Answer = Vec<Licence>;

    async fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> Result<Vec<Licence>, CallError> {
        province.licences(session, self.0).await
    }
}

/// One of them.
pub(super) struct Render<'q> {
    pub(super) authorisation: &'q AuthorisationId,
    pub(super) licence: &'q LicenceId,
}

impl InSession for Render<'_> {
    type Answer = LicenceAnswer;

    async fn ask(
        &self,
        province: &Province,
        session: &mut ResidentSession,
    ) -> Result<LicenceAnswer, CallError> {
        province.render_licence(session, self.authorisation, self.licence).await
    }
}
