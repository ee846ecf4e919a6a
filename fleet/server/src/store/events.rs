//! What happened at terminals: each number once.

use super::{Millis, Store, StoreError, Write, json};
use fleet_api::event::{Event, What};
use sqlx::Row as _;

/// An event as it is kept.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Kept {
    /// Its number.
    pub number: i64,
    /// By the terminal's clock.
    pub at: Millis,
    /// By the server's.
    pub received_at: Millis,
    /// What.
    pub what: What,
}

/// The highest number that is there, with the terminal's row held until the transaction ends.
///
/// # Errors
/// The database refused; there is no such terminal.
pub async fn through(tx: &mut Write, terminal: &str) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "UPDATE terminals SET events_through = events_through WHERE id = $1 RETURNING events_through",
    )
    .bind(terminal)
    .fetch_one(tx.on())
    .await?;
    Ok(u64::try_from(row.try_get::<i64, _>("events_through")?).unwrap_or(0))
}

/// Keeps one event.
///
/// # Errors
/// The database refused.
pub async fn add(tx: &mut Write, terminal: &str, event: &Event, now: Millis) -> Result<(), StoreError> {
    let body = serde_json::to_value(&event.what)
        .map_err(|source| StoreError::Content { column: "events.body", source })?;
    let kind = body.get("kind").and_then(|kind| kind.as_str()).unwrap_or("unrecognised").to_owned();
    sqlx::query(
        "INSERT INTO events (terminal, number, at, received_at, kind, body) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (terminal, number) DO NOTHING",
    )
    .bind(terminal)
    .bind(i64::try_from(event.number).unwrap_or(i64::MAX))
    .bind(crate::clock::millis(event.at))
    .bind(now)
    .bind(kind)
    .bind(body.to_string())
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Notes the highest number, and how many were lost on the terminal.
///
/// # Errors
/// The database refused.
pub async fn taken(tx: &mut Write, terminal: &str, through: u64, dropped: u64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE terminals SET events_through = $2, events_dropped = events_dropped + $3 WHERE id = $1",
    )
    .bind(terminal)
    .bind(i64::try_from(through).unwrap_or(i64::MAX))
    .bind(i64::try_from(dropped).unwrap_or(0))
    .execute(tx.on())
    .await?;
    Ok(())
}

impl Store {
    /// The newest events of a terminal, newest first, older than number `before`.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn events(&self, terminal: &str, before: i64, rows: u16) -> Result<Vec<Kept>, StoreError> {
        let rows = sqlx::query(
            "SELECT number, at, received_at, body FROM events WHERE terminal = $1 AND number < $2 \
             ORDER BY number DESC LIMIT $3",
        )
        .bind(terminal)
        .bind(before)
        .bind(i64::from(rows.clamp(1, 1000)))
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Kept {
                    number: row.try_get("number")?,
                    at: row.try_get("at")?,
                    received_at: row.try_get("received_at")?,
                    what: json("events.body", row.try_get("body")?)?,
                })
            })
            .collect()
    }
}
