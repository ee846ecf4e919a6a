//! 找人帮忙: who is there now, nearest first, and never a number that nobody answers.

use super::{act, act_on, index, text};
use crate::models::updated;
use crate::screens::{Choice, DeskAdapter, DisplayOptions, HelpAdapter, HelpState, Icon};
use crate::terminal::Terminal;
use domain::display_mode::{Contrast, DisplayMode, Reach, TextSize};
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::personal::Personal;
use domain::session::Session;
use domain::session::event::{Network, Sight, Tap};
use domain::session::state::{Help, Overlay};
use slint::{ComponentHandle, SharedString};
use std::rc::Rc;

pub(super) fn connect(terminal: &Rc<Terminal>) {
    let window = terminal.window();
    let adapter = window.global::<HelpAdapter<'_>>();
    adapter.on_call(act_on(terminal, |t, i: i32| choose(t, index(i))));
    adapter.on_show_desk(act_on(terminal, |t, on: bool| {
        t.tap(Tap::ShowDesk(if on { Sight::Shown } else { Sight::Hidden }));
    }));
    adapter.on_hang_up(act(terminal, |t| t.tap(Tap::Close)));
    adapter.on_continue_visit(act(terminal, |t| t.tap(Tap::Close)));
    adapter.on_leave_number(act(terminal, leave_number));
    adapter.on_display_options(act(terminal, |t| t.window().global::<DisplayOptions<'_>>().set_open(true)));
    let options = window.global::<DisplayOptions<'_>>();
    options.on_close(act(terminal, |t| t.window().global::<DisplayOptions<'_>>().set_open(false)));
    options.on_set_large(act_on(terminal, |t, on: bool| {
        set(t, |m| m.text_size = if on { TextSize::Large } else { TextSize::Standard });
    }));
    options.on_set_high_contrast(act_on(terminal, |t, on: bool| {
        set(t, |m| m.contrast = if on { Contrast::High } else { Contrast::Standard });
    }));
    options.on_set_low_reach(act_on(terminal, |t, on: bool| {
        set(t, |m| m.reach = if on { Reach::Low } else { Reach::Standard });
    }));
}

fn set(terminal: &Terminal, change: impl FnOnce(&mut DisplayMode)) {
    let mut mode = terminal.shell().session().mode();
    change(&mut mode);
    terminal.tap(Tap::Mode(mode));
}

/// The rows of the page: the district's desk where it is reached, each helper of the site, then a call-back, then the worker
/// who acts for the resident.
fn choose(terminal: &Terminal, row: usize) {
    let desk = terminal.shell().session().facts().desk == Network::Online;
    let Some(row) = row.checked_sub(usize::from(desk)) else { return terminal.tap(Tap::CallDesk) };
    let helpers = terminal.shell().session().facts().site.helpers.len();
    if row < helpers {
        terminal.tap(Tap::CallHelp);
    } else if row == helpers {
        terminal.local.borrow_mut().leaving_number = true;
        super::keyboard::open(terminal);
        terminal.refresh();
    } else {
        terminal.tap(Tap::Assisted);
    }
}

fn leave_number(terminal: &Terminal) {
    super::keyboard::commit(terminal);
    let number = Personal::new(terminal.local.borrow().entries[0].as_str());
    if number.reveal().len() >= 7 {
        let mut local = terminal.local.borrow_mut();
        local.leaving_number = false;
        local.entries = Default::default();
        local.typing = None;
        drop(local);
        terminal.tap(Tap::LeaveCallback(number));
    }
}

pub(super) fn show(terminal: &Terminal) {
    let shell = terminal.shell();
    let session = shell.session();
    let l = terminal.locale();
    let Some(Overlay::Help(help)) = session.visit().and_then(|v| v.overlay.as_ref()) else { return };
    let adapter = terminal.window().global::<HelpAdapter<'_>>();
    let leaving = terminal.local.borrow().leaving_number;
    let (state, message) = match help {
        Help::Offered if leaving => (HelpState::CallbackNumber, String::new()),
        Help::Offered => (HelpState::Choosing, String::new()),
        Help::Calling(_) | Help::LeavingNumber(_) => {
            (HelpState::Calling, M::HelpCallingSentence.text(l).to_owned())
        }
        Help::Coming => (HelpState::Connected, M::HelpComing.text(l).to_owned()),
        Help::NumberLeft => (HelpState::CallbackKept, M::HelpNumberLeft.text(l).to_owned()),
        Help::Desk => desk_message(session, l),
        Help::Failed => (HelpState::NoAnswer, M::HelpFailed.text(l).to_owned()),
    };
    adapter.set_state(state);
    adapter.set_message(message.into());
    let now = session.facts().now;
    let extra = |icon, label: M, sentence: M| Choice {
        icon,
        label: label.text(l).into(),
        sentence: sentence.text(l).into(),
        enabled: true,
        ..Choice::default()
    };
    let desk = (session.facts().desk == Network::Online)
        .then(|| extra(Icon::People, M::HelpDesk, M::HelpDeskSentence));
    let mut ways: Vec<Choice> = session
        .facts()
        .site
        .helpers
        .iter()
        .map(|helper| {
            let there = helper.hours.is_open(now);
            let hours = text::hours(&helper.hours, now, l);
            Choice {
                icon: Icon::Call,
                label: helper.name.text(l).into(),
                sentence: M::HelpPhoneHours.fill(l, &[("phone", &helper.phone), ("hours", &hours)]).into(),
                enabled: there,
                reason: M::HelpNotThere.fill(l, &[("hours", &hours)]).into(),
                ..Choice::default()
            }
        })
        .collect();
    ways.splice(0..0, desk);
    ways.push(extra(Icon::Phone, M::HelpCallback, M::HelpCallbackSentence));
    ways.push(extra(Icon::Worker, M::HelpAssisted, M::HelpAssistedSentence));
    adapter.set_ways(updated(adapter.get_ways(), ways));
    let number = terminal.local.borrow().entries[0].to_string();
    adapter.set_can_leave(number.len() >= 7);
    adapter.set_number(number.into());
}

/// Whether anybody took the call, and what may be shown to them.
fn desk_message(session: &Session, l: Locale) -> (HelpState, String) {
    let desk = session.visit().and_then(|visit| visit.desk.as_ref());
    match desk.and_then(|desk| Some((desk, desk.worker.as_deref()?))) {
        None => (HelpState::Desk, M::HelpDeskCalling.text(l).to_owned()),
        Some((desk, worker)) => {
            let state = if desk.sight == Sight::Shown { HelpState::DeskSees } else { HelpState::DeskTalks };
            (state, M::HelpDeskWorker.fill(l, &[("worker", worker)]))
        }
    }
}

/// The worker's ring and words, over every page of the visit.
pub(super) fn show_desk(terminal: &Terminal) {
    let shell = terminal.shell();
    let desk = shell.session().visit().and_then(|visit| visit.desk.as_ref());
    let adapter = terminal.window().global::<DeskAdapter<'_>>();
    let ring = desk.and_then(|desk| desk.ring);
    adapter.set_pointing(ring.is_some());
    if let Some((x, y)) = ring {
        adapter.set_x(x);
        adapter.set_y(y);
    }
    adapter.set_words(desk.and_then(|desk| desk.words.clone()).unwrap_or_default().into());
    let worker = desk.and_then(|desk| desk.worker.clone()).unwrap_or_default();
    adapter.set_worker(worker.into());
    adapter.set_sees(desk.is_some_and(|desk| desk.sight == Sight::Shown));
}

pub(super) fn blank(terminal: &Terminal) {
    let window = terminal.window();
    window.global::<HelpAdapter<'_>>().set_number(SharedString::default());
    window.global::<DisplayOptions<'_>>().set_open(false);
}
