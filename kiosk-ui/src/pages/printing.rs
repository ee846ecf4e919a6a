//! Paper comes, or why it does not.

use super::act;
use crate::screens::{PrintState, PrintingAdapter};
use crate::terminal::Terminal;
use domain::device::SlipPrinter;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::paper::Paper;
use domain::session::event::{PrintOutcome, PrintProblem, Tap};
use domain::session::state::{Ending, PrintPhase, Printing, Step};
use drivers::document_printer::form;
use drivers::receipt_printer::painter;
use slint::{ComponentHandle, Image, SharedString};
use std::rc::Rc;

/// Dots across the paper of an 80 mm printer.
const ROLL: u16 = 576;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<PrintingAdapter<'_>>();
    adapter.on_retry(act(terminal, |t| t.tap(Tap::Print)));
    adapter.on_done(act(terminal, |t| t.tap(Tap::Finish)));
}

pub(super) fn show(terminal: &Terminal) {
    let shell = terminal.shell();
    let Some(Step::Printing(printing)) = shell.session().visit().map(|v| &v.step) else { return };
    let l = terminal.locale();
    let adapter = terminal.window().global::<PrintingAdapter<'_>>();
    let (state, percent) = match printing.phase {
        PrintPhase::Working(percent) => (PrintState::Printing, percent),
        PrintPhase::Ended(PrintOutcome::Printed) => (PrintState::TakePaper, 100),
        PrintPhase::Ended(PrintOutcome::TakenBack | PrintOutcome::NotPrinted(_)) => {
            (PrintState::NotPrinted, 0)
        }
        PrintPhase::Ended(PrintOutcome::Unknown(_)) => (PrintState::Unknown, 0),
    };
    let failed = matches!(state, PrintState::NotPrinted | PrintState::Unknown);
    adapter.set_state(state);
    let (title, sentence) = words(printing, l);
    adapter.set_title(title.map(|title| title.text(l)).unwrap_or_default().into());
    adapter.set_sentence(sentence.into());
    let paper = match (failed, &printing.finished.ending) {
        (true, _) => None,
        (false, Ending::Certificate(certificate)) => {
            certificate.pages.first().and_then(|page| crate::picture::decode(page.bytes()))
        }
        (false, _) => shell
            .paper(printing.ticket)
            .and_then(|paper| {
                painter::paint(&paper.document, columns(paper.by), &terminal.shipped.fonts).ok()
            })
            .map(|picture| crate::picture::paper(&picture, percent)),
    };
    adapter.set_paper(paper.unwrap_or_default());
    // Where no paper comes, what a resident takes along is on the screen at once.
    let code = if failed { code(&shell, printing) } else { None };
    adapter.set_code(code.unwrap_or_default());
    let number = if failed { super::result::number(&printing.finished, l) } else { None };
    adapter.set_number_label(number.as_ref().map(|(label, _)| label.text(l)).unwrap_or_default().into());
    adapter.set_number(number.map(|(_, number)| number).unwrap_or_default().into());
    adapter.set_can_retry(failed);
}

/// Dots across what is written: the lines on A4 break as on its form.
const fn columns(by: SlipPrinter) -> u16 {
    match by {
        SlipPrinter::Receipt => ROLL,
        SlipPrinter::Document => form::COLUMN,
    }
}

/// Title and sentence, where they are not those that go with the state.
fn words(printing: &Printing, l: Locale) -> (Option<M>, String) {
    // Paper that nobody can ask by a number.
    let numbered = printing.paper.as_ref().is_some_and(|paper| paper.claim().is_some());
    let kept = (!numbered).then(|| M::PrintingTakeKept.text(l).to_owned());
    let list = match &printing.paper {
        Some(Paper::DirectorySlip { .. }) => Some(M::PrintingTakeList),
        Some(_) => None,
        None => Some(M::PrintingTakeCertificate),
    };
    match printing.phase {
        PrintPhase::Working(_) if printing.paper.is_none() => {
            (None, M::PrintingCertificateSentence.text(l).to_owned())
        }
        // A printer with a presenter holds the paper out until a hand takes it.
        PrintPhase::Working(100) => (list.or(Some(M::PrintingTakePaper)), kept.unwrap_or_default()),
        PrintPhase::Working(_) => (None, String::new()),
        PrintPhase::Ended(PrintOutcome::Printed) => (list, kept.unwrap_or_default()),
        PrintPhase::Ended(PrintOutcome::TakenBack) => {
            (Some(M::PrintingTakenBack), M::PrintingTakenBackSentence.text(l).to_owned())
        }
        PrintPhase::Ended(PrintOutcome::NotPrinted(problem) | PrintOutcome::Unknown(problem)) => {
            (None, sentence(problem, l))
        }
    }
}

fn code(shell: &crate::shell::Shell, printing: &Printing) -> Option<Image> {
    shell.code_of_paper(printing.paper.as_ref()?).and_then(|code| crate::picture::code(&code))
}

/// What is safe, what happened, what to do next.
fn sentence(problem: PrintProblem, l: Locale) -> String {
    let what = match problem {
        PrintProblem::PaperOut => M::PrintingPaperOut,
        PrintProblem::CoverOpen => M::PrintingCoverOpen,
        PrintProblem::Jam => M::PrintingJam,
        PrintProblem::Defect => M::PrintingDefect,
        PrintProblem::NoAnswer => M::PrintingNoAnswer,
    };
    format!("{}{}", what.text(l), M::PrintingSafe.text(l))
}

pub(super) fn blank(terminal: &Terminal) {
    let adapter = terminal.window().global::<PrintingAdapter<'_>>();
    adapter.set_paper(Image::default());
    adapter.set_code(Image::default());
    adapter.set_number(SharedString::default());
}
