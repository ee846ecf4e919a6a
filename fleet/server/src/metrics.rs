//! Counters for Prometheus, in its text format.

use crate::ticket_rules::RULES;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
    /// How long calls of terminals took that do not wait for anything.
    pub calls: Histogram,
}

/// Upper bounds, in microseconds.
const BOUNDS: [u64; 11] =
    [5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000];

/// How often something took how long.
#[derive(Debug, Default)]
pub struct Histogram {
    /// At most so long as each of [`BOUNDS`], and longer.
    took: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Histogram {
    /// Notes one.
    pub fn note(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        count(&self.took[BOUNDS.partition_point(|bound| *bound < micros)], 1);
        count(&self.micros, micros);
    }

    fn write(&self, text: &mut String, name: &str, help: &str) {
        let seconds = |micros: u64| format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} histogram");
        let mut all = 0;
        for (bound, took) in BOUNDS.iter().map(Some).chain([None]).zip(&self.took) {
            all += took.load(Ordering::Relaxed);
            let bound = bound.map_or_else(|| "+Inf".to_owned(), |bound| seconds(*bound));
            let _ = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {all}");
        }
        let sum = seconds(self.micros.load(Ordering::Relaxed));
        let _ = writeln!(text, "{name}_sum {sum}\n{name}_count {all}");
    }
}

/// How the fleet is, by the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Terminals that are enrolled.
    pub enrolled: i64,
    /// Of these, those that are heard and serve.
    pub in_service: i64,
    /// Of these, those that are not heard.
    pub offline: i64,
    /// Open tickets by rule.
    pub tickets: Vec<(String, i64)>,
}

impl Standing {
    fn write(&self, text: &mut String) {
        for (name, help, value) in [
            ("enrolled", "Terminals enrolled", self.enrolled),
            ("in_service", "Enrolled terminals that are heard and serve", self.in_service),
            ("offline", "Enrolled terminals that are not heard", self.offline),
        ] {
            let name = format!("yilin_fleet_terminals_{name}");
            let _ = writeln!(text, "# HELP {name} {help}.\n# TYPE {name} gauge\n{name} {value}");
        }
        let name = "yilin_fleet_tickets_open";
        let _ = writeln!(text, "# HELP {name} Open tickets by rule.\n# TYPE {name} gauge");
        for rule in RULES {
            let open = self.tickets.iter().find(|(of, _)| of == rule).map_or(0, |(_, open)| *open);
            let _ = writeln!(text, "{name}{{rule=\"{rule}\"}} {open}");
        }
    }
}

/// Adds to a counter.
pub fn count(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

impl Metrics {
    /// All of them, and how many terminals there are; how those are, where the store says it.
    pub fn text(&self, terminals: usize, standing: Option<&Standing>) -> String {
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
        self.calls.write(
            &mut text,
            "yilin_fleet_call_seconds",
            "Calls of terminals that do not wait, until their answer begins",
        );
        if let Some(standing) = standing {
            standing.write(&mut text);
        }
        text
    }
}
