//! On its way: progress that is true.

use super::act;
use crate::models::updated;
use crate::screens::{ProgressStep, StepState, SubmittingAdapter};
use crate::terminal::Terminal;
use domain::messages::MessageId as M;
use domain::service_item::Inquiry;
use domain::session::event::Tap;
use domain::session::page::Page;
use domain::session::state::{Saved, Step};
use domain::session::submit::EXPLAIN_AFTER;
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<SubmittingAdapter<'_>>();
    adapter.on_queue(act(terminal, |t| t.tap(Tap::QueueInstead)));
    adapter.on_keep_waiting(act(terminal, |t| t.tap(Tap::Anywhere)));
}

pub(super) fn show(terminal: &Terminal, page: Page) {
    let shell = terminal.shell();
    let session = shell.session();
    let l = terminal.locale();
    let now = session.facts().now;
    let adapter = terminal.window().global::<SubmittingAdapter<'_>>();
    let line = |label: M, state| ProgressStep { label: label.text(l).into(), state };
    let (title, sentence, steps, since, can_queue) = match session.visit().map(|v| &v.step) {
        Some(Step::Submitting(s)) => {
            let saved = s.saved == Saved::Yes;
            let steps = vec![
                line(M::ProgressSave, if saved { StepState::Done } else { StepState::Running }),
                line(M::ProgressSend, if saved { StepState::Running } else { StepState::Waiting }),
                line(M::ProgressAnswer, StepState::Waiting),
            ];
            (M::SubmittingTitle, M::SubmittingSentence, steps, s.filed_at, s.may_queue(now))
        }
        Some(Step::Fetching(f)) => {
            let steps = vec![line(M::ProgressCertificate, StepState::Running)];
            (M::AskingCertificateTitle, M::AskingSentence, steps, f.since, false)
        }
        Some(Step::Asking(a)) if page == Page::Asking => {
            let mut steps = Vec::new();
            if a.file.item.inquiry == Inquiry::AskFirst {
                steps.push(line(M::ProgressInquiry, StepState::Running));
            }
            steps.push(line(M::ProgressPrefill, StepState::Running));
            (M::AskingTitle, M::AskingSentence, steps, a.since, false)
        }
        _ => return,
    };
    adapter.set_title(title.text(l).into());
    adapter.set_sentence(sentence.text(l).into());
    adapter.set_steps(updated(adapter.get_steps(), steps));
    let slow = now - since >= EXPLAIN_AFTER;
    adapter.set_message(if slow { M::ProgressSlow.text(l).into() } else { SharedString::default() });
    adapter.set_can_queue(can_queue);
}
