//! That the fleet has a server, noted now and then: the time in which it had none is no terminal's silence.

use crate::hours::Away;
use crate::state::Server;
use crate::store::{Millis, Store, StoreError, settings};

/// The setting.
const KEY: &str = "alive_at";

/// Notes that this instance is there.
///
/// # Errors
/// The store failed.
pub async fn step(server: &Server) -> Result<(), StoreError> {
    let mut tx = server.store.write().await?;
    settings::put(&mut tx, KEY, &server.clock.millis().to_string()).await?;
    tx.commit().await
}

/// The time before `now` in which no instance was there.
///
/// # Errors
/// The database refused.
pub async fn away(store: &Store, now: Millis) -> Result<Away, StoreError> {
    let noted = store.setting(KEY).await?.and_then(|at| at.parse::<Millis>().ok());
    let from = noted.unwrap_or(now).min(now);
    Ok(Away { from: from.div_euclid(1000), to: now.div_euclid(1000) })
}
