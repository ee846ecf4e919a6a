//! The pages on top of a step, which keep the step as it is.

use super::Context;
use super::effect::{Effect, HelpContext, Question};
use super::event::{DeskEvent, EventKind, ProvinceEvent, Sight, StaffRole, Tap};
use super::state::{DeskCall, Help, Overlay, Place, SignIn, SignInProblem, Trouble, Visit};
use crate::personal::Personal;

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
            // Hanging up ends the call; going back leaves it open.
            (Overlay::Help(Help::Desk), EventKind::Tap(Tap::Close)) => {
                if self.desk.take().is_some() {
                    context.effects.extend([Effect::EndDesk, Effect::Hush]);
                }
                None
            }
            (
                Overlay::Help(_) | Overlay::Trouble(_) | Overlay::Assisted(_),
                EventKind::Tap(Tap::Close | Tap::Back),
            ) => None,
            (Overlay::Trouble(_), EventKind::Tap(Tap::Help)) => Some(Overlay::Help(self.help_offered())),
            (Overlay::Assisted(_), EventKind::Tap(Tap::Help)) => Some(Overlay::Help(self.help_offered())),
            (Overlay::Help(Help::Offered | Help::Failed), EventKind::Tap(Tap::Assisted)) => {
                Some(Overlay::Assisted(SignIn::Entering { problem: None, since: context.now() }))
            }
            (Overlay::Help(Help::Offered | Help::Failed), EventKind::Tap(Tap::CallHelp)) => {
                let question = Question::CallHelp(self.help_context());
                Some(Overlay::Help(Help::Calling(context.ask(question))))
            }
            (Overlay::Help(Help::Offered | Help::Failed), EventKind::Tap(Tap::CallDesk)) => {
                if self.desk.is_none() {
                    context.effects.push(Effect::CallDesk(self.help_context()));
                    self.desk = Some(DeskCall::default());
                }
                Some(Overlay::Help(Help::Desk))
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
                        Err(failure) => Some(refused(failure.into(), context)),
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

    /// What the desk says of the call; without a call of this visit it says nothing here.
    pub(super) fn on_desk(&mut self, event: DeskEvent, context: &mut Context<'_>) {
        let Some(desk) = &mut self.desk else { return };
        match event {
            DeskEvent::Taken(worker) => desk.worker = Some(worker),
            // Who sees nothing cannot point.
            DeskEvent::Pointed(x, y) if desk.sight == Sight::Shown => desk.ring = Some((x, y)),
            DeskEvent::Pointed(..) => {}
            DeskEvent::Wrote(words) => {
                context.effects.push(Effect::Say(Personal::new(words.as_str())));
                desk.words = Some(words);
            }
            DeskEvent::Cleared => {
                context.effects.push(Effect::Hush);
                (desk.ring, desk.words) = (None, None);
            }
            DeskEvent::Ended => {
                context.effects.push(Effect::Hush);
                let was_taken = desk.worker.is_some();
                self.desk = None;
                if self.overlay == Some(Overlay::Help(Help::Desk)) {
                    self.overlay = (!was_taken).then_some(Overlay::Help(Help::Failed));
                }
            }
        }
    }

    /// The resident lets the desk see the page, and goes back to it; or takes the sight away.
    pub(super) fn show_desk(&mut self, sight: Sight) {
        if let Some(desk) = self.desk.as_mut().filter(|desk| desk.worker.is_some()) {
            desk.sight = sight;
            desk.ring = None;
            if sight == Sight::Shown && self.overlay == Some(Overlay::Help(Help::Desk)) {
                self.overlay = None;
            }
        }
    }

    /// What 求助 opens: the ways to help, or the call that is on.
    pub(super) fn help_offered(&self) -> Help {
        if self.desk.is_some() { Help::Desk } else { Help::Offered }
    }

    fn help_context(&self) -> HelpContext {
        HelpContext { page: self.step.page(), item: self.item().map(|i| i.id.clone()) }
    }
}

fn refused(problem: SignInProblem, context: &Context<'_>) -> Overlay {
    Overlay::Assisted(SignIn::Entering { problem: Some(problem), since: context.now() })
}
