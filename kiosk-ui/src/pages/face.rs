//! Look into the camera.

use super::act;
use crate::screens::{FaceAdapter, FaceHint as Hint, FaceState};
use crate::terminal::Terminal;
use domain::session::event::{FaceHint, Tap};
use domain::session::face::MOST_TRIES;
use domain::session::state::{FaceFailure, FacePhase, Step};
use slint::ComponentHandle;
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<FaceAdapter<'_>>();
    adapter.on_again(act(terminal, |t| t.tap(Tap::FaceAgain)));
    adapter.on_other_way(act(terminal, |t| t.tap(Tap::WithoutFace)));
}

pub(super) fn show(terminal: &Terminal) {
    let shell = terminal.shell();
    let Some(Step::Face(face)) = shell.session().visit().map(|v| &v.step) else { return };
    let adapter = terminal.window().global::<FaceAdapter<'_>>();
    let (state, hint) = match face.phase {
        FacePhase::Looking(hint) => (FaceState::Looking, hint_shown(hint)),
        FacePhase::Matching(_) => (FaceState::Checking, Hint::None),
        FacePhase::Failed(FaceFailure::Verdict(_)) => (FaceState::NotMatched, Hint::None),
        FacePhase::Failed(FaceFailure::Unreachable) => (FaceState::Unreachable, Hint::None),
    };
    adapter.set_state(state);
    adapter.set_hint(hint);
    adapter.set_can_retry(face.refusals < MOST_TRIES);
}

fn hint_shown(hint: FaceHint) -> Hint {
    match hint {
        FaceHint::NoFace => Hint::LookHere,
        FaceHint::MoreThanOne => Hint::OnePerson,
        FaceHint::ComeCloser => Hint::Closer,
        FaceHint::MoveBack => Hint::Further,
        FaceHint::Centre => Hint::Centre,
        FaceHint::MoreLight => Hint::Lighter,
        FaceHint::LessLight => Hint::Darker,
        FaceHint::LookStraight => Hint::Straight,
        FaceHint::HoldStill | FaceHint::Good => Hint::Still,
    }
}
