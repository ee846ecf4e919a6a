//! Whose word counts, and how late it is at least.
//!
//! Duty: keep the newest key ring and the latest moment that the server showed. Never: go back on either.

use crate::identity::Identity;
use crate::store::{Store, StoreError};
use fleet_api::Timestamp;
use fleet_api::keys::{KeyRing, RingError};
use fleet_api::signed::{Signed, SignedError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const RING: &str = "key_ring";
const HEARD: &str = "server_heard";
/// How often it is written down that the server was heard: the disk is small.
const WRITE_EVERY: Duration = Duration::from_secs(10 * 60);

/// Keys and time.
#[derive(Debug)]
pub(crate) struct Trust {
    root: String,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    ring: KeyRing,
    heard: Option<Timestamp>,
    floor: Option<Timestamp>,
    written: Option<Timestamp>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    #[serde(with = "time::serde::rfc3339")]
    here: Timestamp,
    #[serde(with = "time::serde::rfc3339::option")]
    there: Option<Timestamp>,
}

impl Trust {
    /// What was kept; at first what was told at the enrolment.
    pub(crate) fn load(store: &Store, identity: &Identity) -> Result<Self, StoreError> {
        let root = identity.enrolled.root_key.clone();
        let empty = KeyRing { number: 0, at: Timestamp::UNIX_EPOCH, keys: Vec::new() };
        let told = match identity.enrolled.key_ring.open_with(&root) {
            Ok(ring) => ring,
            Err(error) => {
                tracing::error!(error = %crate::error::chain(&error), "the enrolment's key ring: nothing is obeyed");
                empty
            }
        };
        // A new enrolment may begin a new row of rings; a ring that was kept counts where its root is the same.
        let kept: Option<(String, KeyRing)> = store.value(RING)?;
        let kept = kept.filter(|(of, ring)| *of == root && ring.number >= told.number).map(|(_, ring)| ring);
        let heard: Option<Kept> = store.value(HEARD)?;
        let floor = heard.as_ref().and_then(|kept| kept.there);
        let heard = heard.map(|kept| kept.here);
        let state = State { ring: kept.unwrap_or(told), heard, floor, written: heard };
        Ok(Self { root, state: Mutex::new(state) })
    }

    /// The ring in use.
    pub(crate) fn ring(&self) -> KeyRing {
        self.lock().ring.clone()
    }

    /// Takes a ring that the server offers.
    pub(crate) fn follow(&self, store: &Store, offered: &Signed<KeyRing>) -> Result<u64, FollowError> {
        let mut state = self.lock();
        let ring = state.ring.successor(&self.root, offered)?;
        if ring != state.ring {
            store.set_value(RING, &(&self.root, &ring))?;
            state.ring = ring;
        }
        Ok(state.ring.number)
    }

    /// The server was heard.
    pub(crate) fn heard(
        &self,
        store: &Store,
        now: Timestamp,
        its_clock: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        state.heard = Some(now);
        state.floor = state.floor.max(its_clock);
        let due = state.written.is_none_or(|written| (now - written).unsigned_abs() >= WRITE_EVERY);
        if due {
            store.set_value(HEARD, &Kept { here: now, there: state.floor })?;
            state.written = Some(now);
        }
        Ok(())
    }

    /// When the server was last heard, in this life or an earlier one.
    pub(crate) fn last_heard(&self) -> Option<Timestamp> {
        self.lock().heard
    }

    /// The clock, but never earlier than the server once said: a clock that lost its battery revives no old command.
    pub(crate) fn not_earlier(&self, now: Timestamp) -> Timestamp {
        self.lock().floor.map_or(now, |floor| now.max(floor))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a ring is not followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FollowError {
    #[error(transparent)]
    Ring(#[from] RingError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a newer ring may know the key.
pub(crate) fn may_be_newer(error: &SignedError) -> bool {
    matches!(error, SignedError::UnknownKey(_))
}
