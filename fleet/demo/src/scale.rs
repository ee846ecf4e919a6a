//! What a whole country's terminals ask of their servers: a simulation of polls and downloads, second by second.
//!
//! Duty: the load of a plan, by a seed. Never: open a socket; what one machine can carry is measured by
//! `cargo xtask bench fleet`.

mod download;
mod request;

use sample_city::Seed;
use serde::Serialize;

/// Seconds of a day.
const DAY: usize = 86_400;

/// How many terminals, how often they come, and how an update is handed out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// Terminals.
    pub terminals: u32,
    /// Seconds between two polls for updates.
    pub poll_seconds: u32,
    /// Seconds between two heartbeats.
    pub heartbeat_seconds: u32,
    /// Seconds for which the server holds the question for orders, which is asked again at once.
    pub orders_seconds: u32,
    /// Each pause of polls and heartbeats is drawn longer, by between half of so many thousandths and all of them.
    pub spread_permille: u32,
    /// The servers cannot be reached in these seconds of the day; none for a quiet day.
    pub outage: Option<Outage>,
    /// After a failure a terminal waits between half of this and all of it at first, then twice as long each time.
    pub backoff_first_seconds: u32,
    /// And between half of this and all of it at most.
    pub backoff_last_seconds: u32,
    /// What a terminal downloads for an update, in bytes.
    pub update_bytes: u64,
    /// How fast one terminal may download, in bytes a second.
    pub terminal_bytes_per_second: u64,
    /// What the servers together can send, in bytes a second.
    pub egress_bytes_per_second: u64,
    /// The share of the terminals in each night's wave, in thousandths.
    pub waves_permille: Vec<u32>,
    /// The maintenance window, in seconds: each terminal begins somewhere in its first half.
    pub window_seconds: u32,
}

/// When the servers were away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Outage {
    /// The first second of the day.
    pub from: u32,
    /// How many seconds.
    pub seconds: u32,
}

/// What the servers have to carry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Load {
    /// Requests a second: polls, heartbeats and questions for orders.
    pub requests: Requests,
    /// Each night's downloads.
    pub waves: Vec<Wave>,
    /// The nights until every terminal has the update.
    pub nights: usize,
}

/// Requests of one day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Requests {
    /// In all.
    pub total: u64,
    /// A second, over the day.
    pub mean: f64,
    /// A second, in the 99th of a hundred seconds.
    pub p99: u32,
    /// A second, in the worst one.
    pub peak: u32,
    /// Connections opened in the worst second: terminals that came back after the outage.
    pub handshakes_peak: u32,
}

/// One night.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Wave {
    /// Terminals that wanted the update.
    pub terminals: u32,
    /// Of them, those that had it before their window closed; the others go on the next night where they stopped.
    pub finished: u32,
    /// Downloads at the same time, in the worst second.
    pub concurrent_peak: u32,
    /// Bytes a second, in the worst second.
    pub egress_peak: u64,
    /// Seconds from the opening of the window until half of those that finished had it.
    pub median_seconds: u32,
}

impl Plan {
    /// Every village and community of the country, as the reference of the product counts them.
    pub fn country() -> Self {
        Self {
            terminals: 600_000,
            poll_seconds: 300,
            heartbeat_seconds: 60,
            orders_seconds: 50,
            spread_permille: 100,
            outage: Some(Outage { from: 36_000, seconds: 1_800 }),
            backoff_first_seconds: 5,
            backoff_last_seconds: 900,
            update_bytes: 18 << 20,
            terminal_bytes_per_second: 1 << 20,
            egress_bytes_per_second: 1_250_000_000,
            waves_permille: vec![1, 10, 50, 200, 400, 339],
            window_seconds: 3 * 3600,
        }
    }

    /// The load of this plan, the same for the same seed.
    pub fn load(&self, seed: Seed) -> Load {
        let requests = request::requests(self, seed);
        let waves = download::waves(self, seed);
        Load { requests, nights: waves.len(), waves }
    }
}
