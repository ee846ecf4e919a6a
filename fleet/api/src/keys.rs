//! Whose word counts for what.
//!
//! The ring is signed by the root key, which is told to a terminal at its enrolment and is kept off the server; the
//! roles' keys are on the server (commands, configuration) or with the release manager (releases), and change by a ring
//! of a higher number.

use crate::Timestamp;
use crate::signed::{Ordered, Signed};
use serde::{Deserialize, Serialize};

open_enum! {
    /// What a key may sign.
    Role {
        /// Key rings.
        Root = "root",
        /// Commands to one terminal.
        Commands = "commands",
        /// Configuration documents.
        Configuration = "configuration",
        /// What a terminal may install.
        Release = "release",
    }
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicKey {
    /// The first 16 hexadecimal digits of the public key's SHA-256.
    pub id: String,
    /// What it may sign.
    pub role: Role,
    /// Ed25519, 32 bytes, base64.
    pub public_key: String,
}

/// The keys that count now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyRing {
    /// Rises with each ring; a terminal keeps the highest that it has seen and refuses a lower one.
    pub number: u64,
    /// When it was signed.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub at: Timestamp,
    /// The keys; the root of the next ring is among them, as role `root`, where it changes.
    pub keys: Vec<PublicKey>,
}

impl Ordered for KeyRing {
    const ROLE: Role = Role::Root;
}

/// Why a ring is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The root did not sign it.
    #[error("the key ring is not signed by the root")]
    Signature(#[source] crate::signed::SignedError),
    /// An old ring again.
    #[error("the key ring has number {offered}; {known} is known already")]
    Older {
        /// The number of the ring that was offered.
        offered: u64,
        /// The number of the ring that is in use.
        known: u64,
    },
}

impl KeyRing {
    /// The key of that id.
    pub fn key(&self, id: &str) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The ring that follows this one: signed by `root` or by a root key of this ring, and of a higher number.
    ///
    /// # Errors
    /// Neither signed it, or it is older than this one. One of the same number with the same content is taken.
    pub fn successor(&self, root: &str, offered: &Signed<Self>) -> Result<Self, RingError> {
        let next_root =
            self.keys.iter().filter(|key| key.role == Role::Root).map(|key| key.public_key.as_str());
        let mut last = None;
        for key in next_root.chain([root]) {
            match offered.open_with(key) {
                Ok(ring) if ring.number > self.number || ring == *self => return Ok(ring),
                Ok(ring) => return Err(RingError::Older { offered: ring.number, known: self.number }),
                Err(error) => last = Some(error),
            }
        }
        Err(RingError::Signature(
            last.unwrap_or_else(|| crate::signed::SignedError::UnknownKey(offered.key_id.clone())),
        ))
    }
}

/// The id of a public key of 32 bytes.
pub fn key_id(public_key: &[u8]) -> String {
    use std::fmt::Write as _;
    let digest = ring::digest::digest(&ring::digest::SHA256, public_key);
    digest.as_ref().iter().take(8).fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}
