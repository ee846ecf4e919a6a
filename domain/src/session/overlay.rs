//! The pages on top of a step, which keep the step as it is.

use super::Context;
use super::effect::{HelpContext, Question};
use super::event::{AskFailure, EventKind, ProvinceEvent, StaffRole, Tap};
use super::state::{Help, Overlay, Place, SignIn, SignInProblem, Trouble, Visit};

impl Visit {
    /// Hands an event to the page on top; what it does not want goes to the step below.
    pub(super) fn on_overlay(
        mut self: Box<Self>,
        overlay: Overlay,
        kind: EventKind,
        context: &mut Context<'_>,
    ) -> Place {
        self.overlay = match (overlay, kind) {
            (Overlay::StillThere { below, .. }, EventKind::Tap(_)) => below.map(|b| *b),
            (
                Overlay::Help(_) | Overlay::Trouble(_) | Overlay::Assisted(_),
                EventKind::Tap(Tap::Close | Tap::Back),
            ) => None,
            (Overlay::Trouble(_), EventKind::Tap(Tap::Help)) => Some(Overlay::Help(Help::Offered)),
            (Overlay::Assisted(_), EventKind::Tap(Tap::Help)) => Some(Overlay::Help(Help::Offered)),
            (Overlay::Help(Help::Offered | Help::Failed), EventKind::Tap(Tap::Assisted)) => {
                Some(Overlay::Assisted(SignIn::Entering { problem: None, since: context.now() }))
            }
            (Overlay::Help(Help::Offered | Help::Failed), EventKind::Tap(Tap::CallHelp)) => {
                let question = Question::CallHelp(self.help_context());
                Some(Overlay::Help(Help::Calling(context.ask(question))))
            }
            (Overlay::Help(_), EventKind::Tap(Tap::LeaveCallback(number))) => {
                let question = Question::CallBack(number, self.help_context());
                Some(Overlay::Help(Help::LeavingNumber(context.ask(question))))
            }
            (Overlay::Help(help), EventKind::Province(ProvinceEvent::HelpAnswered(ticket, answer))) => {
                Some(Overlay::Help(match (help, answer) {
                    (Help::Calling(t), Ok(())) if t == ticket => Help::Coming,
                    (Help::LeavingNumber(t), Ok(())) if t == ticket => Help::NumberLeft,
                    (Help::Calling(t) | Help::LeavingNumber(t), Err(_)) if t == ticket => Help::Failed,
                    (help, _) => help,
                }))
            }
            (Overlay::Assisted(SignIn::Entering { .. }), EventKind::Tap(Tap::StaffSignIn { badge, pin })) => {
                let ticket = context.ask(Question::SignIn { badge, pin });
                Some(Overlay::Assisted(SignIn::Checking(ticket, context.now())))
            }
            (
                Overlay::Assisted(SignIn::Checking(t, since)),
                EventKind::Province(ProvinceEvent::SignedIn(ticket, answer)),
            ) => {
                if t != ticket {
                    Some(Overlay::Assisted(SignIn::Checking(t, since)))
                } else {
                    match answer {
                        Ok(staff) if staff.role != StaffRole::Technician => {
                            self.worker = Some(staff.worker);
                            None
                        }
                        Ok(_) => Some(refused(SignInProblem::NotForThisPage, context)),
                        Err(AskFailure::Refused) => Some(refused(SignInProblem::Refused, context)),
                        Err(AskFailure::Unreachable) => Some(refused(SignInProblem::Unreachable, context)),
                    }
                }
            }
            // A tap on a page on top never reaches the step.
            (overlay, EventKind::Tap(_)) => Some(overlay),
            // Devices and province go on talking to the step below.
            (overlay, kind) => {
                let mut place = self.on_step(kind, context);
                if let Place::Visit(visit) = &mut place
                    && visit.overlay.is_none()
                {
                    visit.overlay = Some(overlay);
                }
                return place;
            }
        };
        Place::Visit(self)
    }

    pub(super) fn trouble(&mut self, trouble: Trouble) {
        self.overlay = Some(Overlay::Trouble(trouble));
    }

    fn help_context(&self) -> HelpContext {
        HelpContext { page: self.step.page(), item: self.item().map(|i| i.id.clone()) }
    }
}

fn refused(problem: SignInProblem, context: &Context<'_>) -> Overlay {
    Overlay::Assisted(SignIn::Entering { problem: Some(problem), since: context.now() })
}
