//! What is kept how long.

use crate::state::Server;
use crate::store::{StoreError, changes, retention};

/// Milliseconds.
const DAY: i64 = 86_400_000;

/// Forgets what is older than it is kept for.
///
/// # Errors
/// The store failed.
pub async fn step(server: &Server) -> Result<(), StoreError> {
    let now = server.clock.millis();
    let mut tx = server.store.write().await?;
    changes::forget(&mut tx, now - 10 * 60 * 1000).await?;
    retention::forget(
        &mut tx,
        &retention::Before {
            events: now - 400 * DAY,
            attachments: now - 30 * DAY,
            transcripts: now - 1100 * DAY,
            feedback: now - 400 * DAY,
            hour: (now - 1100 * DAY) / 1000,
            day: (now - 400 * DAY) / DAY,
        },
    )
    .await?;
    tx.commit().await?;
    server.store.plan().await
}
