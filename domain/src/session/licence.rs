//! A paper from the province's library of certificates: allowed, chosen, looked at, taken. Each page has a way back to the
//! form, where the paper itself can be photographed.

use super::Context;
use super::effect::{LicenceProof, LicencesRequest, Question};
use super::event::{
    AllowedLicences, AskFailure, DeviceEvent, EventKind, LicenceFailure, LicenceStanding, ListedLicence,
    ProvinceEvent, Tap,
};
use super::state::{
    Filling, LicencePart as Part, LicenceProblem, LicenceWay, Licensing, Step, Trouble, Visit,
};
use super::visit::Flow;
use crate::device::DeviceClass;
use crate::form::FieldId;
use crate::form::answer::{Answer, AnswerSource, Answered};
use crate::material::MaterialRequirement;
use std::sync::Arc;

/// Begins with the ways; stays on the form where its item takes no certificate for the field.
pub(super) fn begin(filling: Filling, field: FieldId) -> Step {
    match filling.file.item.licence_for(&field).cloned() {
        Some(paper) => {
            Step::Licence(Licensing { filling, field, paper: Arc::new(paper), part: Part::Ways(None) })
        }
        None => Step::Form(filling),
    }
}

impl Visit {
    pub(super) fn on_licence(
        &mut self,
        licensing: Licensing,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        let Licensing { filling, field, paper, part } = licensing;
        let asked = |proof, context: &mut Context<'_>| {
            let request = request(&filling, &paper, proof, context);
            context.ask(Question::Licences(Box::new(request)))
        };
        let part = match (part, kind) {
            // 改为拍照
            (_, EventKind::Tap(Tap::WithoutLicence))
            | (Part::Ways(_) | Part::Sending(_), EventKind::Tap(Tap::Back)) => {
                return Flow::To(Step::Form(filling));
            }
            (Part::Look { allowed, .. }, EventKind::Tap(Tap::Back)) => listed(allowed),
            (_, EventKind::Tap(Tap::Back | Tap::IdentityWay(None))) => Part::Ways(None),

            (Part::Ways(_), EventKind::Tap(Tap::LicenceWay(LicenceWay::Qr))) => {
                if context.facts.devices.can_read_codes() {
                    Part::Code { asking: None, problem: None }
                } else {
                    self.trouble(Trouble::Device(DeviceClass::Camera));
                    Part::Ways(None)
                }
            }
            (Part::Ways(_), EventKind::Tap(Tap::LicenceWay(LicenceWay::Sms))) => {
                let (identity, purpose) = (filling.file.identity.clone(), filling.file.item.name.clone());
                Part::Sending(context.ask(Question::SendLicenceSms { identity, purpose }))
            }
            (Part::Sending(t), EventKind::Province(ProvinceEvent::SmsSent(ticket, answer)))
                if t == ticket =>
            {
                match answer {
                    Ok(phone_end) => Part::Sms { phone_end, asking: None, problem: None },
                    Err(failure) => Part::Ways(Some(failure.into())),
                }
            }

            (Part::Code { asking: None, .. }, EventKind::Device(DeviceEvent::CodeRead(code))) => {
                Part::Code { asking: Some(asked(LicenceProof::ProvinceQr(code), context)), problem: None }
            }
            (
                Part::Code { asking: Some(t), .. },
                EventKind::Province(ProvinceEvent::Licences(ticket, answer)),
            ) if t == ticket => match answer {
                Ok(allowed) => listed(allowed),
                Err(failure) => Part::Code { asking: None, problem: Some(failure.into()) },
            },
            (
                Part::Code { .. },
                EventKind::Device(DeviceEvent::State(
                    class @ (DeviceClass::Camera | DeviceClass::CodeScanner),
                    _,
                )),
            ) if !context.facts.devices.can_read_codes() => {
                self.trouble(Trouble::Device(class));
                Part::Ways(None)
            }

            (Part::Sms { phone_end, asking: None, .. }, EventKind::Tap(Tap::SmsCode(code))) => {
                Part::Sms { phone_end, asking: Some(asked(LicenceProof::Sms(code), context)), problem: None }
            }
            (
                Part::Sms { phone_end, asking: Some(t), .. },
                EventKind::Province(ProvinceEvent::Licences(ticket, answer)),
            ) if t == ticket => match answer {
                Ok(allowed) => listed(allowed),
                Err(failure) => Part::Sms { phone_end, asking: None, problem: Some(failure.into()) },
            },

            (Part::List { allowed, fetching: None, .. }, EventKind::Tap(Tap::Licence(at))) => {
                let fetching = countable(&allowed, at).map(|chosen| {
                    context.ask(Question::Licence {
                        identity: filling.file.identity.clone(),
                        authorisation: allowed.authorisation.clone(),
                        licence: Box::new(chosen.clone()),
                    })
                });
                Part::List { allowed, fetching, problem: None }
            }
            (
                Part::List { allowed, fetching: Some(t), .. },
                EventKind::Province(ProvinceEvent::Licence(ticket, answer)),
            ) if t == ticket => match answer {
                Ok(paper) => Part::Look { allowed, paper },
                // What was allowed is over: it has to be allowed anew.
                Err(LicenceFailure::Ask(AskFailure::Refused)) => Part::Ways(Some(LicenceProblem::Refused)),
                Err(LicenceFailure::Ask(failure)) => {
                    Part::List { allowed, fetching: None, problem: Some(failure.into()) }
                }
                Err(LicenceFailure::Seal(problem)) => {
                    Part::List { allowed, fetching: None, problem: Some(LicenceProblem::Seal(problem)) }
                }
            },

            (Part::Look { paper, .. }, EventKind::Tap(Tap::TakeLicence)) => {
                let mut filling = filling;
                let answer = Answer::Licence(paper);
                filling.mistakes.retain(|mistake| mistake.field != field);
                filling.file.answers.set(field, Answered { answer, source: AnswerSource::Resident });
                return Flow::To(filling.next(context));
            }
            (part, _) => part,
        };
        Flow::To(Step::Licence(Licensing { filling, field, paper, part }))
    }
}

fn listed(allowed: AllowedLicences) -> Part {
    Part::List { allowed, fetching: None, problem: None }
}

/// The certificate at this place of the list, if it counts.
fn countable(allowed: &AllowedLicences, at: usize) -> Option<&ListedLicence> {
    allowed.licences.get(at).filter(|licence| licence.standing == LicenceStanding::Valid)
}

fn request(
    filling: &Filling,
    paper: &MaterialRequirement,
    proof: LicenceProof,
    context: &Context<'_>,
) -> LicencesRequest {
    let file = &filling.file;
    LicencesRequest {
        identity: file.identity.clone(),
        item: file.item.id.clone(),
        purpose: file.item.name.clone(),
        place: context.facts.site.division.clone(),
        kind: paper.licence.clone(),
        proof,
    }
}
