//! The table of entries in SQLite: write-ahead log, every commit synced.
//!
//! Duty: what stands on disk, changed in whole transactions. Never: see plain personal data; entries come and go sealed.

mod read;
mod schema;

pub(super) use read::Listed;

use super::agenda::{Row, Seq};
use super::error::StoreError;
use super::payload::EntryKind;
use super::state::{State, Step};
use domain::case::SubmissionId;
use domain::service_item::{ItemId, Queueing};
use domain::terminal::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, named_params, params};
use std::path::Path;
use time::format_description::well_known::Rfc3339;

/// The table of entries.
#[derive(Debug)]
pub(super) struct Store {
    connection: Connection,
}

/// A new entry.
#[derive(Debug)]
pub(super) struct NewEntry<'a> {
    pub(super) id: &'a SubmissionId,
    pub(super) chain: &'a SubmissionId,
    pub(super) kind: EntryKind,
    pub(super) item: &'a ItemId,
    pub(super) queueing: Queueing,
    pub(super) state: State,
    pub(super) filed_at: Timestamp,
    pub(super) now: Timestamp,
    pub(super) sealed: &'a [u8],
    /// The materials' ids and the lengths of their sealed files.
    pub(super) attachments: &'a [(String, u64)],
}

/// A change of one entry.
#[derive(Debug, Default, Clone)]
pub(super) struct Change {
    pub(super) seq: Seq,
    pub(super) step: Option<Step>,
    /// What it was sent without an answer counts.
    pub(super) lost: bool,
    pub(super) last_error: Option<String>,
    pub(super) outcome: Option<OutcomeNumbers>,
    /// Materials that arrived.
    pub(super) handed_in: Vec<String>,
}

/// What stays of an outcome: the word and the numbers, none of the department's sentences (they may name somebody).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OutcomeNumbers {
    pub(super) word: &'static str,
    pub(super) application: Option<String>,
    pub(super) case: Option<String>,
}

/// An entry's content as it lies on disk.
#[derive(Debug)]
pub(super) struct SealedEntry {
    pub(super) id: String,
    pub(super) sealed: Vec<u8>,
    /// The materials that are not handed in yet.
    pub(super) to_hand_in: Vec<String>,
}

impl Store {
    /// Opens or makes the database; checks that it is one of ours, whole, and sealed with our key.
    pub(super) fn open(file: &Path, most_bytes: u64) -> Result<Self, StoreError> {
        Ok(Self { connection: schema::open(file, most_bytes)? })
    }

    /// The sealed word by which the database knows its key, written at first use.
    pub(super) fn key_check(
        &self,
        make: impl FnOnce() -> Result<Vec<u8>, StoreError>,
    ) -> Result<Vec<u8>, StoreError> {
        let found: Option<Vec<u8>> =
            self.connection.query_row("SELECT key_check FROM about", [], |r| r.get(0)).optional()?;
        match found {
            Some(sealed) => Ok(sealed),
            None => {
                let sealed = make()?;
                self.connection.execute("INSERT INTO about (key_check) VALUES (?1)", params![sealed])?;
                Ok(sealed)
            }
        }
    }

    /// Writes the word anew, sealed with another key.
    pub(super) fn replace_key_check(&self, sealed: &[u8]) -> Result<(), StoreError> {
        self.connection.execute("UPDATE about SET key_check = ?1", params![sealed])?;
        Ok(())
    }

    /// Adds an entry; `false` when one with this id is there already. Synced when it returns.
    pub(super) fn insert(&mut self, entry: &NewEntry<'_>) -> Result<bool, StoreError> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let attached: u64 = entry.attachments.iter().map(|(_, bytes)| bytes).sum();
        let bytes = i64::try_from(entry.sealed.len() as u64 + attached).unwrap_or(i64::MAX);
        let added = tx.prepare_cached(
            "INSERT INTO entry (id, chain, kind, item, queueing, state, filed_at, saved_at, changed_at, bytes, sealed)
             VALUES (:id, :chain, :kind, :item, :queueing, :state, :filed, :now, :now, :bytes, :sealed)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": entry.id.as_str(),
            ":chain": entry.chain.as_str(),
            ":kind": entry.kind.word(),
            ":item": entry.item.0,
            ":queueing": queueing_word(entry.queueing),
            ":state": entry.state.word(),
            ":filed": written(entry.filed_at),
            ":now": written(entry.now),
            ":bytes": bytes,
            ":sealed": entry.sealed,
        })? == 1;
        if added {
            let seq = tx.last_insert_rowid();
            for (material, _) in entry.attachments {
                tx.execute(
                    "INSERT INTO attachment (entry, material) VALUES (?1, ?2)",
                    params![seq, material],
                )?;
            }
            tx.commit()?;
        }
        Ok(added)
    }

    /// Applies changes in one transaction, synced when it returns. A step that the table of states does not have is left
    /// out: the entry was changed outside meanwhile. Gives the state of each entry afterwards.
    pub(super) fn apply(
        &mut self,
        changes: &[Change],
        now: Timestamp,
    ) -> Result<Vec<(Seq, Option<State>)>, StoreError> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut after = Vec::with_capacity(changes.len());
        for change in changes {
            after.push((change.seq, apply_one(&tx, change, &written(now))?));
        }
        tx.commit()?;
        Ok(after)
    }

    /// After the end of a delivery: an attempt that was cut off may have arrived.
    pub(super) fn cut_off(&self, now: Timestamp) -> Result<usize, StoreError> {
        Ok(self.connection.execute(
            "UPDATE entry SET state = 'unknown', sends = sends + 1, changed_at = ?1 WHERE state = 'sending'",
            params![written(now)],
        )?)
    }

    /// After the end of a program: what needs the province at once and was never sent is taken back, for nobody waits.
    pub(super) fn withdraw_live_only(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute(
            "UPDATE entry SET state = 'withdrawn', sealed = NULL, bytes = 0, changed_at = ?1
             WHERE state = 'saved' AND queueing = 'live_only'",
            params![written(now)],
        )?;
        tx.execute("DELETE FROM attachment WHERE entry IN (SELECT seq FROM entry WHERE sealed IS NULL)", [])?;
        Ok(tx.commit()?)
    }

    /// Takes an entry back if no attempt at it has begun; whether it is taken back now.
    pub(super) fn withdraw_unsent(&mut self, id: &SubmissionId, now: Timestamp) -> Result<bool, StoreError> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute(
            "UPDATE entry SET state = 'withdrawn', sealed = NULL, bytes = 0, changed_at = ?2
             WHERE id = ?1 AND state = 'saved'",
            params![id.as_str(), written(now)],
        )?;
        tx.execute(
            "DELETE FROM attachment WHERE entry IN (SELECT seq FROM entry WHERE id = ?1 AND sealed IS NULL)",
            params![id.as_str()],
        )?;
        let word: String =
            tx.query_row("SELECT state FROM entry WHERE id = ?1", params![id.as_str()], |r| r.get(0))?;
        tx.commit()?;
        Ok(word == State::Withdrawn.word())
    }

    /// Writes contents anew, sealed with another key, in one transaction. One that is gone meanwhile stays gone.
    pub(super) fn replace_sealed(&mut self, contents: &[(Seq, Vec<u8>)]) -> Result<(), StoreError> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (seq, sealed) in contents {
            tx.prepare_cached("UPDATE entry SET sealed = ?2 WHERE seq = ?1 AND sealed IS NOT NULL")?
                .execute(params![seq, sealed])?;
        }
        Ok(tx.commit()?)
    }

    /// A place holder without a file.
    pub(super) fn nowhere() -> Result<Self, StoreError> {
        Ok(Self { connection: Connection::open_in_memory()? })
    }

    /// A number that changes when another program has changed the table.
    pub(super) fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.connection.query_row("PRAGMA data_version", [], |r| r.get(0))?)
    }

    /// Lets go of the files as they are, without tidying them up: they are about to be set aside.
    pub(super) fn let_go(self) {
        let option = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        if let Err(error) = self.connection.set_db_config(option, true) {
            tracing::warn!(%error, "the log may be emptied into a damaged database");
        }
    }

    /// Empties the log into the database, so that nothing of a wiped entry stays in it.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        Ok(self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
    }

    /// Forgets closed entries beyond the newest `keep`.
    pub(super) fn prune(&self, keep: u32) -> Result<usize, StoreError> {
        Ok(self.connection.execute(
            "DELETE FROM entry WHERE state IN ('delivered', 'withdrawn') AND seq <=
               (SELECT seq FROM entry WHERE state IN ('delivered', 'withdrawn')
                ORDER BY seq DESC LIMIT 1 OFFSET ?1)",
            params![keep],
        )?)
    }

    /// The content of an entry.
    pub(super) fn sealed(&self, seq: Seq) -> Result<Option<SealedEntry>, StoreError> {
        let mut entry = self
            .connection
            .prepare_cached("SELECT id, sealed FROM entry WHERE seq = ?1 AND sealed IS NOT NULL")?
            .query_row(params![seq], |r| {
                Ok(SealedEntry { id: r.get(0)?, sealed: r.get(1)?, to_hand_in: Vec::new() })
            })
            .optional()?;
        if let Some(entry) = &mut entry {
            entry.to_hand_in = self
                .connection
                .prepare_cached(
                    "SELECT material FROM attachment WHERE entry = ?1 AND handed_in = 0 ORDER BY material",
                )?
                .query_map(params![seq], |r| r.get(0))?
                .collect::<Result<_, _>>()?;
        }
        Ok(entry)
    }
}

fn apply_one(tx: &Connection, change: &Change, now: &str) -> Result<Option<State>, StoreError> {
    for material in &change.handed_in {
        tx.prepare_cached("UPDATE attachment SET handed_in = 1 WHERE entry = ?1 AND material = ?2")?
            .execute(params![change.seq, material])?;
    }
    let word: Option<String> = tx
        .prepare_cached("SELECT state FROM entry WHERE seq = ?1")?
        .query_row(params![change.seq], |r| r.get(0))
        .optional()?;
    let Some(state) = word.as_deref().and_then(State::of_word) else { return Ok(None) };
    let Some(next) = change.step.map_or(Some(state), |step| state.after(step)) else {
        tracing::warn!(seq = change.seq, ?state, step = ?change.step, "a step that the table does not have");
        return Ok(Some(state));
    };
    let outcome = change.outcome.as_ref();
    // secure_delete writes zeros over what a closed entry frees.
    tx.prepare_cached(
        "UPDATE entry SET state = :state, changed_at = :now, sends = sends + :lost,
           decided_at = CASE WHEN :decided THEN :now ELSE decided_at END,
           last_error = coalesce(:error, last_error), outcome = coalesce(:outcome, outcome),
           application_number = coalesce(:application, application_number),
           case_number = coalesce(:case, case_number),
           sealed = CASE WHEN :keep THEN sealed END, bytes = CASE WHEN :keep THEN bytes ELSE 0 END
         WHERE seq = :seq",
    )?
    .execute(named_params! {
        ":state": next.word(),
        ":now": now,
        ":lost": i64::from(change.lost),
        ":error": change.last_error,
        ":outcome": outcome.map(|o| o.word),
        ":application": outcome.and_then(|o| o.application.as_deref()),
        ":case": outcome.and_then(|o| o.case.as_deref()),
        ":decided": matches!(change.step, Some(Step::RetryAsking | Step::RetrySending)),
        ":keep": next.holds_payload(),
        ":seq": change.seq,
    })?;
    if !next.holds_payload() {
        tx.prepare_cached("DELETE FROM attachment WHERE entry = ?1")?.execute(params![change.seq])?;
    }
    Ok(Some(next))
}

fn written(at: Timestamp) -> String {
    // A year beyond 9999 is the only time that cannot be written.
    at.format(&Rfc3339).unwrap_or_default()
}

const fn queueing_word(queueing: Queueing) -> &'static str {
    match queueing {
        Queueing::MayQueue => "may_queue",
        Queueing::LiveOnly => "live_only",
    }
}

/// A row of the table as the agenda knows it, `None` when it cannot be one; the columns are `seq, id, chain, kind,
/// queueing, state, sends`.
fn agenda_row(r: &rusqlite::Row<'_>) -> rusqlite::Result<Option<(Seq, Row)>> {
    let id = |i| Ok::<_, rusqlite::Error>(SubmissionId::try_from(r.get::<_, String>(i)?).ok());
    let (id, chain) = (id(1)?, id(2)?);
    let kind = EntryKind::of_word(&r.get::<_, String>(3)?);
    let queueing = match r.get::<_, String>(4)?.as_str() {
        "live_only" => Queueing::LiveOnly,
        _ => Queueing::MayQueue,
    };
    let state = State::of_word(&r.get::<_, String>(5)?);
    let sends = r.get(6)?;
    let seq = r.get(0)?;
    Ok(match (id, chain, kind, state) {
        (Some(id), Some(chain), Some(kind), Some(state)) => {
            Some((seq, Row { id, chain, kind, queueing, state, sends }))
        }
        _ => None,
    })
}
