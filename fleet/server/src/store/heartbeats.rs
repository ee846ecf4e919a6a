//! The newest word of each terminal, and what reports are made of, hour by hour.

use super::{Millis, Store, StoreError, Write};
use crate::ticket_rules::OFFLINE;
use fleet_api::health::{DeviceReport, SupplyLevel};
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::BTreeMap;

/// One heartbeat, ready to be stored.
#[derive(Debug, Clone)]
pub struct Beat {
    /// Whose.
    pub terminal: String,
    /// When it came, by the server's clock.
    pub received_at: Millis,
    /// The image that runs.
    pub image: String,
    /// Whether it serves.
    pub in_service: bool,
    /// Why not.
    pub out_of_service: Option<String>,
    /// Who is needed most.
    pub worst: &'static str,
    /// The catalogue that it serves; none while the screen is away.
    pub catalogue: Option<String>,
    /// This moment, where the screen is away: the first such moment is kept, and what only the screen can tell stays as it was.
    pub screen_away_since: Option<Millis>,
    /// Submissions that want a person.
    pub outbox_needs_person: i64,
    /// The heartbeat as it came.
    pub body: String,
    /// Seconds since the last one within the opening hours.
    pub open_seconds: i64,
    /// And in service.
    pub served_seconds: i64,
    /// After a silence, instead: seconds of the opening hours in which nobody knew of it, by the last full hour of each day,
    /// seconds of Unix time.
    pub silent: Vec<(i64, i64)>,
    /// Free bytes of the data partition.
    pub disk_free: Option<i64>,
    /// All bytes of it.
    pub disk_total: Option<i64>,
    /// Devices, where they are not as they were.
    pub devices: Option<Vec<DeviceReport>>,
    /// Supplies, where they are not as they were.
    pub supplies: Option<Vec<SupplyLevel>>,
}

/// Sizes of statements with many rows: few, so that each is prepared once.
const CHUNKS: [usize; 3] = [64, 8, 1];

/// Stores a batch in one transaction.
///
/// # Errors
/// The database refused; then none of it is stored.
pub async fn put(tx: &mut Write, beats: &[Beat]) -> Result<(), StoreError> {
    // Of one terminal the last word counts.
    let newest: BTreeMap<&str, &Beat> = beats.iter().map(|beat| (beat.terminal.as_str(), beat)).collect();
    let newest: Vec<&Beat> = newest.into_values().collect();
    for part in chunks(&newest) {
        put_health(tx, part).await?;
        put_bodies(tx, part).await?;
    }
    let mut hours: BTreeMap<(&str, i64), Hour> = BTreeMap::new();
    for beat in beats {
        let hour = hours.entry((&beat.terminal, beat.received_at.div_euclid(3_600_000) * 3600)).or_default();
        hour.beats += 1;
        hour.open += beat.open_seconds;
        hour.served += beat.served_seconds;
        for (hour, seconds) in &beat.silent {
            hours.entry((&beat.terminal, *hour)).or_default().open += seconds;
        }
    }
    let hours: Vec<(&str, i64, Hour)> =
        hours.into_iter().map(|((terminal, hour), sums)| (terminal, hour, sums)).collect();
    for part in chunks(&hours) {
        put_hours(tx, part).await?;
    }
    for beat in beats {
        if let Some(devices) = &beat.devices {
            for device in devices {
                put_device(tx, &beat.terminal, device, beat.received_at).await?;
            }
        }
        if let Some(supplies) = &beat.supplies {
            for supply in supplies {
                put_supply(tx, &beat.terminal, supply, beat.received_at).await?;
            }
        }
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, Default)]
struct Hour {
    beats: i64,
    open: i64,
    served: i64,
}

fn chunks<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut parts = Vec::new();
    for size in CHUNKS {
        while rows.len() >= size {
            let (part, rest) = rows.split_at(size);
            parts.push(part);
            rows = rest;
        }
    }
    parts
}

/// `($1, $2), ($3, $4)`.
fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> =
            (1..=columns).map(|column| format!("${}", row * columns + column)).collect();
        format!("({})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

async fn put_health(tx: &mut Write, beats: &[&Beat]) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO health (terminal, received_at, in_service, worst, image, catalogue, out_of_service, \
         screen_away_since, outbox_needs_person, disk_free, disk_total) VALUES {} ON CONFLICT (terminal) DO UPDATE SET \
         received_at = excluded.received_at, in_service = excluded.in_service, \
         worst = CASE WHEN excluded.screen_away_since - health.screen_away_since >= {OFFLINE} THEN 'technician' \
         ELSE excluded.worst END, \
         image = excluded.image, catalogue = COALESCE(excluded.catalogue, health.catalogue), \
         out_of_service = excluded.out_of_service, screen_away_since = CASE WHEN excluded.screen_away_since IS NULL \
         THEN NULL ELSE COALESCE(health.screen_away_since, excluded.screen_away_since) END, \
         outbox_needs_person = CASE WHEN excluded.screen_away_since IS NULL THEN excluded.outbox_needs_person \
         ELSE health.outbox_needs_person END, \
         disk_free = excluded.disk_free, disk_total = excluded.disk_total",
        places(beats.len(), 11)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for beat in beats {
        query = query
            .bind(&beat.terminal)
            .bind(beat.received_at)
            .bind(i64::from(beat.in_service))
            .bind(beat.worst)
            .bind(&beat.image)
            .bind(beat.catalogue.as_deref())
            .bind(beat.out_of_service.as_deref())
            .bind(beat.screen_away_since)
            .bind(beat.outbox_needs_person)
            .bind(beat.disk_free)
            .bind(beat.disk_total);
    }
    query.execute(tx.on()).await?;
    Ok(())
}

async fn put_bodies(tx: &mut Write, beats: &[&Beat]) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO heartbeats (terminal, body) VALUES {} ON CONFLICT (terminal) DO UPDATE SET body = excluded.body",
        places(beats.len(), 2)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for beat in beats {
        query = query.bind(&beat.terminal).bind(&beat.body);
    }
    query.execute(tx.on()).await?;
    Ok(())
}

async fn put_hours(tx: &mut Write, hours: &[(&str, i64, Hour)]) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO hours (terminal, hour, beats, open_seconds, served_seconds) VALUES {} \
         ON CONFLICT (terminal, hour) DO UPDATE SET beats = hours.beats + excluded.beats, \
         open_seconds = hours.open_seconds + excluded.open_seconds, \
         served_seconds = hours.served_seconds + excluded.served_seconds",
        places(hours.len(), 5)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (terminal, hour, sums) in hours {
        query = query.bind(*terminal).bind(*hour).bind(sums.beats).bind(sums.open).bind(sums.served);
    }
    query.execute(tx.on()).await?;
    Ok(())
}

/// Notes how a device is; `since` stays while its state does. Whenever it begins to need somebody, that is counted, from one again
/// after a whole day without.
pub(crate) async fn put_device(
    tx: &mut Write,
    terminal: &str,
    device: &DeviceReport,
    at: Millis,
) -> Result<(), StoreError> {
    let trouble = matches!(device.kind.as_str(), "keeper" | "technician");
    sqlx::query(
        "INSERT INTO devices (terminal, device, state, cause, kind, model, since, troubles, troubled_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (terminal, device) DO UPDATE SET \
         since = CASE WHEN devices.state = excluded.state AND devices.kind = excluded.kind THEN devices.since \
         ELSE excluded.since END, state = excluded.state, cause = excluded.cause, kind = excluded.kind, \
         model = COALESCE(excluded.model, devices.model), \
         troubles = CASE WHEN excluded.troubles = 0 OR devices.kind IN ('keeper', 'technician') THEN devices.troubles \
         WHEN devices.troubled_at > excluded.troubled_at - 86400000 THEN devices.troubles + 1 ELSE 1 END, \
         troubled_at = COALESCE(excluded.troubled_at, devices.troubled_at)",
    )
    .bind(terminal)
    .bind(&device.device)
    .bind(&device.state)
    .bind(device.cause.as_deref())
    .bind(&device.kind)
    .bind(device.model.as_deref())
    .bind(at)
    .bind(i64::from(trouble))
    .bind(trouble.then_some(at))
    .execute(tx.on())
    .await?;
    Ok(())
}

async fn put_supply(
    tx: &mut Write,
    terminal: &str,
    supply: &SupplyLevel,
    at: Millis,
) -> Result<(), StoreError> {
    let level = serde_json::to_value(supply.level).ok();
    let level = level.as_ref().and_then(|level| level.as_str()).unwrap_or("unknown");
    sqlx::query(
        "INSERT INTO supplies (terminal, supply, day, level, remaining_permille, used_total, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (terminal, supply, day) DO UPDATE SET \
         level = excluded.level, remaining_permille = excluded.remaining_permille, \
         used_total = excluded.used_total, at = excluded.at",
    )
    .bind(terminal)
    .bind(&supply.supply)
    .bind(at.div_euclid(86_400_000))
    .bind(level)
    .bind(supply.remaining_permille.map(i64::from))
    .bind(supply.used_total.and_then(|used| i64::try_from(used).ok()))
    .bind(at)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// A device of one terminal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Device {
    /// Which.
    pub device: String,
    /// Its state.
    pub state: String,
    /// Why.
    pub cause: Option<String>,
    /// Who is needed.
    pub kind: String,
    /// Its model.
    pub model: Option<String>,
    /// Since when it is so.
    pub since: Millis,
}

/// What was left of a supply on one day.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SupplyDay {
    /// Which supply.
    pub supply: String,
    /// Days of Unix time.
    pub day: i64,
    /// What the sensor said.
    pub level: String,
    /// Thousandths of a full one.
    pub remaining_permille: Option<i64>,
    /// Used since the terminal was set up.
    pub used_total: Option<i64>,
    /// When it was said.
    pub at: Millis,
}

impl Store {
    /// The last heartbeat of a terminal and when it came.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn last_heartbeat(
        &self,
        terminal: &str,
    ) -> Result<Option<(Millis, fleet_api::health::Heartbeat)>, StoreError> {
        let row = sqlx::query(
            "SELECT h.received_at, b.body FROM heartbeats b JOIN health h ON h.terminal = b.terminal \
             WHERE b.terminal = $1",
        )
        .bind(terminal)
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((row.try_get("received_at")?, super::json("heartbeats.body", row.try_get("body")?)?)))
    }

    /// The devices of a terminal.
    ///
    /// # Errors
    /// The database refused.
    pub async fn devices(&self, terminal: &str) -> Result<Vec<Device>, StoreError> {
        let rows = sqlx::query(
            "SELECT device, state, cause, kind, model, since FROM devices WHERE terminal = $1 ORDER BY device",
        )
        .bind(terminal)
        .fetch_all(self.read())
        .await?;
        let devices = rows.iter().map(|row| {
            Ok(Device {
                device: row.try_get("device")?,
                state: row.try_get("state")?,
                cause: row.try_get("cause")?,
                kind: row.try_get("kind")?,
                model: row.try_get("model")?,
                since: row.try_get("since")?,
            })
        });
        Ok(devices.collect::<Result<_, sqlx::Error>>()?)
    }

    /// The supplies of a terminal from `day` on, oldest first.
    ///
    /// # Errors
    /// The database refused.
    pub async fn supplies(&self, terminal: &str, day: i64) -> Result<Vec<SupplyDay>, StoreError> {
        let rows = sqlx::query(
            "SELECT supply, day, level, remaining_permille, used_total, at FROM supplies \
             WHERE terminal = $1 AND day >= $2 ORDER BY supply, day",
        )
        .bind(terminal)
        .bind(day)
        .fetch_all(self.read())
        .await?;
        let supplies = rows.iter().map(|row| {
            Ok(SupplyDay {
                supply: row.try_get("supply")?,
                day: row.try_get("day")?,
                level: row.try_get("level")?,
                remaining_permille: row.try_get("remaining_permille")?,
                used_total: row.try_get("used_total")?,
                at: row.try_get("at")?,
            })
        });
        Ok(supplies.collect::<Result<_, sqlx::Error>>()?)
    }
}
