//! Which entries are tried next: pure, with time and randomness as parameters.
//!
//! Duty: the order within one case, fairness across cases, patience with a province that is away. Never: IO; it holds no
//! content, only ids and states.

use super::backoff::Backoff;
use super::payload::EntryKind;
use super::state::State;
use domain::case::SubmissionId;
use domain::service_item::Queueing;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;
use tokio::time::Instant;

/// The number of an entry in the order of saving.
pub(super) type Seq = i64;

/// An entry as the agenda knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: SubmissionId,
    /// Entries of one chain go one after another: a case, then its rating.
    pub(super) chain: SubmissionId,
    pub(super) kind: EntryKind,
    pub(super) queueing: Queueing,
    pub(super) state: State,
    /// How often it was sent and perhaps arrived.
    pub(super) sends: u32,
}

#[derive(Debug)]
struct Item {
    row: Row,
    /// Somebody waits for it at the screen.
    urgent: bool,
    in_flight: bool,
    failures: u32,
    not_before: Option<Instant>,
    /// When the last sending of an unknown outcome ended.
    lost_at: Option<Instant>,
}

impl Item {
    /// Somebody waits, and nothing has failed yet: it does not queue behind the others or wait for the line.
    fn is_first_try(&self) -> bool {
        self.urgent && self.failures == 0 && self.not_before.is_none()
    }
}

/// Whether the province answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Line {
    /// It does, or nothing else is known.
    Up,
    /// It does not: one entry at a time tries.
    Down,
}

/// All open entries, and whether the province answers.
#[derive(Debug)]
pub(super) struct Agenda {
    items: BTreeMap<Seq, Item>,
    backoff: Backoff,
    line_failures: u32,
    line_not_before: Option<Instant>,
}

impl Agenda {
    pub(super) fn new(backoff: Backoff) -> Self {
        Self { items: BTreeMap::new(), backoff, line_failures: 0, line_not_before: None }
    }

    /// Takes an entry in, or what changed about it outside; one in flight stays as it is.
    pub(super) fn put(&mut self, seq: Seq, row: Row, now: Instant) {
        match self.items.get_mut(&seq) {
            Some(item) if item.in_flight => {}
            Some(item) => item.row = row,
            None => {
                // When an unknown sending of an earlier run ended is not known: just now at the latest.
                let lost_at = (row.state == State::Unknown).then_some(now);
                let item =
                    Item { row, urgent: false, in_flight: false, failures: 0, not_before: None, lost_at };
                self.items.insert(seq, item);
            }
        }
    }

    /// Forgets every entry that is not among these and not in flight: it was closed outside.
    pub(super) fn keep_only(&mut self, open: &HashSet<Seq>) {
        self.items.retain(|seq, item| item.in_flight || open.contains(seq));
    }

    /// Somebody waits for this entry at the screen.
    pub(super) fn hurry(&mut self, seq: Seq) {
        if let Some(item) = self.items.get_mut(&seq) {
            item.urgent = true;
        }
    }

    pub(super) fn row(&self, seq: Seq) -> Option<&Row> {
        self.items.get(&seq).map(|i| &i.row)
    }

    /// Since when an outcome is unknown.
    pub(super) fn lost_at(&self, seq: Seq) -> Option<Instant> {
        self.items.get(&seq).and_then(|i| i.lost_at)
    }

    pub(super) fn line(&self) -> Line {
        if self.line_failures == 0 { Line::Up } else { Line::Down }
    }

    /// The entries to try now, oldest first, at most so many; those for whom somebody waits come on top.
    pub(super) fn pick(&self, now: Instant, free: usize) -> Vec<Seq> {
        let mut taken: HashSet<&SubmissionId> =
            self.items.values().filter(|i| i.in_flight).map(|i| &i.row.chain).collect();
        let in_flight = self.items.values().filter(|i| i.in_flight).count();
        let mut free = match self.line() {
            Line::Up => free,
            Line::Down if self.line_not_before.is_some_and(|t| now < t) => 0,
            Line::Down => free.min(1_usize.saturating_sub(in_flight)),
        };
        let mut picks = Vec::new();
        for (&seq, item) in &self.items {
            // The first of a chain holds its place whether it can be tried now or not.
            if !taken.insert(&item.row.chain) || item.in_flight || item.row.state == State::Poison {
                continue;
            }
            let due = item.not_before.is_none_or(|t| t <= now);
            if item.is_first_try() {
                picks.push(seq);
            } else if due && free > 0 {
                free -= 1;
                picks.push(seq);
            }
        }
        picks
    }

    /// The next moment at which [`Self::pick`] may give something that it does not give now; `None` when only the end of
    /// an attempt or a change from outside can.
    pub(super) fn next_wake(&self, now: Instant, free: usize) -> Option<Instant> {
        let busy = self.items.values().any(|i| i.in_flight);
        let mut taken: HashSet<&SubmissionId> =
            self.items.values().filter(|i| i.in_flight).map(|i| &i.row.chain).collect();
        let heads = self.items.values().filter(|i| taken.insert(&i.row.chain));
        let heads: Vec<&Item> = heads.filter(|i| i.row.state != State::Poison).collect();
        if heads.iter().any(|i| i.is_first_try()) {
            return Some(now);
        }
        if free == 0 || (self.line() == Line::Down && busy) {
            return None;
        }
        let next = heads.iter().map(|i| i.not_before.unwrap_or(now)).min()?;
        Some(match self.line() {
            Line::Up => next,
            Line::Down => next.max(self.line_not_before.unwrap_or(now)),
        })
    }

    pub(super) fn begin(&mut self, seq: Seq, state: State) {
        if let Some(item) = self.items.get_mut(&seq) {
            item.in_flight = true;
            item.row.state = state;
        }
    }

    /// The attempt ended and the entry stays open in this state, to be tried again at once.
    pub(super) fn again(&mut self, seq: Seq, state: State) {
        if let Some(item) = self.items.get_mut(&seq) {
            item.in_flight = false;
            item.row.state = state;
            item.not_before = None;
        }
    }

    /// The attempt failed and the entry stays open in this state.
    pub(super) fn failed(
        &mut self,
        seq: Seq,
        state: State,
        now: Instant,
        random: u32,
        rest: Option<Duration>,
    ) {
        let backoff = self.backoff;
        if let Some(item) = self.items.get_mut(&seq) {
            item.in_flight = false;
            item.row.state = state;
            item.failures = item.failures.saturating_add(1);
            let wait = backoff.wait(item.failures, random).max(rest.unwrap_or_default());
            item.not_before = Some(now + wait);
        }
    }

    /// The entry was sent and perhaps arrived.
    pub(super) fn lost(&mut self, seq: Seq, now: Instant) {
        if let Some(item) = self.items.get_mut(&seq) {
            item.row.sends = item.row.sends.saturating_add(1);
            item.lost_at = Some(now);
        }
    }

    /// Asks again not before this moment.
    pub(super) fn wait_until(&mut self, seq: Seq, state: State, at: Instant) {
        if let Some(item) = self.items.get_mut(&seq) {
            item.in_flight = false;
            item.row.state = state;
            item.not_before = Some(at);
        }
    }

    /// The entry waits for a person; what comes after it in its chain waits as well.
    pub(super) fn set_aside(&mut self, seq: Seq) {
        if let Some(item) = self.items.get_mut(&seq) {
            item.in_flight = false;
            item.row.state = State::Poison;
        }
    }

    /// The entry is closed.
    pub(super) fn close(&mut self, seq: Seq) {
        self.items.remove(&seq);
    }

    /// The province answered, whatever it said. Gives whether that is news.
    pub(super) fn line_answered(&mut self) -> bool {
        let news = self.line_failures > 0;
        self.line_failures = 0;
        self.line_not_before = None;
        if news {
            // Everybody had been waiting for the line.
            for item in self.items.values_mut().filter(|i| i.row.sends == 0) {
                item.not_before = None;
            }
        }
        news
    }

    /// A person wants it tried now: nothing waits any longer for the line, or for a failure to be forgotten. What was sent
    /// and perhaps arrived keeps its wait.
    pub(super) fn try_now(&mut self) {
        self.line_not_before = None;
        for item in self.items.values_mut().filter(|i| i.row.sends == 0) {
            item.not_before = None;
        }
    }

    /// The province did not answer, or asked for rest. Gives whether that is news.
    pub(super) fn line_failed(&mut self, now: Instant, random: u32, rest: Option<Duration>) -> bool {
        self.line_failures = self.line_failures.saturating_add(1);
        let wait = self.backoff.wait(self.line_failures, random).max(rest.unwrap_or_default());
        self.line_not_before = Some(now + wait);
        self.line_failures == 1
    }
}
