//! Questions of a visit: who this is, what is known, what is there to see, who can help.

use super::{Province, With};
use crate::contract::assist::{AssistCall, AssistCallAnswer, Callback, CallbackAnswer};
use crate::contract::item::{
    self, CertificateRequest, Directory, ItemQuestion, PrefillConsent, PrefillRequest,
};
use crate::contract::material::part;
use crate::contract::path;
use crate::contract::session::{
    FaceAnswer, FaceEngine, FaceVerdictAnswer, FaceVerdictReport, PresentationAttack, Session, SessionId,
    SessionRequest, SessionToken, SmsChallenge, SmsRequest, StaffMember, StaffSignIn,
};
use crate::dialect::{Body, Call};
use crate::edge::person::Shown;
use crate::edge::{filing, known, person};
use crate::error::CallError;
use crate::http::Part;
use crate::operation::Operation;
use crate::seal::{self, SealError};
use domain::case::Submission;
use domain::division::DivisionCode;
use domain::identity::{Assurance, Consent, KnownPerson};
use domain::locale::Localized;
use domain::material::Picture;
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::session::event::{
    DirectoryEntry, FaceVerdict, InquiryAnswer, IssuedCertificate, SharedValue, Staff, Suggestion,
};
use domain::terminal::Timestamp;
use zeroize::Zeroizing;

/// A resident's session at the province. Whoever holds it drops it when the visit ends; the token wipes itself.
#[derive(Debug)]
pub struct ResidentSession {
    id: SessionId,
    token: SessionToken,
    person: KnownPerson,
    assurance: Assurance,
    expires_at: Timestamp,
}

impl ResidentSession {
    /// Whom the province recognised.
    pub fn person(&self) -> &KnownPerson {
        &self.person
    }

    /// How sure the province is.
    pub fn assurance(&self) -> Assurance {
        self.assurance
    }

    /// From then on the province answers [`crate::contract::envelope::code::SESSION_REQUIRED`].
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    pub(super) fn token(&self) -> &SessionToken {
        &self.token
    }
}

/// What the province's matcher said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceCheck {
    /// Yes or no; no as well where it saw a picture instead of a face.
    pub verdict: FaceVerdict,
    /// How alike, 0 to 1.
    pub score: f32,
    /// The least that counts as alike.
    pub threshold: f32,
    /// Whether it was a face or a picture of one.
    pub presentation_attack: PresentationAttack,
}

/// What a certified vendor's engine at this terminal said of a face and a card's photo.
#[derive(Debug, Clone, PartialEq)]
pub struct EngineVerdict {
    /// Which engine.
    pub engine: FaceEngine,
    /// How alike, on the engine's own scale; finite.
    pub score: f32,
    /// The least that counts as alike; finite.
    pub threshold: f32,
    /// Whether it was a face or a picture of one.
    pub presentation_attack: PresentationAttack,
}

impl EngineVerdict {
    /// Yes or no; no as well where the engine saw a picture instead of a face.
    pub fn verdict(&self) -> FaceVerdict {
        let counts = self.score >= self.threshold && self.presentation_attack != PresentationAttack::Detected;
        if counts { FaceVerdict::Matched } else { FaceVerdict::NotMatched }
    }
}

/// What the issuer answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateAnswer {
    /// The certificate: its file under its digest, its seal valid.
    Issued(Box<IssuedCertificate>),
    /// A file came whose seal is not valid: it is dropped here.
    BadSeal(SealError),
    /// The issuer says no, and why.
    Refused(Localized),
}

impl Province {
    /// Tells the province who stands here; it says whom it recognises.
    pub async fn open_session(&self, shown: Shown<'_>) -> Result<ResidentSession, CallError> {
        let request =
            SessionRequest { terminal_id: self.terminal.clone(), evidence: person::evidence(shown) };
        let session: Session =
            self.post(Operation::OpenSession, path::SESSIONS.to_owned(), With::Nothing, &request).await?;
        Ok(ResidentSession {
            id: session.session_id,
            token: session.token,
            person: KnownPerson { name: session.person.name, number: session.person.number },
            assurance: session.assurance,
            expires_at: session.expires_at,
        })
    }

    /// Sends a code by SMS to the person with this number; gives the end of the telephone it went to.
    pub async fn send_sms(&self, number: &Personal) -> Result<Personal, CallError> {
        let request = SmsRequest { terminal_id: self.terminal.clone(), number: number.clone() };
        let challenge: SmsChallenge =
            self.post(Operation::SendSms, path::SESSION_SMS.to_owned(), With::Nothing, &request).await?;
        Ok(challenge.phone_masked)
    }

    /// Asks whether the face in the picture is the session's person; raises the session's assurance if it is.
    pub async fn match_face(
        &self,
        session: &mut ResidentSession,
        picture: &Picture,
    ) -> Result<FaceCheck, CallError> {
        let file = Part::File {
            name: part::PICTURE,
            file_name: "face".to_owned(),
            media_type: picture.media_type().to_owned(),
            bytes: Zeroizing::new(picture.bytes().to_vec()),
        };
        let answer: FaceAnswer = self
            .call(Call {
                operation: Operation::MatchFace,
                path: path::session_face(&session.id),
                session: Some(session.token.clone()),
                key: None,
                etag: None,
                body: Body::Multipart(vec![file]),
            })
            .await?;
        session.assurance = answer.assurance;
        let matched = answer.matched && answer.presentation_attack != PresentationAttack::Detected;
        Ok(FaceCheck {
            verdict: if matched { FaceVerdict::Matched } else { FaceVerdict::NotMatched },
            score: answer.score,
            threshold: answer.threshold,
            presentation_attack: answer.presentation_attack,
        })
    }

    /// Tells the province what an engine at this terminal said; raises the session's assurance where its yes counts there. An
    /// answer that says no (`not_admitted`, or a province without this call) means that the picture has to be asked about.
    pub async fn tell_face_verdict(
        &self,
        session: &mut ResidentSession,
        said: &EngineVerdict,
    ) -> Result<(), CallError> {
        let report = FaceVerdictReport {
            terminal_id: self.terminal.clone(),
            engine: said.engine.clone(),
            score: said.score,
            threshold: said.threshold,
            matched: said.verdict() == FaceVerdict::Matched,
            presentation_attack: said.presentation_attack,
        };
        let path = path::session_face_verdict(&session.id);
        let answer: FaceVerdictAnswer =
            self.post(Operation::FaceVerdict, path, With::Session(session), &report).await?;
        session.assurance = answer.assurance;
        Ok(())
    }

    /// Asks who signs in with this badge and PIN.
    pub async fn sign_in(&self, badge: &str, pin: &Personal) -> Result<Staff, CallError> {
        let request =
            StaffSignIn { terminal_id: self.terminal.clone(), badge: badge.to_owned(), pin: pin.clone() };
        let path = path::STAFF_SIGN_INS.to_owned();
        let member: StaffMember = self.post(Operation::StaffSignIn, path, With::Nothing, &request).await?;
        Ok(person::staff(member))
    }

    /// Asks whether there is anything to do.
    pub async fn inquiry(
        &self,
        session: &ResidentSession,
        item: &ItemId,
    ) -> Result<InquiryAnswer, CallError> {
        let with = With::Session(session);
        let answer: item::Inquiry =
            self.post(Operation::Inquiry, path::item_inquiry(item), with, &self.question()).await?;
        Ok(known::inquiry(answer))
    }

    /// Asks for the values of these keys by the resident's consent, which the province keeps beside what it gives out.
    pub async fn prefill(
        &self,
        session: &ResidentSession,
        item: &ItemId,
        consent: &Consent,
        keys: Vec<String>,
    ) -> Result<Vec<SharedValue>, CallError> {
        let consent = PrefillConsent { item_version: consent.item_version.clone(), at: consent.at };
        let request = PrefillRequest { terminal_id: self.terminal.clone(), consent: Some(consent), keys };
        let with = With::Session(session);
        let answer: item::Prefill =
            self.post(Operation::Prefill, path::item_prefill(item), with, &request).await?;
        // What was not asked for is not taken in.
        let asked = |v: &item::PrefilledValue| request.keys.contains(&v.key);
        Ok(answer.values.into_iter().filter(asked).map(known::shared_value).collect())
    }

    /// Asks what is probably due; only with the resident's consent.
    pub async fn suggestions(&self, session: &ResidentSession) -> Result<Vec<Suggestion>, CallError> {
        let with = With::Session(session);
        let answer: item::Suggestions =
            self.post(Operation::Suggestions, path::SUGGESTIONS.to_owned(), with, &self.question()).await?;
        Ok(answer.suggestions.into_iter().map(known::suggestion).collect())
    }

    /// Fetches the issuer's sealed file for a reviewed form and checks its seal; `purpose` stands in the watermark.
    pub async fn certificate(
        &self,
        session: &ResidentSession,
        submission: &Submission,
        purpose: &Localized,
    ) -> Result<CertificateAnswer, CallError> {
        let (answers, _) = filing::field_answers(&submission.id, &submission.answers);
        let request = CertificateRequest {
            terminal_id: self.terminal.clone(),
            purpose: purpose.clone(),
            locale: submission.locale,
            answers,
        };
        let operation = Operation::Certificate;
        let path = path::item_certificate(&submission.item);
        match self.post(operation, path, With::Session(session), &request).await? {
            item::CertificateAnswer::Issued(certificate) => {
                let certificate = known::certificate(*certificate)
                    .map_err(|problem| CallError::BadAnswer { operation, status: 200, problem })?;
                Ok(match seal::check(certificate.file.bytes(), &self.seals, self.clock.now()) {
                    Ok(_) => CertificateAnswer::Issued(Box::new(certificate)),
                    Err(error) => CertificateAnswer::BadSeal(error),
                })
            }
            item::CertificateAnswer::Refused { reason } => Ok(CertificateAnswer::Refused(reason)),
        }
    }

    /// Fetches the list of a directory around a division.
    pub async fn directory(
        &self,
        item: &ItemId,
        division: &DivisionCode,
    ) -> Result<Vec<DirectoryEntry>, CallError> {
        let answer: Directory = self.get(Operation::Directory, path::item_directory(item, division)).await?;
        Ok(answer.places.into_iter().map(known::directory_entry).collect())
    }

    /// Asks a helper to come to the terminal; `page` is the page's name.
    pub async fn call_help(&self, page: &str, item: Option<&ItemId>) -> Result<AssistCallAnswer, CallError> {
        let request = AssistCall {
            terminal_id: self.terminal.clone(),
            item_id: item.cloned(),
            page: page.to_owned(),
            at: self.clock.now(),
        };
        self.post(Operation::AssistCall, path::ASSIST_CALLS.to_owned(), With::Nothing, &request).await
    }

    /// Asks somebody to call this number.
    pub async fn call_back(
        &self,
        phone: &Personal,
        item: Option<&ItemId>,
    ) -> Result<CallbackAnswer, CallError> {
        let request = Callback {
            terminal_id: self.terminal.clone(),
            item_id: item.cloned(),
            phone: phone.clone(),
            at: self.clock.now(),
        };
        self.post(Operation::Callback, path::CALLBACKS.to_owned(), With::Nothing, &request).await
    }

    fn question(&self) -> ItemQuestion {
        ItemQuestion { terminal_id: self.terminal.clone() }
    }
}
