//! Going over to a new key: what is sealed with an older one is sealed anew, a little at a time, beside everything else.
//!
//! 1. The new key is on disk and current ([`Outbox::new_key`]): everything new is sealed with it.
//! 2. Entries are sealed anew, some in each transaction; then materials, each beside the old file, synced, and renamed over
//!    it; then the word by which the database knows its keys.
//! 3. A key with which nothing is sealed is removed; not while something lies set aside, which only that key may open.
//!
//! Each thing names its key, so after an end of the program at any step everything is read, and the next pass goes on.
//!
//! Duty: move from key to key without a moment in which something cannot be read. Never: remove what could not be opened,
//! or a key that it may need.

use super::agenda::Seq;
use super::error::StoreError;
use super::seal::stream::key_of_stream;
use super::seal::{KeyError, KeyId, Sort, key_of};
use super::{KEY_WORD, Outbox, Shared};
use crate::failpoint::{self, Point};
use std::fs::File;
use std::path::Path;
use std::sync::PoisonError;

/// So many entries in one transaction: visits wait for it.
const AT_ONCE: u32 = 32;

/// What going over to a new key brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Entries that were sealed anew.
    pub entries: u64,
    /// Materials that were sealed anew.
    pub materials: u64,
    /// Entries and materials that no key opens: they keep theirs, and a person finds them in the list.
    pub unreadable: u64,
    /// Keys that are removed.
    pub retired: Vec<KeyId>,
}

impl Outbox {
    /// Makes a new key, which is current and on disk when this returns. The delivery seals with it, within its poll
    /// interval, what is sealed with an older one; [`Self::reseal`] does so at once.
    pub fn new_key(&self) -> Result<KeyId, KeyError> {
        let id = self.shared.keys.make_next(self.shared.entropy.as_ref())?;
        failpoint::pass(Point::KeyMade);
        Ok(id)
    }

    /// Seals with the current key whatever is sealed with an older one, and gives up keys that nothing needs. Blocks for as
    /// long as that takes; visits and delivery go on meanwhile.
    pub fn reseal(&self) -> Result<Resealed, StoreError> {
        self.shared.reseal()
    }
}

impl Shared {
    /// [`Self::reseal`] if there is more than one key, those that another program made included.
    pub(super) fn reseal_if_due(&self) -> Result<Option<Resealed>, StoreError> {
        self.keys.read_new().map_err(StoreError::Key)?;
        let mut done = self.resealed.lock().unwrap_or_else(PoisonError::into_inner);
        if self.keys.ids().len() == 1 || *done == Some(self.keys.current_id()) {
            return Ok(None);
        }
        self.go_over(&mut done).map(Some)
    }

    fn reseal(&self) -> Result<Resealed, StoreError> {
        self.go_over(&mut self.resealed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One at a time: two would write the same draft.
    fn go_over(&self, done: &mut Option<KeyId>) -> Result<Resealed, StoreError> {
        let mut resealed = Resealed::default();
        let current = self.keys.current_id();
        // From here on nobody is left who sealed with an older key and has not saved it yet.
        drop(self.sealing.write().unwrap_or_else(PoisonError::into_inner));
        self.reseal_entries(current, &mut resealed)?;
        self.reseal_materials(current, &mut resealed)?;
        self.reseal_key_check(current)?;
        failpoint::pass(Point::BeforeRetiring);
        let io = |cause| StoreError::Io { file: self.place.folder().to_owned(), cause };
        if resealed.unreadable == 0 && !self.place.has_set_aside().map_err(io)? {
            // Old contents may still stand in the log.
            self.with_store(|store| store.empty_log())?;
            // And from here on nobody is left who has read something that only an older key opens.
            drop(self.sealing.write().unwrap_or_else(PoisonError::into_inner));
            for id in self.keys.ids().into_iter().filter(|id| *id < current) {
                self.keys.retire(id).map_err(StoreError::Key)?;
                resealed.retired.push(id);
            }
        }
        failpoint::pass(Point::AfterRetiring);
        *done = Some(current);
        Ok(resealed)
    }

    fn reseal_entries(&self, current: KeyId, resealed: &mut Resealed) -> Result<(), StoreError> {
        let mut after: Seq = 0;
        loop {
            let old = self.with_store(|store| store.sealed_with_another(current, after, AT_ONCE))?;
            let Some((last, ..)) = old.last() else { return Ok(()) };
            after = *last;
            let mut new = Vec::with_capacity(old.len());
            for (seq, id, sealed) in &old {
                match self.keys.unseal(Sort::Entry, id, sealed) {
                    Ok(plain) => {
                        new.push((*seq, self.keys.seal(Sort::Entry, id, &plain, self.entropy.as_ref())?));
                    }
                    Err(_) => resealed.unreadable += 1,
                }
            }
            resealed.entries += new.len() as u64;
            self.with_store(|store| store.replace_sealed(&new))?;
            failpoint::pass(Point::EntriesResealed);
        }
    }

    fn reseal_materials(&self, current: KeyId, resealed: &mut Resealed) -> Result<(), StoreError> {
        let materials = self.with_store(|store| store.materials())?;
        for id in &materials {
            let path = self.place.material(id);
            match self.reseal_material(id, &path, current) {
                Ok(true) => resealed.materials += 1,
                Ok(false) => {}
                // Delivered and removed meanwhile.
                Err(_) if !self.with_store(|store| store.has_material(id))? => {}
                Err(cause) if cause.kind() == std::io::ErrorKind::InvalidData || !path.exists() => {
                    resealed.unreadable += 1;
                }
                Err(cause) => return Err(StoreError::Io { file: path, cause }),
            }
        }
        let synced = self.place.sync_materials();
        synced.map_err(|cause| StoreError::Io { file: self.place.materials(), cause })
    }

    /// Whether it was sealed with another key.
    fn reseal_material(&self, id: &str, path: &Path, current: KeyId) -> std::io::Result<bool> {
        if key_of_stream(File::open(path)?)? == Some(current) {
            return Ok(false);
        }
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let plain = self.keys.unseal_stream(id, file, length)?;
        self.place
            .replace_material(id, |out| self.keys.seal_stream(id, plain, out, self.entropy.as_ref()))?;
        // Delivered while it was sealed: it must not come back.
        let kept = self.with_store(|store| store.has_material(id)).unwrap_or(true);
        if !kept {
            self.place.remove_materials(std::iter::once(id));
        }
        Ok(kept)
    }

    fn reseal_key_check(&self, current: KeyId) -> Result<(), StoreError> {
        self.with_store(|store| {
            let sealed = store.key_check(|| Ok(Vec::new()))?;
            if key_of(&sealed) == Some(current) {
                return Ok(());
            }
            let new = self.keys.seal(Sort::KeyCheck, "", KEY_WORD, self.entropy.as_ref())?;
            store.replace_key_check(&new)
        })
    }
}
