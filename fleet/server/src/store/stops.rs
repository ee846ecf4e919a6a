//! Where people stop: counts alone, by community and day; told by district or street and whole week.
//!
//! What is told must stay untold when two answers are taken from each other. So one cell (a week that is over, a place, what was
//! counted) is told or untold by itself, for good: a week that is told takes no more counts ([`taken_as`]), and every longer time
//! is a sum of told cells.

use super::{Millis, Store, StoreError, Write};
use fleet_api::event::StopCount;
use sqlx::Row as _;

/// A cell below this is not told: it could be one person's visit.
pub const SMALLEST_TOLD: i64 = 5;
const HOUR: Millis = 3_600_000;
/// The city's days begin so much before those of UTC.
const CITY: Millis = 8 * HOUR;
/// A week is told so long after its end: what an instance took in before it, by a clock that may be behind, is in by then.
const SETTLED: Millis = HOUR;

/// A day of the city, days of Unix time.
pub const fn day(at: Millis) -> i64 {
    (at + CITY).div_euclid(24 * HOUR)
}

/// A week, from Monday: the first day of Unix time was a Thursday.
const fn week(day: i64) -> i64 {
    (day + 3).div_euclid(7)
}

const fn monday(week: i64) -> i64 {
    week * 7 - 3
}

/// The day for which a count is written down that a terminal had at `at` and the server at `now`: its own, or the first of the
/// week that is still open where its own week is over and may have been told. No terminal counts tomorrow.
pub fn taken_as(at: Millis, now: Millis) -> i64 {
    day(at.min(now)).max(monday(week(day(now))))
}

/// Weeks that are over, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weeks {
    first: i64,
    last: i64,
}

impl Weeks {
    /// The last `count` of them.
    pub const fn over(count: i64, now: Millis) -> Self {
        let last = week(day(now - SETTLED)) - 1;
        Self { first: last - count + 1, last }
    }

    /// The first day and the last.
    pub const fn days(self) -> (i64, i64) {
        (monday(self.first), monday(self.last) + 6)
    }
}

/// Adds counts of one day.
///
/// # Errors
/// The database refused.
pub async fn add(tx: &mut Write, community: &str, day: i64, counts: &[StopCount]) -> Result<(), StoreError> {
    for count in counts {
        sqlx::query(
            "INSERT INTO stops (community, day, page, mode, item, stop, count) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (day, community, page, mode, item, stop) DO UPDATE SET count = stops.count + excluded.count",
        )
        .bind(community)
        .bind(day)
        .bind(&count.page)
        .bind(&count.mode)
        .bind(count.item.as_ref().map_or("", |item| item.0.as_str()))
        .bind(count.stop.word())
        .bind(i64::from(count.count))
        .execute(tx.on())
        .await?;
    }
    Ok(())
}

/// A cell: one week, one district.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Told {
    /// The week's Monday, days of Unix time.
    pub week: i64,
    /// The district; the community where that is all that is known.
    pub place: String,
    /// The page.
    pub page: String,
    /// The display mode.
    pub mode: String,
    /// The item; empty where none was chosen.
    pub item: String,
    /// What they did.
    pub stop: String,
    /// How often; none where it is more than nothing and less than [`SMALLEST_TOLD`].
    pub count: Option<i64>,
}

impl Store {
    /// Every cell of these weeks.
    ///
    /// # Errors
    /// The database refused.
    pub async fn stops(&self, weeks: Weeks) -> Result<Vec<Told>, StoreError> {
        let rows = sqlx::query(
            "SELECT (st.day + 3) / 7 AS week, COALESCE(s.parent, d.parent, st.community) AS place, st.page, st.mode, \
             st.item, st.stop, CAST(SUM(st.count) AS BIGINT) AS n FROM stops st \
             LEFT JOIN divisions d ON d.code = st.community LEFT JOIN divisions s ON s.code = d.parent \
             WHERE st.day >= $1 AND st.day <= $2 \
             GROUP BY (st.day + 3) / 7, COALESCE(s.parent, d.parent, st.community), st.page, st.mode, st.item, st.stop \
             HAVING SUM(st.count) > 0 ORDER BY 1, 2, 3, 4, 5, 6",
        )
        .bind(weeks.days().0)
        .bind(weeks.days().1)
        .fetch_all(self.read())
        .await?;
        let told = rows.iter().map(|row| {
            let count: i64 = row.try_get("n")?;
            Ok(Told {
                week: monday(row.try_get("week")?),
                place: row.try_get("place")?,
                page: row.try_get("page")?,
                mode: row.try_get("mode")?,
                item: row.try_get("item")?,
                stop: row.try_get("stop")?,
                count: (count >= SMALLEST_TOLD).then_some(count),
            })
        });
        Ok(told.collect::<Result<_, sqlx::Error>>()?)
    }

    /// Streets from which something came in these weeks, the greatest share first; in one display mode, or in all where `mode` is
    /// empty.
    ///
    /// # Errors
    /// The database refused.
    pub async fn stops_by_street(&self, weeks: Weeks, mode: &str) -> Result<Vec<Street>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.code, s.name_zh, s.name_en, p.name_zh AS district_zh, p.name_en AS district_en, \
             CAST(SUM(CASE WHEN st.stop = 'shown' THEN st.count ELSE 0 END) AS BIGINT) AS shown, \
             CAST(SUM(CASE WHEN st.stop IN ('left', 'timed_out', 'help') THEN st.count ELSE 0 END) AS BIGINT) AS stopped \
             FROM stops st JOIN divisions d ON d.code = st.community JOIN divisions s ON s.code = d.parent \
             JOIN divisions p ON p.code = s.parent WHERE st.day >= $1 AND st.day <= $2 AND ($3 = '' OR st.mode = $3) \
             GROUP BY (st.day + 3) / 7, st.mode, s.code, s.name_zh, s.name_en, p.name_zh, p.name_en ORDER BY s.code",
        )
        .bind(weeks.days().0)
        .bind(weeks.days().1)
        .bind(mode)
        .fetch_all(self.read())
        .await?;
        let mut streets: Vec<(String, Street)> = Vec::new();
        for row in &rows {
            let code: String = row.try_get("code")?;
            if streets.last().is_none_or(|(last, _)| *last != code) {
                let street = Street {
                    name_zh: row.try_get("name_zh")?,
                    name_en: row.try_get("name_en")?,
                    district_zh: row.try_get("district_zh")?,
                    district_en: row.try_get("district_en")?,
                    share: Share::default(),
                };
                streets.push((code, street));
            }
            if let Some((_, street)) = streets.last_mut() {
                street.share.add(row.try_get("shown")?, row.try_get("stopped")?);
            }
        }
        let mut streets: Vec<Street> = streets.into_iter().map(|(_, street)| street).collect();
        streets.sort_by_key(|street| std::cmp::Reverse(street.share.least()));
        Ok(streets)
    }
}

/// How many of the pages shown in a street somebody stopped on: left, ran out of time, asked for help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Street {
    /// The street's name.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// The name of its district.
    pub district_zh: String,
    /// The same in English.
    pub district_en: String,
    /// How many.
    pub share: Share,
}

/// A share, of the weeks and modes of which enough pages were shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    shown: i64,
    stopped: i64,
    /// In how many of them nobody or few stopped.
    few: i64,
}

impl Share {
    /// Adds one week and mode.
    fn add(&mut self, shown: i64, stopped: i64) {
        if shown < SMALLEST_TOLD {
            return;
        }
        self.shown += shown;
        if stopped < SMALLEST_TOLD {
            self.few += 1;
        } else {
            self.stopped += stopped;
        }
    }

    /// The least that it is in per cent, and the most, which is not reached; nothing where too few pages were shown.
    pub fn percent(self) -> Option<(i64, i64)> {
        let most = self.stopped + self.few * (SMALLEST_TOLD - 1);
        // A page that was shown before the first day may be left on it.
        let least = self.least()?.min(100);
        Some((least, (most * 100 / self.shown + 1).min(101)))
    }

    /// Whether nothing is untold of it.
    pub const fn is_whole(self) -> bool {
        self.few == 0
    }

    fn least(self) -> Option<i64> {
        (self.shown > 0).then(|| self.stopped * 100 / self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_week_begins_on_monday_and_is_told_when_it_is_over_and_settled() {
        // A Monday, in the city.
        let begins = crate::clock::millis(time::macros::datetime!(2026-11-30 00:00 +8));
        assert_eq!(crate::clock::moment(begins + CITY).weekday(), time::Weekday::Monday);
        let monday = day(begins);
        assert_eq!(Weeks::over(1, begins + SETTLED).days(), (monday - 7, monday - 1));
        assert_eq!(Weeks::over(4, begins + SETTLED).days(), (monday - 28, monday - 1));
        assert_eq!(Weeks::over(1, begins + SETTLED - 1).days(), (monday - 14, monday - 8));
    }

    #[test]
    fn a_week_that_is_told_takes_no_more_counts() {
        let now = 1_796_000_000_000;
        let open = monday(week(day(now)));
        assert_eq!(taken_as(now - HOUR, now), day(now - HOUR));
        assert_eq!(taken_as(now - 40 * 24 * HOUR, now), open);
        assert_eq!(taken_as(now + 40 * 24 * HOUR, now), day(now));
    }

    #[test]
    fn a_share_tells_nothing_of_few() {
        for (parts, told) in [
            (vec![(4, 4)], None),
            (vec![(5, 0)], Some((0, 81))),
            (vec![(5, 4)], Some((0, 81))),
            (vec![(100, 0)], Some((0, 5))),
            (vec![(100, 4)], Some((0, 5))),
            (vec![(900, 4)], Some((0, 1))),
            (vec![(100, 5)], Some((5, 6))),
            (vec![(100, 120)], Some((100, 101))),
            (vec![(100, 5), (100, 1)], Some((2, 5))),
            (vec![(100, 5), (3, 3)], Some((5, 6))),
        ] {
            let mut share = Share::default();
            parts.iter().for_each(|(shown, stopped)| share.add(*shown, *stopped));
            assert_eq!(share.percent(), told, "{parts:?}");
        }
    }

    /// What the table of these counts (day of arrival, day, how often) tells at `now`: week and count of each cell.
    fn told(arrived: &[(i64, i64, i64)], now: Millis) -> std::collections::BTreeMap<i64, Option<i64>> {
        let mut weeks = std::collections::BTreeMap::new();
        for (at, of, count) in arrived {
            let at = at * 24 * HOUR;
            if at <= now {
                *weeks.entry(week(taken_as(of * 24 * HOUR, at))).or_insert(0) += count;
            }
        }
        let (_, last) = Weeks::over(1, now).days();
        weeks.retain(|week, count| *count > 0 && monday(*week) <= last);
        weeks.into_iter().map(|(week, n)| (week, (n >= SMALLEST_TOLD).then_some(n))).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        // Whatever two answers are taken from each other, of whatever times, asked for whenever: one of a time within the other's
        // leaves nothing or at least the smallest that is told, and what was told once is told for ever.
        #[test]
        fn no_difference_of_two_answers_is_a_small_number(
            counts in prop::collection::vec((0_i64..70, 0_i64..20, 1_i64..4), 0..120),
            moments in prop::collection::vec(0_i64..80 * 24, 2..5),
        ) {
            let begin = 20_000;
            // Each comes some days late.
            let arrived: Vec<_> = counts.iter().map(|(at, late, n)| (begin + at, begin + at - late, *n)).collect();
            let mut moments = moments;
            moments.sort_unstable();
            let answers: Vec<_> =
                moments.iter().map(|hour| told(&arrived, begin * 24 * HOUR + hour * HOUR)).collect();
            for pair in answers.windows(2) {
                for (week, count) in &pair[0] {
                    prop_assert_eq!(pair[1].get(week), Some(count), "what was told has changed");
                }
            }
            let sum = |answer: &std::collections::BTreeMap<i64, Option<i64>>, from: i64, to: i64| -> i64 {
                answer.range(from..=to).filter_map(|(_, count)| *count).sum()
            };
            let first = week(begin) - 3;
            let times: Vec<(i64, i64)> =
                (first..first + 16).flat_map(|from| (from..first + 16).map(move |to| (from, to))).collect();
            for (at, earlier) in answers.iter().enumerate() {
                for later in &answers[at..] {
                    for (from, to) in &times {
                        for (within_from, within_to) in times.iter().filter(|t| t.0 >= *from && t.1 <= *to) {
                            let difference = sum(later, *from, *to) - sum(earlier, *within_from, *within_to);
                            prop_assert!(difference == 0 || difference >= SMALLEST_TOLD, "{} is left", difference);
                        }
                    }
                }
            }
        }
    }
}
