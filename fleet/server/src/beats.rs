//! Heartbeats on their way into the store: one transaction for all that come within some milliseconds.

use crate::metrics::{self, Metrics};
use crate::repeats::Repeats;
use crate::store::heartbeats::{self, Beat};
use crate::store::{Store, StoreError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// How long the first one waits for others.
const WAIT: Duration = Duration::from_millis(10);
/// The most of one transaction.
const MOST: usize = 1024;

type Waiting = (Beat, oneshot::Sender<Result<(), ()>>);

/// The way in.
#[derive(Debug, Clone)]
pub struct Beats(mpsc::Sender<Waiting>);

/// The heartbeat was not stored.
#[derive(Debug, thiserror::Error)]
#[error("the heartbeat could not be stored")]
pub struct NotStored;

impl Beats {
    /// The way in and what runs behind it.
    pub fn new() -> (Self, Writer) {
        let (sender, receiver) = mpsc::channel(4 * MOST);
        (Self(sender), Writer(receiver))
    }

    /// Stores a heartbeat; comes back when it is.
    ///
    /// # Errors
    /// It is not.
    pub async fn put(&self, beat: Beat) -> Result<(), NotStored> {
        let (done, stored) = oneshot::channel();
        self.0.send((beat, done)).await.map_err(|_| NotStored)?;
        stored.await.map_err(|_| NotStored)?.map_err(|()| NotStored)
    }
}

/// What stores.
#[derive(Debug)]
pub struct Writer(mpsc::Receiver<Waiting>);

impl Writer {
    /// Runs until every way in is gone.
    pub async fn run(mut self, store: Store, metrics: std::sync::Arc<Metrics>) {
        let mut batch = Vec::with_capacity(MOST);
        let repeats = Repeats::new();
        loop {
            let Some(first) = self.0.recv().await else { return };
            batch.push(first);
            let until = tokio::time::Instant::now() + WAIT;
            while batch.len() < MOST {
                match tokio::time::timeout_at(until, self.0.recv()).await {
                    Ok(Some(next)) => batch.push(next),
                    Ok(None) | Err(_) => break,
                }
            }
            let (beats, waiting): (Vec<Beat>, Vec<_>) = batch.drain(..).unzip();
            let stored = match store_all(&store, &beats).await {
                Ok(()) => {
                    metrics::count(&metrics.heartbeats, beats.len() as u64);
                    metrics::count(&metrics.heartbeat_batches, 1);
                    Ok(())
                }
                Err(error) => {
                    let error: &(dyn std::error::Error + 'static) = &error;
                    if let Some(unsaid) = repeats.say(error, Instant::now()) {
                        tracing::error!(error, unsaid, "heartbeats are not stored");
                    }
                    Err(())
                }
            };
            for done in waiting {
                // Who hung up needs no answer.
                let _ = done.send(stored);
            }
        }
    }
}

async fn store_all(store: &Store, beats: &[Beat]) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    heartbeats::put(&mut tx, beats).await?;
    tx.commit().await
}
