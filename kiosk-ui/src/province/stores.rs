//! What is on this terminal's disk: the outbox, and the keys that sign slips.
//!
//! Duty: open them, again and again where the disk does not let it at first; save. Never: promise what is not on disk.

use super::Shared;
use crate::chain::Chain;
use domain::case::Submission;
use domain::session::effect::RatingToSend;
use domain::session::event::Storage;
use platform_client::clock::Clock;
use platform_client::entropy::Entropy;
use platform_client::outbox::{OpenError, Outbox, OutboxConfig, SaveError, SaveErrorKind, Saved};
use platform_client::slip::SlipSigner;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Outbox and signer, once each could be opened.
pub(super) struct Stores {
    config: OutboxConfig,
    slip_keys: PathBuf,
    clock: Arc<dyn Clock>,
    /// For seals and jitter.
    entropy: Arc<dyn Entropy>,
    /// For the keys of slips.
    slips: Arc<dyn Entropy>,
    outbox: OnceLock<Outbox>,
    signer: OnceLock<SlipSigner>,
}

impl Stores {
    pub(super) fn new(
        config: OutboxConfig,
        slip_keys: PathBuf,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        slips: Arc<dyn Entropy>,
    ) -> Self {
        Self { config, slip_keys, clock, entropy, slips, outbox: OnceLock::new(), signer: OnceLock::new() }
    }

    /// Opens what is not open yet, and makes the key that is due. Called by one task at a time.
    pub(super) fn open(&self) -> Result<(), OpenError> {
        if self.outbox.get().is_none() {
            let outbox =
                Outbox::open(self.config.clone(), Arc::clone(&self.clock), Arc::clone(&self.entropy))?;
            if let Some(folder) = outbox.set_aside_at_start() {
                tracing::error!(folder = %folder.display(), "a damaged outbox needs a person");
            }
            // Nobody else opens it: the lock inside would have refused.
            let _ = self.outbox.set(outbox);
        }
        let now = self.clock.now();
        match self.signer.get() {
            None => match SlipSigner::open(&self.slip_keys, self.slips.as_ref(), now) {
                Ok(signer) => {
                    let _ = self.signer.set(signer);
                }
                Err(error) => tracing::error!(error = %Chain(&error), "slips cannot be signed"),
            },
            Some(signer) => {
                if let Err(error) = signer.renew(self.slips.as_ref(), now) {
                    tracing::error!(error = %Chain(&error), "the next key for slips cannot be made");
                }
            }
        }
        Ok(())
    }

    pub(super) fn outbox(&self) -> Option<&Outbox> {
        self.outbox.get()
    }

    pub(super) fn signer(&self) -> Option<&SlipSigner> {
        self.signer.get()
    }

    /// Whether a case can be kept safely now.
    pub(super) fn condition(&self) -> Storage {
        self.outbox().map_or(Storage::Failed, |outbox| outbox.room().condition.into())
    }
}

/// Puts a submission on disk; none when that failed, and then nothing was sent.
pub(super) async fn commit(shared: &Arc<Shared>, submission: Submission) -> Option<Saved> {
    let inside = Arc::clone(shared);
    let work = tokio::task::spawn_blocking(move || {
        let Some(outbox) = inside.stores.outbox() else {
            tracing::error!("a submission could not be saved: there is no outbox");
            return None;
        };
        match outbox.commit(&submission) {
            Ok(saved) => Some(saved),
            Err(error) => {
                not_kept(&inside, &error);
                None
            }
        }
    });
    work.await.ok().flatten()
}

/// Puts a rating on disk.
pub(super) fn rate(shared: &Shared, rating: &RatingToSend) {
    let Some(outbox) = shared.stores.outbox() else { return };
    if let Err(error) = outbox.rate(rating) {
        not_kept(shared, &error);
    }
}

fn not_kept(shared: &Shared, error: &SaveError) {
    tracing::error!(error = %Chain(error), "nothing was kept");
    // The disk may refuse a write though it tells of room: the next look will say whether it has come to itself.
    let storage = match error.kind() {
        SaveErrorKind::Full => Storage::Full,
        SaveErrorKind::Failed => Storage::Failed,
        SaveErrorKind::TooLarge => return,
    };
    if shared.state().storage.replace(storage) != Some(storage) {
        shared.say(domain::session::event::TerminalEvent::Storage(storage));
    }
}
