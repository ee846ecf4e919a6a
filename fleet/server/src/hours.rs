//! Opening hours of a terminal: from when to when, every day, by the fleet's clock.

/// Seconds.
const DAY: i64 = 86_400;
/// Days that a silence is counted for, so that a terminal that comes back after years writes few rows.
const LONGEST: i64 = 62;

/// `HH:MM-HH:MM`, in minutes after midnight; the end may be 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    from: i64,
    to: i64,
}

/// A time in which the server itself was away, seconds of Unix time: nobody's silence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Away {
    /// When it was last there.
    pub from: i64,
    /// Since when it is there again.
    pub to: i64,
}

impl Away {
    /// What is left of the time between two moments: before it and after it. One that ends before it begins is none.
    pub fn leaves(self, from: i64, to: i64) -> [(i64, i64); 2] {
        [(from, to.min(self.from)), (from.max(self.to), to)]
    }
}

/// Not opening hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` are no opening hours: write 08:30-17:30, at most until 24:00")]
pub struct BadHours(pub String);

impl std::str::FromStr for Hours {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<Self, BadHours> {
        let bad = || BadHours(text.chars().take(32).collect());
        let (from, to) =
            text.split_once('-').and_then(|(from, to)| Some((minute(from)?, minute(to)?))).ok_or_else(bad)?;
        if from < to { Ok(Self { from, to }) } else { Err(bad()) }
    }
}

fn minute(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| -> Option<i64> {
        let plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let minutes = hour * 60 + minute;
    (minute < 60 && minutes <= 1440).then_some(minutes)
}

impl Hours {
    /// Seconds of the opening hours between two moments, seconds of Unix time, where a day begins `offset` seconds
    /// before that of UTC.
    pub fn open_between(&self, from: i64, to: i64, offset: i64) -> i64 {
        let length = (self.to - self.from) * 60;
        // Open seconds since the first of January 1970, as far as a moment.
        let until = |at: i64| {
            let at = at + offset;
            at.div_euclid(DAY) * length + (at.rem_euclid(DAY) - self.from * 60).clamp(0, length)
        };
        (until(to) - until(from)).max(0)
    }

    /// The same for each day by itself, by the last full hour of it that lies between them, seconds of Unix time. Of a longer
    /// time than [`LONGEST`] its end.
    pub fn open_by_day(&self, from: i64, to: i64, offset: i64) -> Vec<(i64, i64)> {
        let from = from.max(to - LONGEST * DAY);
        let mut days = Vec::new();
        let mut begin = from;
        while begin < to {
            let end = to.min(((begin + offset).div_euclid(DAY) + 1) * DAY - offset);
            days.push(((end - 1).div_euclid(3600) * 3600, self.open_between(begin, end, offset)));
            begin = end;
        }
        days.retain(|(_, open)| *open > 0);
        days
    }

    /// Whether it is open at a moment, seconds of Unix time.
    pub fn is_open(&self, at: i64, offset: i64) -> bool {
        self.open_between(at, at + 1, offset) == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_open_time_counts() {
        let hours: Hours = "08:30-17:30".parse().unwrap();
        let day = 20_000 * 86_400;
        let at = |hour: i64, minute: i64| day + hour * 3600 + minute * 60;
        for (from, to, open) in [
            (at(8, 0), at(9, 0), 1800),
            (at(9, 0), at(9, 1), 60),
            (at(17, 0), at(20, 0), 1800),
            (at(18, 0), at(20, 0), 0),
            (at(17, 0), at(24 + 9, 0), 3600),
            (at(12, 0), at(10 * 24 + 12, 0), 10 * 9 * 3600),
            (at(9, 1), at(9, 0), 0),
        ] {
            assert_eq!(hours.open_between(from, to, 0), open, "{from} {to}");
        }
        assert_eq!(hours.open_between(at(0, 30), at(1, 30), 8 * 3600), 3600, "half past eight at +08:00");
        assert!(hours.is_open(at(8, 30), 0) && !hours.is_open(at(17, 30), 0));
    }

    #[test]
    fn a_long_time_is_counted_day_by_day() {
        let hours: Hours = "08:30-17:30".parse().unwrap();
        let day = 20_000 * DAY;
        let (from, to) = (day + 16 * 3600, day + 2 * DAY + 9 * 3600);
        let days =
            [(day + 23 * 3600, 5400), (day + DAY + 23 * 3600, 32_400), (day + 2 * DAY + 8 * 3600, 1800)];
        assert_eq!(hours.open_by_day(from, to, 0), days);
        assert_eq!(hours.open_by_day(day + 18 * 3600, day + 30 * 3600, 0), [], "a night");
        assert_eq!(hours.open_by_day(to, from, 0), []);
        // The day of a city east of us ends before ours.
        let east = [(day + 15 * 3600, 5400), (day + DAY + 3600, 5400)];
        let (four, ten) = (day + 8 * 3600, day + DAY + 2 * 3600);
        assert_eq!(hours.open_by_day(four, ten, 8 * 3600), east);
        let years = hours.open_by_day(day - 4000 * DAY, day, 0);
        assert_eq!(years.len(), 62);
        assert_eq!(years.last(), Some(&(day - 3600, 32_400)));
    }

    #[test]
    fn what_the_server_missed_is_nobodys_silence() {
        let away = Away { from: 100, to: 200 };
        let left = |from, to| away.leaves(from, to).map(|(from, to)| (to - from).max(0)).iter().sum::<i64>();
        for (from, to, seconds) in
            [(0, 50, 50), (0, 150, 100), (0, 300, 200), (120, 180, 0), (120, 300, 100), (250, 300, 50)]
        {
            assert_eq!(left(from, to), seconds, "{from} {to}");
        }
        assert_eq!(Away::default().leaves(3, 9), [(3, 0), (3, 9)]);
    }

    #[test]
    fn what_is_no_hours_is_refused() {
        for wrong in [
            "",
            "8:30-17:30",
            "17:30-08:30",
            "08:60-09:00",
            "00:00-24:01",
            "08:30",
            "08:30-08:30",
            "é8:30-09:00",
        ] {
            assert!(wrong.parse::<Hours>().is_err(), "{wrong}");
        }
        assert!("00:00-24:00".parse::<Hours>().is_ok());
    }
}
