//! The wall clock as a parameter: what is written down gets its time from here.
//!
//! Duty: today's time for records. Never: measure how long something takes (that is tokio's clock, which tests pause).

use domain::terminal::Timestamp;
use time::{OffsetDateTime, UtcOffset};

/// Where the time of a record comes from.
pub trait Clock: Send + Sync + 'static {
    /// The time now, with the terminal's offset.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    offset: UtcOffset,
}

impl SystemClock {
    /// The machine's clock, shown with this offset (+08:00 on a kiosk).
    pub const fn new(offset: UtcOffset) -> Self {
        Self { offset }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        OffsetDateTime::now_utc().to_offset(self.offset)
    }
}

/// A clock that stands still: for command lines that name the time, and for tests.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}
