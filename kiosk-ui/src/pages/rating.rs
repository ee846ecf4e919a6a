//! 请评价这次服务, and the moment after it.

use super::{act, act_on, index, keyboard, text};
use crate::models::updated;
use crate::screens::{ForgettingAdapter, ForgettingState, RatingAdapter, RatingReason as Row};
use crate::terminal::Terminal;
use domain::messages::MessageId as M;
use domain::personal::Personal;
use domain::rating::{RatingLevel, RatingReason};
use domain::session::event::Tap;
use domain::session::state::{CardOnReader, Place, Step};
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

/// The reasons of the two lowest levels: the platform's code and our words.
const REASONS: [(&str, M); 6] = [
    ("took_too_long", M::RatingReasonTooLong),
    ("hard_to_follow", M::RatingReasonHard),
    ("too_many_papers", M::RatingReasonPapers),
    ("device_trouble", M::RatingReasonDevice),
    ("nobody_helped", M::RatingReasonNobody),
    ("not_solved", M::RatingReasonNotSolved),
];

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let adapter = terminal.window().global::<RatingAdapter<'_>>();
    adapter.on_choose(act_on(terminal, |t, level: i32| {
        // The screen counts from 1, the worst, to 5, the best; the standard lists the best first.
        if let Some(level) = 5_usize.checked_sub(index(level)).and_then(|i| RatingLevel::ALL.get(i)) {
            t.tap(Tap::Rate(*level));
        }
    }));
    adapter.on_toggle_reason(act_on(terminal, |t, i: i32| {
        if let Some((code, _)) = REASONS.get(index(i)) {
            t.tap(Tap::RatingReason(RatingReason((*code).to_owned())));
        }
    }));
    adapter.on_write(act(terminal, |t| t.tap(Tap::WriteRating)));
    adapter.on_written(act(terminal, |t| {
        keyboard::close(t);
        t.tap(Tap::Next);
    }));
    adapter.on_submit(act(terminal, |t| t.tap(Tap::SendRating)));
    adapter.on_skip(act(terminal, |t| t.tap(Tap::SkipRating)));
    terminal.window().global::<ForgettingAdapter<'_>>().on_done(act(terminal, |t| t.tap(Tap::Anywhere)));
}

/// What the resident has written of the rating.
pub(super) fn words(terminal: &Terminal) -> Personal {
    match terminal.shell().session().visit().map(|v| &v.step) {
        Some(Step::Rating(rating)) => rating.words.clone(),
        _ => Personal::default(),
    }
}

/// Takes the resident's words off the page.
pub(super) fn blank(terminal: &Terminal) {
    terminal.window().global::<RatingAdapter<'_>>().set_words(SharedString::default());
}

pub(super) fn show(terminal: &Terminal) {
    let shell = terminal.shell();
    let Some(Step::Rating(rating)) = shell.session().visit().map(|v| &v.step) else { return };
    let l = terminal.locale();
    let adapter = terminal.window().global::<RatingAdapter<'_>>();
    let level = rating
        .level
        .and_then(|level| RatingLevel::ALL.iter().position(|r| *r == level))
        .map_or(0, |at| 5 - at);
    adapter.set_level(i32::try_from(level).unwrap_or(0));
    let reasons = match rating.level {
        Some(level) if level.needs_reason() => REASONS
            .iter()
            .map(|(code, words)| Row {
                label: words.text(l).into(),
                chosen: rating.reasons.iter().any(|r| r.0 == *code),
            })
            .collect(),
        _ => Vec::new(),
    };
    adapter.set_reasons(updated(adapter.get_reasons(), reasons));
    adapter.set_words(text::shown(rating.words.reveal()).into());
    adapter.set_can_submit(rating.made().is_some());
}

pub(super) fn show_forgetting(terminal: &Terminal) {
    let adapter = terminal.window().global::<ForgettingAdapter<'_>>();
    adapter.set_state(match terminal.shell().session().place() {
        Place::Forgetting(forgetting) if forgetting.card == CardOnReader::Yes => ForgettingState::CardLeft,
        _ => ForgettingState::Forgotten,
    });
}

#[cfg(all(test, feature = "sim"))]
mod tests {
    use super::*;

    #[test]
    fn the_platform_knows_each_reason() {
        let known = platform_client::sim::rating_reasons();
        let ours: Vec<&str> = REASONS.iter().map(|(code, _)| *code).collect();
        assert_eq!(ours, known);
    }
}
