//! 电子证照: allowed for a purpose, listed, shown.

use super::{Province, ResidentSession, With};
use crate::contract::licence::{
    Authorisation, AuthorisationId, AuthorisationProof, AuthorisationRequest, Licence, LicenceListRequest,
    LicenceRendering, LicenceSmsRequest, Licences, RenderRequest,
};
use crate::contract::path;
use crate::contract::session::SmsChallenge;
use crate::digest::sha256_hex;
use crate::error::{AnswerProblem, CallError};
use crate::operation::Operation;
use crate::seal::{self, SealError};
use domain::division::DivisionCode;
use domain::licence::LicenceId;
use domain::locale::Localized;
use domain::material::ShownLicence;
use domain::personal::Personal;
use domain::service_item::ItemId;

/// What came of a look at a certificate.
#[derive(Debug, Clone, PartialEq)]
pub enum LicenceAnswer {
    /// The certificate, and what a case names it by.
    Shown(Box<LicenceRendering>, ShownLicence),
    /// A file came whose seal is not valid: it is dropped here.
    BadSeal(SealError),
}

impl Province {
    /// Sends the session's person a code that allows a look at their certificates; gives the end of the telephone it went
    /// to.
    pub async fn send_licence_sms(
        &self,
        session: &ResidentSession,
        purpose: &Localized,
    ) -> Result<Personal, CallError> {
        let request = LicenceSmsRequest { terminal_id: self.terminal.clone(), purpose: purpose.clone() };
        let path = path::LICENCE_SMS.to_owned();
        let challenge: SmsChallenge =
            self.post(Operation::LicenceSms, path, With::Session(session), &request).await?;
        Ok(challenge.phone_masked)
    }

    /// Asks to be allowed a look at the certificates of the session's person, for one item and purpose.
    pub async fn authorise_licences(
        &self,
        session: &ResidentSession,
        item: &ItemId,
        place: &DivisionCode,
        purpose: &Localized,
        proof: AuthorisationProof,
    ) -> Result<Authorisation, CallError> {
        let request = AuthorisationRequest {
            terminal_id: self.terminal.clone(),
            place: place.clone(),
            item_id: item.clone(),
            purpose: purpose.clone(),
            proof,
        };
        let path = path::LICENCE_AUTHORISATIONS.to_owned();
        self.post(Operation::AuthoriseLicences, path, With::Session(session), &request).await
    }

    /// Fetches which certificates there are.
    pub async fn licences(
        &self,
        session: &ResidentSession,
        authorisation: &AuthorisationId,
    ) -> Result<Vec<Licence>, CallError> {
        let request = LicenceListRequest {
            terminal_id: self.terminal.clone(),
            authorisation_id: authorisation.clone(),
        };
        let path = path::LICENCE_LIST.to_owned();
        let all: Licences = self.post(Operation::Licences, path, With::Session(session), &request).await?;
        Ok(all.licences)
    }

    /// Fetches one certificate as a picture with its watermark; with it comes what a case names it by. The seal of its file,
    /// where it has one, is checked before anything of it is given on.
    pub async fn render_licence(
        &self,
        session: &ResidentSession,
        authorisation: &AuthorisationId,
        licence: &LicenceId,
    ) -> Result<LicenceAnswer, CallError> {
        let operation = Operation::RenderLicence;
        let request = RenderRequest {
            terminal_id: self.terminal.clone(),
            authorisation_id: authorisation.clone(),
            licence_id: licence.clone(),
        };
        let path = path::LICENCE_RENDERINGS.to_owned();
        let shown: LicenceRendering = self.post(operation, path, With::Session(session), &request).await?;
        let bad = |problem| Err(CallError::BadAnswer { operation, status: 200, problem });
        if shown.licence_id != *licence {
            return bad(AnswerProblem::AnotherQuestion);
        }
        let sha256 = match &shown.file {
            Some(file) if sha256_hex(&file.bytes.0) != file.sha256 => return bad(AnswerProblem::Digest),
            Some(file) => file.sha256.clone(),
            None => {
                sha256_hex(&shown.pages.iter().flat_map(|page| page.0.iter().copied()).collect::<Vec<_>>())
            }
        };
        if let Some(file) = &shown.file
            && let Err(error) = seal::check(&file.bytes.0, &self.seals, self.clock.now())
        {
            return Ok(LicenceAnswer::BadSeal(error));
        }
        let named = ShownLicence { authorisation: authorisation.0.clone(), number: licence.clone(), sha256 };
        Ok(LicenceAnswer::Shown(Box::new(shown), named))
    }
}
