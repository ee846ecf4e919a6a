//! Paper comes, or why it does not.

use super::act;
use crate::screens::{PrintState, PrintingAdapter};
use crate::terminal::Terminal;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::event::{PrintOutcome, PrintProblem, Tap};
use domain::session::state::{PrintPhase, Printing, Step};
use drivers::receipt_printer::painter;
use slint::{ComponentHandle, Image};
use std::rc::Rc;

/// Dots across the paper of an 80 mm printer.
const DOTS: u16 = 576;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<PrintingAdapter<'_>>();
    adapter.on_retry(act(terminal, |t| t.tap(Tap::Print)));
    adapter.on_done(act(terminal, |t| t.tap(Tap::Finish)));
    adapter.on_show_code(act(terminal, |t| {
        t.local.borrow_mut().code_shown = true;
        t.refresh();
    }));
}

pub(super) fn show(terminal: &Terminal) {
    let shell = terminal.shell();
    let Some(Step::Printing(printing)) = shell.session().visit().map(|v| &v.step) else { return };
    let l = terminal.locale();
    let adapter = terminal.window().global::<PrintingAdapter<'_>>();
    let (state, percent, problem) = match printing.phase {
        PrintPhase::Working(percent) => (PrintState::Printing, percent, None),
        PrintPhase::Ended(PrintOutcome::Printed) => (PrintState::TakePaper, 100, None),
        PrintPhase::Ended(PrintOutcome::NotPrinted(problem)) => (PrintState::NotPrinted, 0, Some(problem)),
        PrintPhase::Ended(PrintOutcome::Unknown(problem)) => (PrintState::Unknown, 0, Some(problem)),
    };
    adapter.set_state(state);
    adapter.set_sentence(problem.map(|p| sentence(p, l)).unwrap_or_default().into());
    let paper = match problem {
        None => shell
            .paper(printing.ticket)
            .and_then(|document| painter::paint(document, DOTS, &terminal.fonts).ok())
            .map(|picture| crate::picture::paper(&picture, percent)),
        Some(_) => None,
    };
    adapter.set_paper(paper.unwrap_or_default());
    let code = code(&shell, printing);
    adapter.set_can_code(code.is_some() && problem.is_some());
    let shown = terminal.local.borrow().code_shown;
    adapter.set_code(if shown { code.unwrap_or_default() } else { Image::default() });
    adapter.set_can_retry(problem.is_some());
}

fn code(shell: &crate::shell::Shell, printing: &Printing) -> Option<Image> {
    shell.code_of_paper(&printing.paper).and_then(|code| crate::picture::code(&code))
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
}
