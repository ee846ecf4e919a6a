//! The outbox as people at the terminal see it: how much waits, what was set aside, and what a person decides of it.
//!
//! Duty: look and decide on a thread of its own. Never: hold the screen up, open what is sealed, or show a whole number.

use crate::chain::Chain;
use domain::case::SubmissionId;
use domain::terminal::TerminalId;
use fleet_api::health::OutboxDepth;
use platform_client::clock::SystemClock;
use platform_client::entropy::SystemEntropy;
use platform_client::outbox::inspect::{Decision, EntrySummary, InspectError, Inspector};
use platform_client::outbox::{OpenError, OutboxConfig, State};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// The outbox is looked through so often.
const EVERY: Duration = Duration::from_secs(60);
/// At most so many entries are shown.
const SHOWN: usize = 100;
/// Of a number so many last characters are shown.
const TAIL: usize = 4;

/// An entry that is not closed, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Which.
    pub(crate) id: SubmissionId,
    /// The end of the number that its paper has.
    pub(crate) mark: String,
    /// Whether it is a rating: nobody waits for one.
    pub(crate) is_rating: bool,
    /// Where it stands.
    pub(crate) state: State,
    /// When it was saved.
    pub(crate) saved_at: Option<OffsetDateTime>,
    /// How often it was sent without an answer.
    pub(crate) sends: u32,
}

/// What was seen at the last look.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// In numbers.
    pub(crate) depth: OutboxDepth,
    /// What is not closed, oldest first.
    pub(crate) entries: Vec<Entry>,
    /// Whether the last decision was carried out; none before one was made.
    pub(crate) decided: Option<bool>,
}

/// The way to the thread that looks; dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct OutboxDesk {
    wishes: Sender<Wish>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug)]
enum Wish {
    Look,
    Decide(SubmissionId, Decision),
}

impl OutboxDesk {
    /// Starts the thread for the terminal whose folder this is.
    pub(crate) fn start(data: &Path) -> std::io::Result<Self> {
        let (wishes, heard) = channel();
        let seen = Arc::<Mutex<Seen>>::default();
        let (data, inside) = (data.to_owned(), Arc::clone(&seen));
        let spawn = std::thread::Builder::new().name("outbox-desk".to_owned());
        spawn.spawn(move || run(&data, &heard, &inside))?;
        Ok(Self { wishes, seen })
    }

    /// What was seen at the last look.
    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What waits, in numbers.
    pub(crate) fn depth(&self) -> OutboxDepth {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).depth
    }

    /// Looks now.
    pub(crate) fn look(&self) {
        // The thread ends only with this sender.
        let _gone = self.wishes.send(Wish::Look);
    }

    /// Carries out what a person decided of an entry that was set aside.
    pub(crate) fn decide(&self, id: SubmissionId, decision: Decision) {
        let _gone = self.wishes.send(Wish::Decide(id, decision));
    }
}

fn run(data: &Path, wishes: &Receiver<Wish>, seen: &Mutex<Seen>) {
    let mut decided = None;
    loop {
        let entries = entries(data);
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = look_at(&entries, decided);
        match wishes.recv_timeout(EVERY) {
            Ok(Wish::Look) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Wish::Decide(id, decision)) => decided = Some(carry_out(data, &id, decision)),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Opens the outbox beside the delivery that runs.
pub(crate) fn open(data: &Path) -> Result<Inspector, OpenError> {
    let clock = SystemClock::new(UtcOffset::UTC);
    // The terminal's number stands in ratings, which are not made here.
    let config = OutboxConfig::in_folder(data, TerminalId(String::new()));
    Inspector::open(&config, Arc::new(clock), &SystemEntropy::new())
}

/// Every entry; none where there is no outbox yet.
fn entries(data: &Path) -> Vec<EntrySummary> {
    open(data).ok().and_then(|inspector| inspector.list().ok()).unwrap_or_default()
}

fn carry_out(data: &Path, id: &SubmissionId, decision: Decision) -> bool {
    #[derive(Debug, thiserror::Error)]
    enum NotDone {
        #[error("the outbox cannot be opened")]
        Open(#[from] OpenError),
        #[error(transparent)]
        Inspect(#[from] InspectError),
    }
    let done = open(data).map_err(NotDone::from).and_then(|mut outbox| Ok(outbox.decide(id, decision)?));
    match done {
        Ok(state) => {
            tracing::info!(submission = %id, ?decision, state = state.word(), "a person decided");
            true
        }
        Err(error) => {
            tracing::error!(submission = %id, error = %Chain(&error), "what a person decided is not done");
            false
        }
    }
}

fn look_at(entries: &[EntrySummary], decided: Option<bool>) -> Seen {
    let mut seen = Seen { decided, ..Seen::default() };
    let mut oldest: Option<OffsetDateTime> = None;
    for entry in entries {
        match entry.state {
            State::Saved | State::Sending | State::Unknown => seen.depth.waiting += 1,
            State::Poison => seen.depth.needs_person += 1,
            State::Delivered | State::Withdrawn => continue,
        }
        let saved_at = OffsetDateTime::parse(&entry.saved_at, &Rfc3339).ok();
        oldest = [oldest, saved_at].into_iter().flatten().min();
        if seen.entries.len() < SHOWN
            && let Ok(id) = SubmissionId::try_from(entry.submission_id.clone())
        {
            seen.entries.push(Entry {
                id,
                mark: mark(entry),
                is_rating: entry.kind == "rating",
                state: entry.state,
                saved_at,
                sends: entry.sends,
            });
        }
    }
    seen.depth.oldest_seconds =
        oldest.map(|at| u64::try_from((OffsetDateTime::now_utc() - at).whole_seconds()).unwrap_or(0));
    seen
}

/// Enough to tell entries apart, too little to ask the province with.
fn mark(entry: &EntrySummary) -> String {
    let number = entry.application_number.as_deref().unwrap_or(&entry.submission_id);
    let hidden = number.chars().count().saturating_sub(TAIL);
    let tail: String = number.chars().skip(hidden).collect();
    format!("…{}", tail.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(state: State, saved_at: &str, application_number: Option<&str>) -> EntrySummary {
        EntrySummary {
            submission_id: "0123456789abcdef0123456789abcdef".to_owned(),
            kind: "case".to_owned(),
            item: "item".to_owned(),
            state,
            filed_at: saved_at.to_owned(),
            saved_at: saved_at.to_owned(),
            changed_at: saved_at.to_owned(),
            sends: 1,
            last_error: None,
            outcome: None,
            application_number: application_number.map(str::to_owned),
            case_number: None,
        }
    }

    #[test]
    fn what_is_closed_is_not_seen_and_no_number_is_whole() {
        let seen = look_at(
            &[
                entry(State::Delivered, "2026-11-01T08:00:00Z", None),
                entry(State::Unknown, "2026-11-02T08:00:00Z", None),
                entry(State::Poison, "2026-11-03T08:00:00Z", Some("SQ20261103000042")),
                entry(State::Withdrawn, "2026-11-01T08:00:00Z", None),
            ],
            None,
        );
        assert_eq!((seen.depth.waiting, seen.depth.needs_person), (1, 1));
        let marks: Vec<&str> = seen.entries.iter().map(|entry| entry.mark.as_str()).collect();
        assert_eq!(marks, ["…CDEF", "…0042"]);
        let age = OffsetDateTime::now_utc() - time::macros::datetime!(2026-11-02 08:00 UTC);
        let oldest = seen.depth.oldest_seconds.and_then(|s| i64::try_from(s).ok()).unwrap_or_default();
        assert!((age.whole_seconds() - oldest).abs() <= 5, "the oldest that waits");
    }
}
