//! The outbox: what a resident filed is on disk and synced before anything is said to them, and reaches the province once.
//!
//! Duty: keep, deliver, and say truthfully where a submission stands. Never: send an unknown outcome again without having
//! asked; drop an entry; show what is in one, except to [`inspect`].
//!
//! Decisions: `docs/decisions/outbox.md`.

mod agenda;
mod attempt;
mod backoff;
mod condition;
mod courier;
mod delivery;
mod error;
pub mod inspect;
mod payload;
mod place;
mod reseal;
mod save;
mod saved;
mod seal;
mod settle;
mod state;
mod store;
mod turn;

pub use agenda::Line;
pub use backoff::Backoff;
pub use condition::{Condition, OutboxEvent, Room, SetAsideReason};
pub use courier::Courier;
pub use delivery::DeliveryError;
pub use error::{Bound, OpenError, SaveError, SaveErrorKind, StoreError};
pub use payload::EntryKind;
pub use reseal::Resealed;
pub use saved::Saved;
pub use seal::{KeyError, KeyId};
pub use state::{State, Step};

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::failpoint::{self, Point};
use domain::case::SubmissionId;
use domain::terminal::TerminalId;
use place::Place;
use saved::Progress;
use seal::{KeyRing, Sort};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use store::Store;
use tokio::sync::{Notify, broadcast, watch};

/// What the outbox keeps to.
#[derive(Debug, Clone)]
pub struct OutboxConfig {
    /// The folder for the database and the materials.
    pub folder: PathBuf,
    /// The first key's file, made at first use; not inside `folder`. Later keys stand beside it, with their numbers.
    pub key: PathBuf,
    /// The terminal, for ratings.
    pub terminal: TerminalId,
    /// How much may wait.
    pub limits: Limits,
    /// How it is delivered.
    pub pace: Pace,
}

impl OutboxConfig {
    /// The usual bounds in a folder: the database in `FOLDER/outbox`, the key in `FOLDER/outbox.key`.
    pub fn in_folder(folder: &Path, terminal: TerminalId) -> Self {
        Self {
            folder: folder.join("outbox"),
            key: folder.join("outbox.key"),
            terminal,
            limits: Limits::default(),
            pace: Pace::default(),
        }
    }
}

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries with content.
    pub rows: u64,
    /// Their bytes, materials included.
    pub bytes: u64,
    /// One material.
    pub material_bytes: u64,
    /// The database file.
    pub database_bytes: u64,
    /// An entry that has waited so long goes to a person.
    pub age: Duration,
    /// Closed entries whose numbers are kept.
    pub closed_rows: u32,
    /// With less than this free on the disk, no visit is begun.
    pub free_disk_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 10_000,
            bytes: 2 << 30,
            material_bytes: 8 << 20,
            database_bytes: 512 << 20,
            age: Duration::from_secs(30 * 24 * 3600),
            closed_rows: 20_000,
            free_disk_bytes: 64 << 20,
        }
    }
}

/// How entries are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// So many at once, each of another case.
    pub parallel: usize,
    /// How long to wait after failures.
    pub backoff: Backoff,
    /// After a sending of an unknown outcome, a submission that needs the province at once is given up only when the
    /// province has not had it for so long.
    pub settling: Duration,
    /// A case that was sent so often and was never there goes to a person.
    pub most_sends: u32,
    /// How often to look for what another program changed.
    pub poll: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            parallel: 16,
            backoff: Backoff::default(),
            settling: Duration::from_secs(10),
            most_sends: 12,
            poll: Duration::from_secs(15),
        }
    }
}

/// The outbox. Cheap to clone; clones are one outbox.
#[derive(Clone)]
pub struct Outbox {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox").field("folder", &self.shared.place.folder()).finish_non_exhaustive()
    }
}

struct Shared {
    place: Place,
    config: OutboxConfig,
    keys: KeyRing,
    /// Held for reading from sealing to saving, and from reading to opening, so that a change of keys can wait for what
    /// still has the old one.
    sealing: RwLock<()>,
    /// The key to which everything went over, as far as it could; held by whoever goes over to one.
    resealed: Mutex<Option<KeyId>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    store: Mutex<Store>,
    /// What visits wait for.
    visits: Mutex<HashMap<SubmissionId, watch::Sender<Progress>>>,
    events: broadcast::Sender<OutboxEvent>,
    /// Something was saved, or is to be looked at.
    changed: Notify,
    /// A person wants what waits tried now.
    try_now: AtomicBool,
    /// Whether an attempt follows at once on what is saved.
    delivering: AtomicBool,
    /// Held by the delivery that runs.
    one_delivery: tokio::sync::Mutex<()>,
    /// What was set aside when the outbox was opened.
    set_aside_at_start: Option<PathBuf>,
    _lock: File,
}

impl Outbox {
    /// Opens the outbox, or makes it, for the one program that delivers from it. A damaged database, or one sealed with
    /// another key, is set aside whole and a new one begun ([`Self::set_aside_at_start`]).
    pub fn open(
        config: OutboxConfig,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, OpenError> {
        let place = Place::new(&config.folder);
        place.make()?;
        let lock = place.lock()?;
        failpoint::pass(Point::OpenLocked);
        let keys = KeyRing::open(&config.key, entropy.as_ref()).map_err(OpenError::Key)?;
        let (mut store, set_aside) = match open_store(&place, &config, &keys, entropy.as_ref()) {
            Ok(store) => (store, None),
            Err(StoreError::Damaged(cause)) => {
                let aside = place.set_aside()?;
                tracing::error!(?cause, folder = %aside.display(), "the outbox was damaged and is set aside");
                (open_store(&place, &config, &keys, entropy.as_ref())?, Some(aside))
            }
            Err(error) => return Err(error.into()),
        };
        place.sync_database().map_err(|cause| OpenError::Io { file: place.database(), cause })?;
        store.cut_off(clock.now())?;
        failpoint::pass(Point::OpenCutOff);
        store.withdraw_live_only(clock.now())?;
        place.keep_materials(&store.materials()?);
        let (events, _) = broadcast::channel(1024);
        let shared = Shared {
            place,
            config,
            keys,
            sealing: RwLock::default(),
            resealed: Mutex::default(),
            clock,
            entropy,
            store: Mutex::new(store),
            visits: Mutex::default(),
            events,
            changed: Notify::new(),
            try_now: AtomicBool::new(false),
            delivering: AtomicBool::new(false),
            one_delivery: tokio::sync::Mutex::new(()),
            set_aside_at_start: set_aside,
            _lock: lock,
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// What was damaged when the outbox was opened, under its new name: a person has to look at it.
    pub fn set_aside_at_start(&self) -> Option<&Path> {
        self.shared.set_aside_at_start.as_deref()
    }

    /// Tries what waits now, whatever it waits for; what was sent and perhaps arrived keeps its wait.
    pub fn try_now(&self) {
        self.shared.try_now.store(true, Ordering::Release);
        self.shared.changed.notify_one();
    }

    /// What happens to entries from now on. A listener that falls more than 1,024 events behind misses the oldest.
    pub fn events(&self) -> broadcast::Receiver<OutboxEvent> {
        self.shared.events.subscribe()
    }
}

impl Shared {
    /// Works on the table. A damaged one is set aside and a new one begun before the error is given back.
    fn with_store<T>(&self, work: impl FnOnce(&mut Store) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut store);
        if let Err(StoreError::Damaged(_)) = &result {
            self.replace(&mut store)?;
        }
        result
    }

    fn replace(&self, store: &mut Store) -> Result<(), StoreError> {
        std::mem::replace(store, Store::nowhere()?).let_go();
        let aside = self.place.set_aside().map_err(|error| match error {
            OpenError::Io { file, cause } => StoreError::Io { file, cause },
            _ => StoreError::Damaged(None),
        })?;
        tracing::error!(folder = %aside.display(), "the outbox was damaged and is set aside");
        *store = open_store(&self.place, &self.config, &self.keys, self.entropy.as_ref())?;
        self.tell(OutboxEvent::Damaged { folder: aside });
        Ok(())
    }

    fn tell(&self, event: OutboxEvent) {
        // Nobody listening is no mistake.
        let _ = self.events.send(event);
    }

    /// For jitter. Without random bytes every terminal waits as long as the others: a pity, no harm.
    fn random(&self) -> u32 {
        let mut bytes = [0; 4];
        let _ = self.entropy.fill(&mut bytes);
        u32::from_be_bytes(bytes)
    }

    fn is_delivering(&self) -> bool {
        self.delivering.load(Ordering::Acquire)
    }
}

/// What the database holds sealed, to know its keys by.
const KEY_WORD: &[u8] = b"yilin outbox";

/// Opens the database and proves that the key is its key.
fn open_store(
    place: &Place,
    config: &OutboxConfig,
    keys: &KeyRing,
    entropy: &dyn Entropy,
) -> Result<Store, StoreError> {
    let store = Store::open(&place.database(), config.limits.database_bytes)?;
    let sealed = store.key_check(|| Ok(keys.seal(Sort::KeyCheck, "", KEY_WORD, entropy)?))?;
    match keys.unseal(Sort::KeyCheck, "", &sealed) {
        Ok(word) if *word == KEY_WORD => Ok(store),
        _ => {
            store.let_go();
            Err(StoreError::Damaged(None))
        }
    }
}
