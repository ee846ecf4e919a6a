//! What the agent must not forget: events, commands, the update, and a few values, in one SQLite file.
//!
//! Duty: every call is one transaction that is on disk when it returns. Never: hold anything of a resident, or an answer
//! that the server has.

pub(crate) mod commands;
pub(crate) mod events;
pub(crate) mod updates;

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const FILE: &str = "agent.db";

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS value (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kept INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    json TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS command (
    id TEXT PRIMARY KEY,
    json TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    begun_in TEXT,
    result TEXT,
    attachment TEXT,
    told INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ended_action (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    action TEXT NOT NULL UNIQUE,
    json TEXT NOT NULL
) STRICT;
";

/// Why something is not kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made.
    #[error("{folder}: cannot be made")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The database does not do it.
    #[error("the agent's database does not do it")]
    Database(#[from] rusqlite::Error),
    /// What is kept cannot be read any more.
    #[error("what is kept as `{what}` cannot be read")]
    Content {
        /// Which.
        what: String,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
}

/// How much may wait for the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Events.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { rows: 20_000, bytes: 8 * 1024 * 1024 }
    }
}

/// The store.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Mutex<Connection>,
    bounds: Bounds,
}

impl Store {
    /// Opens the store in `folder`, or makes it. One that is damaged is set aside, and a new one begun: the server knows
    /// the number of the last event.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn open(folder: &Path, bounds: Bounds) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)
            .map_err(|cause| StoreError::Folder { folder: folder.to_owned(), cause })?;
        let file = folder.join(FILE);
        match prepare(Connection::open(&file)?) {
            Ok(connection) => Ok(Self::of(connection, bounds)),
            Err(error) if damaged(&error) => {
                tracing::error!(error = %error, "the agent's database is damaged: it is set aside, and a new one begun");
                for end in ["", "-wal", "-shm"] {
                    let from = folder.join(format!("{FILE}{end}"));
                    if from.exists() {
                        let to = folder.join(format!("{FILE}.damaged{end}"));
                        std::fs::rename(&from, to)
                            .map_err(|cause| StoreError::Folder { folder: from.clone(), cause })?;
                    }
                }
                Ok(Self::of(prepare(Connection::open(&file)?)?, bounds))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A store that forgets, for a machine whose data partition cannot be written.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(crate) fn in_memory(bounds: Bounds) -> Result<Self, StoreError> {
        Ok(Self::of(prepare(Connection::open_in_memory()?)?, bounds))
    }

    /// The store of an agent that may be running, for reading only.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn read_only(folder: &Path) -> Result<Self, StoreError> {
        let connection =
            Connection::open_with_flags(folder.join(FILE), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        Ok(Self::of(connection, Bounds::default()))
    }

    fn of(connection: Connection, bounds: Bounds) -> Self {
        Self { connection: Mutex::new(connection), bounds }
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A value by its name.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub(crate) fn value<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let json: Option<String> = self
            .lock()
            .query_row("SELECT json FROM value WHERE name = ?1", [name], |row| row.get(0))
            .optional()?;
        json.map(|json| read(name, &json)).transpose()
    }

    /// Keeps a value.
    ///
    /// # Errors
    /// It is not on disk.
    pub(crate) fn set_value(&self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        put(&self.lock(), name, value)
    }
}

fn put(connection: &Connection, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
    let json = write(name, value)?;
    connection
        .prepare_cached(
            "INSERT INTO value (name, json) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET json = ?2",
        )?
        .execute(params![name, json])?;
    Ok(())
}

fn prepare(connection: Connection) -> Result<Connection, rusqlite::Error> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What a call returned for is on disk, also when the power fails the moment after.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -256)?;
    connection.pragma_update(None, "journal_size_limit", 1 << 20)?;
    connection.execute_batch(TABLES)?;
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
        return Err(rusqlite::Error::SqliteFailure(code, Some(sound)));
    }
    Ok(connection)
}

fn damaged(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

fn read<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|cause| StoreError::Content { what: what.to_owned(), cause })
}

fn write(what: &str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|cause| StoreError::Content { what: what.to_owned(), cause })
}
