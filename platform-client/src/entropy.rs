//! Randomness as a parameter: nonces, ids, keys and jitter come from here.
//!
//! Duty: bytes that nobody can guess, or, from a seed, the same bytes every time. Never: be asked past this trait.

use crate::gm::sm3::{self, HmacKey};
use ring::digest::{Context, SHA256};
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::atomic::{AtomicU64, Ordering};
use zeroize::Zeroizing;

/// The machine gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine has no random bytes to give")]
pub struct NoEntropy;

/// A source of random bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy>;
}

/// The machine's own source.
#[derive(Debug, Clone)]
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// The machine's own source.
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.0.fill(bytes).map_err(|_| NoEntropy)
    }
}

/// The same bytes for the same seed: SHA-256 over seed and counter. For visits that must repeat; never on a kiosk that
/// serves people.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    block: AtomicU64,
}

impl SeededEntropy {
    /// A stream for this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed, block: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for chunk in bytes.chunks_mut(32) {
            let mut hash = Context::new(&SHA256);
            hash.update(b"yilin seeded entropy 1");
            hash.update(&self.seed.to_be_bytes());
            hash.update(&self.block.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            let digest = hash.finish();
            let (head, _) = digest.as_ref().split_at(chunk.len());
            chunk.copy_from_slice(head);
        }
        Ok(())
    }
}

/// Bytes that follow from a secret and a message, for a signature that comes out the same each time: nobody guesses them,
/// and no two messages have the same. The idea of RFC 6979, with HMAC-SM3.
#[derive(Debug)]
pub(crate) struct MessageEntropy {
    secret: HmacKey,
    message: sm3::Digest,
    block: AtomicU64,
}

impl MessageEntropy {
    /// For one signature of a message under the key that this secret is or belongs to.
    pub(crate) fn new(secret: &[u8], message: &[u8]) -> Self {
        let secret = HmacKey::new(Zeroizing::new(secret.to_vec()));
        Self { secret, message: sm3::digest(message), block: AtomicU64::new(0) }
    }
}

impl Entropy for MessageEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        for chunk in bytes.chunks_mut(32) {
            let block = self.block.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let mac = self.secret.mac(&[b"yilin message entropy 1", &self.message, &block]);
            let (head, _) = mac.split_at(chunk.len());
            chunk.copy_from_slice(head);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let take = |seed: u64| {
            let source = SeededEntropy::new(seed);
            let mut bytes = [0; 70];
            source.fill(&mut bytes).unwrap();
            source.fill(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(take(7), take(7));
        assert_ne!(take(7), take(8));
    }
    #[test]
    fn a_message_repeats_and_another_message_or_secret_differs() {
        let take = |secret: &[u8], message: &[u8]| {
            let mut bytes = [0; 70];
            MessageEntropy::new(secret, message).fill(&mut bytes).unwrap();
            bytes
        };
        assert_eq!(take(b"a", b"m"), take(b"a", b"m"));
        assert_ne!(take(b"a", b"m"), take(b"a", b"n"));
        assert_ne!(take(b"a", b"m"), take(b"b", b"m"));
    }
}
