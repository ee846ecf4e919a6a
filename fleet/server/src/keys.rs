//! The keys that sign what is ordered, and the ring that says which count.
//!
//! Duty: keep the roles' keys in files, sign with them, make the next ring. Never: keep the root or a release key longer
//! than a command line needs it: they lie in the folder `offline`, which an operator carries away.

use crate::private_file::{self, PrivateFileError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::Timestamp;
use fleet_api::keys::{KeyRing, PublicKey, Role, key_id};
use fleet_api::signed::{Ordered, Signed, SignedError};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Why nothing is signed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A key's file.
    #[error("a signing key cannot be used")]
    File(#[from] PrivateFileError),
    /// The file holds no key.
    #[error("{0}: not an Ed25519 key in PKCS #8, base64")]
    Content(PathBuf),
    /// No key could be made.
    #[error("the machine gives no random bytes for a key")]
    Entropy,
    /// It is another key than the root that terminals were told at their enrolment.
    #[error("{0}: not the root key of this fleet")]
    NotRoot(PathBuf),
    /// The document.
    #[error("the document cannot be signed")]
    Document(#[from] SignedError),
}

/// A key that signs.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    /// Its id.
    pub id: String,
    /// 32 bytes, base64.
    pub public_key: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// The key of this file.
    ///
    /// # Errors
    /// It is absent, open to others, or no key.
    pub fn read(file: &Path) -> Result<Self, KeyError> {
        let absent = || KeyError::Content(file.to_owned());
        let text = private_file::read(file)?.ok_or_else(absent)?;
        let pkcs8 = STANDARD.decode(text.trim()).map_err(|_| absent())?;
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| absent())?;
        let public = pair.public_key().as_ref();
        Ok(Self { id: key_id(public), public_key: STANDARD.encode(public), pair })
    }

    /// The key of this file, made if it is not there.
    ///
    /// # Errors
    /// As [`Self::read`], or none can be made.
    pub fn read_or_make(file: &Path) -> Result<Self, KeyError> {
        if private_file::read(file)?.is_none() {
            let pkcs8 =
                Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Entropy)?;
            private_file::write(file, &STANDARD.encode(pkcs8.as_ref()))?;
        }
        Self::read(file)
    }

    /// Signs a document of this key's role.
    ///
    /// # Errors
    /// It is too long.
    pub fn sign<T: Ordered>(&self, document: &T) -> Result<Signed<T>, KeyError> {
        let bytes = |message: &[u8]| -> Result<[u8; 64], SignedError> {
            let mut signature = [0; 64];
            signature.copy_from_slice(self.pair.sign(message).as_ref());
            Ok(signature)
        };
        Ok(Signed::new(document, self.id.clone(), bytes)?)
    }

    /// The key as a ring lists it.
    pub fn public(&self, role: Role) -> PublicKey {
        PublicKey { id: self.id.clone(), role, public_key: self.public_key.clone() }
    }
}

/// The keys of a server. A role's key may be exchanged while it runs; the root's is not.
#[derive(Debug)]
pub struct Keys {
    folder: KeyFolder,
    commands: RwLock<Arc<SigningKey>>,
    configuration: RwLock<Arc<SigningKey>>,
    /// The root's public key, base64: what a terminal is told at its enrolment.
    pub root_public: String,
}

impl Keys {
    /// Which of the keys that an operator carries away still lie in this server's folder.
    pub fn not_carried_away(&self) -> Vec<Role> {
        [Role::Root, Role::Release].into_iter().filter(|role| self.folder.offline(*role).exists()).collect()
    }

    /// What signs commands.
    pub fn commands(&self) -> Arc<SigningKey> {
        Arc::clone(&self.commands.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What signs configurations.
    pub fn configuration(&self) -> Arc<SigningKey> {
        Arc::clone(&self.configuration.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the folder's keys, as far as `ring` names them: what another key signs no terminal believes.
    ///
    /// # Errors
    /// A key cannot be read.
    pub fn follow(&self, ring: &KeyRing) -> Result<(), KeyError> {
        for (role, in_use) in [(Role::Commands, &self.commands), (Role::Configuration, &self.configuration)] {
            match self.folder.named(role, ring)? {
                Some(key) => *in_use.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key),
                None => {
                    let file = self.folder.role(role);
                    tracing::warn!(file = %file.display(), ring = ring.number, "the key ring does not name this key");
                }
            }
        }
        Ok(())
    }
}

/// Where the keys of a folder lie.
#[derive(Debug, Clone)]
pub struct KeyFolder(PathBuf);

impl KeyFolder {
    /// The folder under the server's data.
    pub fn of(data: &Path) -> Self {
        Self(data.join("keys"))
    }

    fn role(&self, role: Role) -> PathBuf {
        self.0.join(format!("{}.key", role.word()))
    }

    /// The file of a key that is carried away: root and release.
    pub fn offline(&self, role: Role) -> PathBuf {
        self.0.join("offline").join(format!("{}.key", role.word()))
    }

    /// The role's key that the ring names: the newest, or one that was kept when a rotation ended before its ring was there.
    fn named(&self, role: Role, ring: &KeyRing) -> Result<Option<SigningKey>, KeyError> {
        let is_named =
            |key: &SigningKey| ring.keys.iter().any(|named| named.id == key.id && named.role == role);
        let newest = SigningKey::read(&self.role(role))?;
        if is_named(&newest) {
            return Ok(Some(newest));
        }
        let ids = ring.keys.iter().filter(|named| named.role == role).map(|named| &named.id);
        // A ring's ids are signed, yet only a plain one is a file's name here.
        let files = ids.filter(|id| id.bytes().all(|b| b.is_ascii_hexdigit())).map(|id| self.kept(role, id));
        Ok(files.filter_map(|file| SigningKey::read(&file).ok()).find(is_named))
    }

    /// The file of a role's key that was exchanged.
    fn kept(&self, role: Role, id: &str) -> PathBuf {
        self.0.join(format!("{}-{id}.old", role.word()))
    }

    /// The server's keys, and the first ring where this is the first run.
    ///
    /// # Errors
    /// A key cannot be used or made.
    pub fn open(&self, now: Timestamp) -> Result<(Keys, Option<Signed<KeyRing>>), KeyError> {
        let root_file = self.0.join("root.public");
        let known = private_file::read(&root_file)?;
        let commands = SigningKey::read_or_make(&self.role(Role::Commands))?;
        let configuration = SigningKey::read_or_make(&self.role(Role::Configuration))?;
        let keys = |commands, configuration, root_public| Keys {
            folder: self.clone(),
            commands: RwLock::new(Arc::new(commands)),
            configuration: RwLock::new(Arc::new(configuration)),
            root_public,
        };
        if let Some(root_public) = known {
            return Ok((keys(commands, configuration, root_public), None));
        }
        let root = SigningKey::read_or_make(&self.offline(Role::Root))?;
        let release = SigningKey::read_or_make(&self.offline(Role::Release))?;
        let ring = KeyRing {
            number: 1,
            at: now,
            keys: vec![
                commands.public(Role::Commands),
                configuration.public(Role::Configuration),
                release.public(Role::Release),
            ],
        };
        let signed = root.sign(&ring)?;
        private_file::write(&root_file, &root.public_key)?;
        Ok((keys(commands, configuration, root.public_key), Some(signed)))
    }

    /// A new key for `role` and the ring that names it instead of the old one, signed by the root key of `root_file`.
    /// The old key's file is kept beside the new one.
    ///
    /// # Errors
    /// A key cannot be used or made.
    pub fn rotate(
        &self,
        role: Role,
        old: &KeyRing,
        root_file: &Path,
        now: Timestamp,
    ) -> Result<Signed<KeyRing>, KeyError> {
        let file = if role == Role::Release { self.offline(role) } else { self.role(role) };
        let root = SigningKey::read(root_file)?;
        // Before anything is changed: with another root, no terminal would believe the ring.
        if private_file::read(&self.0.join("root.public"))?.as_deref().map(str::trim)
            != Some(&root.public_key)
        {
            return Err(KeyError::NotRoot(root_file.to_owned()));
        }
        if let Ok(before) = SigningKey::read(&file) {
            let kept = file.with_file_name(format!("{}-{}.old", role.word(), before.id));
            std::fs::rename(&file, &kept).map_err(|source| PrivateFileError::Io { file: kept, source })?;
        }
        let new = SigningKey::read_or_make(&file)?;
        let mut keys: Vec<PublicKey> = old.keys.iter().filter(|key| key.role != role).cloned().collect();
        keys.push(new.public(role));
        root.sign(&KeyRing { number: old.number + 1, at: now, keys })
    }
}
