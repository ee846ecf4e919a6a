//! Who did what, when and why: a chain in which each row's hash covers the row before.
//!
//! Duty: append, read, verify. Never: change or remove a row, hold a word of a resident.

use super::{Millis, Store, StoreError, Write};
use ring::digest::{Context, SHA256};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use std::fmt::Write as _;

/// What is to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The account's name, or `server`.
    pub who: String,
    /// What, one word of a closed list: `rollout.pause`, `command.order`, `session.begin`, …
    pub what: String,
    /// On what: `terminal:AH-0001`, `rollout:3`, …
    pub subject: String,
    /// Why, in the words of who did it; empty where no reason is asked.
    pub why: String,
    /// What else is worth keeping, one line.
    pub detail: String,
}

/// A row of the chain.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Noted {
    /// Counts up by one from 1.
    pub number: i64,
    /// When, by the server's clock.
    pub at: Millis,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
    /// On what.
    pub subject: String,
    /// Why.
    pub why: String,
    /// What else.
    pub detail: String,
    /// The hash of the row before; 64 zeros for the first.
    pub before: String,
    /// SHA-256 over everything above, lower-case hexadecimal.
    pub hash: String,
}

/// What [`verify`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every row follows from the one before.
    Whole {
        /// How many rows.
        rows: i64,
        /// The last hash: kept elsewhere, it shows later that none was cut off the end.
        head: String,
    },
    /// The first row that does not follow.
    Broken {
        /// Its number, or the number that is missing.
        number: i64,
    },
}

/// The hash before the first row.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What the hash of a row covers: each field with its length before it, so that no two rows are the same bytes.
fn digest(row: &Noted) -> String {
    let mut context = Context::new(&SHA256);
    let numbers = [row.number.to_string(), row.at.to_string()];
    let fields = [
        row.before.as_str(),
        &numbers[0],
        &numbers[1],
        &row.who,
        &row.what,
        &row.subject,
        &row.why,
        &row.detail,
    ];
    for field in fields {
        context.update(&(field.len() as u64).to_be_bytes());
        context.update(field.as_bytes());
    }
    context.finish().as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// At most so many characters of a text that somebody typed.
fn bounded(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

/// Notes `entry` in the transaction that does it: either both are, or neither.
///
/// # Errors
/// The database refused.
pub async fn append(tx: &mut Write, entry: &AuditEntry, now: Millis) -> Result<Noted, StoreError> {
    // Two instances that append at once: one of them waits here until the other has ended.
    sqlx::query("INSERT INTO settings (key, value) VALUES ('audit.turn', '') ON CONFLICT (key) DO UPDATE SET value = ''")
        .execute(tx.on())
        .await?;
    let last = sqlx::query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        .fetch_optional(tx.on())
        .await?;
    let (number, before) = match last {
        Some(row) => (row.try_get::<i64, _>("number")?, row.try_get("hash")?),
        None => (0, GENESIS.to_owned()),
    };
    let mut row = Noted {
        number: number + 1,
        at: now,
        who: bounded(&entry.who, 64),
        what: bounded(&entry.what, 64),
        subject: bounded(&entry.subject, 128),
        why: bounded(&entry.why, 500),
        detail: bounded(&entry.detail, 1000),
        before,
        hash: String::new(),
    };
    row.hash = digest(&row);
    sqlx::query(
        "INSERT INTO audit (number, at, who, what, subject, why, detail, before, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(row.number)
    .bind(row.at)
    .bind(&row.who)
    .bind(&row.what)
    .bind(&row.subject)
    .bind(&row.why)
    .bind(&row.detail)
    .bind(&row.before)
    .bind(&row.hash)
    .execute(tx.on())
    .await?;
    Ok(row)
}

fn noted(row: &AnyRow) -> Result<Noted, sqlx::Error> {
    Ok(Noted {
        number: row.try_get("number")?,
        at: row.try_get("at")?,
        who: row.try_get("who")?,
        what: row.try_get("what")?,
        subject: row.try_get("subject")?,
        why: row.try_get("why")?,
        detail: row.try_get("detail")?,
        before: row.try_get("before")?,
        hash: row.try_get("hash")?,
    })
}

impl Store {
    /// The newest rows before `before`, newest first; of one account or subject where these are given.
    ///
    /// # Errors
    /// The database refused.
    pub async fn audit(
        &self,
        before: i64,
        who: Option<&str>,
        subject: Option<&str>,
        rows: u16,
    ) -> Result<Vec<Noted>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM audit WHERE number < $1 AND (who = $2 OR $2 = '') AND (subject = $3 OR $3 = '') \
             ORDER BY number DESC LIMIT $4",
        )
        .bind(before)
        .bind(who.unwrap_or(""))
        .bind(subject.unwrap_or(""))
        .bind(i64::from(rows.clamp(1, 1000)))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(noted).collect::<Result<_, _>>()?)
    }

    /// Rows after `after`, oldest first: for an export, part by part.
    ///
    /// # Errors
    /// The database refused.
    pub async fn audit_after(&self, after: i64, rows: u16) -> Result<Vec<Noted>, StoreError> {
        let rows = sqlx::query("SELECT * FROM audit WHERE number > $1 ORDER BY number LIMIT $2")
            .bind(after)
            .bind(i64::from(rows.clamp(1, 1000)))
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(noted).collect::<Result<_, _>>()?)
    }

    /// Whether the chain is whole, from its first row to its last.
    ///
    /// # Errors
    /// The database refused.
    pub async fn verify_audit(&self) -> Result<Verdict, StoreError> {
        let mut chain = Chain::default();
        loop {
            let part = self.audit_after(chain.rows, 1000).await?;
            if part.is_empty() {
                return Ok(Verdict::Whole { rows: chain.rows, head: chain.head });
            }
            for row in &part {
                if let Err(number) = chain.follow(row) {
                    return Ok(Verdict::Broken { number });
                }
            }
        }
    }
}

/// A chain as far as it was followed; also for an export that lies elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    rows: i64,
    head: String,
}

impl Default for Chain {
    fn default() -> Self {
        Self { rows: 0, head: GENESIS.to_owned() }
    }
}

impl Chain {
    /// Follows one row further.
    ///
    /// # Errors
    /// The number at which the chain is broken.
    pub fn follow(&mut self, row: &Noted) -> Result<(), i64> {
        let expected = self.rows + 1;
        if row.number != expected || row.before != self.head || row.hash != digest(row) {
            return Err(expected);
        }
        self.rows = expected;
        self.head.clone_from(&row.hash);
        Ok(())
    }
}
