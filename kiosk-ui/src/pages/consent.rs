//! What is read and why; the face is asked about on its own.

use super::act;
use crate::models::updated;
use crate::screens::{ConsentAdapter, ConsentSubject, Fact, Icon};
use crate::terminal::Terminal;
use domain::identity::{FaceConsent, SharedDataConsent};
use domain::messages::MessageId as M;
use domain::service_item::ServiceKind;
use domain::session::event::Tap;
use slint::ComponentHandle;
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let consent = terminal.window().global::<ConsentAdapter<'_>>();
    consent.on_agree(act(terminal, |t| answer(t, SharedDataConsent::Given, FaceConsent::Given)));
    consent.on_refuse(act(terminal, |t| answer(t, SharedDataConsent::Refused, FaceConsent::Refused)));
}

/// The answer to the question that is shown: first the data, then, where the item wants it, the face.
fn answer(terminal: &Terminal, shared: SharedDataConsent, face: FaceConsent) {
    let wants_face =
        terminal.shell().session().visit().and_then(|v| v.item()).is_some_and(|i| i.identity.wants_face());
    let first = terminal.local.borrow_mut().shared_data.take();
    match first {
        None if wants_face => {
            terminal.local.borrow_mut().shared_data = Some(shared);
            terminal.refresh();
        }
        None => terminal.tap(Tap::Agree { face: FaceConsent::NotAsked, shared_data: shared }),
        Some(shared_data) => terminal.tap(Tap::Agree { face, shared_data }),
    }
}

pub(super) fn show(terminal: &Terminal) {
    let shell = terminal.shell();
    let Some(item) = shell.session().visit().and_then(|v| v.item()) else { return };
    let l = terminal.locale();
    let adapter = terminal.window().global::<ConsentAdapter<'_>>();
    let fact =
        |icon, heading: M, text: String| Fact { icon, heading: heading.text(l).into(), text: text.into() };
    if terminal.local.borrow().shared_data.is_some() {
        adapter.set_subject(ConsentSubject::Face);
        adapter.set_sentence(M::ConsentFaceSentence.text(l).into());
        let facts = vec![
            fact(Icon::Face, M::ConsentFaceWhy, M::ConsentFaceWhyText.text(l).to_owned()),
            fact(Icon::Lock, M::ConsentKept, M::ConsentFaceKeptText.text(l).to_owned()),
            fact(Icon::Person, M::ConsentFaceOther, M::ConsentFaceOtherText.text(l).to_owned()),
        ];
        adapter.set_facts(updated(adapter.get_facts(), facts));
        return;
    }
    adapter.set_subject(ConsentSubject::SharedData);
    adapter.set_sentence(M::ConsentSentence.text(l).into());
    let Some(notice) = &item.consent else { return };
    let refused = match item.kind {
        ServiceKind::Certificate => M::ConsentRefusedRecord,
        _ => M::ConsentRefusedText,
    };
    let facts = vec![
        fact(Icon::Question, M::ConsentPurpose, notice.purpose.text(l).to_owned()),
        fact(Icon::Eye, M::ConsentReads, super::text::lines(notice.reads.iter().map(|r| r.text(l)))),
        fact(Icon::Lock, M::ConsentKept, notice.kept.text(l).to_owned()),
        fact(Icon::Pen, M::ConsentRefused, refused.text(l).to_owned()),
    ];
    adapter.set_facts(updated(adapter.get_facts(), facts));
}
