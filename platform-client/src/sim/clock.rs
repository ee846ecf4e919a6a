//! The province's clock: the machine's or a fixed one, and in both cases one that can be moved.

use std::sync::atomic::{AtomicI64, Ordering};

use domain::terminal::Timestamp;
use time::{Duration, OffsetDateTime, UtcOffset};

/// Where the time comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimeSource {
    /// The machine's clock, told in +08:00.
    #[default]
    System,
    /// A moment that stands still until it is moved: the same run gives the same bytes.
    Fixed(Timestamp),
}

#[derive(Debug)]
pub(crate) struct Clock {
    source: TimeSource,
    moved_seconds: AtomicI64,
}

impl Clock {
    pub(crate) fn new(source: TimeSource) -> Self {
        Self { source, moved_seconds: AtomicI64::new(0) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let base = match self.source {
            TimeSource::System => OffsetDateTime::now_utc().to_offset(chinese_time()),
            TimeSource::Fixed(at) => at,
        };
        // Whole seconds: nothing that the province says is finer, and a stored text reads back as what was said.
        let base = base.replace_nanosecond(0).unwrap_or(base);
        base.saturating_add(Duration::seconds(self.moved_seconds.load(Ordering::Relaxed)))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.moved_seconds.fetch_add(by.whole_seconds(), Ordering::Relaxed);
    }
}

fn chinese_time() -> UtcOffset {
    UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::new(TimeSource::Fixed(datetime!(2026-11-24 10:24:00 +8)));
        assert_eq!(clock.now(), datetime!(2026-11-24 10:24:00 +8));
        clock.advance(Duration::days(30));
        assert_eq!(clock.now(), datetime!(2026-12-24 10:24:00 +8));
    }

    #[test]
    fn the_machines_clock_is_told_in_chinese_time() {
        assert_eq!(Clock::new(TimeSource::System).now().offset().whole_hours(), 8);
    }
}
