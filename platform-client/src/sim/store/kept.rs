//! What is kept under an idempotency key besides cases and ratings: drafts, supplements, appeals, appointments and the like.
//!
//! One table: kind and key, who it is of, what it is about, how far it is, and the request as it came.

use domain::terminal::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Store, StoreError, content_digest, next_number, read_time, written};
use crate::sim::numbers::Series;

/// A row to be kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRow<'r, R> {
    /// `appeal`, `appointment`, …
    pub(crate) kind: &'static str,
    /// The idempotency key.
    pub(crate) id: &'r str,
    /// The number of the person's card; empty where nobody had to say who they are.
    pub(crate) owner: &'r str,
    /// What it is about: an item, a slot, a case.
    pub(crate) subject: &'r str,
    /// How far it is.
    pub(crate) state: &'static str,
    /// The number that it gets, if any.
    pub(crate) series: Option<Series>,
    /// The request as it came.
    pub(crate) request: &'r R,
    /// When.
    pub(crate) now: Timestamp,
}

/// How many rows in the same state may be about the same subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Any number.
    Unlimited,
    /// So many.
    For(u16),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Kept now, or kept before with the same content.
    Kept(KeptRow),
    /// The key was used with another content.
    Reused,
    /// The subject has as many rows as it takes.
    NoRoom,
}

/// A kept row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptRow {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) owner: String,
    pub(crate) subject: String,
    pub(crate) state: String,
    pub(crate) since: Timestamp,
    pub(crate) at: Timestamp,
    request: String,
}

impl KeptRow {
    /// The request as it came.
    pub(crate) fn request<R: DeserializeOwned>(&self) -> Result<R, StoreError> {
        serde_json::from_str(&self.request).map_err(|_| StoreError::Corrupt("request"))
    }
}

impl Store {
    /// Keeps a row, or finds it kept.
    pub(crate) fn keep<R: Serialize>(&self, new: &NewRow<'_, R>, room: Room) -> Result<Keep, StoreError> {
        self.write(|tx| self.keep_in(tx, new, room))
    }

    pub(super) fn keep_in<R: Serialize>(
        &self,
        tx: &Transaction<'_>,
        new: &NewRow<'_, R>,
        room: Room,
    ) -> Result<Keep, StoreError> {
        let (digest, request) = content_digest(new.request)?;
        let digest = format!("{digest} {} {}", new.owner, new.subject);
        if let Some((kept, row)) = find(tx, new.kind, "id", new.id)? {
            return Ok(if kept == digest { Keep::Kept(row) } else { Keep::Reused });
        }
        if let Room::For(room) = room {
            let taken: i64 = tx.query_row(
                "SELECT count(*) FROM kept WHERE kind = ?1 AND subject = ?2 AND state = ?3",
                params![new.kind, new.subject, new.state],
                |row| row.get(0),
            )?;
            if taken >= i64::from(room) {
                return Ok(Keep::NoRoom);
            }
        }
        let number = match new.series {
            Some(series) => next_number(tx, self.seed, series, new.now.date())?,
            None => String::new(),
        };
        tx.execute(
            "INSERT INTO kept (kind, id, digest, number, owner, subject, state, since, at, request)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
            params![
                new.kind,
                new.id,
                digest,
                number,
                new.owner,
                new.subject,
                new.state,
                written(new.now)?,
                request
            ],
        )?;
        let row = find(tx, new.kind, "id", new.id)?;
        row.map(|(_, row)| Keep::Kept(row)).ok_or(StoreError::Corrupt("row"))
    }

    /// Keeps a row in place of the one that is there under its key, if that is the same person's; whether it was.
    pub(crate) fn replace<R: Serialize>(&self, new: &NewRow<'_, R>) -> Result<bool, StoreError> {
        self.write(|tx| {
            if find(tx, new.kind, "id", new.id)?.is_some_and(|(_, row)| row.owner != new.owner) {
                return Ok(false);
            }
            tx.execute("DELETE FROM kept WHERE kind = ?1 AND id = ?2", [new.kind, new.id])?;
            self.keep_in(tx, new, Room::Unlimited)?;
            Ok(true)
        })
    }

    /// The row of a key.
    pub(crate) fn kept(&self, kind: &str, id: &str) -> Result<Option<KeptRow>, StoreError> {
        Ok(find(&self.lock(), kind, "id", id)?.map(|(_, row)| row))
    }

    /// The row of a number.
    pub(crate) fn kept_by_number(&self, kind: &str, number: &str) -> Result<Option<KeptRow>, StoreError> {
        Ok(find(&self.lock(), kind, "number", number)?.map(|(_, row)| row))
    }

    /// The rows of a person, the newest first.
    pub(crate) fn kept_of(&self, kind: &str, owner: &str) -> Result<Vec<KeptRow>, StoreError> {
        let connection = self.lock();
        let sql = format!("{SELECT} WHERE kind = ?1 AND owner = ?2 ORDER BY rowid DESC");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map([kind, owner], |row| Ok(parse(row)))?;
        rows.map(|row| row?.map(|(_, row)| row)).collect()
    }

    /// The newest rows of a kind.
    pub(crate) fn newest_kept(&self, kind: &str, most: u32) -> Result<Vec<KeptRow>, StoreError> {
        let connection = self.lock();
        let sql = format!("{SELECT} WHERE kind = ?1 ORDER BY rowid DESC LIMIT ?2");
        let mut statement = connection.prepare(&sql)?;
        let rows = statement.query_map(params![kind, most], |row| Ok(parse(row)))?;
        rows.map(|row| row?.map(|(_, row)| row)).collect()
    }

    /// How many rows in a state are about a subject.
    pub(crate) fn count_kept(&self, kind: &str, subject: &str, state: &str) -> Result<u16, StoreError> {
        let sql = "SELECT count(*) FROM kept WHERE kind = ?1 AND subject = ?2 AND state = ?3";
        let count: i64 = self.lock().query_row(sql, [kind, subject, state], |row| row.get(0))?;
        Ok(u16::try_from(count).unwrap_or(u16::MAX))
    }

    /// Brings a row into another state.
    pub(crate) fn set_state(
        &self,
        kind: &str,
        id: &str,
        state: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE kept SET state = ?3, since = ?4 WHERE kind = ?1 AND id = ?2 AND state <> ?3",
                params![kind, id, state, written(now)?],
            )?;
            Ok(())
        })
    }

    /// Forgets a row.
    pub(crate) fn forget(&self, kind: &str, id: &str) -> Result<(), StoreError> {
        self.lock().execute("DELETE FROM kept WHERE kind = ?1 AND id = ?2", [kind, id])?;
        Ok(())
    }

    /// Brings an appeal to its next stage; whether there was one to bring further.
    pub(crate) fn advance_appeal(&self, number: &str, now: Timestamp) -> Result<bool, StoreError> {
        const STAGES: [&str; 5] = ["collected", "found", "assigned", "handled", "answered"];
        let Some(row) = self.kept_by_number("appeal", number)? else { return Ok(false) };
        let at = STAGES.iter().position(|stage| *stage == row.state);
        let Some(next) = at.and_then(|at| STAGES.get(at + 1)) else { return Ok(false) };
        self.set_state("appeal", &row.id, next, now)?;
        Ok(true)
    }
}

const SELECT: &str = "SELECT digest, id, number, owner, subject, state, since, at, request FROM kept";

fn find(
    connection: &rusqlite::Connection,
    kind: &str,
    column: &'static str,
    value: &str,
) -> Result<Option<(String, KeptRow)>, StoreError> {
    let sql = format!("{SELECT} WHERE kind = ?1 AND {column} = ?2");
    connection.query_row(&sql, [kind, value], |row| Ok(parse(row))).optional()?.transpose()
}

fn parse(row: &Row<'_>) -> Result<(String, KeptRow), StoreError> {
    let text = |column: &str| row.get::<_, String>(column);
    let kept = KeptRow {
        id: text("id")?,
        number: text("number")?,
        owner: text("owner")?,
        subject: text("subject")?,
        state: text("state")?,
        since: read_time(&text("since")?)?,
        at: read_time(&text("at")?)?,
        request: text("request")?,
    };
    Ok((text("digest")?, kept))
}
