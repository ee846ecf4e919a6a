//! Every terminal in memory, as polls and heartbeats are answered from it.
//!
//! Duty: what changes seldom and is asked often: a poll that finds nothing touches no row. Never: the truth: that is in the
//! store, and read again when somebody says that it changed.

use crate::pace::Pace;
use crate::store::Millis;
use crate::store::live::LiveRow;
use fleet_api::health::{DeviceReport, SupplyLevel};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::Notify;

/// What the last heartbeat said, as far as the next one is measured against it.
#[derive(Debug, Clone, Default)]
pub struct LastBeat {
    /// When it came; 0 before the first.
    pub received_at: Millis,
    /// Whether the terminal served.
    pub in_service: bool,
    /// Its devices.
    pub devices: Vec<DeviceReport>,
    /// Its supplies, and the day on which they were written.
    pub supplies: Vec<SupplyLevel>,
    /// Days of Unix time.
    pub supplies_day: i64,
}

/// One terminal.
#[derive(Debug)]
pub struct Live {
    row: RwLock<Arc<LiveRow>>,
    beat: Mutex<LastBeat>,
    /// Its polls for updates.
    pub polls: Pace,
    /// Its heartbeats and batches of events.
    pub words: Pace,
    /// Wakes who waits for commands.
    pub changed: Notify,
}

impl Live {
    /// Its numbers now.
    pub fn row(&self) -> Arc<LiveRow> {
        Arc::clone(&self.row.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What its last heartbeat said.
    pub fn beat(&self) -> MutexGuard<'_, LastBeat> {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct LiveTable {
    terminals: RwLock<HashMap<String, Arc<Live>>>,
    revoked: RwLock<HashSet<String>>,
}

impl LiveTable {
    /// The terminal of that number.
    pub fn get(&self, terminal: &str) -> Option<Arc<Live>> {
        self.terminals.read().unwrap_or_else(PoisonError::into_inner).get(terminal).cloned()
    }

    /// Takes a terminal's numbers as they are in the store now, and wakes who waits for them.
    pub fn put(&self, row: LiveRow) {
        let mut terminals = self.terminals.write().unwrap_or_else(PoisonError::into_inner);
        let heard =
            LastBeat { received_at: row.received_at, in_service: row.in_service, ..LastBeat::default() };
        match terminals.get(&row.id) {
            Some(live) => {
                let mut beat = live.beat();
                // Another instance heard of it since: what it wrote down is not known here.
                if heard.received_at > beat.received_at {
                    *beat = heard;
                }
                drop(beat);
                *live.row.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(row);
                live.changed.notify_waiters();
            }
            None => {
                let id = row.id.clone();
                let live = Live {
                    row: RwLock::new(Arc::new(row)),
                    beat: Mutex::new(heard),
                    polls: Pace::default(),
                    words: Pace::default(),
                    changed: Notify::new(),
                };
                terminals.insert(id, Arc::new(live));
            }
        }
    }

    /// Certificates that count no more.
    pub fn revoke(&self, serials: impl IntoIterator<Item = String>) {
        self.revoked.write().unwrap_or_else(PoisonError::into_inner).extend(serials);
    }

    /// Whether a certificate counts no more.
    pub fn is_revoked(&self, serial: &str) -> bool {
        self.revoked.read().unwrap_or_else(PoisonError::into_inner).contains(serial)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.terminals.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}
