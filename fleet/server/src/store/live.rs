//! What a poll needs of a terminal, in one read.

use super::{Millis, Store, StoreError};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// A terminal's numbers, as polls and heartbeats are answered from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRow {
    /// The terminal.
    pub id: String,
    /// `planned`, `enrolled`, `revoked`, `retired`.
    pub state: String,
    /// Codes of the place.
    pub district: String,
    /// The community's code.
    pub community: String,
    /// `HH:MM-HH:MM`.
    pub hours: String,
    /// When it was first enrolled; 0 before.
    pub installed_at: Millis,
    /// When its last heartbeat came; 0 before the first.
    pub received_at: Millis,
    /// Whether it served then.
    pub in_service: bool,
    /// SHA-256 of its TargetToken.
    pub token_sha256: Option<String>,
    /// Whether attributes were told.
    pub has_attributes: bool,
    /// Rises with each command.
    pub commands_version: u64,
    /// The highest event number.
    pub events_through: u64,
    /// The number of the configuration that it is to use.
    pub configuration: u64,
    /// The open action and its state.
    pub action: Option<(i64, String)>,
}

const SQL: &str = "SELECT t.id, t.state, t.district, t.community, t.hours, t.token_sha256, t.attributes_at, \
    t.commands_version, t.events_through, t.installed_at, h.received_at, h.in_service, \
    (SELECT MAX(c.number) FROM terminal_configurations c WHERE c.terminal = t.id) AS configuration, \
    a.id AS action, a.state AS action_state FROM terminals t LEFT JOIN health h ON h.terminal = t.id \
    LEFT JOIN actions a ON a.terminal = t.id AND a.state IN ('offered', 'proceeding', 'downloading', 'downloaded', 'cancelling')";

fn row(row: &AnyRow) -> Result<LiveRow, sqlx::Error> {
    let number = |column: &str| -> Result<u64, sqlx::Error> {
        let value: Option<i64> = row.try_get(column)?;
        Ok(value.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
    };
    let action: Option<i64> = row.try_get("action")?;
    let action_state: Option<String> = row.try_get("action_state")?;
    Ok(LiveRow {
        id: row.try_get("id")?,
        state: row.try_get("state")?,
        district: row.try_get("district")?,
        community: row.try_get("community")?,
        hours: row.try_get("hours")?,
        installed_at: row.try_get::<Option<i64>, _>("installed_at")?.unwrap_or(0),
        received_at: row.try_get::<Option<i64>, _>("received_at")?.unwrap_or(0),
        in_service: row.try_get::<Option<i64>, _>("in_service")? == Some(1),
        token_sha256: row.try_get("token_sha256")?,
        has_attributes: row.try_get::<Option<i64>, _>("attributes_at")?.is_some(),
        commands_version: number("commands_version")?,
        events_through: number("events_through")?,
        configuration: number("configuration")?,
        action: action.zip(action_state),
    })
}

impl Store {
    /// Every terminal.
    ///
    /// # Errors
    /// The database refused.
    pub async fn live(&self) -> Result<Vec<LiveRow>, StoreError> {
        let rows = sqlx::query(SQL).fetch_all(self.read()).await?;
        Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
    }

    /// One terminal.
    ///
    /// # Errors
    /// The database refused.
    pub async fn live_of(&self, terminal: &str) -> Result<Option<LiveRow>, StoreError> {
        let sql = format!("{SQL} WHERE t.id = $1");
        let found = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(terminal).fetch_optional(self.read()).await?;
        Ok(found.as_ref().map(row).transpose()?)
    }
}
