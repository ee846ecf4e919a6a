//! The technician at the terminal: what they may ask of the agent.

use crate::agent::{Ended, Shared};
use crate::logs;
use crate::update::{installer, stick};
use fleet_api::ui::{FromAgent, TechnicianAsk, TechnicianOutcome};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The most lines of log on a page.
const LINES: u32 = 500;

/// Answers technicians, one wish at a time.
pub(crate) struct Desk {
    shared: Arc<Shared>,
    busy: Arc<AtomicBool>,
}

impl Desk {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, busy: Arc::default() }
    }

    /// Takes a wish; its answer comes on the socket. While one is at work, another is refused.
    pub(crate) fn take(&self, ask: TechnicianAsk) {
        let word = word(&ask);
        if self.busy.swap(true, Ordering::AcqRel) {
            let lines = vec!["another wish is at work".to_owned()];
            answer(&self.shared, word, TechnicianOutcome::Failed, lines);
            return;
        }
        let (shared, busy) = (Arc::clone(&self.shared), Arc::clone(&self.busy));
        tokio::task::spawn_blocking(move || {
            let (outcome, lines) = fulfil(&shared, &ask);
            busy.store(false, Ordering::Release);
            answer(&shared, word, outcome, lines);
            if matches!((ask, outcome), (TechnicianAsk::OtherSlot, TechnicianOutcome::Begun)) {
                shared.end(Ended::Reboot);
            }
        });
    }
}

fn fulfil(shared: &Shared, ask: &TechnicianAsk) -> (TechnicianOutcome, Vec<String>) {
    match ask {
        TechnicianAsk::CheckForUpdate => {
            shared.look_for_update.notify_one();
            (TechnicianOutcome::Begun, Vec::new())
        }
        TechnicianAsk::UpdateFromStick => stick::offer_from(shared),
        TechnicianAsk::LogsToStick => stick::logs_onto(shared),
        TechnicianAsk::OtherSlot => other_slot(shared),
        TechnicianAsk::Log { lines, only } => {
            let text = logs::gather(&shared.config.logs, (*lines).min(LINES), *only);
            (TechnicianOutcome::Done, text.lines().map(str::to_owned).collect())
        }
        TechnicianAsk::Unrecognised => (TechnicianOutcome::NotSupported, Vec::new()),
    }
}

/// The other slot next. Whoever stands at the terminal is not in anybody's way: the screen is not asked.
fn other_slot(shared: &Shared) -> (TechnicianOutcome, Vec<String>) {
    if shared.store.update().is_ok_and(|update| update.is_some()) {
        return (TechnicianOutcome::Failed, vec!["an update is under way".to_owned()]);
    }
    let installer = shared.installer.as_ref();
    match installer::that_may_leave(installer).and_then(|_| installer.go_back()) {
        Ok(()) => {
            tracing::warn!("a technician at the terminal chose the other slot");
            (TechnicianOutcome::Begun, Vec::new())
        }
        Err(error) => (TechnicianOutcome::Failed, vec![crate::error::chain(&error)]),
    }
}

fn answer(shared: &Shared, ask: &str, outcome: TechnicianOutcome, lines: Vec<String>) {
    shared.screen.tell(FromAgent::Technician { ask: ask.to_owned(), outcome, lines });
}

const fn word(ask: &TechnicianAsk) -> &'static str {
    match ask {
        TechnicianAsk::CheckForUpdate => "check_for_update",
        TechnicianAsk::UpdateFromStick => "update_from_stick",
        TechnicianAsk::LogsToStick => "logs_to_stick",
        TechnicianAsk::Log { .. } => "log",
        TechnicianAsk::OtherSlot => "other_slot",
        TechnicianAsk::Unrecognised => "unrecognised",
    }
}
