//! What lies on disk is sealed: an AEAD with the terminal's key, the submission's id as associated data.
//!
//! A sealed thing is `header || ciphertext || tag`. The header is format version (1 byte, 1), algorithm (1 byte, 1 =
//! ChaCha20-Poly1305 of RFC 8439), key id (1 byte, 1), nonce (12 bytes, random). Associated data is the header without
//! the nonce, what kind of thing it is, and the id; so no two sealed things can change places.
//!
//! Duty: seal, open, and keep the key in a file of its own. Never: write plain text anywhere.

use crate::entropy::{Entropy, NoEntropy};
use crate::private_file::{self, PrivateFileError};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::path::Path;
use zeroize::Zeroizing;

const FORMAT: u8 = 1;
const CHACHA20_POLY1305_ID: u8 = 1;
const KEY_ID: u8 = 1;
const HEADER: usize = 3 + NONCE_LEN;
const KEY: usize = 32;

/// What is sealed; it stands in the associated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// The payload of an entry.
    Entry,
    /// A material beside an entry.
    Attachment,
    /// The word by which a database knows its key.
    KeyCheck,
}

impl Sort {
    const fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Attachment => "attachment",
            Self::KeyCheck => "key check",
        }
    }
}

/// It is not what was sealed: another key, another id, another kind, or altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the seal is broken")]
pub(super) struct SealBroken;

/// Seals and opens with one key.
pub(super) struct Sealer {
    key: LessSafeKey,
}

impl Sealer {
    /// With the key in this file, which is made at first use (mode 0600).
    pub(super) fn open(key_file: &Path, entropy: &dyn Entropy) -> Result<Self, PrivateFileError> {
        let bytes = private_file::read_or_make(key_file, KEY, entropy)?;
        // The file has the algorithm's length, the only thing that can be wrong with a key.
        let Ok(key) = UnboundKey::new(&CHACHA20_POLY1305, &bytes) else {
            unreachable!("32 bytes are a key");
        };
        Ok(Self { key: LessSafeKey::new(key) })
    }

    pub(super) fn seal(
        &self,
        sort: Sort,
        id: &str,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, NoEntropy> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(HEADER + plain.len() + self.key.algorithm().tag_len());
        sealed.extend_from_slice(&[FORMAT, CHACHA20_POLY1305_ID, KEY_ID]);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let aad = associated(&sealed[..3], sort, id);
        let nonce = Nonce::assume_unique_for_key(nonce);
        match self.key.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut sealed[HEADER..]) {
            Ok(tag) => sealed.extend_from_slice(tag.as_ref()),
            Err(_) => unreachable!("fails only beyond 256 GiB"),
        }
        Ok(sealed)
    }

    pub(super) fn unseal(
        &self,
        sort: Sort,
        id: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let (head, body) = sealed.split_at_checked(HEADER).ok_or(SealBroken)?;
        let (versions, nonce) = head.split_at(3);
        if versions != [FORMAT, CHACHA20_POLY1305_ID, KEY_ID] {
            return Err(SealBroken);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealBroken)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let aad = associated(versions, sort, id);
        let length = self.key.open_in_place(nonce, Aad::from(aad), &mut plain).map_err(|_| SealBroken)?.len();
        plain.truncate(length);
        Ok(plain)
    }
}

fn associated(versions: &[u8], sort: Sort, id: &str) -> Vec<u8> {
    [versions, sort.word().as_bytes(), &[0], id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    fn sealer_of(seed: u64) -> (Sealer, SeededEntropy) {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(seed);
        (Sealer::open(&folder.path().join("key"), &entropy).unwrap(), entropy)
    }

    #[test]
    fn opens_only_what_was_sealed_as_what_it_was() {
        let (sealer, entropy) = sealer_of(1);
        let sealed = sealer.seal(Sort::Entry, "a", b"secret", &entropy).unwrap();
        assert_eq!(*sealer.unseal(Sort::Entry, "a", &sealed).unwrap(), b"secret");
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert!(sealer.unseal(Sort::Attachment, "a", &sealed).is_err());
        assert!(sealer.unseal(Sort::Entry, "b", &sealed).is_err());
        let (other, _) = sealer_of(2);
        assert!(other.unseal(Sort::Entry, "a", &sealed).is_err());
        for i in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[i] ^= 1;
            assert!(sealer.unseal(Sort::Entry, "a", &altered).is_err(), "byte {i}");
            assert!(sealer.unseal(Sort::Entry, "a", &sealed[..i]).is_err(), "cut at {i}");
        }
        assert_ne!(sealed, sealer.seal(Sort::Entry, "a", b"secret", &entropy).unwrap(), "a nonce of its own");
    }
}
