//! The time of day at which a terminal may install and start again.

use fleet_api::Timestamp;
use fleet_api::configuration::MaintenanceWindow;
use time::UtcOffset;

const DAY: u16 = 24 * 60;

/// A time of day on every day; it may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Minutes after midnight.
    pub from_minute: u16,
    /// How long, in minutes, at most a day.
    pub minutes: u16,
}

impl Window {
    /// `02:00-05:00`; the same time twice is the whole day.
    pub fn parse(text: &str) -> Option<Self> {
        let minute = |text: &str| -> Option<u16> {
            let (hours, minutes) = text.split_once(':')?;
            let two = |text: &str| {
                (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()))
                    .then(|| text.parse().ok())
                    .flatten()
            };
            let (hours, minutes): (u16, u16) = (two(hours)?, two(minutes)?);
            (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
        };
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minute(from)?, minute(to)?);
        let minutes = (to + DAY - from) % DAY;
        Some(Self { from_minute: from, minutes: if minutes == 0 { DAY } else { minutes } })
    }

    /// Whether it is open at `now`, by a clock of that offset.
    pub fn is_open(self, now: Timestamp, offset: UtcOffset) -> bool {
        MaintenanceWindow { from_minute: self.from_minute, minutes: self.minutes }.is_open(now, offset)
    }
}

impl From<&MaintenanceWindow> for Window {
    fn from(window: &MaintenanceWindow) -> Self {
        Self { from_minute: window.from_minute, minutes: window.minutes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{datetime, offset};

    #[test]
    fn open_and_shut() {
        let rows = [
            ("02:00-05:00", datetime!(2026-11-28 18:00 UTC), true),
            ("02:00-05:00", datetime!(2026-11-28 20:59:59 UTC), true),
            ("02:00-05:00", datetime!(2026-11-28 21:00 UTC), false),
            ("23:30-01:00", datetime!(2026-11-28 15:30 UTC), true),
            ("23:30-01:00", datetime!(2026-11-28 16:59 UTC), true),
            ("23:30-01:00", datetime!(2026-11-28 17:00 UTC), false),
            ("00:00-00:00", datetime!(2026-11-28 04:00 UTC), true),
        ];
        for (text, now, open) in rows {
            assert_eq!(Window::parse(text).unwrap().is_open(now, offset!(+8)), open, "{text} {now}");
        }
        for text in ["", "2-5", "24:00-01:00", "02:00", "02:60-03:00", "-", "02:00-5:00"] {
            assert_eq!(Window::parse(text), None, "{text}");
        }
    }
}
