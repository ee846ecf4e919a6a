//! The keys of an outbox: each in a file of its own, the highest number is the current one.
//!
//! Key 1 is `outbox.key`, key 2 `outbox.key.2`, and so on. A new key is on disk before anything is sealed with it; an old
//! one is removed only when nothing is sealed with it any more (`outbox::reseal`).
//!
//! Duty: keep the keys and say which is current. Never: overwrite a key; use a number again while a later one is there.

use crate::entropy::Entropy;
use crate::private_file::{self, PrivateFileError};
use ring::aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

const LENGTH: usize = 32;

/// The number of a key, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(u8);

impl KeyId {
    const FIRST: Self = Self(1);

    pub(super) const fn new(number: u8) -> Option<Self> {
        if number == 0 { None } else { Some(Self(number)) }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// Why a key cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its file.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// 255 keys were made; a new outbox has to be begun.
    #[error("all 255 numbers of keys are used: deliver what waits, then begin a new outbox")]
    NoNumberLeft,
}

/// A key.
pub(in crate::outbox) struct Key {
    aead: LessSafeKey,
    bytes: Zeroizing<Vec<u8>>,
}

impl Key {
    fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        // The file has the algorithm's length, the only thing that can be wrong with a key.
        let Ok(key) = UnboundKey::new(&CHACHA20_POLY1305, &bytes) else {
            unreachable!("32 bytes are a key");
        };
        Self { aead: LessSafeKey::new(key), bytes }
    }

    /// For what is sealed in one piece.
    pub(super) const fn aead(&self) -> &LessSafeKey {
        &self.aead
    }

    /// What keys of single files are derived from.
    pub(super) fn secret(&self) -> &[u8] {
        &self.bytes
    }
}

/// The keys of an outbox.
pub(in crate::outbox) struct KeyRing {
    file: PathBuf,
    keys: RwLock<BTreeMap<KeyId, Arc<Key>>>,
}

impl KeyRing {
    /// The keys at this path; the first is made at first use (mode 0600).
    pub(in crate::outbox) fn open(file: &Path, entropy: &dyn Entropy) -> Result<Self, PrivateFileError> {
        let ring = Self { file: file.to_owned(), keys: RwLock::default() };
        ring.read_new()?;
        if ring.ids().is_empty() {
            ring.take(KeyId::FIRST, entropy)?;
        }
        Ok(ring)
    }

    /// The key with which everything new is sealed.
    pub(super) fn current(&self) -> (KeyId, Arc<Key>) {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        match keys.last_key_value() {
            Some((id, key)) => (*id, Arc::clone(key)),
            None => unreachable!("a ring has a key from its opening on, and never gives up the current one"),
        }
    }

    /// The number of the current key.
    pub(in crate::outbox) fn current_id(&self) -> KeyId {
        self.current().0
    }

    /// A key by its number; one that another program made meanwhile is read.
    pub(super) fn key(&self, id: KeyId) -> Option<Arc<Key>> {
        let known = |ring: &Self| ring.keys.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        known(self).or_else(|| {
            self.read_new().ok()?;
            known(self)
        })
    }

    pub(in crate::outbox) fn ids(&self) -> Vec<KeyId> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Makes the next key; it is current when this returns, and on disk.
    pub(in crate::outbox) fn make_next(&self, entropy: &dyn Entropy) -> Result<KeyId, KeyError> {
        self.read_new()?;
        let next = self.current_id().0.checked_add(1).map(KeyId).ok_or(KeyError::NoNumberLeft)?;
        self.take(next, entropy)?;
        Ok(next)
    }

    /// Reads the keys that another program made.
    pub(in crate::outbox) fn read_new(&self) -> Result<(), PrivateFileError> {
        let known = self.ids();
        for id in self.numbers_on_disk()?.into_iter().filter(|id| !known.contains(id)) {
            let file = self.file(id);
            // Whoever made it may not have come to the sync of the folder.
            private_file::sync_folder_of(&file)?;
            self.put(id, private_file::read_existing(&file, LENGTH)?);
        }
        Ok(())
    }

    fn numbers_on_disk(&self) -> Result<Vec<KeyId>, PrivateFileError> {
        let names = private_file::names_beside(&self.file)?;
        let own = self.file.file_name().unwrap_or_default().to_string_lossy();
        let number = |name: &str| match name.strip_prefix(own.as_ref())? {
            "" => Some(KeyId::FIRST),
            rest => rest.strip_prefix('.')?.parse().ok().filter(|n| *n > 1).map(KeyId),
        };
        Ok(names.iter().filter_map(|name| number(name)).collect())
    }

    /// Gives up a key that nothing is sealed with; never the current one.
    pub(in crate::outbox) fn retire(&self, id: KeyId) -> Result<(), PrivateFileError> {
        if id == self.current_id() {
            return Ok(());
        }
        private_file::remove(&self.file(id))?;
        self.keys.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        Ok(())
    }

    fn take(&self, id: KeyId, entropy: &dyn Entropy) -> Result<(), PrivateFileError> {
        self.put(id, private_file::read_or_make(&self.file(id), LENGTH, entropy)?);
        Ok(())
    }

    fn put(&self, id: KeyId, bytes: Zeroizing<Vec<u8>>) {
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::new(Key::new(bytes)));
    }

    fn file(&self, id: KeyId) -> PathBuf {
        if id == KeyId::FIRST {
            return self.file.clone();
        }
        let mut name = OsString::from(&self.file);
        name.push(format!(".{}", id.0));
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn the_newest_is_current_for_every_program_and_an_old_one_goes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outbox.key");
        let entropy = SeededEntropy::new(1);
        let (ours, theirs) =
            (KeyRing::open(&file, &entropy).unwrap(), KeyRing::open(&file, &entropy).unwrap());
        assert_eq!(ours.make_next(&entropy).unwrap(), KeyId(2));
        assert_eq!(ours.current_id(), KeyId(2));
        assert_eq!(theirs.current_id(), KeyId(1));
        assert!(theirs.key(KeyId(2)).is_some(), "read when it is met");
        assert_eq!(theirs.current_id(), KeyId(2));
        ours.retire(KeyId(2)).unwrap();
        assert_eq!(ours.current_id(), KeyId(2), "the current one stays");
        ours.retire(KeyId(1)).unwrap();
        assert!(!file.exists());
        let later = KeyRing::open(&file, &entropy).unwrap();
        assert_eq!(later.ids(), [KeyId(2)]);
        assert!(!file.exists(), "no first key is made beside a later one");
    }

    #[test]
    fn numbers_end() {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(1);
        let ring = KeyRing::open(&folder.path().join("outbox.key"), &entropy).unwrap();
        ring.take(KeyId(255), &entropy).unwrap();
        assert!(matches!(ring.make_next(&entropy), Err(KeyError::NoNumberLeft)));
    }
}
