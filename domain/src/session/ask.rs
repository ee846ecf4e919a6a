//! The province is asked before the form: is there anything to do, and what is already known?

use super::Context;
use super::effect::Question;
use super::event::{EventKind, InquiryAnswer, KnownFacts, ProvinceEvent, SharedValue, Tap};
use super::state::{Asking, Browse, CameFrom, CaseFile, Ending, Finished, PaperState, Step, Visit};
use super::visit::Flow;
use crate::case::VisitOutcome;
use crate::division::DivisionCode;
use crate::form::answer::{Answer, AnswerSource, Answered, FormAnswers, YesNo};
use crate::form::{Field, FieldKind, Prefill};
use crate::identity::{Identity, SharedDataConsent};
use crate::personal::Personal;
use crate::service_item::{Inquiry, Queueing, ServiceItem};
use time::Date;
use time::macros::format_description;

impl Visit {
    /// Fills in what the card says, and asks the province where there is anything to ask and the resident agrees.
    pub(super) fn ask_province(&mut self, mut file: CaseFile, context: &mut Context<'_>) -> Step {
        fill_from_identity(&mut file);
        let wants_to_know = file.item.inquiry == Inquiry::AskFirst || uses_shared_data(&file.item);
        if file.consent.shared_data == SharedDataConsent::Refused || !wants_to_know {
            return self.open_form(file, context);
        }
        let question = Question::WhatIsKnown {
            item: file.item.clone(),
            identity: file.identity.clone(),
            consent: file.consent.clone(),
        };
        let ticket = context.ask(question);
        Step::Asking(Asking { file, ticket, since: context.now() })
    }

    pub(super) fn on_asking(&mut self, asking: Asking, kind: EventKind, context: &mut Context<'_>) -> Flow {
        let Asking { mut file, ticket, since } = asking;
        Flow::To(match kind {
            EventKind::Province(ProvinceEvent::Known(t, answer)) if t == ticket => match answer {
                Ok(KnownFacts { inquiry: Some(InquiryAnswer::NothingToDo { until, message }), .. }) => {
                    self.outcome = VisitOutcome::NothingToDo;
                    Step::Result(Finished {
                        item: file.item,
                        identity: Some(file.identity),
                        ending: Ending::NothingToDo { until, message },
                        answers: FormAnswers::default(),
                        at: context.now(),
                        paper: PaperState::NotPrinted,
                    })
                }
                Ok(known) => {
                    fill_from_province(&mut file, &known.prefill);
                    self.open_form(file, context)
                }
                // Where the case may wait, the form is filled in by hand; where the province must answer at once,
                // the terminal says so now and not after ten pages.
                Err(_) if file.item.queueing == Queueing::MayQueue => self.open_form(file, context),
                Err(failure) => {
                    self.no_answer(failure);
                    let browse =
                        Browse { identity: Some(file.identity), from: CameFrom::Items(file.item.theme) };
                    Step::Guide(browse, file.item)
                }
            },
            EventKind::Tap(Tap::Back) => {
                let browse = Browse { identity: Some(file.identity), from: CameFrom::Items(file.item.theme) };
                Step::Guide(browse, file.item)
            }
            _ => Step::Asking(Asking { file, ticket, since }),
        })
    }
}

fn uses_shared_data(item: &ServiceItem) -> bool {
    item.form.iter().flat_map(|s| &s.fields).any(|f| matches!(f.prefill, Some(Prefill::Shared(_))))
}

fn fill_from_identity(file: &mut CaseFile) {
    let item = file.item.clone();
    for field in item.form.iter().flat_map(|s| &s.fields) {
        let Some(answer) = field.prefill.as_ref().and_then(|p| answer_from_identity(p, &file.identity))
        else {
            continue;
        };
        if answer.fits(&field.kind) {
            file.answers.set(field.id.clone(), Answered { answer, source: AnswerSource::Card });
        }
    }
}

fn answer_from_identity(prefill: &Prefill, identity: &Identity) -> Option<Answer> {
    Some(match prefill {
        Prefill::CardName => Answer::Text(identity.name().clone()),
        Prefill::CardNumber => Answer::Text(identity.number().clone()),
        Prefill::CardPerson => {
            Answer::Person { name: identity.name().clone(), number: identity.number().clone() }
        }
        Prefill::CardAddress => {
            let card = identity.card()?;
            Answer::Text(card.newest_address().or(card.address())?.clone())
        }
        Prefill::CardBirth => Answer::Date(identity.card()?.birth()),
        Prefill::Shared(_) => return None,
    })
}

fn fill_from_province(file: &mut CaseFile, values: &[SharedValue]) {
    let item = file.item.clone();
    for field in item.form.iter().flat_map(|s| &s.fields) {
        let Some(Prefill::Shared(key)) = &field.prefill else { continue };
        let Some(value) = values.iter().find(|v| v.key == *key) else { continue };
        // A value that does not fit its field is left out: the resident fills it in, nothing wrong is shown.
        if let Some(answer) = read_value(field, &value.value) {
            let source = AnswerSource::Shared(value.source.clone());
            file.answers.set(field.id.clone(), Answered { answer, source });
        }
    }
}

/// Reads a shared value as its field's kind: text as it is, `yes`/`no`, whole numbers, fen, `YYYY-MM-DD`, a division's
/// digits, an option's value, `name|number` for a person.
fn read_value(field: &Field, value: &Personal) -> Option<Answer> {
    let text = value.reveal();
    Some(match &field.kind {
        FieldKind::Choice { options } => {
            Answer::Choice(options.iter().find(|o| o.value == text).map(|o| o.value.clone())?)
        }
        FieldKind::YesNo => Answer::YesNo(match text {
            "yes" => YesNo::Yes,
            "no" => YesNo::No,
            _ => return None,
        }),
        FieldKind::Text { .. } => Answer::Text(value.clone()),
        FieldKind::Number { .. } => Answer::Number(text.parse().ok()?),
        FieldKind::Amount { .. } => Answer::Amount(text.parse().ok()?),
        FieldKind::Date { .. } => {
            Answer::Date(Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?)
        }
        FieldKind::Division { .. } => Answer::Division(DivisionCode::try_from(text.to_owned()).ok()?),
        FieldKind::Person => {
            let (name, number) = text.split_once('|')?;
            Answer::Person { name: Personal::new(name), number: Personal::new(number) }
        }
        FieldKind::Photo { .. } | FieldKind::Signature => return None,
    })
}
