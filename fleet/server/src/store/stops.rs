//! Where people stop: counts alone, by community and day.

use super::{Store, StoreError, Write};
use fleet_api::event::StopCount;
use sqlx::Row as _;

/// A sum below this is not told: it could be one person's visit.
pub const SMALLEST_TOLD: i64 = 5;

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

/// A sum over places and days.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Told {
    /// The district, or the community where one was asked for.
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
    /// Sums by district from `from_day` to `to_day`, both counted.
    ///
    /// # Errors
    /// The database refused.
    pub async fn stops(&self, from_day: i64, to_day: i64) -> Result<Vec<Told>, StoreError> {
        let rows = sqlx::query(
            "SELECT COALESCE(s.parent, d.parent, st.community) AS place, st.page, st.mode, st.item, st.stop, \
             CAST(SUM(st.count) AS BIGINT) AS n FROM stops st LEFT JOIN divisions d ON d.code = st.community \
             LEFT JOIN divisions s ON s.code = d.parent WHERE st.day >= $1 AND st.day <= $2 \
             GROUP BY COALESCE(s.parent, d.parent, st.community), st.page, st.mode, st.item, st.stop \
             ORDER BY 1, 2, 3, 4, 5",
        )
        .bind(from_day)
        .bind(to_day)
        .fetch_all(self.read())
        .await?;
        let told = rows.iter().map(|row| {
            let count: i64 = row.try_get("n")?;
            Ok(Told {
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

    /// Streets from which something came between `from_day` and `to_day`, both counted, the greatest share first; in one display
    /// mode, or in all where `mode` is empty.
    ///
    /// # Errors
    /// The database refused.
    pub async fn stops_by_street(
        &self,
        from_day: i64,
        to_day: i64,
        mode: &str,
    ) -> Result<Vec<Street>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.name_zh, s.name_en, p.name_zh AS district_zh, p.name_en AS district_en, \
             CAST(SUM(CASE WHEN st.stop = 'shown' THEN st.count ELSE 0 END) AS BIGINT) AS shown, \
             CAST(SUM(CASE WHEN st.stop IN ('left', 'timed_out', 'help') THEN st.count ELSE 0 END) AS BIGINT) AS stopped \
             FROM stops st JOIN divisions d ON d.code = st.community JOIN divisions s ON s.code = d.parent \
             JOIN divisions p ON p.code = s.parent WHERE st.day >= $1 AND st.day <= $2 \
             AND ($3 = '' OR st.mode = $3) GROUP BY s.code, s.name_zh, s.name_en, p.name_zh, p.name_en ORDER BY s.code",
        )
        .bind(from_day)
        .bind(to_day)
        .bind(mode)
        .fetch_all(self.read())
        .await?;
        let streets = rows.iter().map(|row| {
            Ok(Street {
                name_zh: row.try_get("name_zh")?,
                name_en: row.try_get("name_en")?,
                district_zh: row.try_get("district_zh")?,
                district_en: row.try_get("district_en")?,
                share: Share::of(row.try_get("shown")?, row.try_get("stopped")?),
            })
        });
        let mut streets: Vec<Street> = streets.collect::<Result<_, sqlx::Error>>()?;
        streets.sort_by_key(|street| std::cmp::Reverse(street.share));
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

/// A share in per cent, as far as it is told. What is told of less than [`SMALLEST_TOLD`] is a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Share {
    /// Too few pages were shown to tell anything.
    Untold,
    /// Less than so much: of nobody or of few.
    Below(i64),
    /// So much.
    Percent(i64),
}

impl Share {
    fn of(shown: i64, stopped: i64) -> Self {
        if shown < SMALLEST_TOLD {
            Self::Untold
        } else if stopped < SMALLEST_TOLD {
            Self::Below((SMALLEST_TOLD * 100 + shown - 1) / shown)
        } else {
            // A page that was shown before the first day may be left on it.
            Self::Percent((stopped * 100 / shown).min(100))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_tells_nothing_of_few() {
        for (shown, stopped, share) in [
            (4, 4, Share::Untold),
            (5, 0, Share::Below(100)),
            (5, 4, Share::Below(100)),
            (100, 0, Share::Below(5)),
            (100, 4, Share::Below(5)),
            (900, 4, Share::Below(1)),
            (100, 5, Share::Percent(5)),
            (100, 120, Share::Percent(100)),
        ] {
            assert_eq!(Share::of(shown, stopped), share, "{stopped} of {shown}");
        }
        assert!(Share::Percent(1) > Share::Below(100) && Share::Below(2) > Share::Untold);
    }
}
