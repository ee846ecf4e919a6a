//! Key rings, the newest of which counts.

use super::{Millis, Store, StoreError, Write, json};
use fleet_api::keys::KeyRing;
use fleet_api::signed::Signed;
use sqlx::Row as _;

impl Store {
    /// The newest ring.
    ///
    /// # Errors
    /// The database refused.
    pub async fn ring(&self) -> Result<Option<Signed<KeyRing>>, StoreError> {
        let row = sqlx::query("SELECT signed FROM rings ORDER BY number DESC LIMIT 1")
            .fetch_optional(self.read())
            .await?;
        row.map(|row| json("rings.signed", row.try_get("signed")?)).transpose()
    }
}

/// Adds a ring.
///
/// # Errors
/// The database refused; a ring of that number is there.
pub async fn add(
    tx: &mut Write,
    number: u64,
    ring: &Signed<KeyRing>,
    by: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let signed = serde_json::to_string(ring)
        .map_err(|source| StoreError::Content { column: "rings.signed", source })?;
    sqlx::query("INSERT INTO rings (number, signed, at, added_by) VALUES ($1, $2, $3, $4)")
        .bind(i64::try_from(number).unwrap_or(i64::MAX))
        .bind(signed)
        .bind(at)
        .bind(by)
        .execute(tx.on())
        .await?;
    Ok(())
}
