//! What the rules of tickets look at, of those terminals for which it may say something.

use super::heartbeats::SupplyDay;
use super::{Millis, Store, StoreError};
use crate::metrics::Standing;
use crate::ticket_rules::{DISK, DeviceFigures, Figures, OFFLINE, QUIET};
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::BTreeMap;

/// The terminals of which something may be wrong, or was: by their last word `$1` is silence and `$2` a full disk, a supply has
/// changed since `$3`, a device or an update is not well, a device failed often and the last time since `$4`, a ticket is open. Who
/// is not here has nothing for a rule to find.
const LOOKED_AT: &str = "SELECT terminal FROM health WHERE received_at < $1 OR outbox_needs_person > 0 \
    OR out_of_service <> 'hours' OR disk_free / $2 <= disk_total / 1000 \
    UNION SELECT terminal FROM supplies WHERE at >= $3 \
    UNION SELECT terminal FROM devices WHERE kind IN ('keeper', 'technician', 'media') \
    UNION SELECT terminal FROM devices WHERE troubles >= 5 AND troubled_at >= $4 \
    UNION SELECT terminal FROM actions WHERE state = 'failed' \
    UNION SELECT terminal FROM tickets WHERE state = 'open'";

/// Which terminals, and how far back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Now.
    pub now: Millis,
    /// Supplies that changed since then are looked at.
    pub since: Millis,
    /// The first day of supplies that a forecast reckons with, in days of Unix time.
    pub day: i64,
}

impl Store {
    /// How the enrolled terminals are, by those heard since `heard`, and what tickets are open.
    ///
    /// # Errors
    /// The database refused.
    pub async fn standing(&self, heard: Millis) -> Result<Standing, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS enrolled, \
             CAST(COALESCE(SUM(CASE WHEN in_service = 1 AND received_at >= $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS in_service, \
             CAST(COALESCE(SUM(CASE WHEN received_at >= $1 THEN 0 ELSE 1 END), 0) AS BIGINT) AS offline \
             FROM health WHERE state = 'enrolled'",
        )
        .bind(heard)
        .fetch_one(self.read())
        .await?;
        let tickets =
            sqlx::query("SELECT rule, COUNT(*) AS n FROM tickets WHERE state = 'open' GROUP BY rule")
                .fetch_all(self.read())
                .await?;
        let tickets = tickets.iter().map(|row| Ok((row.try_get("rule")?, row.try_get("n")?)));
        Ok(Standing {
            enrolled: row.try_get("enrolled")?,
            in_service: row.try_get("in_service")?,
            offline: row.try_get("offline")?,
            tickets: tickets.collect::<Result<_, sqlx::Error>>()?,
        })
    }

    /// The figures of every enrolled terminal that was heard of and of which the rules may have something to say.
    ///
    /// # Errors
    /// The database refused.
    pub async fn figures(&self, look: Look) -> Result<BTreeMap<String, Figures>, StoreError> {
        let mut all: BTreeMap<String, Figures> = BTreeMap::new();
        let disk = i64::try_from(DISK).unwrap_or(i64::MAX);
        let sql = format!(
            "SELECT h.terminal, t.hours, h.received_at, h.out_of_service, h.screen_away_since, \
             h.outbox_needs_person, h.disk_free, h.disk_total FROM health h JOIN terminals t ON t.id = h.terminal WHERE h.state = 'enrolled' \
             AND h.received_at IS NOT NULL AND h.terminal IN ({LOOKED_AT})"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(look.now - OFFLINE).bind(disk).bind(look.since);
        for row in query.bind(look.now - QUIET).fetch_all(self.read()).await? {
            let bytes = |column| -> Result<Option<u64>, sqlx::Error> {
                Ok(row.try_get::<Option<i64>, _>(column)?.and_then(|bytes| u64::try_from(bytes).ok()))
            };
            let figures = Figures {
                now: look.now,
                hours: row.try_get("hours")?,
                received_at: row.try_get("received_at")?,
                out_of_service: row.try_get("out_of_service")?,
                screen_away_since: row.try_get("screen_away_since")?,
                needs_person: row.try_get("outbox_needs_person")?,
                disk: bytes("disk_free")?.zip(bytes("disk_total")?),
                ..Figures::default()
            };
            all.insert(row.try_get("terminal")?, figures);
        }
        let rows = sqlx::query(
            "SELECT terminal, device, kind, since, troubles, troubled_at FROM devices \
             WHERE kind IN ('keeper', 'technician', 'media') OR (troubles >= 5 AND troubled_at >= $1)",
        )
        .bind(look.now - QUIET)
        .fetch_all(self.read())
        .await?;
        for row in rows {
            if let Some(figures) = all.get_mut(row.try_get::<&str, _>("terminal")?) {
                figures.devices.push(DeviceFigures {
                    device: row.try_get("device")?,
                    kind: row.try_get("kind")?,
                    since: row.try_get("since")?,
                    troubles: row.try_get("troubles")?,
                    troubled_at: row.try_get::<Option<i64>, _>("troubled_at")?.unwrap_or(0),
                });
            }
        }
        let sql = format!(
            "SELECT terminal, supply, day, level, remaining_permille, used_total, at FROM supplies \
             WHERE day >= $5 AND terminal IN ({LOOKED_AT}) ORDER BY terminal, supply, day"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(look.now - OFFLINE).bind(disk).bind(look.since);
        for row in query.bind(look.now - QUIET).bind(look.day).fetch_all(self.read()).await? {
            if let Some(figures) = all.get_mut(row.try_get::<&str, _>("terminal")?) {
                figures.supplies.push(SupplyDay {
                    supply: row.try_get("supply")?,
                    day: row.try_get("day")?,
                    level: row.try_get("level")?,
                    remaining_permille: row.try_get("remaining_permille")?,
                    used_total: row.try_get("used_total")?,
                    at: row.try_get("at")?,
                });
            }
        }
        let rows = sqlx::query(
            "SELECT a.terminal, a.release FROM actions a WHERE a.state = 'failed' \
             AND NOT EXISTS (SELECT 1 FROM actions n WHERE n.terminal = a.terminal AND n.id > a.id)",
        )
        .fetch_all(self.read())
        .await?;
        for row in rows {
            if let Some(figures) = all.get_mut(row.try_get::<&str, _>("terminal")?) {
                figures.update_failed = Some(row.try_get("release")?);
            }
        }
        Ok(all)
    }
}
