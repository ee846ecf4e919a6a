//! What every handler has in hand.
//!
//! Duty: hold the parts together, tell who looks and the other instances what changed. Never: decide.

use crate::artifact_store::ArtifactStore;
use crate::assist::Assist;
use crate::authority::Authority;
use crate::beats::Beats;
use crate::beside::Beside;
use crate::clock::Clock;
use crate::hours::Away;
use crate::keys::Keys;
use crate::live::LiveTable;
use crate::metrics::Metrics;
use crate::news::NewsItem;
use crate::shells::Shells;
use crate::store::{Store, StoreError, Write, changes};
use crate::tagged::Tagged;
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, OnceLock};
use tokio::sync::{Notify, broadcast};

/// What an operator sets.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The tenant of the update paths.
    pub tenant: String,
    /// Seconds between heartbeats.
    pub heartbeat_seconds: u32,
    /// Seconds between polls for updates.
    pub poll_seconds: u32,
    /// The fleet's time of day, in seconds east of UTC.
    pub offset_seconds: i64,
    /// Whether a terminal may prove itself with hawkBit's tokens instead of a certificate.
    pub tokens: bool,
}

/// The parts of a running server.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// The files.
    pub artifacts: ArtifactStore,
    /// What signs.
    pub keys: Keys,
    /// What certifies.
    pub authority: Authority,
    /// The last moment of the certificate that its listeners show; 0 where it has none.
    pub shown_until: AtomicI64,
    /// Terminals in memory.
    pub live: LiveTable,
    /// What changed, for pages that are open.
    pub news: broadcast::Sender<NewsItem>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What an operator set.
    pub policy: Policy,
    /// The answer to a poll that finds nothing, once there was one.
    pub(crate) quiet_poll: OnceLock<Tagged>,
    /// This instance, by a random name.
    pub instance: String,
    /// Heartbeats on their way into the store.
    pub beats: Beats,
    /// The other instances.
    pub beside: Beside,
    /// Calls for help.
    pub assist: Assist,
    /// Debug shells.
    pub shells: Shells,
    /// The number of the newest ring.
    pub ring_number: AtomicU64,
    /// SHA-256 of the gateway's token, where there is one.
    pub gateway_token: Mutex<Option<String>>,
    /// Wrong enrolment codes by address: how many, and since when.
    pub wrong_codes: Mutex<BTreeMap<std::net::IpAddr, (u32, i64)>>,
    /// Who reads a terminal into memory does so alone: what was read before somebody's change is not put after it.
    pub reading: tokio::sync::Mutex<()>,
    /// When no instance was there before this one began.
    pub away: Away,
    /// When this instance last looked at all rules of tickets, in milliseconds of Unix time.
    pub rules_looked_at: AtomicI64,
    /// Whether it is ending: long polls answer at once.
    pub ending: AtomicBool,
    /// Wakes what waits when it ends.
    pub end: Notify,
}

/// A running server. Cheap to clone.
#[derive(Clone)]
pub struct Server(pub(crate) Arc<Parts>);

impl Deref for Server {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Who does something, by account name or `fleet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(pub String);

impl Server {
    /// Notes news for the other instances, in the transaction that makes them.
    ///
    /// # Errors
    /// The database refused.
    pub async fn note(&self, tx: &mut Write, news: &NewsItem) -> Result<(), StoreError> {
        let (subject, key) = news.words();
        changes::note(tx, &self.instance, subject, &key, self.clock.millis()).await
    }

    /// Takes news into memory and tells who looks; after the transaction.
    ///
    /// # Errors
    /// The database refused.
    pub async fn tell(&self, news: NewsItem) -> Result<(), StoreError> {
        match &news {
            NewsItem::Terminal(id) => {
                let _alone = self.reading.lock().await;
                self.live.revoke(self.store.revoked_serials(self.clock.millis(), Some(id)).await?);
                if let Some(row) = self.store.live_of(id).await? {
                    self.live.put(row);
                }
            }
            NewsItem::Keys => self.read_ring().await?,
            NewsItem::Gateway => self.read_gateway().await?,
            NewsItem::Rollout(_) | NewsItem::Ticket(_) | NewsItem::Call(_) => {}
        }
        // Nobody may be looking.
        let _ = self.news.send(news);
        Ok(())
    }

    /// Reads everything into memory, at the start.
    ///
    /// # Errors
    /// The database refused.
    pub async fn read_all(&self) -> Result<(), StoreError> {
        self.live.revoke(self.store.revoked_serials(self.clock.millis(), None).await?);
        for row in self.store.live().await? {
            self.live.put(row);
        }
        self.read_gateway().await?;
        self.read_ring().await
    }

    async fn read_gateway(&self) -> Result<(), StoreError> {
        let digest = self.store.setting("gateway_token_sha256").await?;
        *self.gateway_token.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = digest;
        Ok(())
    }

    async fn read_ring(&self) -> Result<(), StoreError> {
        if let Some(signed) = self.store.ring().await?
            && let Ok(ring) = signed.open_with(&self.keys.root_public)
        {
            // The key before the number: a terminal that is told of the ring gets orders that it can believe.
            if let Err(error) = self.keys.follow(&ring) {
                let error: &(dyn std::error::Error + 'static) = &error;
                tracing::error!(error, "signing goes on with the keys in use");
            }
            self.ring_number.store(ring.number, std::sync::atomic::Ordering::Relaxed);
        }
        Ok(())
    }
}
