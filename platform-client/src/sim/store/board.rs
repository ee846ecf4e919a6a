//! Ratings, calls for help, events and terminals: what the admin page shows beside the cases.

use domain::case::SubmissionId;
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::terminal::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::{Keyed, Store, StoreError, content_digest, read_time, word, written};
use crate::contract::assist::{AssistCall, Callback};
use crate::contract::rating::RatingRequest;
use crate::contract::terminal::{ActivateRequest, EventBatch, Heartbeat};

/// What became of a rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptRating {
    /// Kept, since this moment.
    Kept(Timestamp),
    /// Its submission has another rating.
    AlreadyRated,
}

/// A rating as the admin page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RatingRow {
    pub(crate) item: String,
    pub(crate) level: String,
    pub(crate) reasons: String,
    /// How many characters the resident's own words have: what they say is the department's business.
    pub(crate) words: u32,
    pub(crate) rated_at: String,
}

/// A call for help or for a call-back as the admin page lists it; the number to call is the office's business, so it is
/// shown there and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallRow {
    pub(crate) ticket: String,
    pub(crate) kind: String,
    pub(crate) terminal: String,
    pub(crate) page: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) at: String,
}

/// An event as the admin page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EventRow {
    pub(crate) number: u64,
    pub(crate) kind: String,
    pub(crate) item: Option<String>,
    pub(crate) at: String,
}

/// A terminal as the admin page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TerminalRow {
    pub(crate) terminal: String,
    pub(crate) software_version: String,
    pub(crate) heartbeat_at: Option<String>,
}

impl Store {
    /// Keeps a rating, or finds it kept.
    pub(crate) fn rate(
        &self,
        rating: &RatingRequest,
        now: Timestamp,
    ) -> Result<Keyed<KeptRating>, StoreError> {
        let (digest, _) = content_digest(rating)?;
        self.write(|tx| {
            let kept: Option<(String, String)> = tx
                .query_row(
                    "SELECT digest, received_at FROM ratings WHERE rating_id = ?1",
                    [rating.rating_id.as_str()],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            match kept {
                Some((kept, at)) if kept == digest => return Ok(Keyed::Kept(KeptRating::Kept(read_time(&at)?))),
                Some(_) => return Ok(Keyed::Reused),
                None => {}
            }
            let reasons: Vec<&str> = rating.reasons.iter().map(|r| r.0.as_str()).collect();
            // The unique submission and occasion make a second rating of the same service no row.
            let rows = tx.execute(
                "INSERT INTO ratings (rating_id, digest, submission_id, occasion, item, level, reasons, words, terminal, rated_at, received_at)
                 VALUES (?1, ?2, ?3, ?10, ?4, ?5, ?6, ?11, ?7, ?8, ?9) ON CONFLICT (submission_id, occasion) DO NOTHING",
                params![
                    rating.rating_id.as_str(),
                    digest,
                    rating.submission_id.as_ref().map(SubmissionId::as_str),
                    rating.item_id.0,
                    word(&rating.level),
                    reasons.join(" "),
                    rating.terminal_id.0,
                    written(rating.rated_at)?,
                    written(now)?,
                    word(&rating.occasion),
                    rating.text.as_ref().map(Personal::reveal),
                ],
            )?;
            Ok(Keyed::Kept(if rows == 0 { KeptRating::AlreadyRated } else { KeptRating::Kept(now) }))
        })
    }

    /// Every rating, the newest first.
    pub(crate) fn ratings(&self) -> Result<Vec<RatingRow>, StoreError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare("SELECT item, level, reasons, coalesce(length(words), 0), rated_at FROM ratings ORDER BY rowid DESC")?;
        let rows = statement.query_map([], |row| {
            Ok(RatingRow {
                item: row.get(0)?,
                level: row.get(1)?,
                reasons: row.get(2)?,
                words: row.get(3)?,
                rated_at: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps a call for a human.
    pub(crate) fn call(&self, ticket: &str, call: &AssistCall) -> Result<(), StoreError> {
        self.write(|tx| {
            let item = call.item_id.as_ref().map(|i| &i.0);
            tx.execute(
                "INSERT INTO calls (ticket, kind, terminal, item, page, at) VALUES (?1, 'assist', ?2, ?3, ?4, ?5)",
                params![ticket, call.terminal_id.0, item, call.page, written(call.at)?],
            )?;
            Ok(())
        })
    }

    /// Keeps a number to call back.
    pub(crate) fn call_back(
        &self,
        ticket: &str,
        call: &Callback,
        call_by: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let item = call.item_id.as_ref().map(|i| &i.0);
            tx.execute(
                "INSERT INTO calls (ticket, kind, terminal, item, phone, at, call_by)
                 VALUES (?1, 'callback', ?2, ?3, ?4, ?5, ?6)",
                params![
                    ticket,
                    call.terminal_id.0,
                    item,
                    call.phone.reveal(),
                    written(call.at)?,
                    written(call_by)?
                ],
            )?;
            Ok(())
        })
    }

    /// Every call, the newest first.
    pub(crate) fn calls(&self) -> Result<Vec<CallRow>, StoreError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare("SELECT ticket, kind, terminal, page, phone, at FROM calls ORDER BY rowid DESC")?;
        let rows = statement.query_map([], |row| {
            Ok(CallRow {
                ticket: row.get(0)?,
                kind: row.get(1)?,
                terminal: row.get(2)?,
                page: row.get(3)?,
                phone: row.get(4)?,
                at: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps what follows on what was kept and says up to which number all is here. The first batch of a terminal may
    /// begin anywhere; after that a gap is not kept, so that the terminal sends it again.
    pub(crate) fn keep_events(&self, batch: &EventBatch) -> Result<u64, StoreError> {
        self.write(|tx| {
            let last: Option<i64> =
                tx.query_row("SELECT max(number) FROM events WHERE terminal = ?1", [&batch.terminal_id.0], |r| r.get(0))?;
            let mut last = last.map(i64::unsigned_abs);
            for event in &batch.events {
                match last {
                    Some(kept) if event.number <= kept => continue,
                    Some(kept) if event.number > kept + 1 => break,
                    _ => {}
                }
                let number = i64::try_from(event.number).map_err(|_| StoreError::Corrupt("event number"))?;
                let details = serde_json::to_string(&event.details).map_err(|_| StoreError::Corrupt("event"))?;
                let item = event.item_id.as_ref().map(|ItemId(i)| i);
                tx.execute(
                    "INSERT INTO events (terminal, number, at, kind, item, details) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![batch.terminal_id.0, number, written(event.at)?, event.kind, item, details],
                )?;
                last = Some(event.number);
            }
            Ok(last.unwrap_or(0))
        })
    }

    /// The last events, the newest first.
    pub(crate) fn events(&self, at_most: u32) -> Result<Vec<EventRow>, StoreError> {
        let connection = self.lock();
        let mut statement =
            connection.prepare("SELECT number, kind, item, at FROM events ORDER BY rowid DESC LIMIT ?1")?;
        let rows = statement.query_map([at_most], |row| {
            let number: i64 = row.get(0)?;
            Ok(EventRow {
                number: number.unsigned_abs(),
                kind: row.get(1)?,
                item: row.get(2)?,
                at: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes that a terminal began its service.
    pub(crate) fn activate(&self, request: &ActivateRequest, now: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "INSERT INTO terminals (terminal, software_version, activated_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (terminal) DO UPDATE SET software_version = ?2, activated_at = ?3",
                params![request.terminal_id.0, request.software_version, written(now)?],
            )?;
            for key in &request.slip_keys {
                // A key that was told once stays as it was told: papers are proved by it.
                tx.execute(
                    "INSERT OR IGNORE INTO slip_keys (terminal, public_key, used_from, used_until) VALUES (?1, ?2, ?3, ?4)",
                    params![request.terminal_id.0, key.public_key, written(key.from)?, written(key.until)?],
                )?;
            }
            Ok(())
        })
    }

    /// Notes how a terminal is; one that never began its service is not noted.
    pub(crate) fn heartbeat(&self, heartbeat: &Heartbeat, now: Timestamp) -> Result<(), StoreError> {
        let (_, json) = content_digest(heartbeat)?;
        self.write(|tx| {
            tx.execute(
                "UPDATE terminals SET heartbeat_at = ?2, heartbeat = ?3 WHERE terminal = ?1",
                params![heartbeat.terminal_id.0, written(now)?, json],
            )?;
            Ok(())
        })
    }

    /// The keys that prove the slips of the terminals, each a line: key, from when, until when.
    pub(crate) fn slip_keys(&self) -> Result<Vec<String>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT public_key || ' ' || used_from || ' ' || used_until FROM slip_keys ORDER BY terminal, used_from",
        )?;
        let keys = statement.query_map([], |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    /// Every terminal that began its service.
    pub(crate) fn terminals(&self) -> Result<Vec<TerminalRow>, StoreError> {
        let connection = self.lock();
        let mut statement = connection
            .prepare("SELECT terminal, software_version, heartbeat_at FROM terminals ORDER BY terminal")?;
        let rows = statement.query_map([], |row| {
            Ok(TerminalRow {
                terminal: row.get(0)?,
                software_version: row.get(1)?,
                heartbeat_at: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
