//! Rollouts: what, for whom, in which waves, and how far.

use super::{Millis, Store, StoreError, Write, json};
use crate::rollout::{State, Wave};
use crate::selector::{Candidate, Selector};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};
use std::collections::BTreeSet;

/// A rollout.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Rollout {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The release.
    pub release: i64,
    /// For whom.
    pub selector: Selector,
    /// Orders the terminals of the waves.
    pub seed: i64,
    /// The waves.
    pub waves: Vec<Wave>,
    /// So many failures in a thousand of a wave, and it stops.
    pub error_permille: i64,
    /// Whether terminals install without being asked again.
    pub forced: bool,
    /// Where it is.
    pub state: State,
    /// The wave that runs, from 0.
    pub wave: i64,
    /// Since when.
    #[serde(rename = "wave_began_at_ms")]
    pub wave_began_at: Option<Millis>,
    /// When it was made.
    #[serde(rename = "created_at_ms")]
    pub created_at: Millis,
    /// By whom.
    pub created_by: String,
    /// Why.
    pub why: String,
    /// When somebody or the threshold last changed its state.
    #[serde(rename = "changed_at_ms")]
    pub changed_at: Millis,
    /// Why then.
    pub state_why: Option<String>,
    /// When it was over.
    #[serde(rename = "ended_at_ms")]
    pub ended_at: Option<Millis>,
}

/// What a rollout is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRollout {
    /// Its name.
    pub name: String,
    /// The release.
    pub release: i64,
    /// For whom.
    pub selector: Selector,
    /// Orders the terminals of the waves.
    pub seed: i64,
    /// The waves, the last one of 100 %.
    pub waves: Vec<Wave>,
    /// So many failures in a thousand of a wave, and it stops.
    pub error_permille: i64,
    /// Whether terminals install without being asked again.
    pub forced: bool,
}

const SQL: &str = "SELECT id, name, release, selector, seed, waves, error_permille, forced, state, wave, \
    wave_began_at, created_at, created_by, why, changed_at, state_why, ended_at FROM rollouts";

fn rollout(row: &AnyRow) -> Result<Rollout, StoreError> {
    let state: String = row.try_get("state")?;
    Ok(Rollout {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        release: row.try_get("release")?,
        selector: json("rollouts.selector", row.try_get("selector")?)?,
        seed: row.try_get("seed")?,
        waves: json("rollouts.waves", row.try_get("waves")?)?,
        error_permille: row.try_get("error_permille")?,
        forced: row.try_get::<i64, _>("forced")? == 1,
        state: json("rollouts.state", &format!("\"{state}\""))?,
        wave: row.try_get("wave")?,
        wave_began_at: row.try_get("wave_began_at")?,
        created_at: row.try_get("created_at")?,
        created_by: row.try_get("created_by")?,
        why: row.try_get("why")?,
        changed_at: row.try_get("changed_at")?,
        state_why: row.try_get("state_why")?,
        ended_at: row.try_get("ended_at")?,
    })
}

/// Adds a rollout as a draft and returns its number.
///
/// # Errors
/// The database refused; there is no such release.
pub async fn add(
    tx: &mut Write,
    new: &NewRollout,
    by: &str,
    why: &str,
    now: Millis,
) -> Result<i64, StoreError> {
    let text = |column, value: Result<String, serde_json::Error>| {
        value.map_err(|source| StoreError::Content { column, source })
    };
    let row = sqlx::query(
        "INSERT INTO rollouts (name, release, selector, seed, waves, error_permille, forced, state, wave, created_at, \
         created_by, why, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', 0, $8, $9, $10, $8) RETURNING id",
    )
    .bind(&new.name)
    .bind(new.release)
    .bind(text("rollouts.selector", serde_json::to_string(&new.selector))?)
    .bind(new.seed)
    .bind(text("rollouts.waves", serde_json::to_string(&new.waves))?)
    .bind(new.error_permille)
    .bind(i64::from(new.forced))
    .bind(now)
    .bind(by)
    .bind(why)
    .fetch_one(tx.on())
    .await?;
    Ok(row.try_get("id")?)
}

/// The rollout, held until the transaction ends.
///
/// # Errors
/// The database refused, or holds something else.
pub async fn hold(tx: &mut Write, id: i64) -> Result<Option<Rollout>, StoreError> {
    sqlx::query("UPDATE rollouts SET state = state WHERE id = $1").bind(id).execute(tx.on()).await?;
    let sql = format!("{SQL} WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(tx.on()).await?;
    row.as_ref().map(rollout).transpose()
}

/// Writes a state down.
///
/// # Errors
/// The database refused.
pub async fn set_state(
    tx: &mut Write,
    id: i64,
    state: State,
    why: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE rollouts SET state = $2, state_why = $3, changed_at = $4, ended_at = $5 WHERE id = $1",
    )
    .bind(id)
    .bind(state.word())
    .bind(why)
    .bind(now)
    .bind(state.is_over().then_some(now))
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Writes down which wave runs.
///
/// # Errors
/// The database refused.
pub async fn set_wave(tx: &mut Write, id: i64, wave: i64, now: Millis) -> Result<(), StoreError> {
    sqlx::query("UPDATE rollouts SET wave = $2, wave_began_at = $3 WHERE id = $1")
        .bind(id)
        .bind(wave)
        .bind(now)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// The terminals that an update could reach: those that are enrolled, and those of a client with one of hawkBit's tokens, which
/// never enrols. Behind a gateway it is known by the attributes that it told.
///
/// # Errors
/// The database refused.
pub async fn candidates(tx: &mut Write) -> Result<Vec<Candidate>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, district, model, compatible FROM terminals WHERE state = 'enrolled' \
         OR (state = 'planned' AND (token_sha256 IS NOT NULL OR attributes_at IS NOT NULL))",
    )
    .fetch_all(tx.on())
    .await?;
    let candidates = rows.iter().map(|row| {
        Ok(Candidate {
            id: row.try_get("id")?,
            district: row.try_get("district")?,
            model: row.try_get("model")?,
            compatible: row.try_get("compatible")?,
        })
    });
    Ok(candidates.collect::<Result<_, sqlx::Error>>()?)
}

/// The terminals that are in a rollout.
///
/// # Errors
/// The database refused.
pub async fn terminals_of(tx: &mut Write, id: i64) -> Result<BTreeSet<String>, StoreError> {
    let rows =
        sqlx::query("SELECT terminal FROM actions WHERE rollout = $1").bind(id).fetch_all(tx.on()).await?;
    Ok(rows.iter().map(|row| row.try_get("terminal")).collect::<Result<_, _>>()?)
}

/// The terminals of a rollout whose action is in `state`.
///
/// # Errors
/// The database refused.
pub async fn terminals_in(tx: &mut Write, id: i64, state: &str) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query("SELECT terminal FROM actions WHERE rollout = $1 AND state = $2")
        .bind(id)
        .bind(state)
        .fetch_all(tx.on())
        .await?;
    Ok(rows.iter().map(|row| row.try_get("terminal")).collect::<Result<_, _>>()?)
}

impl Store {
    /// One rollout.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn rollout(&self, id: i64) -> Result<Option<Rollout>, StoreError> {
        let sql = format!("{SQL} WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(self.read()).await?;
        row.as_ref().map(rollout).transpose()
    }

    /// The newest rollouts.
    ///
    /// # Errors
    /// The database refused, or holds something else.
    pub async fn rollouts(&self, rows: u16) -> Result<Vec<Rollout>, StoreError> {
        let sql = format!("{SQL} ORDER BY id DESC LIMIT $1");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(i64::from(rows)).fetch_all(self.read()).await?;
        rows.iter().map(rollout).collect()
    }

    /// The numbers of those that run.
    ///
    /// # Errors
    /// The database refused.
    pub async fn running_rollouts(&self) -> Result<Vec<i64>, StoreError> {
        let rows = sqlx::query("SELECT id FROM rollouts WHERE state = 'running' ORDER BY id")
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(|row| row.try_get("id")).collect::<Result<_, _>>()?)
    }
}
