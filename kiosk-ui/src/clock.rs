//! The terminal's clock: the machine's, or one that is moved by hand.
//!
//! Duty: one time for pages, papers, journal and province. Never: measure how long something takes.

use domain::terminal::Timestamp;
use platform_client::clock::Clock;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use time::{Duration, OffsetDateTime, UtcOffset};

/// The terminal's clock. Clones show the same time.
#[derive(Debug, Clone)]
pub struct TerminalClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    /// Milliseconds added to the source.
    ahead: AtomicI64,
    offset: UtcOffset,
}

#[derive(Debug)]
enum Source {
    Machine,
    Standing(OffsetDateTime),
}

impl TerminalClock {
    /// The machine's clock with this offset.
    pub fn machine(offset: UtcOffset) -> Self {
        Self(Arc::new(Inner { source: Source::Machine, ahead: AtomicI64::new(0), offset }))
    }

    /// A clock that stands until it is moved forward.
    pub fn standing(at: Timestamp) -> Self {
        let offset = at.offset();
        Self(Arc::new(Inner { source: Source::Standing(at), ahead: AtomicI64::new(0), offset }))
    }

    /// Moves it forward.
    pub fn forward(&self, by: std::time::Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.ahead.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TerminalClock {
    fn now(&self) -> Timestamp {
        let base = match self.0.source {
            Source::Machine => OffsetDateTime::now_utc(),
            Source::Standing(at) => at,
        };
        let ahead = Duration::milliseconds(self.0.ahead.load(Ordering::SeqCst));
        base.saturating_add(ahead).to_offset(self.0.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_standing_clock_moves_only_by_hand() {
        let clock = TerminalClock::standing(datetime!(2026-11-24 10:00 +8));
        let same = clock.clone();
        assert_eq!(clock.now(), datetime!(2026-11-24 10:00 +8));
        same.forward(std::time::Duration::from_secs(90));
        assert_eq!(clock.now(), datetime!(2026-11-24 10:01:30 +8));
    }
}
