//! Who is signed in: by the SHA-256 of a token that only the browser has.

use super::accounts::{Account, account};
use super::{Millis, Store, StoreError, Write};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// Without a request for so long, it is over: 30 minutes.
pub const IDLE: Millis = 30 * 60 * 1000;
/// After so long it is over, whatever happens: 12 hours.
pub const LONGEST: Millis = 12 * 3600 * 1000;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// The token's SHA-256.
    pub token_sha256: String,
    /// Who.
    pub account: Account,
}

/// Begins a session.
///
/// # Errors
/// The database refused.
pub async fn begin(tx: &mut Write, token_sha256: &str, account: i64, now: Millis) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO sessions (token_sha256, account, began_at, seen_at) VALUES ($1, $2, $3, $3)")
        .bind(token_sha256)
        .bind(account)
        .bind(now)
        .execute(tx.on())
        .await?;
    sqlx::query("UPDATE accounts SET signed_in_at = $2 WHERE id = $1")
        .bind(account)
        .bind(now)
        .execute(tx.on())
        .await?;
    sqlx::query("DELETE FROM sessions WHERE seen_at < $1 OR began_at < $2")
        .bind(now - IDLE)
        .bind(now - LONGEST)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Ends one session.
///
/// # Errors
/// The database refused.
pub async fn end(tx: &mut Write, token_sha256: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE token_sha256 = $1").bind(token_sha256).execute(tx.on()).await?;
    Ok(())
}

/// Ends all sessions of an account: its role, password or state changed.
///
/// # Errors
/// The database refused.
pub async fn end_all(tx: &mut Write, account: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE account = $1").bind(account).execute(tx.on()).await?;
    Ok(())
}

/// Ends the sessions of an account but one.
///
/// # Errors
/// The database refused.
pub async fn end_others(tx: &mut Write, account: i64, token_sha256: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM sessions WHERE account = $1 AND token_sha256 <> $2")
        .bind(account)
        .bind(token_sha256)
        .execute(tx.on())
        .await?;
    Ok(())
}

/// Where somebody is signed in.
#[derive(Debug, Clone)]
pub struct Place {
    /// The token's SHA-256.
    pub token_sha256: String,
    /// Since when.
    pub began_at: Millis,
    /// When it was last noted that they asked for something.
    pub seen_at: Millis,
}

impl Store {
    /// The sessions of an account that last, the newest first.
    ///
    /// # Errors
    /// The database refused.
    pub async fn sessions_of(&self, account: i64, now: Millis) -> Result<Vec<Place>, StoreError> {
        let rows = sqlx::query(
            "SELECT token_sha256, began_at, seen_at FROM sessions WHERE account = $1 AND seen_at > $2 AND began_at > $3 \
             ORDER BY began_at DESC",
        )
        .bind(account)
        .bind(now - IDLE)
        .bind(now - LONGEST)
        .fetch_all(self.read())
        .await?;
        let place = |row: &AnyRow| -> Result<Place, sqlx::Error> {
            Ok(Place {
                token_sha256: row.try_get("token_sha256")?,
                began_at: row.try_get("began_at")?,
                seen_at: row.try_get("seen_at")?,
            })
        };
        Ok(rows.iter().map(place).collect::<Result<_, _>>()?)
    }

    /// The session of a token, if it still lasts; a minute's use is noted once.
    ///
    /// # Errors
    /// The database refused.
    pub async fn session(&self, token_sha256: &str, now: Millis) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(
            "SELECT s.token_sha256, s.seen_at, a.* FROM sessions s JOIN accounts a ON a.id = s.account \
             WHERE s.token_sha256 = $1 AND s.seen_at > $2 AND s.began_at > $3 AND a.state = 'active'",
        )
        .bind(token_sha256)
        .bind(now - IDLE)
        .bind(now - LONGEST)
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        if row.try_get::<Millis, _>("seen_at")? < now - 60_000 {
            let mut tx = self.write().await?;
            sqlx::query("UPDATE sessions SET seen_at = $2 WHERE token_sha256 = $1")
                .bind(token_sha256)
                .bind(now)
                .execute(tx.on())
                .await?;
            tx.commit().await?;
        }
        Ok(Some(Session { token_sha256: row.try_get("token_sha256")?, account: account(&row)? }))
    }
}
