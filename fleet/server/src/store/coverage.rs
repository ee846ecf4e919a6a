//! Coverage: which communities have a terminal, one in service, and one that served enough of its hours.

use super::{Backend, Millis, Store, StoreError, Write};
use crate::hours::{Away, Hours};
use sqlx::{AssertSqlSafe, Row as _};

/// A division of the city.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Division {
    /// Its code.
    pub code: String,
    /// The division that it belongs to; none for a district.
    pub parent: Option<String>,
    /// `district`, `street` or `community`.
    pub level: String,
    /// Its name.
    pub name_zh: String,
    /// The same in English.
    pub name_en: String,
    /// Whether it is urban: indicator 5 counts those.
    pub urban: bool,
    /// From the left of the map, 0 to 1.
    pub x: Option<f64>,
    /// From its top, 0 to 1.
    pub y: Option<f64>,
}

/// A community and its three figures.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Covered {
    /// The community.
    pub community: Division,
    /// Its district's code.
    pub district: String,
    /// Terminals that are set up.
    pub installed: i64,
    /// Of these, in service by their last word.
    pub in_service: i64,
    /// Of these, those that served enough of their opening hours.
    pub met: i64,
}

/// What counts as served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceLevel {
    /// From this hour on, seconds of Unix time.
    pub from_hour: i64,
    /// To this hour, not counted.
    pub to_hour: i64,
    /// So many thousandths of the opening hours.
    pub permille: i64,
    /// The moment at which it is asked: what is silent then is not in service, and counts as not served since its last word.
    pub now: Millis,
    /// The fleet's time of day, in seconds east of UTC.
    pub offset_seconds: i64,
    /// When the server itself was away.
    pub away: Away,
}

/// A terminal that was not heard of for so long is silent, in milliseconds.
pub const HEARD: Millis = 15 * 60 * 1000;

impl ServiceLevel {
    /// Opening hours since a silent terminal's last word, as far as they lie in the time that is asked for, in seconds.
    fn silent(&self, hours: &str, received_at: Millis) -> i64 {
        let Ok(hours) = hours.parse::<Hours>() else { return 0 };
        let from = received_at.div_euclid(1000).max(self.from_hour);
        let to = self.now.div_euclid(1000).min(self.to_hour);
        let times = self.away.leaves(from, to).into_iter();
        times.map(|(from, to)| hours.open_between(from, to, self.offset_seconds)).sum()
    }
}

/// As text, since sqlx 0.9 tells PostgreSQL that a missing `f64` is an `f32`: the statement would take no eight bytes after it.
fn place(place: Option<f64>) -> Option<String> {
    place.map(|place| place.to_string())
}

/// Notes a division.
///
/// # Errors
/// The database refused.
pub async fn put(tx: &mut Write, division: &Division) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO divisions (code, parent, level, name_zh, name_en, urban, x, y) \
         VALUES ($1, $2, $3, $4, $5, $6, CAST($7 AS DOUBLE PRECISION), CAST($8 AS DOUBLE PRECISION)) \
         ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, level = excluded.level, \
         name_zh = excluded.name_zh, name_en = excluded.name_en, urban = excluded.urban, x = excluded.x, y = excluded.y",
    )
    .bind(&division.code)
    .bind(division.parent.as_deref())
    .bind(&division.level)
    .bind(&division.name_zh)
    .bind(&division.name_en)
    .bind(i64::from(division.urban))
    .bind(place(division.x))
    .bind(place(division.y))
    .execute(tx.on())
    .await?;
    Ok(())
}

impl Store {
    /// Whether there is such a district: among the divisions, or with a terminal in it.
    ///
    /// # Errors
    /// The database refused.
    pub async fn is_district(&self, code: &str) -> Result<bool, StoreError> {
        let found = sqlx::query(
            "SELECT 1 AS one FROM divisions WHERE code = $1 AND level = 'district' \
             UNION SELECT 1 FROM terminals WHERE district = $1",
        )
        .bind(code)
        .fetch_optional(self.read())
        .await?;
        Ok(found.is_some())
    }

    /// Divisions of a level, by code.
    ///
    /// # Errors
    /// The database refused.
    pub async fn divisions(&self, level: &str) -> Result<Vec<Division>, StoreError> {
        let rows = sqlx::query(
            "SELECT code, parent, level, name_zh, name_en, urban, x, y FROM divisions WHERE level = $1 ORDER BY code",
        )
        .bind(level)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(division).collect::<Result<_, _>>()?)
    }

    /// Every community with its figures, by code.
    ///
    /// # Errors
    /// The database refused.
    pub async fn coverage(&self, level: &ServiceLevel) -> Result<Vec<Covered>, StoreError> {
        // Those that are heard are summed here; each that is silent comes by itself, since its silence goes on.
        let sql = format!(
            "SELECT d.code, d.parent, d.level, d.name_zh, d.name_en, d.urban, d.x, d.y, \
             COALESCE(s.parent, d.parent, '') AS district, COALESCE(n.installed, 0) AS installed, \
             COALESCE(n.in_service, 0) AS in_service, COALESCE(n.met, 0) AS met, n.silent_since, n.hours, \
             COALESCE(n.open, 0) AS open, COALESCE(n.served, 0) AS served FROM divisions d \
             LEFT JOIN divisions s ON s.code = d.parent LEFT JOIN (SELECT t.community, COUNT(*) AS installed, \
             CAST(SUM(CASE WHEN h.in_service = 1 AND h.received_at >= $1 THEN 1 ELSE 0 END) AS BIGINT) AS in_service, \
             CAST(SUM(CASE WHEN u.open > 0 AND u.served * 1000 >= u.open * $2 THEN 1 ELSE 0 END) AS BIGINT) AS met, \
             MIN(CASE WHEN h.received_at < $1 THEN h.received_at END) AS silent_since, MIN(t.hours) AS hours, \
             CAST(SUM(u.open) AS BIGINT) AS open, CAST(SUM(u.served) AS BIGINT) AS served \
             FROM terminals t LEFT JOIN health h ON h.terminal = t.id LEFT JOIN ({sums}) u ON u.id = t.id WHERE t.state = 'enrolled' \
             GROUP BY t.community, CASE WHEN h.received_at < $1 THEN t.id END) n ON n.community = d.code \
             WHERE d.level = 'community' ORDER BY d.code",
            sums = sums(self.backend()),
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(level.now - HEARD)
            .bind(level.permille)
            .bind(level.from_hour)
            .bind(level.to_hour)
            .fetch_all(self.read())
            .await?;
        let mut covered: Vec<Covered> = Vec::new();
        for row in &rows {
            let mut part = Covered {
                community: division(row)?,
                district: row.try_get("district")?,
                installed: row.try_get("installed")?,
                in_service: row.try_get("in_service")?,
                met: row.try_get("met")?,
            };
            if let Some(since) = row.try_get::<Option<i64>, _>("silent_since")? {
                let (open, served): (i64, i64) = (row.try_get("open")?, row.try_get("served")?);
                let open = open + level.silent(row.try_get("hours")?, since);
                part.met = i64::from(open > 0 && served * 1000 >= open * level.permille);
            }
            match covered.last_mut().filter(|last| last.community.code == part.community.code) {
                None => covered.push(part),
                Some(sum) => {
                    sum.installed += part.installed;
                    sum.in_service += part.in_service;
                    sum.met += part.met;
                }
            }
        }
        Ok(covered)
    }
}

/// Seconds of each terminal from hour `$3` to `$4`: the one statement that is not the same on both databases. A year has millions
/// of rows. PostgreSQL sums them in a table of sums, on every core, and a join of each row beforehand would cost as much again;
/// SQLite would sort them all for that, unless the terminals come one after the other.
const fn sums(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "SELECT x.id, CAST(SUM(u.open_seconds) AS BIGINT) AS open, CAST(SUM(u.served_seconds) AS BIGINT) AS served \
             FROM terminals x JOIN hours u ON u.terminal = x.id AND u.hour >= $3 AND u.hour < $4 \
             WHERE x.state = 'enrolled' GROUP BY x.id"
        }
        Backend::Postgres => {
            "SELECT terminal AS id, CAST(SUM(open_seconds) AS BIGINT) AS open, CAST(SUM(served_seconds) AS BIGINT) AS served \
             FROM hours WHERE hour >= $3 AND hour < $4 GROUP BY terminal"
        }
    }
}

fn division(row: &sqlx::any::AnyRow) -> Result<Division, sqlx::Error> {
    Ok(Division {
        code: row.try_get("code")?,
        parent: row.try_get("parent")?,
        level: row.try_get("level")?,
        name_zh: row.try_get("name_zh")?,
        name_en: row.try_get("name_en")?,
        urban: row.try_get::<i64, _>("urban")? == 1,
        x: row.try_get("x")?,
        y: row.try_get("y")?,
    })
}
