//! A month or a quarter that a report is of.
//!
//! Duty: from its name to its first and last moment in the city's time. Never: know which ones are over.

use std::fmt;
use std::str::FromStr;
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// A month, `2026-11`, or a quarter, `2026-Q4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    year: i32,
    /// From 1.
    first: u8,
    months: u8,
}

/// Why a text names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period: write a month, 2026-11, or a quarter, 2026-Q4")]
pub struct NoPeriod(String);

impl FromStr for Period {
    type Err = NoPeriod;

    fn from_str(text: &str) -> Result<Self, NoPeriod> {
        let wrong = || NoPeriod(text.chars().take(16).collect());
        let (year, part) = text.split_once('-').filter(|(year, _)| year.len() == 4).ok_or_else(wrong)?;
        let number = |text: &str, length: usize| {
            let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<u16>().ok()).flatten().ok_or_else(wrong)
        };
        let year = i32::from(number(year, 4)?);
        let (first, months, last) = match part.strip_prefix('Q') {
            Some(quarter) => (i32::from(number(quarter, 1)?) * 3 - 2, 3, 10),
            None => (i32::from(number(part, 2)?), 1, 12),
        };
        let first = u8::try_from(first).ok().filter(|first| (1..=last).contains(first)).ok_or_else(wrong)?;
        Ok(Self { year, first, months })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.months {
            1 => write!(f, "{:04}-{:02}", self.year, self.first),
            _ => write!(f, "{:04}-Q{}", self.year, self.first.div_ceil(3)),
        }
    }
}

impl Period {
    /// The month of a moment.
    pub fn month_of(now: OffsetDateTime) -> Self {
        Self { year: now.year(), first: now.month().into(), months: 1 }
    }

    /// The quarter of a moment.
    pub fn quarter_of(now: OffsetDateTime) -> Self {
        let month = u8::from(now.month());
        Self { year: now.year(), first: month - (month - 1) % 3, months: 3 }
    }

    /// The one before, as long as this one.
    #[must_use]
    pub fn before(self) -> Self {
        match self.first.checked_sub(self.months).filter(|first| *first > 0) {
            Some(first) => Self { first, ..self },
            None => Self { year: self.year - 1, first: self.first + 12 - self.months, ..self },
        }
    }

    /// Its first second and the first one after it, of Unix time.
    pub fn seconds(self, offset: UtcOffset) -> (i64, i64) {
        let begins = |year, month: u8| {
            let month = Month::try_from(month).unwrap_or(Month::January);
            let day = Date::from_calendar_date(year, month, 1).unwrap_or(Date::MIN);
            day.midnight().assume_offset(offset).unix_timestamp()
        };
        let end = match self.first + self.months {
            month @ ..=12 => begins(self.year, month),
            _ => begins(self.year + 1, 1),
        };
        (begins(self.year, self.first), end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{datetime, offset};

    #[test]
    fn a_period_reads_as_it_is_written() {
        for text in ["2026-11", "2026-01", "2026-Q1", "2026-Q4"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in
            ["", "2026", "2026-0", "2026-00", "2026-13", "2026-1", "2026-Q0", "2026-Q5", "26-11", "x-Q1"]
        {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn it_begins_and_ends_by_the_citys_calendar() {
        for (text, from, to) in [
            ("2026-11", datetime!(2026-11-01 0:00 +8), datetime!(2026-12-01 0:00 +8)),
            ("2026-12", datetime!(2026-12-01 0:00 +8), datetime!(2027-01-01 0:00 +8)),
            ("2026-Q4", datetime!(2026-10-01 0:00 +8), datetime!(2027-01-01 0:00 +8)),
            ("2024-02", datetime!(2024-02-01 0:00 +8), datetime!(2024-03-01 0:00 +8)),
        ] {
            let period: Period = text.parse().unwrap();
            assert_eq!(period.seconds(offset!(+8)), (from.unix_timestamp(), to.unix_timestamp()), "{text}");
        }
    }

    #[test]
    fn the_one_before_is_as_long() {
        let now = datetime!(2027-01-01 0:00 +8);
        assert_eq!(Period::month_of(now).to_string(), "2027-01");
        assert_eq!(Period::month_of(now).before().to_string(), "2026-12");
        assert_eq!(Period::quarter_of(now).before().to_string(), "2026-Q4");
        assert_eq!(Period::quarter_of(datetime!(2026-12-31 0:00 +8)).before().to_string(), "2026-Q3");
        assert_eq!("2026-03".parse::<Period>().unwrap().before().to_string(), "2026-02");
    }
}
