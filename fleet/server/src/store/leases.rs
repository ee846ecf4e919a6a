//! Who runs what is to be run once for all instances.

use super::{Millis, Store, StoreError};
use sqlx::Row as _;

impl Store {
    /// Takes or keeps the lease `name` until `until`; false while another instance has it.
    ///
    /// # Errors
    /// The database refused.
    pub async fn lease(
        &self,
        name: &str,
        holder: &str,
        now: Millis,
        until: Millis,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let taken = sqlx::query(
            "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $4) ON CONFLICT (name) DO UPDATE SET \
             holder = excluded.holder, until = excluded.until WHERE leases.holder = $2 OR leases.until <= $3",
        )
        .bind(name)
        .bind(holder)
        .bind(now)
        .bind(until)
        .execute(tx.on())
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok(taken == 1)
    }

    /// The leases that others than `holder` have at `now`, of those whose names begin with `prefix`.
    ///
    /// # Errors
    /// The database refused.
    pub async fn leases_of_others(
        &self,
        prefix: &str,
        holder: &str,
        now: Millis,
    ) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT name FROM leases WHERE name LIKE $1 AND holder <> $2 AND until > $3 ORDER BY name";
        let rows =
            sqlx::query(sql).bind(format!("{prefix}%")).bind(holder).bind(now).fetch_all(self.read()).await?;
        Ok(rows.iter().map(|row| row.try_get("name")).collect::<Result<_, sqlx::Error>>()?)
    }

    /// Gives the leases of `holder` back, at a graceful end.
    ///
    /// # Errors
    /// The database refused.
    pub async fn give_leases_back(&self, holder: &str) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM leases WHERE holder = $1").bind(holder).execute(self.read()).await?;
        Ok(())
    }
}
