//! What instances on one database tell each other: which terminal, rollout or ticket is not as it was.

use super::{Millis, Store, StoreError, Write};
use sqlx::Row as _;
use sqlx::postgres::PgListener;

/// A change that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number; numbers become visible in no order.
    pub seq: i64,
    /// The instance that wrote it.
    pub origin: String,
    /// `terminal`, `rollout`, `ticket`, `keys`, `configuration`.
    pub subject: String,
    /// Which one.
    pub key: String,
}

/// Notes a change in the transaction that makes it.
///
/// # Errors
/// The database refused.
pub async fn note(
    tx: &mut Write,
    origin: &str,
    subject: &str,
    key: &str,
    at: Millis,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO changes (at, origin, subject, key) VALUES ($1, $2, $3, $4)")
        .bind(at)
        .bind(origin)
        .bind(subject)
        .bind(key)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Wakes who listens when a change was committed, by whomever.
pub struct Listener(PgListener);

impl Listener {
    /// Waits for the next change. It also comes back when the line broke: what was said meanwhile is read, not heard.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn heard(&mut self) -> Result<(), StoreError> {
        self.0.try_recv().await?;
        // What has come meanwhile is the same news.
        while self.0.next_buffered().is_some() {}
        Ok(())
    }
}

impl Store {
    /// Listens for changes; none where the database wakes nobody.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn listen(&self) -> Result<Option<Listener>, StoreError> {
        let Some(wakes) = &self.wakes else { return Ok(None) };
        let mut listener = PgListener::connect_with(wakes).await?;
        listener.listen("yilin_changes").await?;
        Ok(Some(Listener(listener)))
    }

    /// What was written since `since` by others than `origin`.
    ///
    /// # Errors
    /// The database refused.
    pub async fn changes(&self, origin: &str, since: Millis) -> Result<Vec<Change>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, origin, subject, key FROM changes WHERE at >= $1 AND origin <> $2 ORDER BY seq",
        )
        .bind(since)
        .bind(origin)
        .fetch_all(self.read())
        .await?;
        let changes = rows.iter().map(|row| {
            Ok(Change {
                seq: row.try_get("seq")?,
                origin: row.try_get("origin")?,
                subject: row.try_get("subject")?,
                key: row.try_get("key")?,
            })
        });
        Ok(changes.collect::<Result<_, sqlx::Error>>()?)
    }
}

/// Forgets what every instance has read.
///
/// # Errors
/// The database refused.
pub async fn forget(tx: &mut Write, before: Millis) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM changes WHERE at < $1").bind(before).execute(tx.on()).await?;
    Ok(())
}
