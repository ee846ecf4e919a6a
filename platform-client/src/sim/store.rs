//! What the reference platform keeps, in one SQLite file: a call that was answered is still known after a restart.
//!
//! Duty: rows in, rows out, each number given once, each key used once. Never: decide a case.

mod board;
mod cases;
mod intake;
mod kept;
mod matters;
mod uploads;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::terminal::Timestamp;
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use sample_city::Seed;
use serde::Serialize;
use time::Date;
use time::format_description::well_known::Rfc3339;

use super::numbers::{self, Series};

pub(crate) use board::{CallRow, EventRow, KeptRating, RatingRow, TerminalRow};
pub use cases::{CaseRow, KeptState};
pub(crate) use cases::{Filing, Verdict};
pub(crate) use intake::{KeptMaterial, MaterialRow};
pub(crate) use kept::{Keep, KeptRow, NewRow, Room};
pub(crate) use matters::Matter;
pub(crate) use uploads::{Piece, UploadRow};

/// Why nothing could be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("the data folder cannot be made")]
    Folder(#[source] std::io::Error),
    /// SQLite says no.
    #[error("the platform's file cannot be used")]
    Sqlite(#[from] rusqlite::Error),
    /// The file was made by another seed, so its numbers would collide.
    #[error("this data folder was made with seed {kept}")]
    OtherSeed {
        /// The seed that it was made with.
        kept: u64,
    },
    /// The file's tables are those of another version of this program.
    #[error("this data folder was made by another version of this program: begin with an empty one")]
    OtherFormat,
    /// A stored text is not what was stored: the file was changed from outside.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
}

/// Whether a key came for the first time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Keyed<T> {
    /// Kept now, or kept before with the same content.
    Kept(T),
    /// The key was used with another content.
    Reused,
}

/// The file.
pub(crate) struct Store {
    connection: Mutex<Connection>,
    seed: Seed,
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (series TEXT PRIMARY KEY, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cases (
    submission_id TEXT PRIMARY KEY, digest TEXT NOT NULL, terminal TEXT NOT NULL, item TEXT NOT NULL,
    person TEXT NOT NULL, subject TEXT NOT NULL, month TEXT NOT NULL,
    application_number TEXT NOT NULL, case_number TEXT, state TEXT NOT NULL, note TEXT, decided_by TEXT,
    filed_at TEXT NOT NULL, received_at TEXT NOT NULL, since TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS cases_by_person ON cases (person, item, subject, month);
CREATE INDEX IF NOT EXISTS cases_by_application ON cases (application_number);
CREATE TABLE IF NOT EXISTS materials (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, media_type TEXT NOT NULL, bytes BLOB NOT NULL, received_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ratings (
    rating_id TEXT PRIMARY KEY, digest TEXT NOT NULL, submission_id TEXT, occasion TEXT NOT NULL, item TEXT NOT NULL,
    level TEXT NOT NULL, reasons TEXT NOT NULL, words TEXT, terminal TEXT NOT NULL, rated_at TEXT NOT NULL, received_at TEXT NOT NULL,
    UNIQUE (submission_id, occasion));
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT NOT NULL, id TEXT NOT NULL, digest TEXT NOT NULL, number TEXT NOT NULL, owner TEXT NOT NULL,
    subject TEXT NOT NULL, state TEXT NOT NULL, since TEXT NOT NULL, at TEXT NOT NULL, request TEXT NOT NULL,
    PRIMARY KEY (kind, id));
CREATE INDEX IF NOT EXISTS kept_by_number ON kept (kind, number);
CREATE INDEX IF NOT EXISTS kept_by_subject ON kept (kind, subject);
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, media_type TEXT NOT NULL, length INTEGER NOT NULL, expires_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pieces (
    upload TEXT NOT NULL, offset INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (upload, offset));
CREATE TABLE IF NOT EXISTS calls (
    ticket TEXT PRIMARY KEY, kind TEXT NOT NULL, terminal TEXT NOT NULL, item TEXT, page TEXT, phone TEXT,
    at TEXT NOT NULL, call_by TEXT);
CREATE TABLE IF NOT EXISTS events (
    terminal TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, item TEXT,
    details TEXT NOT NULL, PRIMARY KEY (terminal, number));
CREATE TABLE IF NOT EXISTS terminals (
    terminal TEXT PRIMARY KEY, software_version TEXT NOT NULL, activated_at TEXT NOT NULL, heartbeat_at TEXT,
    heartbeat TEXT);
CREATE TABLE IF NOT EXISTS slip_keys (
    terminal TEXT NOT NULL, public_key TEXT NOT NULL, used_from TEXT NOT NULL, used_until TEXT NOT NULL,
    PRIMARY KEY (terminal, public_key));
";

/// The form of the tables, in SQLite's `user_version`.
const FORMAT: i64 = 3;
/// The file's name in the data folder.
const FILE: &str = "platform.sqlite";

impl Store {
    /// Opens or makes the file; with it comes the day on which its city was founded: `today` for a new one.
    pub(crate) fn open(data: &Path, seed: Seed, today: Date) -> Result<(Self, Date), StoreError> {
        fs::create_dir_all(data).map_err(StoreError::Folder)?;
        let connection = Connection::open(data.join(FILE))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // An answer is a promise: it must outlive the power.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        check_format(&connection)?;
        connection.execute_batch(SCHEMA)?;
        let kept = remembered(&connection, "seed", &seed.0.to_string())?;
        let kept: u64 = kept.parse().map_err(|_| StoreError::Corrupt("seed"))?;
        if kept != seed.0 {
            return Err(StoreError::OtherSeed { kept });
        }
        let founded = remembered(&connection, "founded", &today.to_julian_day().to_string())?;
        let founded = founded.parse().ok().and_then(|day| Date::from_julian_day(day).ok());
        let founded = founded.ok_or(StoreError::Corrupt("founding day"))?;
        Ok((Self { connection: Mutex::new(connection), seed }, founded))
    }

    /// Opens a file that is there, for reading beside a platform that may be running.
    pub(crate) fn open_for_reading(data: &Path) -> Result<Self, StoreError> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(data.join(FILE), flags)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        connection.pragma_update(None, "query_only", true)?;
        let seed: String =
            connection.query_row("SELECT value FROM meta WHERE key = 'seed'", [], |row| row.get(0))?;
        let seed = Seed(seed.parse().map_err(|_| StoreError::Corrupt("seed"))?);
        Ok(Self { connection: Mutex::new(connection), seed })
    }

    /// Issues the next number of a series for something that is not a case.
    pub(crate) fn issue(&self, series: Series, day: Date) -> Result<String, StoreError> {
        self.write(|tx| next_number(tx, self.seed, series, day))
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `work` so that all of it is kept or nothing.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&tx)?;
        tx.commit()?;
        Ok(value)
    }
}

/// Refuses a file of an older program, whose tables are others; marks a new one.
fn check_format(connection: &Connection) -> Result<(), StoreError> {
    let format: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    match format {
        FORMAT => Ok(()),
        0 if tables == 0 => Ok(connection.pragma_update(None, "user_version", FORMAT)?),
        _ => Err(StoreError::OtherFormat),
    }
}

fn remembered(connection: &Connection, key: &str, first: &str) -> Result<String, StoreError> {
    connection.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?1, ?2)", params![key, first])?;
    Ok(connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))?)
}

fn next_number(tx: &Transaction<'_>, seed: Seed, series: Series, day: Date) -> Result<String, StoreError> {
    let serial: i64 = tx
        .query_row(
            "INSERT INTO counters (series, used) VALUES (?1, 1)
             ON CONFLICT (series) DO UPDATE SET used = used + 1 RETURNING used",
            [series.name()],
            |row| row.get(0),
        )
        .optional()?
        .unwrap_or_default();
    Ok(numbers::number(series, seed, day, serial.unsigned_abs()))
}

/// SHA-256 of a body as this platform writes it: two texts of the same content have the same digest.
fn content_digest<T: Serialize>(content: &T) -> Result<(String, String), StoreError> {
    let json = serde_json::to_string(content).map_err(|_| StoreError::Corrupt("body"))?;
    Ok((hex(digest(&SHA256, json.as_bytes()).as_ref()), json))
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn written(at: Timestamp) -> Result<String, StoreError> {
    at.format(&Rfc3339).map_err(|_| StoreError::Corrupt("time"))
}

fn read_time(text: &str) -> Result<Timestamp, StoreError> {
    Timestamp::parse(text, &Rfc3339).map_err(|_| StoreError::Corrupt("time"))
}

/// The word that the wire uses for a value of a closed list.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
