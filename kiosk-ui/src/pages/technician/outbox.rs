//! The technician's page of the outbox: what waits, what was set aside, and what a person decides of it. Nothing of a
//! resident: a number is shown by its end, and what is sealed stays sealed.

use super::rows::{plain, row};
use super::{Action, note};
use crate::outbox_desk::Entry;
use crate::pages::text;
use crate::pages::upkeep::do_upkeep;
use crate::screens::{StepState, TechnicianRow};
use crate::shell::Shell;
use crate::terminal::Terminal;
use domain::locale::Locale;
use domain::messages::MessageId as M;
use domain::session::Facts;
use domain::session::event::{DataPartition, Storage, Upkeep};
use domain::terminal::Timestamp;
use platform_client::outbox::State;
use platform_client::outbox::inspect::Decision;

/// What can be done: of an entry that was set aside, or of all.
pub(super) fn actions(terminal: &Terminal) -> Vec<Action> {
    let local = terminal.local.borrow();
    if local.deciding.is_none() {
        let set_aside = terminal.shell().agent_now().outbox().depth().needs_person > 0;
        return [Action::TryNow].into_iter().chain(set_aside.then_some(Action::Decide)).collect();
    }
    if local.withdrawing {
        return vec![Action::WithdrawNow, Action::DecideLater];
    }
    vec![Action::AskAgain, Action::SendAgain, Action::Withdraw, Action::DecideLater]
}

pub(super) fn rows(terminal: &Terminal, shell: &Shell, l: Locale) -> Vec<TechnicianRow> {
    let facts = shell.session().facts();
    let seen = shell.agent_now().outbox().seen();
    if let Some(id) = &terminal.local.borrow().deciding {
        let entry = seen.entries.iter().find(|entry| entry.id == *id);
        return entry.map(|entry| decided_on(entry, facts, l)).unwrap_or_default();
    }
    let (storage, mark) = match facts.storage {
        Storage::Ready => (M::TechnicianStorageReady, StepState::Done),
        Storage::Full => (M::TechnicianStorageFull, StepState::Failed),
        Storage::Failed => (M::TechnicianStorageFailed, StepState::Failed),
    };
    let (data, kept) = match facts.data_partition {
        DataPartition::Kept => (M::TechnicianDataKept, StepState::Done),
        DataPartition::ReadOnly => (M::TechnicianDataReadOnly, StepState::Failed),
        DataPartition::Volatile => (M::TechnicianDataVolatile, StepState::Failed),
    };
    let oldest = seen.depth.oldest_seconds.map(|seconds| age(seconds, l));
    let person = if seen.depth.needs_person == 0 { StepState::Done } else { StepState::Failed };
    let all = [
        row(M::TechnicianData, data.text(l), kept, l),
        row(M::TechnicianStorage, storage.text(l), mark, l),
        plain(M::TechnicianWaiting, seen.depth.waiting.to_string(), l),
        plain(M::TechnicianOldest, oldest.unwrap_or_else(|| M::TechnicianNone.text(l).to_owned()), l),
        row(M::TechnicianNeedsPerson, seen.depth.needs_person.to_string(), person, l),
        row(M::TechnicianCatalogue, catalogue(facts, l), StepState::Done, l),
    ];
    all.into_iter().chain(seen.entries.iter().map(|entry| one(entry, facts, l))).collect()
}

/// One entry on a line: the end of its number, what it is, where it stands, how old it is.
fn one(entry: &Entry, facts: &Facts, l: Locale) -> TechnicianRow {
    let kind = if entry.is_rating { M::TechnicianRating } else { M::TechnicianCase };
    let mark = if entry.state == State::Poison { StepState::Failed } else { StepState::Waiting };
    let age = entry.saved_at.map(|at| age_at(at, facts, l));
    let tried = (entry.sends > 0).then(|| M::TechnicianTried.fill(l, &[("times", &entry.sends.to_string())]));
    let words = [Some(state(entry.state).text(l).to_owned()), age, tried];
    TechnicianRow {
        label: format!("{} {}", kind.text(l), entry.mark).into(),
        value: words.into_iter().flatten().collect::<Vec<_>>().join(M::TextListComma.text(l)).into(),
        state: mark,
    }
}

/// What a person has to know who decides.
fn decided_on(entry: &Entry, facts: &Facts, l: Locale) -> Vec<TechnicianRow> {
    let sentence = |words: M| TechnicianRow { value: words.text(l).into(), ..TechnicianRow::default() };
    vec![
        one(entry, facts, l),
        sentence(M::TechnicianDecideAsk),
        sentence(M::TechnicianDecideSend),
        sentence(M::TechnicianDecideWithdraw),
    ]
}

/// The first entry that waits for a person is decided on.
pub(super) fn begin(terminal: &Terminal) {
    let seen = terminal.shell().agent_now().outbox().seen();
    let first = seen.entries.into_iter().find(|entry| entry.state == State::Poison);
    terminal.local.borrow_mut().deciding = first.map(|entry| entry.id);
}

pub(super) fn withdraw(terminal: &Terminal) {
    terminal.local.borrow_mut().withdrawing = true;
}

/// Nothing is decided now.
pub(super) fn leave(terminal: &Terminal) {
    let mut local = terminal.local.borrow_mut();
    local.deciding = None;
    local.withdrawing = false;
}

/// Carries out what was decided, and puts on record that somebody did.
pub(super) fn decide(terminal: &Terminal, decision: Decision) {
    let id = terminal.local.borrow().deciding.clone();
    leave(terminal);
    if let Some(id) = id {
        terminal.shell().agent_now().outbox().decide(id, decision);
        do_upkeep(terminal, Upkeep::OutboxDecided);
        try_now(terminal);
    }
}

/// What waits is tried now.
pub(super) fn try_now(terminal: &Terminal) {
    terminal.shell().try_outbox_now();
    terminal.shell().agent_now().outbox().look();
    note(terminal, M::TechnicianTrying);
}

const fn state(state: State) -> M {
    match state {
        State::Saved => M::TechnicianStateSaved,
        State::Sending => M::TechnicianStateSending,
        State::Unknown => M::TechnicianStateUnknown,
        State::Poison => M::TechnicianStatePerson,
        State::Delivered | State::Withdrawn => M::TechnicianStateClosed,
    }
}

fn age_at(at: Timestamp, facts: &Facts, l: Locale) -> String {
    age(u64::try_from((facts.now - at).whole_seconds()).unwrap_or(0), l)
}

/// How long ago, in the largest unit that says enough.
fn age(seconds: u64, l: Locale) -> String {
    let (words, name, count) = match seconds / 60 {
        minutes if minutes < 120 => (M::TechnicianMinutes, "minutes", minutes),
        minutes if minutes < 48 * 60 => (M::TechnicianHours, "hours", minutes / 60),
        minutes => (M::TechnicianDays, "days", minutes / (24 * 60)),
    };
    words.fill(l, &[(name, &count.to_string())])
}

/// Its version, and when the province last said that it is the newest.
fn catalogue(facts: &Facts, l: Locale) -> String {
    let heard =
        facts.catalogue_current_at.map(|at| format!("{} {}", text::date(at.date(), l), text::clock(at)));
    text::lines([Some(facts.catalogue.version.as_str()), heard.as_deref()].into_iter().flatten())
}
