//! What became of it: result, paper, rating.

use super::effect::{Effect, Question, RatingToSend};
use super::event::{DeviceEvent, EventKind, PrintOutcome, PrintProblem, Tap};
use super::state::{
    Browse, CameFrom, Ending, Finished, PaperState, PrintPhase, Printing, Rating, RatingAsked, RatingPart,
    Step, SuggestionList, Visit, YouMayAlso,
};
use super::visit::Flow;
use super::{Context, Facts, Session};
use crate::case::{SubmissionId, SubmitOutcome};
use crate::device::{DeviceState, Devices, PaperSupply};
use crate::form::Field;
use crate::form::words::words;
use crate::identity::Identity;
use crate::locale::Locale;
use crate::paper::{CaseHead, Copy, Paper};
use crate::personal::Personal;
use crate::rating::ServiceRating;
use crate::terminal::Site;

impl Visit {
    pub(super) fn on_result(
        &mut self,
        finished: Finished,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        match kind {
            EventKind::Tap(Tap::Print) => Flow::To(self.print(finished, context)),
            EventKind::Tap(Tap::AnotherService) => Flow::To(Step::Home(known(finished.identity))),
            EventKind::Tap(Tap::Suggest) => Flow::To(match finished.identity {
                Some(identity) => {
                    let ticket = context.ask(Question::Suggestions(identity.clone()));
                    Step::YouMayAlso(YouMayAlso { identity, list: SuggestionList::Asking(ticket) })
                }
                None => Step::Result(finished),
            }),
            EventKind::Tap(Tap::Finish | Tap::Back) => self.rate_or_end(finished),
            _ => Flow::To(Step::Result(finished)),
        }
    }

    /// Starts a print, or says at once why none can be started.
    pub(super) fn print(&mut self, finished: Finished, context: &mut Context<'_>) -> Step {
        let Some(problem) = cannot_print(&finished, context) else {
            return self.print_again(finished, context);
        };
        let paper = self.paper(&finished, context.facts);
        if paper.is_none() && !finished.has_certificate() {
            return Step::Result(finished);
        }
        let phase = PrintPhase::Ended(PrintOutcome::NotPrinted(problem));
        Step::Printing(Printing { finished, paper, ticket: context.ticket(), phase })
    }

    /// Somebody has put paper in and asks for it: the printer itself says whether it can, since what is known of it may be
    /// older than the paper.
    fn print_again(&mut self, finished: Finished, context: &mut Context<'_>) -> Step {
        let ticket = context.ticket();
        let paper = self.paper(&finished, context.facts);
        context.effects.push(match (&paper, &finished.ending) {
            (Some(paper), _) => Effect::Print(ticket, Box::new(paper.clone())),
            (None, Ending::Certificate(file)) => Effect::PrintCertificate(ticket, Box::new(file.clone())),
            (None, _) => return Step::Result(finished),
        });
        Step::Printing(Printing { finished, paper, ticket, phase: PrintPhase::Working(0) })
    }

    pub(super) fn on_printing(
        &mut self,
        mut printing: Printing,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        match (printing.phase, kind) {
            (PrintPhase::Working(done), EventKind::Device(DeviceEvent::PrintProgress(t, now)))
                if t == printing.ticket =>
            {
                printing.phase = PrintPhase::Working(done.max(now.min(100)));
                Flow::To(Step::Printing(printing))
            }
            (PrintPhase::Working(_), EventKind::Device(DeviceEvent::PrintEnded(t, outcome)))
                if t == printing.ticket =>
            {
                printing.phase = PrintPhase::Ended(outcome);
                printing.finished.paper = PaperState::Tried(outcome);
                Flow::To(Step::Printing(printing))
            }
            (PrintPhase::Ended(_), EventKind::Tap(Tap::Print)) => {
                Flow::To(self.print_again(printing.finished, context))
            }
            (PrintPhase::Ended(_), EventKind::Tap(Tap::Back | Tap::WithoutPaper)) => {
                Flow::To(Step::Result(printing.finished))
            }
            (PrintPhase::Ended(_), EventKind::Tap(Tap::AnotherService)) => {
                Flow::To(Step::Home(known(printing.finished.identity)))
            }
            (PrintPhase::Ended(_), EventKind::Tap(Tap::Finish)) => self.rate_or_end(printing.finished),
            _ => Flow::To(Step::Printing(printing)),
        }
    }

    /// The rating page once in a visit, else the end.
    pub(super) fn rate_or_end(&mut self, finished: Finished) -> Flow {
        match self.rating {
            RatingAsked::Yes => Flow::End,
            RatingAsked::NotYet => Flow::To(Step::Rating(Rating {
                finished,
                level: None,
                reasons: Vec::new(),
                words: Personal::default(),
                part: RatingPart::Level,
            })),
        }
    }

    pub(super) fn on_rating(
        &mut self,
        mut rating: Rating,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Flow {
        match kind {
            EventKind::Tap(Tap::Rate(level)) => {
                rating.level = Some(level);
                if !level.needs_reason() {
                    rating.reasons.clear();
                    rating.words = Personal::default();
                }
                Flow::To(Step::Rating(rating))
            }
            EventKind::Tap(Tap::RatingReason(reason)) if rating.level.is_some_and(|l| l.needs_reason()) => {
                match rating.reasons.iter().position(|r| *r == reason) {
                    Some(at) => drop(rating.reasons.remove(at)),
                    None => rating.reasons.push(reason),
                }
                Flow::To(Step::Rating(rating))
            }
            EventKind::Tap(Tap::WriteRating) if rating.level.is_some_and(|l| l.needs_reason()) => {
                rating.part = RatingPart::Words;
                Flow::To(Step::Rating(rating))
            }
            EventKind::Tap(Tap::RatingWords(words))
                if rating.part == RatingPart::Words
                    && words.reveal().chars().count() <= ServiceRating::LONGEST_WORDS =>
            {
                rating.words = words;
                Flow::To(Step::Rating(rating))
            }
            EventKind::Tap(Tap::Next | Tap::Back) if rating.part == RatingPart::Words => {
                rating.part = RatingPart::Level;
                Flow::To(Step::Rating(rating))
            }
            EventKind::Tap(Tap::SendRating) => {
                let Some(made) = rating.made() else {
                    return Flow::To(Step::Rating(rating));
                };
                self.rating = RatingAsked::Yes;
                context.effects.push(Effect::Rate(Box::new(RatingToSend {
                    submission: rating.finished.submission().cloned(),
                    item: rating.finished.item.id.clone(),
                    rating: made,
                    at: context.now(),
                })));
                Flow::End
            }
            EventKind::Tap(Tap::SkipRating) => {
                self.rating = RatingAsked::Yes;
                Flow::End
            }
            EventKind::Tap(Tap::Back) => Flow::To(Step::Result(rating.finished)),
            _ => Flow::To(Step::Rating(rating)),
        }
    }

    /// The paper that a result gives: an acceptance receipt only with a case number, by its type.
    fn paper(&self, finished: &Finished, facts: &Facts) -> Option<Paper> {
        let site = &facts.site;
        let paper = match &finished.ending {
            Ending::Directory(entries) => {
                return Some(Paper::DirectorySlip {
                    locale: self.locale,
                    site: site.name.clone(),
                    item: finished.item.name.clone(),
                    at: facts.now,
                    entries: entries.clone(),
                });
            }
            // The issuer's file goes unchanged to the document printer; the terminal draws only its own slips.
            Ending::Certificate(_) | Ending::NoCertificate(_) | Ending::BadSeal(_) => return None,
            Ending::NothingToDo { until, message } => Paper::NothingToDoSlip {
                head: self.head(finished, site)?,
                until: *until,
                message: message.clone(),
            },
            Ending::Case { id, outcome } => {
                let head = self.head(finished, site)?;
                match outcome.clone() {
                    SubmitOutcome::Received { application }
                    | SubmitOutcome::AlreadyApplied { application } => {
                        Paper::ReceivedSlip { head, application }
                    }
                    SubmitOutcome::Accepted { application, case } => {
                        Paper::AcceptanceReceipt { head, application, case }
                    }
                    SubmitOutcome::SupplementRequired { application, what } => {
                        Paper::SupplementSlip { head, application, what }
                    }
                    SubmitOutcome::NotAccepted { application, reason } => {
                        Paper::NotAcceptedSlip { head, application, reason }
                    }
                    SubmitOutcome::Queued => Paper::QueuedSlip { head, submission: id.clone() },
                    SubmitOutcome::SetAside => Paper::SetAsideSlip { head, submission: id.clone() },
                    SubmitOutcome::Unknown => Paper::UnknownSlip { head, submission: id.clone() },
                    SubmitOutcome::NotSent | SubmitOutcome::NotTaken => return None,
                }
            }
        };
        // Whatever may have come out before makes this one a reprint; only a job that surely never began does not.
        Some(match finished.paper {
            PaperState::NotPrinted => paper,
            PaperState::Tried(_) => paper.reprinted(),
        })
    }

    fn head(&self, finished: &Finished, site: &Site) -> Option<CaseHead> {
        let identity = finished.identity.as_ref()?;
        Some(CaseHead {
            locale: self.locale,
            site: site.name.clone(),
            terminal: site.terminal.clone(),
            item: finished.item.name.clone(),
            applicant: Personal::new(identity.name().reveal()),
            masked_number: identity.number().masked_number(),
            agent: self.worker.as_ref().map(|w| w.name.clone()),
            filed_at: finished.at,
            next_step: finished.has_next_step().then(|| finished.item.next_step.clone()),
            responsible: finished.item.responsible.name.clone(),
            phone: finished.item.responsible.phone.clone(),
            particulars: finished.particulars(self.locale),
            copy: Copy::First,
        })
    }
}

impl Session {
    /// The paper that a result of the present visit gives, whether it is printed or not.
    pub fn paper_of(&self, finished: &Finished) -> Option<Paper> {
        self.visit()?.paper(finished, self.facts())
    }
}

impl Finished {
    /// The submission, where one was filed.
    pub fn submission(&self) -> Option<&SubmissionId> {
        match &self.ending {
            Ending::Case { id, .. } => Some(id),
            _ => None,
        }
    }

    /// What was asked for, as label and words, in the order of the form: what stands on result and slip.
    pub fn particulars(&self, locale: Locale) -> Vec<(String, Personal)> {
        let fields = self.item.form.iter().flat_map(|step| &step.fields);
        let line = |field: &Field| {
            let answered = self.answers.get(&field.id)?;
            let words = words(&field.kind, &answered.answer, locale)?;
            Some((field.label.text(locale).to_owned(), Personal::new(words)))
        };
        fields.filter_map(line).collect()
    }

    /// Whether what the item says of its next step is true of this end: the department has the case, or will.
    pub fn has_next_step(&self) -> bool {
        use SubmitOutcome::{Accepted, AlreadyApplied, Queued, Received};
        let outcome = match &self.ending {
            Ending::Case { outcome, .. } => outcome,
            _ => return false,
        };
        matches!(outcome, Received { .. } | Accepted { .. } | AlreadyApplied { .. } | Queued)
    }

    /// Whether there is an issuer's file.
    pub fn has_certificate(&self) -> bool {
        matches!(self.ending, Ending::Certificate(_))
    }

    /// Whether the terminal has paper for this, and a printer that can print it now.
    pub fn can_be_printed(&self, devices: &Devices) -> bool {
        match self.ending {
            Ending::Certificate(_) => devices.can_print_document(),
            Ending::NoCertificate(_) | Ending::BadSeal(_) => false,
            Ending::Case { .. } | Ending::NothingToDo { .. } | Ending::Directory(_) => devices.can_print(),
        }
    }
}

fn known(identity: Option<Identity>) -> Browse {
    Browse { identity, from: CameFrom::Home }
}

fn cannot_print(finished: &Finished, context: &Context<'_>) -> Option<PrintProblem> {
    let devices = &context.facts.devices;
    if finished.has_certificate() {
        return match devices.document_printer {
            // What waits for a hand may have had it: the printer itself says why not.
            DeviceState::Online | DeviceState::UserError => None,
            DeviceState::HardwareError | DeviceState::PotentialFraud => Some(PrintProblem::Defect),
            DeviceState::Offline
            | DeviceState::DeviceBusy
            | DeviceState::Starting
            | DeviceState::NoDevice => Some(PrintProblem::NoAnswer),
        };
    }
    if devices.can_print() {
        return None;
    }
    match (devices.receipt_printer, devices.paper) {
        (DeviceState::Online, PaperSupply::Out) => Some(PrintProblem::PaperOut),
        (DeviceState::Online, PaperSupply::Jammed) => Some(PrintProblem::Jam),
        (DeviceState::Online, _) => None,
        (_, PaperSupply::Out) => Some(PrintProblem::PaperOut),
        (DeviceState::UserError, _) => Some(PrintProblem::CoverOpen),
        (DeviceState::HardwareError | DeviceState::PotentialFraud, _) => Some(PrintProblem::Defect),
        (
            DeviceState::Offline | DeviceState::DeviceBusy | DeviceState::Starting | DeviceState::NoDevice,
            _,
        ) => Some(PrintProblem::NoAnswer),
    }
}
