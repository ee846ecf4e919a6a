//! The database's shape, its version, and the pragmas on which the promise of "saved" rests.

use crate::failpoint;
use crate::outbox::error::StoreError;
use rusqlite::{Connection, OpenFlags};
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

/// `YLOB`: the file says what it is (SQLite file format, offset 68).
const APPLICATION_ID: i64 = 0x594c_4f42;
const SCHEMA: i64 = 1;
const PAGE: u64 = 4096;

const TABLES: &str = "
CREATE TABLE about (key_check BLOB NOT NULL);
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  chain TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('case', 'rating')),
  item TEXT NOT NULL,
  queueing TEXT NOT NULL CHECK (queueing IN ('may_queue', 'live_only')),
  state TEXT NOT NULL CHECK (state IN ('saved', 'sending', 'unknown', 'delivered', 'poison', 'withdrawn')),
  filed_at TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  decided_at TEXT,
  sends INTEGER NOT NULL DEFAULT 0,
  last_error TEXT,
  outcome TEXT,
  application_number TEXT,
  case_number TEXT,
  bytes INTEGER NOT NULL,
  sealed BLOB,
  CHECK ((sealed IS NULL) = (state IN ('delivered', 'withdrawn')))
) STRICT;
CREATE INDEX entry_by_state ON entry (state, bytes);
CREATE TABLE attachment (
  entry INTEGER NOT NULL REFERENCES entry (seq) ON DELETE CASCADE,
  material TEXT NOT NULL,
  handed_in INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (entry, material)
) STRICT;
";

pub(super) fn open(file: &Path, most_bytes: u64) -> Result<Connection, StoreError> {
    // Made before SQLite sees it: so it is never, not even for a moment, open to others. SQLite gives the log the same mode.
    let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
    made.map_err(|cause| StoreError::Io { file: file.to_owned(), cause })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let number = |pragma: &str| connection.query_row(&format!("PRAGMA {pragma}"), [], |r| r.get::<_, i64>(0));
    let (id, schema) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    match (id, schema) {
        (APPLICATION_ID, SCHEMA) | (0, 0) => {}
        (APPLICATION_ID, found) => return Err(StoreError::Newer { found, known: SCHEMA }),
        _ => return Err(StoreError::Damaged(None)),
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = if failpoint::does_not_sync() { "OFF" } else { "FULL" };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    // No file of SQLite's own elsewhere, not for a moment.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(
        None,
        "max_page_count",
        i64::try_from(most_bytes.div_ceil(PAGE).max(64)).unwrap_or(i64::MAX),
    )?;
    if id == 0 {
        // A file with tables but without our mark is somebody else's.
        if tables != 0 {
            return Err(StoreError::Damaged(None));
        }
        let make = format!(
            "BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA}; COMMIT;"
        );
        connection.execute_batch(&make)?;
    }
    let sound: String = connection.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
    if sound == "ok" { Ok(connection) } else { Err(StoreError::Damaged(None)) }
}
