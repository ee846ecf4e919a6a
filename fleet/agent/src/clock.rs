//! The time, as a parameter.

use fleet_api::Timestamp;

/// A clock on the wall.
pub trait Clock: Send + Sync {
    /// What it shows.
    fn now(&self) -> Timestamp;
}

/// The machine's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now_utc()
    }
}
