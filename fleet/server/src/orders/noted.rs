//! Orders are noted in the audit before they are given: what the audit does not know is not done.

use super::OrderError;
use crate::state::Server;
use crate::store::StoreError;
use crate::store::audit::{self, AuditEntry};
use std::future::Future;

/// Notes an order, gives it, and notes where it was refused.
///
/// # Errors
/// The audit cannot be written, and then nothing was done; or the order's own.
pub async fn noted<T>(
    server: &Server,
    mut entry: AuditEntry,
    work: impl Future<Output = Result<T, OrderError>>,
) -> Result<T, OrderError> {
    note(server, &entry).await?;
    let done = work.await;
    if let Err(error) = &done {
        entry.detail = format!("{}: {error}", entry.what);
        entry.what = "order.refused".into();
        note(server, &entry).await?;
    }
    done
}

/// Notes what somebody does.
///
/// # Errors
/// The audit cannot be written.
pub async fn note(server: &Server, entry: &AuditEntry) -> Result<(), StoreError> {
    let mut tx = server.store.write().await?;
    audit::append(&mut tx, entry, server.clock.millis()).await?;
    tx.commit().await
}
