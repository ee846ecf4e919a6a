//! What became of it: what happens next, when, whom to call.

use super::{act, act_on, index, text};
use crate::models::updated;
use crate::screens::{CertificateAdapter, Fact, Icon, LookSubject, ResultAdapter, ResultOutcome};
use crate::terminal::Terminal;
use domain::case::SubmitOutcome;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{PrintOutcome, Tap};
use domain::session::page::Page;
use domain::session::state::{Ending, Finished, PaperState, Step};
use slint::{ComponentHandle, Image, SharedString};
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let window = terminal.window();
    let adapter = window.global::<ResultAdapter<'_>>();
    adapter.on_print(act(terminal, |t| t.tap(Tap::Print)));
    adapter.on_another(act(terminal, |t| t.tap(Tap::AnotherService)));
    adapter.on_finish(act(terminal, |t| t.tap(Tap::Finish)));
    adapter.on_suggest(act(terminal, |t| t.tap(Tap::Suggest)));
    adapter.on_view(act(terminal, |t| look_at(t, Some(0))));
    let certificate = window.global::<CertificateAdapter<'_>>();
    certificate.on_turn(act_on(terminal, |t, page: i32| look_at(t, Some(index(page)))));
    certificate.on_close(act(terminal, |t| {
        let to_be_taken = t.shell().session().page() == Page::LicenceLook;
        if to_be_taken { t.tap(Tap::TakeLicence) } else { look_at(t, None) }
    }));
}

fn look_at(terminal: &Terminal, page: Option<usize>) {
    terminal.local.borrow_mut().certificate = page;
    terminal.refresh();
}

pub(super) fn show(terminal: &Terminal) {
    let shell = terminal.shell();
    let session = shell.session();
    let Some(Step::Result(finished)) = session.visit().map(|v| &v.step) else { return };
    let l = terminal.locale();
    let adapter = terminal.window().global::<ResultAdapter<'_>>();
    let (outcome, sentence, number) = summary(finished, l);
    adapter.set_outcome(outcome);
    adapter.set_sentence(sentence.into());
    adapter.set_number_label(number.as_ref().map(|(label, _)| label.text(l)).unwrap_or_default().into());
    adapter.set_number(number.map(|(_, n)| n).unwrap_or_default().into());
    adapter.set_facts(updated(adapter.get_facts(), facts(finished, l)));
    adapter.set_can_print(finished.can_be_printed(&session.facts().devices));
    let print = if finished.has_certificate() { M::ResultPrintCertificate } else { M::ResultPrint };
    adapter.set_print_label(print.text(l).into());
    adapter.set_can_view(finished.has_certificate());
    adapter.set_can_suggest(finished.identity.is_some());
    // Where no paper comes, the code on the screen is what a resident takes along.
    let code = shell.code_of(finished).and_then(|code| crate::picture::code(&code));
    adapter.set_code(code.unwrap_or_default());
    let looked_at = terminal.local.borrow().certificate;
    if let (Ending::Certificate(certificate), Some(shown)) = (&finished.ending, looked_at) {
        let view = terminal.window().global::<CertificateAdapter<'_>>();
        view.set_title(certificate.title.text(l).into());
        let is_printed = is_printed(finished);
        view.set_subject(if is_printed { LookSubject::Printed } else { LookSubject::NotPrinted });
        let note = if is_printed { M::CertificatePrinted } else { M::CertificateNotPrinted };
        view.set_note(note.text(l).into());
        view.set_page(i32::try_from(shown).unwrap_or(0));
        view.set_page_count(i32::try_from(certificate.pages.len()).unwrap_or(0));
        let page = certificate.pages.get(shown).and_then(|page| crate::picture::decode(page.bytes()));
        view.set_picture(page.unwrap_or_default());
    }
}

pub(super) fn blank(terminal: &Terminal) {
    let adapter = terminal.window().global::<ResultAdapter<'_>>();
    adapter.set_sentence(SharedString::default());
    adapter.set_number(SharedString::default());
    adapter.set_code(Image::default());
    adapter.set_facts(updated(adapter.get_facts(), Vec::new()));
    let view = terminal.window().global::<CertificateAdapter<'_>>();
    view.set_picture(Image::default());
    view.set_title(SharedString::default());
}

/// The number to keep, with its label.
pub(super) fn number(finished: &Finished, l: Locale) -> Option<(M, String)> {
    summary(finished, l).2
}

/// The outcome, a sentence for it, and the number to keep.
fn summary(finished: &Finished, l: Locale) -> (ResultOutcome, String, Option<(M, String)>) {
    let application = |a: &domain::case::ApplicationNumber| Some((M::PaperApplicationNumber, a.to_string()));
    match &finished.ending {
        Ending::Case { id, outcome } => match outcome {
            SubmitOutcome::Received { application: a } => {
                (ResultOutcome::Received, M::PaperReceivedState.text(l).to_owned(), application(a))
            }
            SubmitOutcome::Accepted { case, .. } => (
                ResultOutcome::Accepted,
                M::PaperAcceptedState.text(l).to_owned(),
                Some((M::PaperCaseNumber, case.to_string())),
            ),
            SubmitOutcome::SupplementRequired { application: a, what } => {
                (ResultOutcome::SupplementRequired, what.text(l).to_owned(), application(a))
            }
            SubmitOutcome::NotAccepted { application: a, reason } => {
                (ResultOutcome::NotAccepted, reason.text(l).to_owned(), a.as_ref().and_then(application))
            }
            SubmitOutcome::AlreadyApplied { application: a } => (
                ResultOutcome::AlreadyApplied,
                M::ResultAlreadyAppliedSentence.text(l).to_owned(),
                application(a),
            ),
            SubmitOutcome::Queued => (
                ResultOutcome::Queued,
                M::ResultQueuedSentence.text(l).to_owned(),
                Some((M::PaperMark, domain::paper::compose::short(id.as_str()))),
            ),
            SubmitOutcome::SetAside => (
                ResultOutcome::SetAside,
                M::ResultSetAsideSentence.text(l).to_owned(),
                Some((M::PaperMark, domain::paper::compose::short(id.as_str()))),
            ),
            SubmitOutcome::Unknown | SubmitOutcome::NotSent | SubmitOutcome::NotTaken => (
                ResultOutcome::Unknown,
                M::ResultUnknownSentence.text(l).to_owned(),
                Some((M::PaperMark, domain::paper::compose::short(id.as_str()))),
            ),
        },
        Ending::NothingToDo { until, message } => {
            let number = until.map(|day| (M::PaperValidUntil, text::date(day, l)));
            (ResultOutcome::NothingToDo, message.text(l).to_owned(), number)
        }
        Ending::Certificate(certificate) => {
            (ResultOutcome::Served, M::ResultCertificateSentence.text(l).to_owned(), {
                certificate.number.as_ref().map(|n| (M::ResultCertificateNumber, n.reveal().to_owned()))
            })
        }
        Ending::NoCertificate(reason) => (ResultOutcome::NotAccepted, reason.text(l).to_owned(), None),
        Ending::BadSeal(problem) => (ResultOutcome::NotShown, problem.sentence().text(l).to_owned(), None),
        Ending::Directory(_) => (ResultOutcome::Served, String::new(), None),
    }
}

fn is_printed(finished: &Finished) -> bool {
    finished.paper == PaperState::Tried(PrintOutcome::Printed)
}

fn facts(finished: &Finished, l: Locale) -> Vec<Fact> {
    let fact =
        |icon, heading: M, text: String| Fact { icon, heading: heading.text(l).into(), text: text.into() };
    let item = &finished.item;
    let mut facts = Vec::new();
    if is_printed(finished) {
        let what = if finished.has_certificate() { M::ResultCertificate } else { M::ResultPaper };
        facts.push(fact(Icon::Printer, what, M::ResultPaperPrinted.text(l).to_owned()));
    }
    let chosen = finished.particulars(l);
    if !chosen.is_empty() {
        let lines: Vec<String> =
            chosen.iter().map(|(label, words)| format!("{label} {}", words.reveal())).collect();
        facts.push(fact(Icon::Pen, M::ResultChosen, text::lines(lines.iter().map(String::as_str))));
    }
    if finished.has_next_step() {
        facts.push(fact(Icon::ArrowRight, M::ResultNext, item.next_step.text(l).to_owned()));
        facts.push(fact(Icon::Clock, M::ResultWhen, item.time_limit.text(l).to_owned()));
    }
    let who = format!("{} {}", item.responsible.name.text(l), item.responsible.phone);
    facts.push(fact(Icon::Phone, M::ResultWho, who));
    facts
}
