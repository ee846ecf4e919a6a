//! Tickets: opened by rules, closed by evidence.

use super::{Millis, Store, StoreError, Write, json};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

/// A ticket.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Ticket {
    /// Its number.
    pub id: i64,
    /// The terminal.
    pub terminal: String,
    /// The rule that opened it.
    pub rule: String,
    /// The device or supply; empty where there is none.
    pub subject: String,
    /// `open` or `closed`.
    pub state: String,
    /// When it was opened.
    pub opened_at: Millis,
    /// When it was closed.
    pub closed_at: Option<Millis>,
    /// The figures that opened it.
    pub opened_for: serde_json::Value,
    /// The evidence that closed it.
    pub closed_by: Option<serde_json::Value>,
    /// Who has it, by account name.
    pub assigned_to: Option<String>,
    /// What they noted.
    pub note: Option<String>,
}

const SQL: &str = "SELECT id, terminal, rule, subject, state, opened_at, closed_at, opened_for, closed_by, \
    assigned_to, note FROM tickets";

fn ticket(row: &AnyRow) -> Result<Ticket, StoreError> {
    let closed_by: Option<String> = row.try_get("closed_by")?;
    Ok(Ticket {
        id: row.try_get("id")?,
        terminal: row.try_get("terminal")?,
        rule: row.try_get("rule")?,
        subject: row.try_get("subject")?,
        state: row.try_get("state")?,
        opened_at: row.try_get("opened_at")?,
        closed_at: row.try_get("closed_at")?,
        opened_for: json("tickets.opened_for", row.try_get("opened_for")?)?,
        closed_by: closed_by.map(|text| json("tickets.closed_by", &text)).transpose()?,
        assigned_to: row.try_get("assigned_to")?,
        note: row.try_get("note")?,
    })
}

/// Opens a ticket; none where one of that terminal, rule and subject is open.
///
/// # Errors
/// The database refused.
pub async fn open(
    tx: &mut Write,
    terminal: &str,
    rule: &str,
    subject: &str,
    figures: &serde_json::Value,
    now: Millis,
) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query(
        "INSERT INTO tickets (terminal, rule, subject, state, opened_at, opened_for) \
         VALUES ($1, $2, $3, 'open', $4, $5) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(terminal)
    .bind(rule)
    .bind(subject)
    .bind(now)
    .bind(figures.to_string())
    .fetch_optional(tx.on())
    .await?;
    Ok(row.map(|row| row.try_get("id")).transpose()?)
}

/// Closes an open ticket with what shows that its cause is gone.
///
/// # Errors
/// The database refused.
pub async fn close(
    tx: &mut Write,
    id: i64,
    evidence: &serde_json::Value,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "UPDATE tickets SET state = 'closed', closed_at = $2, closed_by = $3 WHERE id = $1 AND state = 'open'",
    )
    .bind(id)
    .bind(now)
    .bind(evidence.to_string())
    .execute(tx.on())
    .await?
    .rows_affected();
    Ok(changed == 1)
}

/// Gives a ticket to somebody, with a note.
///
/// # Errors
/// The database refused.
pub async fn assign(
    tx: &mut Write,
    id: i64,
    to: Option<&str>,
    note: Option<&str>,
) -> Result<bool, StoreError> {
    let changed = sqlx::query("UPDATE tickets SET assigned_to = $2, note = COALESCE($3, note) WHERE id = $1")
        .bind(id)
        .bind(to)
        .bind(note)
        .execute(tx.on())
        .await?
        .rows_affected();
    Ok(changed == 1)
}

impl Store {
    /// Every open ticket.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn open_tickets(&self) -> Result<Vec<Ticket>, StoreError> {
        let sql = format!("{SQL} WHERE state = 'open' ORDER BY id");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(self.read()).await?;
        rows.iter().map(ticket).collect()
    }

    /// The newest tickets in a state, older than number `before`.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn tickets(&self, state: &str, before: i64, rows: u16) -> Result<Vec<Ticket>, StoreError> {
        let sql = format!("{SQL} WHERE state = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(state)
            .bind(before)
            .bind(i64::from(rows.clamp(1, 1000)))
            .fetch_all(self.read())
            .await?;
        rows.iter().map(ticket).collect()
    }

    /// The newest tickets of a terminal.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn tickets_of(&self, terminal: &str, rows: u16) -> Result<Vec<Ticket>, StoreError> {
        let sql = format!("{SQL} WHERE terminal = $1 ORDER BY id DESC LIMIT $2");
        let rows =
            sqlx::query(AssertSqlSafe(sql)).bind(terminal).bind(i64::from(rows)).fetch_all(self.read());
        rows.await?.iter().map(ticket).collect()
    }
}
