//! One question of a visit, and its one answer.

use super::Shared;
use super::face;
use super::in_session::{self, Inquire, SendLicenceSms, Suggest};
use super::licences;
use super::resident::{Resident, Trouble};
use domain::form::Prefill;
use domain::identity::{Consent, Identity, IdentityWay, SharedDataConsent};
use domain::locale::Locale;
use domain::personal::Personal;
use domain::service_item::{Inquiry, ServiceItem};
use domain::session::effect::{CertificateRequest, Question};
use domain::session::event::{
    AskFailure, CertificateFailure, InquiryAnswer, IssuedCertificate, KnownFacts, ProvinceEvent, Ticket,
};
use platform_client::Shown;
use platform_client::contract::envelope::ErrorClass;
use platform_client::error::{CallError, CallErrorKind};
use platform_client::province::CertificateAnswer;

/// Looks for the answer.
pub(super) async fn to(
    shared: &Shared,
    resident: &Resident,
    ticket: Ticket,
    question: &Question,
) -> ProvinceEvent {
    use ProvinceEvent as E;
    let province = &shared.province;
    match question {
        Question::IdentifyByCode(way, code) => {
            let shown = match way {
                IdentityWay::NetworkId => Shown::NetworkId(code),
                _ => Shown::ProvinceQr(code),
            };
            E::Identified(ticket, resident.identify(shared, *way, shown).await.map_err(failure))
        }
        Question::SendSms(number) => {
            let sent = shared.heard(province.send_sms(number).await);
            E::SmsSent(ticket, sent.map(|masked| end_of(&masked)).map_err(call_failure))
        }
        Question::IdentifyBySms { number, code } => {
            let shown = Shown::Sms { number, code };
            E::Identified(ticket, resident.identify(shared, IdentityWay::Sms, shown).await.map_err(failure))
        }
        Question::IdentifyByWorker { number, worker } => {
            let shown = Shown::Worker { worker, number };
            E::Identified(
                ticket,
                resident.identify(shared, IdentityWay::Worker, shown).await.map_err(failure),
            )
        }
        Question::MatchFace(identity, picture) => {
            let verdict = face::matched(shared, resident, identity, picture).await;
            E::FaceMatched(ticket, verdict.map_err(failure))
        }
        Question::WhatIsKnown { item, identity, consent } => {
            let known = what_is_known(shared, resident, item, identity, consent).await;
            E::Known(ticket, known.map_err(failure))
        }
        Question::SendLicenceSms { identity, purpose } => {
            let sent = resident.ask(shared, identity, SendLicenceSms(purpose)).await;
            E::SmsSent(ticket, sent.map(|masked| end_of(&masked)).map_err(failure))
        }
        Question::Licences(request) => {
            E::Licences(ticket, licences::allowed(shared, resident, request).await.map_err(failure))
        }
        Question::Licence { identity, authorisation, licence } => {
            E::Licence(ticket, licences::shown(shared, resident, identity, authorisation, licence).await)
        }
        Question::Suggestions(identity) => {
            E::Suggestions(ticket, resident.ask(shared, identity, Suggest).await.map_err(failure))
        }
        Question::Certificate(request) => {
            E::Certificate(ticket, certificate(shared, resident, request).await)
        }
        Question::Directory(item, division) => {
            let list = shared.heard(province.directory(item, division).await);
            E::Directory(ticket, list.map_err(call_failure))
        }
        Question::SignIn { badge, pin } => {
            let staff = shared.heard(province.sign_in(badge, pin).await);
            E::SignedIn(ticket, staff.map_err(call_failure))
        }
        Question::CallHelp(context) => {
            let called = shared.heard(province.call_help(context.page.name(), context.item.as_ref()).await);
            E::HelpAnswered(ticket, called.map(drop).map_err(call_failure))
        }
        Question::CallBack(number, context) => {
            let noted = shared.heard(province.call_back(number, context.item.as_ref()).await);
            E::HelpAnswered(ticket, noted.map(drop).map_err(call_failure))
        }
    }
}

async fn what_is_known(
    shared: &Shared,
    resident: &Resident,
    item: &ServiceItem,
    identity: &Identity,
    consent: &Consent,
) -> Result<KnownFacts, Trouble> {
    let inquiry = match item.inquiry {
        Inquiry::AskFirst => Some(resident.ask(shared, identity, Inquire(&item.id)).await?),
        Inquiry::None => None,
    };
    let keys = keys(item);
    let nothing_to_do = matches!(inquiry, Some(InquiryAnswer::NothingToDo { .. }));
    // What is not needed is not read.
    let not_allowed = consent.shared_data != SharedDataConsent::Given;
    if nothing_to_do || not_allowed || keys.is_empty() {
        return Ok(KnownFacts { inquiry, prefill: Vec::new() });
    }
    match resident.ask(shared, identity, in_session::Prefill { item: &item.id, consent, keys }).await {
        Ok(prefill) => Ok(KnownFacts { inquiry, prefill }),
        // A province that has nothing to share is no obstacle: the form is filled in by hand.
        Err(Trouble::Call(error)) if refuses(&error) => Ok(KnownFacts { inquiry, prefill: Vec::new() }),
        Err(trouble) => Err(trouble),
    }
}

/// The keys of shared data that the item's form asks for, each once.
fn keys(item: &ServiceItem) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for field in item.form.iter().flat_map(|step| &step.fields) {
        if let Some(Prefill::Shared(key)) = &field.prefill
            && !keys.contains(key)
        {
            keys.push(key.clone());
        }
    }
    keys
}

async fn certificate(
    shared: &Shared,
    resident: &Resident,
    request: &CertificateRequest,
) -> Result<IssuedCertificate, CertificateFailure> {
    let CertificateRequest { identity, purpose, submission } = request;
    match resident.ask(shared, identity, in_session::Certificate { submission, purpose }).await {
        Ok(CertificateAnswer::Issued(certificate)) => Ok(*certificate),
        Ok(CertificateAnswer::Refused(reason)) => Err(CertificateFailure::Refused(reason)),
        Ok(CertificateAnswer::BadSeal(error)) => {
            let problem = error.problem();
            let (item, remedy) = (&submission.item, problem.remedy().text(Locale::En));
            tracing::error!(seal = problem.word(), %error, %item, remedy, "a certificate is neither shown nor printed");
            Err(CertificateFailure::Seal(problem))
        }
        Err(trouble) => Err(CertificateFailure::Ask(failure(trouble))),
    }
}

/// The digits after the masked middle of a telephone number: `111****0001` → `0001`.
fn end_of(masked: &Personal) -> String {
    masked.reveal().rsplit('*').next().unwrap_or_default().to_owned()
}

pub(super) fn failure(trouble: Trouble) -> AskFailure {
    match trouble {
        Trouble::Call(error) => call_failure(error),
        Trouble::Over => AskFailure::Refused,
    }
}

/// Whether the province was reached and says no.
pub(super) fn refuses(error: &CallError) -> bool {
    call_failure_of(error) == AskFailure::Refused
}

#[allow(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn call_failure(error: CallError) -> AskFailure {
    call_failure_of(&error)
}

fn call_failure_of(error: &CallError) -> AskFailure {
    ask_failure(error.kind())
}

/// What a failed call means to the resident: an answer that says no, or no answer.
pub(crate) fn ask_failure(kind: CallErrorKind) -> AskFailure {
    match kind {
        CallErrorKind::Refused(ErrorClass::NeedsUser | ErrorClass::NeedsHuman | ErrorClass::Fatal) => {
            AskFailure::Refused
        }
        CallErrorKind::Refused(ErrorClass::Retryable)
        | CallErrorKind::Unreachable
        | CallErrorKind::Tls
        | CallErrorKind::OutcomeUnknown
        | CallErrorKind::BadAnswer => AskFailure::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_telephone_number() {
        for (masked, end) in [("111****0001", "0001"), ("****", ""), ("0001", "0001"), ("", "")] {
            assert_eq!(end_of(&Personal::new(masked)), end);
        }
    }
}
