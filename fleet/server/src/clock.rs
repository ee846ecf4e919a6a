//! The wall clock as a parameter.
//!
//! Duty: today's time for records. Never: measure how long something takes (that is tokio's clock).

use crate::store::Millis;
use fleet_api::Timestamp;
use time::OffsetDateTime;

/// Where the time of a record comes from.
pub trait Clock: Send + Sync + 'static {
    /// The time now, in UTC.
    fn now(&self) -> Timestamp;

    /// The time now, as the store keeps it.
    fn millis(&self) -> Millis {
        millis(self.now())
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        OffsetDateTime::now_utc()
    }
}

/// A moment as the store keeps it.
pub fn millis(at: Timestamp) -> Millis {
    Millis::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(Millis::MAX)
}

/// A moment of the store.
pub fn moment(millis: Millis) -> Timestamp {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
