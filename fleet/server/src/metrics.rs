//! Counters for Prometheus, in its text format.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is counted since the program started.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Polls for updates.
    pub polls: AtomicU64,
    /// Heartbeats that were stored.
    pub heartbeats: AtomicU64,
    /// Transactions in which they were.
    pub heartbeat_batches: AtomicU64,
    /// Events that were taken.
    pub events: AtomicU64,
    /// Command results.
    pub results: AtomicU64,
    /// Terminals that were enrolled.
    pub enrolments: AtomicU64,
    /// Calls that were refused.
    pub refusals: AtomicU64,
    /// Bytes of artifacts that were asked for.
    pub artifact_bytes: AtomicU64,
}

/// Adds to a counter.
pub fn count(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

impl Metrics {
    /// All of them, and how many terminals there are.
    pub fn text(&self, terminals: usize) -> String {
        let counters = [
            ("polls", "Polls for updates", &self.polls),
            ("heartbeats", "Heartbeats stored", &self.heartbeats),
            ("heartbeat_batches", "Transactions of heartbeats", &self.heartbeat_batches),
            ("events", "Events taken", &self.events),
            ("command_results", "Results of commands", &self.results),
            ("enrolments", "Terminals enrolled", &self.enrolments),
            ("refusals", "Calls of terminals that were refused", &self.refusals),
            ("artifact_bytes", "Bytes of artifacts asked for", &self.artifact_bytes),
        ];
        let mut text = String::new();
        for (name, help, counter) in counters {
            let value = counter.load(Ordering::Relaxed);
            let _ = writeln!(
                text,
                "# HELP yilin_fleet_{name}_total {help}.\n# TYPE yilin_fleet_{name}_total counter\nyilin_fleet_{name}_total {value}"
            );
        }
        let _ = writeln!(
            text,
            "# HELP yilin_fleet_terminals Terminals known.\n# TYPE yilin_fleet_terminals gauge\nyilin_fleet_terminals {terminals}"
        );
        text
    }
}
