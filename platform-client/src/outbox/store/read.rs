//! What is read from the table without opening an entry.

use super::{Store, agenda_row};
use crate::outbox::agenda::{Row, Seq};
use crate::outbox::error::StoreError;
use crate::outbox::seal::KeyId;
use crate::outbox::state::State;
use domain::case::SubmissionId;
use rusqlite::{OptionalExtension as _, params};

const AGENDA_COLUMNS: &str = "seq, id, chain, kind, queueing, state, sends";

/// How much waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::outbox) struct Totals {
    /// Entries with content.
    pub(in crate::outbox) rows: u64,
    /// Their bytes, materials included.
    pub(in crate::outbox) bytes: u64,
    /// Those among them that a person has to look at.
    pub(in crate::outbox) poison: u64,
}

/// A row as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::outbox) struct Listed {
    pub(in crate::outbox) seq: Seq,
    pub(in crate::outbox) id: String,
    pub(in crate::outbox) kind: String,
    pub(in crate::outbox) item: String,
    pub(in crate::outbox) state: State,
    pub(in crate::outbox) filed_at: String,
    pub(in crate::outbox) saved_at: String,
    pub(in crate::outbox) changed_at: String,
    pub(in crate::outbox) sends: u32,
    pub(in crate::outbox) last_error: Option<String>,
    pub(in crate::outbox) outcome: Option<String>,
    pub(in crate::outbox) application_number: Option<String>,
    pub(in crate::outbox) case_number: Option<String>,
}

impl Store {
    pub(in crate::outbox) fn totals(&self) -> Result<Totals, StoreError> {
        let sum = |r: &rusqlite::Row<'_>| {
            let number = |i| r.get::<_, i64>(i).map(|n| u64::try_from(n).unwrap_or(0));
            Ok(Totals { rows: number(0)?, bytes: number(1)?, poison: number(2)? })
        };
        Ok(self
            .connection
            .prepare_cached(
                "SELECT count(*), coalesce(sum(bytes), 0), coalesce(sum(state = 'poison'), 0) FROM entry
                 WHERE state IN ('saved', 'sending', 'unknown', 'poison')",
            )?
            .query_row([], sum)?)
    }

    /// Every entry with content, for the agenda.
    pub(in crate::outbox) fn agenda(&self) -> Result<Vec<(Seq, Row)>, StoreError> {
        let sql = format!(
            "SELECT {AGENDA_COLUMNS} FROM entry WHERE state IN ('saved', 'sending', 'unknown', 'poison') ORDER BY seq"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([], agenda_row)?;
        whole(rows)
    }

    /// Entries with content that were added after one, for the agenda.
    pub(in crate::outbox) fn agenda_after(&self, seq: Seq) -> Result<Vec<(Seq, Row)>, StoreError> {
        let sql = format!(
            "SELECT {AGENDA_COLUMNS} FROM entry WHERE seq > ?1 AND sealed IS NOT NULL ORDER BY seq LIMIT 500"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![seq], agenda_row)?;
        whole(rows)
    }

    /// Entries that have waited since before a moment (seconds since 1970), oldest first; a person's decision begins the
    /// waiting anew.
    pub(in crate::outbox) fn waiting_since(&self, moment: i64) -> Result<Vec<Seq>, StoreError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT seq FROM entry WHERE state IN ('saved', 'unknown') AND unixepoch(coalesce(decided_at, saved_at)) < ?1 ORDER BY seq",
            )?
            .query_map(params![moment], |r| r.get(0))?
            .collect::<Result<_, _>>()?)
    }

    /// Entries after one, with content that is sealed with another key than this; at most so many.
    pub(in crate::outbox) fn sealed_with_another(
        &self,
        key: KeyId,
        after: Seq,
        most: u32,
    ) -> Result<Vec<(Seq, String, Vec<u8>)>, StoreError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT seq, id, sealed FROM entry
                 WHERE seq > ?1 AND sealed IS NOT NULL AND substr(sealed, 3, 1) <> ?2 ORDER BY seq LIMIT ?3",
            )?
            .query_map(params![after, [key.get()], most], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
            .collect::<Result<_, _>>()?)
    }

    /// Whether a material belongs to an entry with content.
    pub(in crate::outbox) fn has_material(&self, id: &str) -> Result<bool, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM attachment WHERE material = ?1")?;
        Ok(statement.exists(params![id])?)
    }

    /// Every row, oldest first.
    pub(in crate::outbox) fn list(&self) -> Result<Vec<Listed>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!("{LIST} ORDER BY seq"))?;
        Ok(statement.query_map([], listed)?.collect::<Result<_, _>>()?)
    }

    /// One row.
    pub(in crate::outbox) fn find(&self, id: &SubmissionId) -> Result<Option<Listed>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!("{LIST} WHERE id = ?1"))?;
        Ok(statement.query_row(params![id.as_str()], listed).optional()?)
    }

    /// The materials of every entry with content.
    pub(in crate::outbox) fn materials(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT material FROM attachment")?;
        Ok(statement.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?)
    }
}

/// All rows, or none: one that cannot be read must not be passed over.
fn whole(
    rows: impl Iterator<Item = rusqlite::Result<Option<(Seq, Row)>>>,
) -> Result<Vec<(Seq, Row)>, StoreError> {
    rows.map(|row| row?.ok_or(StoreError::Damaged(None))).collect()
}

const LIST: &str =
    "SELECT seq, id, kind, item, state, filed_at, saved_at, changed_at, sends, last_error, outcome,
                    application_number, case_number FROM entry";

fn listed(r: &rusqlite::Row<'_>) -> rusqlite::Result<Listed> {
    let word: String = r.get(4)?;
    Ok(Listed {
        seq: r.get(0)?,
        id: r.get(1)?,
        kind: r.get(2)?,
        item: r.get(3)?,
        // The table's own check lets no other word in.
        state: State::of_word(&word).unwrap_or(State::Poison),
        filed_at: r.get(5)?,
        saved_at: r.get(6)?,
        changed_at: r.get(7)?,
        sends: r.get(8)?,
        last_error: r.get(9)?,
        outcome: r.get(10)?,
        application_number: r.get(11)?,
        case_number: r.get(12)?,
    })
}
