//! Settings for terminals: documents, whom they were pushed to, and what became of them.

use super::{Millis, Store, StoreError, Write, json};
use crate::selector::Selector;
use fleet_api::configuration::Settings;
use fleet_api::event::ConfigurationOutcome;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

/// A document.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Configuration {
    /// Its number.
    pub number: i64,
    /// The settings.
    pub settings: Settings,
    /// For whom.
    pub selector: Selector,
    /// How far the staged push is, in a hundred.
    pub percentage: i64,
    /// Orders the terminals of the stages.
    pub seed: i64,
    /// When it was made.
    pub made_at: Millis,
    /// By whom.
    pub made_by: String,
    /// Why.
    pub why: String,
}

/// How far a push is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct PushCounts {
    /// Terminals that are to use it.
    pub pushed: i64,
    /// That do.
    pub applied: i64,
    /// That refused it.
    pub refused: i64,
    /// That used it and went back.
    pub returned: i64,
}

const SQL: &str =
    "SELECT number, settings, selector, percentage, seed, made_at, made_by, why FROM configurations";

fn configuration(row: &AnyRow) -> Result<Configuration, StoreError> {
    Ok(Configuration {
        number: row.try_get("number")?,
        settings: json("configurations.settings", row.try_get("settings")?)?,
        selector: json("configurations.selector", row.try_get("selector")?)?,
        percentage: row.try_get("percentage")?,
        seed: row.try_get("seed")?,
        made_at: row.try_get("made_at")?,
        made_by: row.try_get("made_by")?,
        why: row.try_get("why")?,
    })
}

/// Adds a document and returns its number.
///
/// # Errors
/// The database refused.
pub async fn add(
    tx: &mut Write,
    settings: &Settings,
    selector: &Selector,
    seed: i64,
    by: &str,
    why: &str,
    now: Millis,
) -> Result<i64, StoreError> {
    let text = |column, value: Result<String, serde_json::Error>| {
        value.map_err(|source| StoreError::Content { column, source })
    };
    let row = sqlx::query(
        "INSERT INTO configurations (settings, selector, percentage, seed, made_at, made_by, why) \
         VALUES ($1, $2, 0, $3, $4, $5, $6) RETURNING number",
    )
    .bind(text("configurations.settings", serde_json::to_string(settings))?)
    .bind(text("configurations.selector", serde_json::to_string(selector))?)
    .bind(seed)
    .bind(now)
    .bind(by)
    .bind(why)
    .fetch_one(tx.on())
    .await?;
    Ok(row.try_get("number")?)
}

/// Pushes a document to terminals and notes how far the push is.
///
/// # Errors
/// The database refused.
pub async fn push(
    tx: &mut Write,
    number: i64,
    percentage: i64,
    terminals: &[String],
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE configurations SET percentage = $2 WHERE number = $1")
        .bind(number)
        .bind(percentage)
        .execute(tx.on())
        .await?;
    for terminal in terminals {
        sqlx::query(
            "INSERT INTO terminal_configurations (terminal, number, at) VALUES ($1, $2, $3) \
             ON CONFLICT (terminal, number) DO NOTHING",
        )
        .bind(terminal)
        .bind(number)
        .bind(now)
        .execute(tx.on())
        .await?;
    }
    Ok(())
}

/// Notes what became of a document on a terminal.
///
/// # Errors
/// The database refused.
pub async fn outcome(
    tx: &mut Write,
    terminal: &str,
    number: u64,
    outcome: ConfigurationOutcome,
    detail: Option<&str>,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE terminal_configurations SET outcome = $3, outcome_at = $4, detail = $5 \
         WHERE terminal = $1 AND number = $2",
    )
    .bind(terminal)
    .bind(i64::try_from(number).unwrap_or(i64::MAX))
    .bind(outcome.word())
    .bind(now)
    .bind(detail.map(|detail| detail.chars().take(1000).collect::<String>()))
    .execute(tx.on())
    .await?;
    Ok(())
}

impl Store {
    /// The newest document that a terminal is to use.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn configuration_of(&self, terminal: &str) -> Result<Option<Configuration>, StoreError> {
        let sql = format!(
            "{SQL} WHERE number = (SELECT MAX(number) FROM terminal_configurations WHERE terminal = $1)"
        );
        let row = sqlx::query(AssertSqlSafe(sql)).bind(terminal).fetch_optional(self.read()).await?;
        row.as_ref().map(configuration).transpose()
    }

    /// One document.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn configuration(&self, number: i64) -> Result<Option<Configuration>, StoreError> {
        let sql = format!("{SQL} WHERE number = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(number).fetch_optional(self.read()).await?;
        row.as_ref().map(configuration).transpose()
    }

    /// The document before that number.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn configuration_before(&self, number: i64) -> Result<Option<Configuration>, StoreError> {
        let sql = format!("{SQL} WHERE number < $1 ORDER BY number DESC LIMIT 1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(number).fetch_optional(self.read()).await?;
        row.as_ref().map(configuration).transpose()
    }

    /// The newest documents.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn configurations(&self, rows: u16) -> Result<Vec<Configuration>, StoreError> {
        let sql = format!("{SQL} ORDER BY number DESC LIMIT $1");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(i64::from(rows)).fetch_all(self.read()).await?;
        rows.iter().map(configuration).collect()
    }

    /// How far a push is.
    ///
    /// # Errors
    /// The database refused.
    pub async fn push_counts(&self, number: i64) -> Result<PushCounts, StoreError> {
        let rows = sqlx::query(
            "SELECT COALESCE(outcome, '') AS outcome, COUNT(*) AS n FROM terminal_configurations \
             WHERE number = $1 GROUP BY COALESCE(outcome, '')",
        )
        .bind(number)
        .fetch_all(self.read())
        .await?;
        let mut counts = PushCounts::default();
        for row in rows {
            let n: i64 = row.try_get("n")?;
            counts.pushed += n;
            match ConfigurationOutcome::of_word(row.try_get("outcome")?) {
                Some(ConfigurationOutcome::Applied) => counts.applied += n,
                Some(ConfigurationOutcome::Refused) => counts.refused += n,
                Some(ConfigurationOutcome::Returned) => counts.returned += n,
                _ => {}
            }
        }
        Ok(counts)
    }
}
