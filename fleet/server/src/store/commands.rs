//! What the desk asked of terminals, and what came of it.

use super::{Millis, Store, StoreError, Write, json};
use fleet_api::command::{Command, CommandResult, Order, Outcome};
use fleet_api::signed::Signed;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::HashMap;

/// A command as the desk sees it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Ordered {
    /// Its id.
    pub id: String,
    /// Its terminal.
    pub terminal: String,
    /// What is asked.
    pub order: Order,
    /// `waits_for_approval`, `open`, `done`, `refused`.
    pub state: String,
    /// When it was ordered.
    pub issued_at: Millis,
    /// From here on it is not begun.
    pub expires_at: Millis,
    /// By whom.
    pub ordered_by: String,
    /// Why.
    pub why: String,
    /// The second person, where one is needed.
    pub approved_by: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// When.
    pub ended_at: Option<Millis>,
    /// What a technician should know.
    pub detail: Option<String>,
    /// The file that it made.
    pub attachment_sha256: Option<String>,
}

/// A command to be noted.
#[derive(Debug)]
pub struct NewCommand<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its terminal.
    pub terminal: &'a str,
    /// What is asked.
    pub order: &'a Order,
    /// When it was ordered.
    pub issued_at: Millis,
    /// From here on it is not begun.
    pub expires_at: Millis,
    /// By whom.
    pub by: &'a str,
    /// Why.
    pub why: &'a str,
    /// The signed command; none while a second person has to approve it.
    pub signed: Option<&'a Signed<Command>>,
}

const SQL: &str = "SELECT id, terminal, body, state, issued_at, expires_at, ordered_by, why, approved_by, outcome, \
    ended_at, detail, attachment_sha256 FROM commands";

fn ordered(row: &AnyRow) -> Result<Ordered, StoreError> {
    Ok(Ordered {
        id: row.try_get("id")?,
        terminal: row.try_get("terminal")?,
        order: json("commands.body", row.try_get("body")?)?,
        state: row.try_get("state")?,
        issued_at: row.try_get("issued_at")?,
        expires_at: row.try_get("expires_at")?,
        ordered_by: row.try_get("ordered_by")?,
        why: row.try_get("why")?,
        approved_by: row.try_get("approved_by")?,
        outcome: row.try_get("outcome")?,
        ended_at: row.try_get("ended_at")?,
        detail: row.try_get("detail")?,
        attachment_sha256: row.try_get("attachment_sha256")?,
    })
}

fn text<T: serde::Serialize>(column: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Content { column, source })
}

/// Notes a command.
///
/// # Errors
/// The database refused.
pub async fn add(tx: &mut Write, new: &NewCommand<'_>) -> Result<(), StoreError> {
    let signed = new.signed.map(|signed| text("commands.signed", signed)).transpose()?;
    sqlx::query(
        "INSERT INTO commands (id, terminal, word, body, state, issued_at, expires_at, ordered_by, why, signed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.id)
    .bind(new.terminal)
    .bind(new.order.word())
    .bind(text("commands.body", new.order)?)
    .bind(if signed.is_some() { "open" } else { "waits_for_approval" })
    .bind(new.issued_at)
    .bind(new.expires_at)
    .bind(new.by)
    .bind(new.why)
    .bind(signed)
    .execute(tx.on())
    .await?;
    bump(tx, new.terminal).await
}

/// Approves a command that waits for a second person; false where it does not wait any more.
///
/// # Errors
/// The database refused.
pub async fn approve(
    tx: &mut Write,
    command: &Command,
    signed: &Signed<Command>,
    by: &str,
) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "UPDATE commands SET state = 'open', approved_by = $2, signed = $3, body = $4 \
         WHERE id = $1 AND state = 'waits_for_approval' AND ordered_by <> $2",
    )
    .bind(&command.id.0)
    .bind(by)
    .bind(text("commands.signed", signed)?)
    .bind(text("commands.body", &command.order)?)
    .execute(tx.on())
    .await?
    .rows_affected();
    bump(tx, &command.terminal.0).await?;
    Ok(changed == 1)
}

/// Takes a command back that is not done; false where it is. A shell that has begun was done, and ends.
///
/// # Errors
/// The database refused.
pub async fn withdraw(tx: &mut Write, id: &str, by: &str, now: Millis) -> Result<bool, StoreError> {
    let turn = sqlx::query("SELECT command FROM transcripts WHERE command = $1 LIMIT 1")
        .bind(id)
        .fetch_optional(tx.on())
        .await?;
    let (state, outcome, detail) = match turn {
        Some(_) => ("done", Some(Outcome::Done.word()), "ended: desk".to_owned()),
        None => ("refused", None, format!("withdrawn by {by}")),
    };
    let row = sqlx::query(
        "UPDATE commands SET state = $3, outcome = $4, ended_at = $2, detail = $5 \
         WHERE id = $1 AND state IN ('waits_for_approval', 'open') RETURNING terminal",
    )
    .bind(id)
    .bind(now)
    .bind(state)
    .bind(outcome)
    .bind(detail)
    .fetch_optional(tx.on())
    .await?;
    if let Some(row) = &row {
        let terminal: String = row.try_get("terminal")?;
        bump(tx, &terminal).await?;
    }
    Ok(row.is_some())
}

/// Keeps the first result of a command of `terminal`. None: there is no such command; false: it had one before.
///
/// # Errors
/// The database refused.
pub async fn end(
    tx: &mut Write,
    terminal: &str,
    id: &str,
    result: &CommandResult,
    now: Millis,
) -> Result<Option<bool>, StoreError> {
    let changed = sqlx::query(
        "UPDATE commands SET state = 'done', outcome = $3, ended_at = $4, detail = $5, attachment_sha256 = $6 \
         WHERE id = $2 AND terminal = $1 AND state = 'open'",
    )
    .bind(terminal)
    .bind(id)
    .bind(result.outcome.word())
    .bind(now)
    .bind(result.detail.as_deref().map(|detail| detail.chars().take(4000).collect::<String>()))
    .bind(result.attachment_sha256.as_deref())
    .execute(tx.on())
    .await?
    .rows_affected();
    if changed == 1 {
        bump(tx, terminal).await?;
        return Ok(Some(true));
    }
    let known = sqlx::query("SELECT id FROM commands WHERE id = $2 AND terminal = $1")
        .bind(terminal)
        .bind(id)
        .fetch_optional(tx.on())
        .await?;
    Ok(known.map(|_| false))
}

/// Keeps what a command made, while it is open.
///
/// # Errors
/// The database refused.
pub async fn attach(
    tx: &mut Write,
    terminal: &str,
    id: &str,
    sha256: &str,
    bytes: &[u8],
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "INSERT INTO attachments (command, sha256, at, bytes) SELECT id, $3, $4, $5 FROM commands \
         WHERE id = $2 AND terminal = $1 AND state = 'open' ON CONFLICT (command) DO UPDATE SET \
         sha256 = excluded.sha256, at = excluded.at, bytes = excluded.bytes",
    )
    .bind(terminal)
    .bind(id)
    .bind(sha256)
    .bind(now)
    .bind(bytes.to_vec())
    .execute(tx.on())
    .await?
    .rows_affected();
    Ok(changed == 1)
}

/// Keeps a turn of a shell; the same number again changes nothing.
///
/// # Errors
/// The database refused.
pub async fn transcript(
    tx: &mut Write,
    command: &str,
    turn: i64,
    output: &str,
    input: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO transcripts (command, turn, at, output, input) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (command, turn) DO NOTHING",
    )
    .bind(command)
    .bind(turn)
    .bind(now)
    .bind(output)
    .bind(input)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Raises the version of a terminal's list.
async fn bump(tx: &mut Write, terminal: &str) -> Result<(), StoreError> {
    sqlx::query("UPDATE terminals SET commands_version = commands_version + 1 WHERE id = $1")
        .bind(terminal)
        .execute(tx.on())
        .await?;
    Ok(())
}

impl Store {
    /// The signed commands of a terminal without a result, oldest first; those that are over are left out.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn open_commands(
        &self,
        terminal: &str,
        now: Millis,
    ) -> Result<Vec<Signed<Command>>, StoreError> {
        let rows = sqlx::query(
            "SELECT signed FROM commands WHERE terminal = $1 AND state = 'open' AND expires_at > $2 \
             ORDER BY issued_at, id LIMIT 64",
        )
        .bind(terminal)
        // A terminal that was away reports what it did until a day after the command's end.
        .bind(now - 86_400_000)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| json("commands.signed", row.try_get("signed")?)).collect()
    }

    /// The newest commands of a terminal.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn commands(&self, terminal: &str, rows: u16) -> Result<Vec<Ordered>, StoreError> {
        let sql = format!("{SQL} WHERE terminal = $1 ORDER BY issued_at DESC, id LIMIT $2");
        let rows =
            sqlx::query(AssertSqlSafe(sql)).bind(terminal).bind(i64::from(rows)).fetch_all(self.read());
        rows.await?.iter().map(ordered).collect()
    }

    /// One command.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn command(&self, id: &str) -> Result<Option<Ordered>, StoreError> {
        let sql = format!("{SQL} WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(self.read()).await?;
        row.as_ref().map(ordered).transpose()
    }

    /// What was asked with each of some commands.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn orders(&self, ids: &[&str]) -> Result<HashMap<String, Order>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
        let sql = format!("{SQL} WHERE id IN ({})", places.join(", "));
        let query = ids.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, id| query.bind(*id));
        let rows = query.fetch_all(self.read()).await?;
        rows.iter().map(|row| ordered(row).map(|ordered| (ordered.id, ordered.order))).collect()
    }

    /// What a command made: its SHA-256 and its bytes.
    ///
    /// # Errors
    /// The database refused.
    pub async fn attachment(&self, command: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        let row = sqlx::query("SELECT sha256, bytes FROM attachments WHERE command = $1")
            .bind(command)
            .fetch_optional(self.read())
            .await?;
        Ok(row
            .map(|row| Ok::<_, sqlx::Error>((row.try_get("sha256")?, row.try_get("bytes")?)))
            .transpose()?)
    }

    /// A shell's transcript: what it said and what it was told, base64, in order.
    ///
    /// # Errors
    /// The database refused.
    pub async fn transcript(&self, command: &str) -> Result<Vec<(Millis, String, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT at, output, input FROM transcripts WHERE command = $1 ORDER BY turn LIMIT 20000",
        )
        .bind(command)
        .fetch_all(self.read())
        .await?;
        turns(&rows)
    }

    /// The last turns of a shell's transcript, in order.
    ///
    /// # Errors
    /// The database refused.
    pub async fn transcript_end(
        &self,
        command: &str,
        most: i64,
    ) -> Result<Vec<(Millis, String, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT at, output, input FROM transcripts WHERE command = $1 ORDER BY turn DESC LIMIT $2",
        )
        .bind(command)
        .bind(most)
        .fetch_all(self.read())
        .await?;
        let mut turns = turns(&rows)?;
        turns.reverse();
        Ok(turns)
    }
}

fn turns(rows: &[AnyRow]) -> Result<Vec<(Millis, String, String)>, StoreError> {
    let turns =
        rows.iter().map(|row| Ok((row.try_get("at")?, row.try_get("output")?, row.try_get("input")?)));
    Ok(turns.collect::<Result<_, sqlx::Error>>()?)
}
