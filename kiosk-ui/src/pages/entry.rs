//! A few numbers asked for one after another: number and code by SMS, badge and PIN, the number of whom a worker knows.

use super::{act, act_on, index, keyboard, text};
use crate::input::typing::Pad;
use crate::models::updated;
use crate::screens::{EntryAdapter, EntryBox};
use crate::terminal::Terminal;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::personal::Personal;
use domain::session::event::Tap;
use domain::session::page::Page;
use domain::session::state::{
    LicencePart, Licensing, Overlay, Place, SignIn, SignInProblem, Sms, SmsProblem, Step, Way, WorkerWay,
};
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;
use zeroize::Zeroizing;

/// What the page asks for now.
enum Asked {
    /// Badge and PIN.
    SignIn(SignIn),
    /// The number of an identity card.
    Number(Option<SmsProblem>, Waiting),
    /// A code that came by SMS, sent to the end of this telephone number.
    Code(String, Option<SmsProblem>, Waiting),
}

/// Whether the province is being asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    No,
    Yes,
}

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<EntryAdapter<'_>>();
    adapter.on_focus(act_on(terminal, |t, i: i32| keyboard::reopen(t, index(i))));
    adapter.on_next(act(terminal, next));
    adapter.on_other(act(terminal, |t| t.tap(Tap::IdentityWay(None))));
}

fn asked(terminal: &Terminal) -> Option<Asked> {
    let shell = terminal.shell();
    let visit = match shell.session().place() {
        Place::StaffSignIn(sign_in) => return Some(Asked::SignIn(*sign_in)),
        Place::Visit(visit) => visit,
        _ => return None,
    };
    if let Some(Overlay::Assisted(sign_in)) = &visit.overlay {
        return Some(Asked::SignIn(*sign_in));
    }
    let identifying = match &visit.step {
        Step::Identify(identifying) => identifying,
        Step::Licence(Licensing { part: LicencePart::Sms { phone_end, asking, problem }, .. }) => {
            let waiting = if asking.is_some() { Waiting::Yes } else { Waiting::No };
            return Some(Asked::Code(phone_end.clone(), *problem, waiting));
        }
        _ => return None,
    };
    Some(match &identifying.way {
        Way::Sms(Sms::Number(problem)) => Asked::Number(*problem, Waiting::No),
        Way::Sms(Sms::Sending(..)) => Asked::Number(None, Waiting::Yes),
        Way::Sms(Sms::Code { phone_end, problem, .. }) => {
            Asked::Code(phone_end.clone(), *problem, Waiting::No)
        }
        Way::Sms(Sms::Checking { phone_end, .. }) => Asked::Code(phone_end.clone(), None, Waiting::Yes),
        Way::Worker(WorkerWay::SigningIn(sign_in)) => Asked::SignIn(*sign_in),
        Way::Worker(WorkerWay::Number { problem, .. }) => Asked::Number(*problem, Waiting::No),
        Way::Worker(WorkerWay::Checking { .. }) => Asked::Number(None, Waiting::Yes),
        _ => return None,
    })
}

/// The text that the active box types, its pads and its length.
pub(super) fn text_to_type(terminal: &Terminal) -> Option<(Personal, Vec<Pad>, usize)> {
    let asked = asked(terminal)?;
    let local = terminal.local.borrow();
    let text = Personal::new(local.entries.get(local.active)?.as_str());
    let (pad, longest) = match asked {
        Asked::SignIn(_) => (Pad::Digits, 12),
        Asked::Number(..) => (Pad::IdNumber, 18),
        Asked::Code(..) => (Pad::Digits, 6),
    };
    Some((text, vec![pad], longest))
}

pub(super) fn typed(terminal: &Terminal, text: &Personal) {
    {
        let mut local = terminal.local.borrow_mut();
        let active = local.active;
        if let Some(entry) = local.entries.get_mut(active) {
            *entry = Zeroizing::new(text.reveal().to_owned());
        }
    }
    terminal.happen(domain::session::event::EventKind::Tap(Tap::Anywhere));
}

fn next(terminal: &Terminal) {
    let Some(asked) = asked(terminal) else { return };
    let (first, second, active) = {
        let local = terminal.local.borrow();
        let entry = |i: usize| Personal::new(local.entries[i].as_str());
        (entry(0), entry(1), local.active)
    };
    match asked {
        Asked::SignIn(_) if active == 0 => keyboard::reopen(terminal, 1),
        Asked::SignIn(_) => {
            empty(terminal);
            terminal.tap(Tap::StaffSignIn { badge: first.reveal().to_owned(), pin: second });
        }
        Asked::Number(..) => {
            empty(terminal);
            terminal.tap(Tap::IdNumber(first));
        }
        Asked::Code(..) => {
            empty(terminal);
            terminal.tap(Tap::SmsCode(first));
        }
    }
    // What is asked for next begins empty.
    keyboard::open(terminal);
    terminal.refresh();
}

fn empty(terminal: &Terminal) {
    let mut local = terminal.local.borrow_mut();
    local.entries = Default::default();
    local.active = 0;
}

pub(super) fn show(terminal: &Terminal, page: Page) {
    // The province has answered, and the next thing is asked for on the same page: with its own keys.
    let pads = text_to_type(terminal).map(|(_, pads, _)| pads);
    let shown = terminal.local.borrow().typing.as_ref().map(|typing| typing.offered().to_vec());
    if pads != shown {
        keyboard::open(terminal);
    }
    let Some(asked) = asked(terminal) else { return };
    let l = terminal.locale();
    let adapter = terminal.window().global::<EntryAdapter<'_>>();
    let local = terminal.local.borrow();
    let typed = |i: usize| local.entries[i].as_str();
    let dots = |i: usize| "●".repeat(typed(i).chars().count());
    let entry = |label: &str, value: String, error: &str| EntryBox {
        label: label.into(),
        value: value.into(),
        error: error.into(),
    };
    let (sentence, boxes, waiting, complete) = match &asked {
        Asked::SignIn(sign_in) => {
            let (problem, waiting) = match sign_in {
                SignIn::Entering { problem, .. } => (*problem, Waiting::No),
                SignIn::Checking(..) => (None, Waiting::Yes),
            };
            let error = problem.map(|p| sign_in_problem(p).text(l)).unwrap_or_default();
            let boxes = vec![
                entry(M::SignInBadge.text(l), typed(0).to_owned(), error),
                entry(M::SignInPin.text(l), dots(1), ""),
            ];
            (M::SignInSentence.text(l).to_owned(), boxes, waiting, !typed(local.active).is_empty())
        }
        Asked::Number(problem, waiting) => {
            let boxes =
                vec![entry(M::SignInNumber.text(l), text::spaced_id(typed(0)), sms_problem(*problem, l))];
            let sentence = match page {
                Page::IdentifySms => M::SignInNumberSentence,
                _ => M::SignInVouchSentence,
            };
            (sentence.text(l).to_owned(), boxes, *waiting, typed(0).len() >= 15)
        }
        Asked::Code(phone_end, problem, waiting) => {
            let boxes = vec![entry(M::SignInCode.text(l), typed(0).to_owned(), sms_problem(*problem, l))];
            let sentence = M::SignInCodeSentence.fill(l, &[("phone", phone_end)]);
            (sentence, boxes, *waiting, typed(0).len() == 6)
        }
    };
    let title = match (page, &asked) {
        (Page::StaffSignIn, _) => M::SignInStaffTitle,
        (Page::Assisted, _) => M::SignInAssistedTitle,
        (Page::IdentifyWorker, _) => M::SignInVouchTitle,
        (Page::LicenceSms, _) => M::LicenceSmsTitle,
        (_, Asked::Code(..)) => M::SignInCodeTitle,
        _ => M::SignInNumberTitle,
    };
    adapter.set_title(title.text(l).into());
    adapter.set_sentence(sentence.into());
    adapter.set_active(i32::try_from(local.active).unwrap_or(0));
    adapter.set_boxes(updated(adapter.get_boxes(), boxes));
    adapter.set_message(if waiting == Waiting::Yes {
        M::SignInChecking.text(l).into()
    } else {
        SharedString::default()
    });
    adapter.set_can_continue(complete && waiting == Waiting::No);
    let has_other = matches!(page, Page::IdentifySms | Page::IdentifyWorker | Page::LicenceSms);
    adapter.set_other_way(if has_other { M::SignInOtherWay.text(l).into() } else { SharedString::default() });
}

pub(super) fn blank(terminal: &Terminal) {
    let adapter = terminal.window().global::<EntryAdapter<'_>>();
    adapter.set_boxes(updated(adapter.get_boxes(), Vec::new()));
    adapter.set_sentence(SharedString::default());
}

fn sign_in_problem(problem: SignInProblem) -> M {
    match problem {
        SignInProblem::Refused => M::SignInRefused,
        SignInProblem::Unreachable => M::SignInUnreachable,
        SignInProblem::NotForThisPage => M::SignInNotForThis,
    }
}

fn sms_problem(problem: Option<SmsProblem>, l: Locale) -> &'static str {
    match problem {
        None => "",
        Some(SmsProblem::BadNumber) => M::MistakeIdNumber.text(l),
        Some(SmsProblem::Refused) => M::SignInSmsRefused.text(l),
        Some(SmsProblem::Unreachable) => M::SignInUnreachable.text(l),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::province::ask_failure;
    use platform_client::contract::envelope::ErrorClass;
    use platform_client::error::CallErrorKind as Kind;

    /// Whatever way a call goes wrong, the resident reads one sentence, and which one is written here.
    #[test]
    fn every_kind_of_error_is_one_sentence() {
        let (no, away) = (M::SignInRefused, M::SignInUnreachable);
        let table = [
            (Kind::Unreachable, away),
            (Kind::Tls, away),
            (Kind::OutcomeUnknown, away),
            (Kind::BadAnswer, away),
            (Kind::Refused(ErrorClass::Retryable), away),
            (Kind::Refused(ErrorClass::NeedsUser), no),
            (Kind::Refused(ErrorClass::NeedsHuman), no),
            (Kind::Refused(ErrorClass::Fatal), no),
        ];
        assert_eq!(table.map(|(kind, _)| kind), Kind::ALL);
        for (kind, sentence) in table {
            let failure = ask_failure(kind);
            for l in [Locale::ZhCn, Locale::En] {
                let read = sign_in_problem(failure.into()).text(l);
                assert_eq!(read, sentence.text(l), "{}", kind.word());
                assert!(!read.is_empty() && !read.contains(kind.word()), "{}: {read}", kind.word());
            }
        }
    }
}
