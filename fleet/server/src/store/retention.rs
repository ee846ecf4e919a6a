//! What is kept no longer.

use super::{Millis, StoreError, Write};

/// The first moments that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// Events.
    pub events: Millis,
    /// What commands made: logs, pictures, sealed outboxes.
    pub attachments: Millis,
    /// Transcripts of shells.
    pub transcripts: Millis,
    /// What update clients said.
    pub feedback: Millis,
    /// Hours of service, seconds of Unix time.
    pub hour: i64,
    /// Days of supplies and of where people stop, days of Unix time.
    pub day: i64,
}

/// Forgets what is older.
///
/// # Errors
/// The database refused.
pub async fn forget(tx: &mut Write, before: &Before) -> Result<(), StoreError> {
    for (statement, moment) in [
        ("DELETE FROM events WHERE received_at < $1", before.events),
        ("DELETE FROM attachments WHERE at < $1", before.attachments),
        ("DELETE FROM transcripts WHERE at < $1", before.transcripts),
        ("DELETE FROM feedback WHERE at < $1", before.feedback),
        // Terminal by terminal, since that is how they lie.
        ("DELETE FROM hours WHERE terminal IN (SELECT id FROM terminals) AND hour < $1", before.hour),
        ("DELETE FROM supplies WHERE day < $1", before.day),
        ("DELETE FROM stops WHERE day < $1", before.day),
    ] {
        sqlx::query(statement).bind(moment).execute(tx.on()).await?;
    }
    Ok(())
}
