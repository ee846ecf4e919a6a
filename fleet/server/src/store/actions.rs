//! What each terminal was told to install, and how far it is.

use super::{Millis, Store, StoreError, Write};
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

/// One terminal's update.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Action {
    /// Its number, at most 2147483647.
    pub id: i64,
    /// The terminal.
    pub terminal: String,
    /// The release.
    pub release: i64,
    /// The rollout; none for an update by itself.
    pub rollout: Option<i64>,
    /// The wave.
    pub wave: i64,
    /// Whether the terminal is to install without being asked again.
    pub forced: bool,
    /// How far it is.
    pub state: String,
    /// When it was made.
    pub created_at: Millis,
    /// When something was last said of it.
    pub updated_at: Millis,
    /// When it was over.
    pub ended_at: Option<Millis>,
    /// 0 to 100.
    pub progress: Option<i64>,
    /// What was last said.
    pub detail: Option<String>,
}

/// How far the actions of a wave are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Not offered yet.
    pub waiting: i64,
    /// Offered or at work.
    pub open: i64,
    /// Installed and good.
    pub succeeded: i64,
    /// Not installed.
    pub failed: i64,
    /// Given up.
    pub cancelled: i64,
}

impl Counts {
    /// All of them.
    pub const fn total(&self) -> i64 {
        self.waiting + self.open + self.succeeded + self.failed + self.cancelled
    }
}

const SQL: &str = "SELECT id, terminal, release, rollout, wave, forced, state, created_at, updated_at, ended_at, \
    progress, detail FROM actions";
/// The states of an action that a terminal has in hand.
pub const OPEN: &str = "('offered', 'proceeding', 'downloading', 'downloaded', 'cancelling')";

fn action(row: &AnyRow) -> Result<Action, sqlx::Error> {
    Ok(Action {
        id: row.try_get("id")?,
        terminal: row.try_get("terminal")?,
        release: row.try_get("release")?,
        rollout: row.try_get("rollout")?,
        wave: row.try_get("wave")?,
        forced: row.try_get::<i64, _>("forced")? == 1,
        state: row.try_get("state")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        ended_at: row.try_get("ended_at")?,
        progress: row.try_get("progress")?,
        detail: row.try_get("detail")?,
    })
}

/// Adds a terminal to a wave, waiting; nothing where it is in the rollout already.
///
/// # Errors
/// The database refused.
pub async fn add(
    tx: &mut Write,
    terminal: &str,
    release: i64,
    rollout: Option<i64>,
    wave: i64,
    forced: bool,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO actions (terminal, release, rollout, wave, forced, state, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6) ON CONFLICT (rollout, terminal) DO NOTHING",
    )
    .bind(terminal)
    .bind(release)
    .bind(rollout)
    .bind(wave)
    .bind(i64::from(forced))
    .bind(now)
    .execute(tx.on())
    .await?;
    Ok(())
}

/// Offers what waits in a rollout to terminals that have nothing else in hand; returns their numbers.
///
/// # Errors
/// The database refused.
pub async fn offer(tx: &mut Write, rollout: i64, now: Millis) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "UPDATE actions SET state = 'offered', updated_at = $2 WHERE rollout = $1 AND state = 'waiting' \
         AND NOT EXISTS (SELECT 1 FROM actions o WHERE o.terminal = actions.terminal AND o.state IN {OPEN}) \
         RETURNING terminal"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(rollout).bind(now).fetch_all(tx.on()).await?;
    Ok(rows.iter().map(|row| row.try_get("terminal")).collect::<Result<_, _>>()?)
}

/// Takes back what no terminal has looked at; returns their numbers.
///
/// # Errors
/// The database refused.
pub async fn hold_back(tx: &mut Write, rollout: i64, now: Millis) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "UPDATE actions SET state = 'waiting', updated_at = $2 WHERE rollout = $1 AND state = 'offered' RETURNING terminal",
    )
    .bind(rollout)
    .bind(now)
    .fetch_all(tx.on())
    .await?;
    Ok(rows.iter().map(|row| row.try_get("terminal")).collect::<Result<_, _>>()?)
}

/// Gives up what is not over: at once where no terminal has looked at it, by asking the terminal elsewhere.
///
/// # Errors
/// The database refused.
pub async fn cancel(tx: &mut Write, rollout: i64, now: Millis) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "UPDATE actions SET ended_at = CASE WHEN state IN ('waiting', 'offered') THEN $2 ELSE NULL END, \
         state = CASE WHEN state IN ('waiting', 'offered') THEN 'cancelled' ELSE 'cancelling' END, \
         updated_at = $2 WHERE rollout = $1 AND state IN ('waiting', 'offered', 'proceeding', 'downloading', 'downloaded') \
         RETURNING terminal",
    )
    .bind(rollout)
    .bind(now)
    .fetch_all(tx.on())
    .await?;
    Ok(rows.iter().map(|row| row.try_get("terminal")).collect::<Result<_, _>>()?)
}

/// Notes how far an open action of `terminal` is; false where it is over, or not its own.
///
/// # Errors
/// The database refused.
pub async fn advance(tx: &mut Write, terminal: &str, step: &Step<'_>) -> Result<bool, StoreError> {
    let ended = matches!(step.state, "succeeded" | "failed" | "cancelled");
    let sql = format!(
        "UPDATE actions SET state = $3, updated_at = $4, ended_at = $5, progress = COALESCE($6, progress), \
         detail = COALESCE($7, detail) WHERE id = $1 AND terminal = $2 AND state IN {OPEN}"
    );
    let changed = sqlx::query(AssertSqlSafe(sql))
        .bind(step.action)
        .bind(terminal)
        .bind(step.state)
        .bind(step.at)
        .bind(ended.then_some(step.at))
        .bind(step.progress)
        .bind(step.detail)
        .execute(tx.on())
        .await?
        .rows_affected();
    Ok(changed == 1)
}

/// What was said of an action.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Which.
    pub action: i64,
    /// The state that it is in now.
    pub state: &'a str,
    /// When.
    pub at: Millis,
    /// 0 to 100.
    pub progress: Option<i64>,
    /// A sentence.
    pub detail: Option<&'a str>,
}

/// Keeps what a client said, word for word.
///
/// # Errors
/// The database refused.
pub async fn feedback(
    tx: &mut Write,
    action: i64,
    execution: &str,
    finished: &str,
    details: &[String],
    now: Millis,
) -> Result<(), StoreError> {
    let details = serde_json::to_string(details)
        .map_err(|source| StoreError::Content { column: "feedback.details", source })?;
    sqlx::query(
        "INSERT INTO feedback (action, at, execution, finished, details) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(action)
    .bind(now)
    .bind(execution)
    .bind(finished)
    .bind(details)
    .execute(tx.on())
    .await?;
    // A client that says too much pushes its own oldest words out.
    sqlx::query("DELETE FROM feedback WHERE action = $1 AND id <= (SELECT MAX(id) FROM feedback WHERE action = $1) - 2000")
        .bind(action)
        .execute(tx.on())
        .await?;
    Ok(())
}

impl Store {
    /// One action.
    ///
    /// # Errors
    /// The database refused.
    pub async fn action(&self, id: i64) -> Result<Option<Action>, StoreError> {
        let sql = format!("{SQL} WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(self.read()).await?;
        Ok(row.as_ref().map(action).transpose()?)
    }

    /// The newest actions of a terminal.
    ///
    /// # Errors
    /// The database refused.
    pub async fn actions(&self, terminal: &str, rows: u16) -> Result<Vec<Action>, StoreError> {
        let sql = format!("{SQL} WHERE terminal = $1 ORDER BY id DESC LIMIT $2");
        let rows =
            sqlx::query(AssertSqlSafe(sql)).bind(terminal).bind(i64::from(rows)).fetch_all(self.read());
        Ok(rows.await?.iter().map(action).collect::<Result<_, _>>()?)
    }

    /// The actions of a rollout in a state, a page by terminal.
    ///
    /// # Errors
    /// The database refused.
    pub async fn actions_of(
        &self,
        rollout: i64,
        state: &str,
        page: &super::page::Page,
    ) -> Result<Vec<Action>, StoreError> {
        let sql =
            format!("{SQL} WHERE rollout = $1 AND state = $2 AND terminal > $3 ORDER BY terminal LIMIT $4");
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(rollout)
            .bind(state)
            .bind(page.after.clone())
            .bind(page.limit())
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(action).collect::<Result<_, _>>()?)
    }

    /// How far each wave of a rollout is.
    ///
    /// # Errors
    /// The database refused.
    pub async fn counts(&self, rollout: i64) -> Result<Vec<(i64, Counts)>, StoreError> {
        let rows = sqlx::query(
            "SELECT wave, state, COUNT(*) AS n FROM actions WHERE rollout = $1 GROUP BY wave, state ORDER BY wave",
        )
        .bind(rollout)
        .fetch_all(self.read())
        .await?;
        let mut waves: std::collections::BTreeMap<i64, Counts> = std::collections::BTreeMap::new();
        for row in rows {
            let counts = waves.entry(row.try_get("wave")?).or_default();
            let n: i64 = row.try_get("n")?;
            match row.try_get::<String, _>("state")?.as_str() {
                "waiting" => counts.waiting += n,
                "succeeded" => counts.succeeded += n,
                "failed" => counts.failed += n,
                "cancelled" => counts.cancelled += n,
                _ => counts.open += n,
            }
        }
        Ok(waves.into_iter().collect())
    }

    /// How many actions of each wave failed after `since`.
    ///
    /// # Errors
    /// The database refused.
    pub async fn failed_since(&self, rollout: i64, since: Millis) -> Result<Vec<(i64, i64)>, StoreError> {
        let rows = sqlx::query(
            "SELECT wave, COUNT(*) AS n FROM actions WHERE rollout = $1 AND state = 'failed' AND ended_at > $2 \
             GROUP BY wave ORDER BY wave",
        )
        .bind(rollout)
        .bind(since)
        .fetch_all(self.read())
        .await?;
        let failed = rows.iter().map(|row| Ok((row.try_get("wave")?, row.try_get("n")?)));
        Ok(failed.collect::<Result<_, sqlx::Error>>()?)
    }
}
