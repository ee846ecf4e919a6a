//! SM4 (GB/T 32907-2016): keys, and two modes for whole messages.
//!
//! Duty: [`cbc`] for the interfaces that ask for it, [`gcm`] where the choice is ours. Never: say why a decryption
//! failed; CBC alone proves nothing, so whoever uses it checks a MAC or signature over the ciphertext first.

pub mod cbc;
pub mod gcm;

#[cfg(test)]
mod tests;

use crate::entropy::{Entropy, NoEntropy};
use zeroize::{Zeroize as _, ZeroizeOnDrop};

/// Bytes of a key and of a block.
pub const LENGTH: usize = 16;

/// A key; wiped when it is dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Key([u8; LENGTH]);

impl Key {
    /// These bytes as a key; the caller's are wiped.
    pub fn new(bytes: &mut [u8; LENGTH]) -> Self {
        let key = Self(*bytes);
        bytes.zeroize();
        key
    }

    /// A new key.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, NoEntropy> {
        let mut key = Self([0; LENGTH]);
        entropy.fill(&mut key.0)?;
        Ok(key)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// It is not what this key made, or it was changed on its way. Which of the two, and where, is never said: whoever hears
/// that a padding was wrong can read a message byte by byte (Vaudenay, EUROCRYPT 2002).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not to be decrypted")]
pub struct NotDecrypted;
