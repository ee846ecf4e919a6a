//! The form and its review.

use super::Context;
use super::effect::Effect;
use super::event::{DeviceEvent, EventKind, PhotoProblem, ProvinceEvent, Tap};
use super::state::{AfterStep, Browse, CameFrom, CaseFile, Filling, Saved, Step, Submitting, Trouble, Visit};
use super::visit::Flow;
use crate::case::{Applicant, Submission, SubmissionId};
use crate::device::{DeviceClass, DeviceState};
use crate::form::answer::{Answer, AnswerSource, Answered, FormAnswers};
use crate::form::check::{FieldMistake, check_step};
use crate::form::{FieldId, FieldKind, PhotoSubject};
use crate::identity::{Consent, Identity};
use crate::messages::MessageId;
use crate::service_item::{ServiceItem, ServiceKind};
use crate::session::effect::{CertificateRequest, Question};
use crate::session::state::Fetching;
use std::sync::Arc;

impl Visit {
    /// The first step that is asked, or the review where none is.
    pub(super) fn open_form(&mut self, mut file: CaseFile, _context: &mut Context<'_>) -> Step {
        file.answers.prune(&file.item.form);
        match next_step(&file, 0) {
            Some(at) => Step::Form(filling(file, at, AfterStep::NextStep)),
            None => Step::Review(file),
        }
    }

    pub(super) fn on_form(
        &mut self,
        mut filling: Filling,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        Flow::To(match kind {
            EventKind::Tap(Tap::Answer(field, answer)) => {
                filling.answer(field, answer);
                Step::Form(filling)
            }
            EventKind::Tap(Tap::ClearAnswer(field)) => {
                filling.file.answers.clear(&field);
                filling.mistakes.retain(|m| m.field != field);
                Step::Form(filling)
            }
            EventKind::Tap(Tap::TakePhoto(field)) if filling.photo.is_none() => {
                match filling.photo_subject(&field) {
                    None => {}
                    Some(subject)
                        if context.facts.devices.state(DeviceClass::Camera) == DeviceState::Online =>
                    {
                        let ticket = context.ticket();
                        context.effects.push(Effect::TakePhoto(ticket, subject));
                        filling.mistakes.retain(|m| m.field != field);
                        filling.photo = Some((field, ticket));
                    }
                    Some(_) => self.trouble(Trouble::Device(DeviceClass::Camera)),
                }
                Step::Form(filling)
            }
            EventKind::Tap(Tap::UseLicence(field)) if filling.photo.is_none() => {
                super::licence::begin(filling, field)
            }
            EventKind::Device(DeviceEvent::PhotoTaken(ticket, picture)) => {
                if let Some((field, _)) = filling.photo.take_if(|(_, t)| *t == ticket) {
                    filling.answer(field, Answer::Photo(picture));
                }
                Step::Form(filling)
            }
            EventKind::Device(DeviceEvent::PhotoFailed(ticket, problem)) => {
                if let Some((field, _)) = filling.photo.take_if(|(_, t)| *t == ticket) {
                    match advice(problem) {
                        Some(message) => filling.advise(field, message),
                        None => self.trouble(Trouble::Device(DeviceClass::Camera)),
                    }
                }
                Step::Form(filling)
            }
            EventKind::Tap(Tap::Next) if filling.photo.is_none() => filling.next(context),
            EventKind::Tap(Tap::Back) if filling.then == AfterStep::Review => {
                let complete = first_mistake(&filling.file, context).is_none();
                if complete { Step::Review(filling.file) } else { Step::Form(filling) }
            }
            EventKind::Tap(Tap::Back) => match previous_step(&filling.file, filling.at) {
                Some(at) => Step::Form(self::filling(filling.file, at, AfterStep::NextStep)),
                None => {
                    let browse = Browse {
                        identity: Some(filling.file.identity),
                        from: CameFrom::Items(filling.file.item.theme),
                    };
                    Step::Guide(browse, filling.file.item)
                }
            },
            _ => Step::Form(filling),
        })
    }

    pub(super) fn on_review(&mut self, file: CaseFile, kind: EventKind, context: &mut Context<'_>) -> Flow {
        Flow::To(match kind {
            EventKind::Tap(Tap::Edit(at)) if at < file.item.form.len() && is_asked(&file, at) => {
                Step::Form(filling(file, at, AfterStep::Review))
            }
            EventKind::Tap(Tap::Back) => match previous_step(&file, file.item.form.len()) {
                Some(at) => Step::Form(filling(file, at, AfterStep::NextStep)),
                None => {
                    let browse =
                        Browse { identity: Some(file.identity), from: CameFrom::Items(file.item.theme) };
                    Step::Guide(browse, file.item)
                }
            },
            EventKind::Tap(Tap::Confirm(id)) => self.confirm(file, id, context),
            _ => Step::Review(file),
        })
    }

    fn confirm(&mut self, file: CaseFile, id: SubmissionId, context: &mut Context<'_>) -> Step {
        // The day may have changed since the last step was checked.
        if let Some(at) = first_mistake(&file, context) {
            let mistakes = check_step(&file.item.form[at], &file.answers, context.now().date());
            return Step::Form(Filling { mistakes, ..filling(file, at, AfterStep::Review) });
        }
        let submission = self.submission(&file, id.clone(), context);
        if file.item.kind == ServiceKind::Certificate {
            let identity = file.identity.clone();
            let request = CertificateRequest { identity, purpose: file.item.name.clone(), submission };
            let ticket = context.ask(Question::Certificate(Box::new(request)));
            return Step::Fetching(Fetching { file, ticket, since: context.now() });
        }
        let ticket = context.ticket();
        context.effects.push(Effect::Submit(ticket, Box::new(submission)));
        Step::Submitting(Submitting { file, id, ticket, filed_at: context.now(), saved: Saved::No })
    }

    /// The one place where a submission is made: from a reviewed file, which holds a consent.
    fn submission(&self, file: &CaseFile, id: SubmissionId, context: &Context<'_>) -> Submission {
        Submission {
            id,
            item: file.item.id.clone(),
            item_version: file.item.version.clone(),
            filed_at: context.now(),
            terminal: context.facts.site.terminal.clone(),
            locale: self.locale,
            applicant: Applicant {
                name: file.identity.name().clone(),
                number: file.identity.number().clone(),
                way: file.identity.way(),
                assurance: file.identity.assurance(),
                face: file.identity.face(),
            },
            agent: self.worker.clone(),
            consent: file.consent.clone(),
            provided: {
                let papers = file.item.materials.iter();
                papers.filter_map(|paper| paper.provided(&file.consent, &file.answers)).collect()
            },
            answers: file.answers.clone(),
            queueing: file.item.queueing,
        }
    }
}

impl Filling {
    fn answer(&mut self, field: FieldId, answer: Answer) {
        let fits = self.fields().any(|f| f.id == field && answer.fits(&f.kind));
        if !fits {
            return;
        }
        self.mistakes.retain(|m| m.field != field);
        self.file.answers.set(field, Answered { answer, source: AnswerSource::Resident });
    }

    /// What the picture of a field shows; none where the field takes no picture. Whose sheet was not found twice gives the
    /// picture as it is: better than none.
    fn photo_subject(&self, field: &FieldId) -> Option<PhotoSubject> {
        self.fields().find(|f| f.id == *field).and_then(|f| match f.kind {
            FieldKind::Photo { .. } if self.photo_failures >= MOST_PHOTO_FAILURES => {
                Some(PhotoSubject::Anything)
            }
            FieldKind::Photo { subject } => Some(subject),
            _ => None,
        })
    }

    /// Says beside the field what would make the picture a good one.
    fn advise(&mut self, field: FieldId, message: MessageId) {
        self.photo_failures = self.photo_failures.saturating_add(1);
        self.mistakes.retain(|m| m.field != field);
        self.mistakes.push(FieldMistake { field, message });
    }

    pub(super) fn next(mut self, context: &Context<'_>) -> Step {
        self.mistakes = check_step(&self.file.item.form[self.at], &self.file.answers, context.now().date());
        if !self.mistakes.is_empty() {
            return Step::Form(self);
        }
        // An answer may have changed which questions follow.
        self.file.answers.prune(&self.file.item.form);
        let next = match self.then {
            AfterStep::NextStep => next_step(&self.file, self.at + 1),
            // 修改 comes back to the review, unless the change asks for something that is still open.
            AfterStep::Review => first_mistake(&self.file, context),
        };
        match next {
            Some(at) => Step::Form(filling(self.file, at, self.then)),
            None => Step::Review(self.file),
        }
    }

    /// The number of this step and of all steps that are asked with the present answers, the review among them.
    pub fn progress(&self) -> (usize, usize) {
        let before = (0..self.at).filter(|i| is_asked(&self.file, *i)).count();
        (before + 1, self.file.steps())
    }
}

impl CaseFile {
    /// A file with nothing answered yet.
    pub(super) fn begin(item: Arc<ServiceItem>, consent: Consent, identity: Identity) -> Self {
        Self { item, consent, identity, answers: FormAnswers::default() }
    }

    /// How many steps there are with the present answers, the review among them.
    pub fn steps(&self) -> usize {
        (0..self.item.form.len()).filter(|i| is_asked(self, *i)).count() + 1
    }
}

impl Visit {
    pub(super) fn on_fetching(
        &mut self,
        fetching: Fetching,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        use super::event::CertificateFailure as Failure;
        use super::state::{Ending, Finished, PaperState};
        use crate::case::VisitOutcome;
        let Fetching { file, ticket, since } = fetching;
        let finished = |file: CaseFile, ending, context: &Context<'_>| {
            Step::Result(Finished {
                answers: file.answers.for_paper(&file.item.form),
                item: file.item,
                identity: Some(file.identity),
                ending,
                at: context.now(),
                paper: PaperState::NotPrinted,
            })
        };
        Flow::To(match kind {
            EventKind::Province(ProvinceEvent::Certificate(t, answer)) if t == ticket => match answer {
                Ok(certificate) => {
                    self.outcome = VisitOutcome::Served;
                    finished(file, Ending::Certificate(certificate), context)
                }
                Err(Failure::Refused(reason)) => {
                    self.outcome = VisitOutcome::NotAccepted;
                    finished(file, Ending::NoCertificate(reason), context)
                }
                Err(Failure::Seal(problem)) => {
                    // Nobody refused anything: nothing came of the visit yet.
                    self.outcome = VisitOutcome::Abandoned;
                    finished(file, Ending::BadSeal(problem), context)
                }
                Err(Failure::Ask(failure)) => {
                    self.no_answer(failure);
                    Step::Review(file)
                }
            },
            EventKind::Tap(Tap::Back) => Step::Review(file),
            _ => Step::Fetching(Fetching { file, ticket, since }),
        })
    }
}

fn filling(file: CaseFile, at: usize, then: AfterStep) -> Filling {
    Filling { file, at, mistakes: Vec::new(), photo: None, photo_failures: 0, then }
}

/// After so many pictures without a good sheet the next one is taken as it is.
const MOST_PHOTO_FAILURES: u8 = 2;

/// What to do for a better picture; none where the camera is to blame.
fn advice(problem: PhotoProblem) -> Option<MessageId> {
    match problem {
        PhotoProblem::NoCamera => None,
        PhotoProblem::NoSheet => Some(MessageId::MistakePhotoNoSheet),
        PhotoProblem::CutOff => Some(MessageId::MistakePhotoCutOff),
        PhotoProblem::MoreLight => Some(MessageId::MistakePhotoMoreLight),
        PhotoProblem::HoldStill => Some(MessageId::MistakePhotoHoldStill),
        PhotoProblem::ComeCloser => Some(MessageId::MistakePhotoComeCloser),
    }
}

fn is_asked(file: &CaseFile, at: usize) -> bool {
    file.answers.asked(&file.item.form[at]).next().is_some()
}

fn next_step(file: &CaseFile, from: usize) -> Option<usize> {
    (from..file.item.form.len()).find(|i| is_asked(file, *i))
}

fn previous_step(file: &CaseFile, before: usize) -> Option<usize> {
    (0..before).rev().find(|i| is_asked(file, *i))
}

/// The first step with a mistake.
fn first_mistake(file: &CaseFile, context: &Context<'_>) -> Option<usize> {
    let today = context.now().date();
    (0..file.item.form.len()).find(|i| !check_step(&file.item.form[*i], &file.answers, today).is_empty())
}
