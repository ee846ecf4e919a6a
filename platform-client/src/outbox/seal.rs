//! What lies on disk is sealed: an AEAD with a key of the terminal's ring, the submission's id as associated data.
//!
//! A sealed entry is `header || ciphertext || tag`. The header is format version (1 byte, 1), algorithm (1 byte, 1 =
//! ChaCha20-Poly1305 of RFC 8439), key id (1 byte), nonce (12 bytes, random). Associated data is the header without
//! the nonce, what kind of thing it is, and the id; so no two sealed things can change places. A material is sealed in
//! chunks: [`stream`].
//!
//! Duty: seal, open. Never: write plain text anywhere.

mod ring;
pub(super) mod stream;

pub(super) use ring::{Key, KeyRing};
pub use ring::{KeyError, KeyId};

use crate::entropy::{Entropy, NoEntropy};
use ::ring::aead::{Aad, NONCE_LEN, Nonce};
use zeroize::Zeroizing;

const FORMAT: u8 = 1;
const CHACHA20_POLY1305_ID: u8 = 1;
const HEADER: usize = VERSIONS + NONCE_LEN;
/// Format, algorithm, key id: the same place in everything that is sealed.
const VERSIONS: usize = 3;

/// What is sealed; it stands in the associated data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// The payload of an entry.
    Entry,
    /// The word by which a database knows its key.
    KeyCheck,
}

impl Sort {
    const fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::KeyCheck => "key check",
        }
    }
}

/// It is not what was sealed: another key, another id, another kind, or altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the seal is broken")]
pub(super) struct SealBroken;

/// The key with which something was sealed.
pub(super) fn key_of(sealed: &[u8]) -> Option<KeyId> {
    sealed.get(2).copied().and_then(KeyId::new)
}

impl KeyRing {
    /// Seals with the current key.
    pub(super) fn seal(
        &self,
        sort: Sort,
        id: &str,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, NoEntropy> {
        let (key_id, key) = self.current();
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(HEADER + plain.len() + key.aead().algorithm().tag_len());
        sealed.extend_from_slice(&[FORMAT, CHACHA20_POLY1305_ID, key_id.get()]);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let aad = associated(&sealed[..VERSIONS], sort, id);
        let nonce = Nonce::assume_unique_for_key(nonce);
        match key.aead().seal_in_place_separate_tag(nonce, Aad::from(aad), &mut sealed[HEADER..]) {
            Ok(tag) => sealed.extend_from_slice(tag.as_ref()),
            Err(_) => unreachable!("fails only beyond 256 GiB"),
        }
        Ok(sealed)
    }

    /// Opens with the key that the header names.
    pub(super) fn unseal(
        &self,
        sort: Sort,
        id: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealBroken> {
        let (head, body) = sealed.split_at_checked(HEADER).ok_or(SealBroken)?;
        let (versions, nonce) = head.split_at(VERSIONS);
        if versions[..2] != [FORMAT, CHACHA20_POLY1305_ID] {
            return Err(SealBroken);
        }
        let key = key_of(sealed).and_then(|id| self.key(id)).ok_or(SealBroken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealBroken)?;
        let mut plain = Zeroizing::new(body.to_vec());
        let aad = associated(versions, sort, id);
        let length =
            key.aead().open_in_place(nonce, Aad::from(aad), &mut plain).map_err(|_| SealBroken)?.len();
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

    fn ring_of(seed: u64) -> (KeyRing, SeededEntropy) {
        let folder = tempfile::tempdir().unwrap();
        let entropy = SeededEntropy::new(seed);
        (KeyRing::open(&folder.path().join("key"), &entropy).unwrap(), entropy)
    }

    #[test]
    fn opens_only_what_was_sealed_as_what_it_was() {
        let (ring, entropy) = ring_of(1);
        let sealed = ring.seal(Sort::Entry, "a", b"secret", &entropy).unwrap();
        assert_eq!(*ring.unseal(Sort::Entry, "a", &sealed).unwrap(), b"secret");
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert!(ring.unseal(Sort::KeyCheck, "a", &sealed).is_err());
        assert!(ring.unseal(Sort::Entry, "b", &sealed).is_err());
        let (other, _) = ring_of(2);
        assert!(other.unseal(Sort::Entry, "a", &sealed).is_err());
        for i in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[i] ^= 1;
            assert!(ring.unseal(Sort::Entry, "a", &altered).is_err(), "byte {i}");
            assert!(ring.unseal(Sort::Entry, "a", &sealed[..i]).is_err(), "cut at {i}");
        }
        assert_ne!(sealed, ring.seal(Sort::Entry, "a", b"secret", &entropy).unwrap(), "a nonce of its own");
    }
}
