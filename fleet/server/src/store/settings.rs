//! A value for each key: what an operator sets once.

use super::{Store, StoreError, Write};
use sqlx::Row as _;

impl Store {
    /// The value of `key`.
    ///
    /// # Errors
    /// The database refused.
    pub async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row =
            sqlx::query("SELECT value FROM settings WHERE key = $1").bind(key).fetch_optional(self.read());
        Ok(row.await?.map(|row| row.try_get("value")).transpose()?)
    }
}

/// Sets `key`.
///
/// # Errors
/// The database refused.
pub async fn put(tx: &mut Write, key: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(key)
    .bind(value)
    .execute(tx.on())
    .await?;
    Ok(())
}
