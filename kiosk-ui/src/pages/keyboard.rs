//! The keys below a page: what they type into, and what is typed so far.

use super::{act, act_on, entry, form, index, rating};
use crate::input::typing::{Capitals, Pad, Typing};
use crate::models::updated;
use crate::screens::{KeyboardAdapter, Pad as ScreenPad};
use crate::terminal::Terminal;
use domain::personal::Personal;
use domain::rating::ServiceRating;
use domain::session::event::Tap;
use domain::session::page::Page;
use domain::session::state::Step;
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

/// The pads for a text in any script.
pub(super) const ANY: [Pad; 3] = [Pad::Pinyin, Pad::Latin, Pad::Digits];
/// The pads for a name.
pub(super) const SCRIPTS: [Pad; 2] = [Pad::Pinyin, Pad::Latin];

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let keyboard = terminal.window().global::<KeyboardAdapter<'_>>();
    keyboard.on_key(act_on(terminal, |t, key: SharedString| {
        let nine = t.window().global::<KeyboardAdapter<'_>>().get_nine_keys();
        if let Some(key) = key.chars().next() {
            typed(t, |typing| if nine { typing.nine_key(key) } else { typing.key(key) });
        }
    }));
    keyboard.on_backspace(act(terminal, |t| typed(t, Typing::backspace)));
    keyboard.on_clear(act(terminal, |t| typed(t, Typing::clear)));
    keyboard.on_pick(act_on(terminal, |t, i: i32| typed(t, |typing| typing.pick(index(i)))));
    keyboard.on_shift(act(terminal, |t| typed(t, Typing::shift)));
    keyboard.on_next_candidates(act(terminal, |t| {
        let fit = fit(t);
        typed(t, |typing| typing.next_candidates(fit));
    }));
    keyboard.on_earlier_candidates(act(terminal, |t| {
        let fit = fit(t);
        typed(t, |typing| typing.previous_candidates(fit));
    }));
    keyboard.on_switch_pad(act_on(terminal, |t, pad: ScreenPad| {
        typed(t, |typing| typing.switch(from_screen(pad)));
    }));
}

/// Opens the text that the page types first.
pub(super) fn open(terminal: &Terminal) {
    let page = terminal.local.borrow().page;
    let opened = match page {
        Some(Page::Form(_)) => {
            form::begin(terminal);
            form::text_to_type(terminal)
        }
        Some(Page::Search) => Some((query(terminal), ANY.to_vec(), 20)),
        Some(Page::RatingWords) => {
            Some((rating::words(terminal), ANY.to_vec(), ServiceRating::LONGEST_WORDS))
        }
        Some(
            Page::IdentifySms | Page::IdentifyWorker | Page::LicenceSms | Page::Assisted | Page::StaffSignIn,
        ) => entry::text_to_type(terminal),
        _ => None,
    };
    let typing = opened
        .map(|(text, pads, longest)| Typing::open(text.reveal(), pads, longest, terminal.shipped.pinyin));
    terminal.local.borrow_mut().typing = typing;
}

/// Ends the present typing: the text becomes the answer.
pub(super) fn close(terminal: &Terminal) {
    commit(terminal);
    terminal.local.borrow_mut().typing = None;
}

/// Opens the text of another field of the same page; what waits in the present one becomes its text.
pub(super) fn reopen(terminal: &Terminal, field: usize) {
    close(terminal);
    terminal.local.borrow_mut().active = field;
    let page = terminal.local.borrow().page;
    let opened = match page {
        Some(Page::Form(_)) => form::text_to_type(terminal),
        _ => entry::text_to_type(terminal),
    };
    let typing = opened
        .map(|(text, pads, longest)| Typing::open(text.reveal(), pads, longest, terminal.shipped.pinyin));
    terminal.local.borrow_mut().typing = typing;
    terminal.refresh();
}

fn query(terminal: &Terminal) -> Personal {
    match terminal.shell().session().visit().map(|v| &v.step) {
        Some(Step::Search(_, text)) => text.clone(),
        _ => Personal::default(),
    }
}

/// A key was pressed: the text changes, and with it the answer.
fn typed(terminal: &Terminal, change: impl FnOnce(&mut Typing<'static>)) {
    let text = {
        let mut local = terminal.local.borrow_mut();
        let Some(typing) = local.typing.as_mut() else { return };
        change(typing);
        Personal::new(typing.text())
    };
    hand_over(terminal, text);
}

/// Letters that wait become text, and the text becomes the answer.
pub(super) fn commit(terminal: &Terminal) {
    let text = {
        let mut local = terminal.local.borrow_mut();
        let Some(typing) = local.typing.as_mut() else { return };
        Personal::new(typing.finish())
    };
    hand_over(terminal, text);
}

fn hand_over(terminal: &Terminal, text: Personal) {
    let page = terminal.local.borrow().page;
    match page {
        Some(Page::Form(_)) => form::typed(terminal, &text),
        Some(Page::Search) => terminal.tap(Tap::SearchText(text)),
        Some(Page::RatingWords) => terminal.tap(Tap::RatingWords(text)),
        Some(
            Page::IdentifySms | Page::IdentifyWorker | Page::LicenceSms | Page::Assisted | Page::StaffSignIn,
        ) => entry::typed(terminal, &text),
        _ => terminal.refresh(),
    }
}

/// The text that is being typed, or another where none is.
pub(super) fn text_or(terminal: &Terminal, other: &str) -> SharedString {
    match terminal.local.borrow().typing.as_ref() {
        Some(typing) => typing.text().into(),
        None => other.into(),
    }
}

/// How many candidates fit into the row: each takes its characters and one more.
fn fit(terminal: &Terminal) -> usize {
    let room = terminal.window().global::<KeyboardAdapter<'_>>().get_candidates_room();
    let local = terminal.local.borrow();
    let Some(typing) = local.typing.as_ref() else { return 1 };
    let mut left = f64::from(room);
    let fitting = typing.candidates(20).iter().take_while(|candidate| {
        left -= 1.0 + u32::try_from(candidate.text.chars().count()).map_or(f64::INFINITY, f64::from);
        left >= 0.0
    });
    fitting.count().max(1)
}

pub(super) fn show(terminal: &Terminal) {
    let keyboard = terminal.window().global::<KeyboardAdapter<'_>>();
    let fit = fit(terminal);
    let local = terminal.local.borrow();
    let Some(typing) = local.typing.as_ref() else {
        keyboard.set_pad(ScreenPad::None);
        keyboard.set_preedit(SharedString::default());
        keyboard.set_candidates(updated(keyboard.get_candidates(), Vec::new()));
        return;
    };
    keyboard.set_pad(to_screen(typing.pad()));
    let offered: Vec<ScreenPad> = match typing.offered() {
        [_] => Vec::new(),
        several => several.iter().map(|p| to_screen(*p)).collect(),
    };
    keyboard.set_offered(updated(keyboard.get_offered(), offered));
    keyboard.set_preedit(typing.composing().into());
    let candidates = typing.candidates(fit).iter().map(|c| SharedString::from(c.text.as_str())).collect();
    keyboard.set_candidates(updated(keyboard.get_candidates(), candidates));
    keyboard.set_has_more(typing.has_more(fit));
    keyboard.set_has_earlier(typing.has_earlier());
    keyboard.set_upper(typing.capitals() == Capitals::On);
}

fn to_screen(pad: Pad) -> ScreenPad {
    match pad {
        Pad::None => ScreenPad::None,
        Pad::Digits => ScreenPad::Digits,
        Pad::Decimal => ScreenPad::Decimal,
        Pad::IdNumber => ScreenPad::IdNumber,
        Pad::Latin => ScreenPad::Latin,
        Pad::Pinyin => ScreenPad::Pinyin,
    }
}

fn from_screen(pad: ScreenPad) -> Pad {
    match pad {
        ScreenPad::None => Pad::None,
        ScreenPad::Digits => Pad::Digits,
        ScreenPad::Decimal => Pad::Decimal,
        ScreenPad::IdNumber => Pad::IdNumber,
        ScreenPad::Latin => Pad::Latin,
        ScreenPad::Pinyin => Pad::Pinyin,
    }
}
