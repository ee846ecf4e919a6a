//! The private key, and who signs with one.

use super::{DEFAULT_ID, IdTooLong, NotAKey, Signature, VerifyingKey};
use crate::entropy::{Entropy, NoEntropy};
use sm2::dsa;
use sm2::dsa::signature::hazmat::RandomizedPrehashSigner as _;
use sm2::dsa::signature::rand_core::{TryCryptoRng, TryRng};
use sm2::elliptic_curve::Generate as _;
use sm2::{NonZeroScalar, Scalar, SecretKey};
use zeroize::Zeroizing;

/// n-1 of GB/T 32918.5-2017, clause 2.
const N_MINUS_1: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x72,
    0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x22,
];

/// Why there is no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// No random bytes.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// A number came out as nought (a chance of 2⁻²⁵⁵), or who holds the key does not sign.
    #[error("no signature came about")]
    Failed,
}

/// Who signs: whoever holds the key, in a file or in a token that never gives it away.
pub trait Signer: std::fmt::Debug + Send + Sync {
    /// The public key that proves its signatures, with the holder's id.
    fn verifying_key(&self) -> &VerifyingKey;

    /// Signs a message under the holder's id.
    ///
    /// # Errors
    /// There are no random bytes, or the key's holder does not answer.
    fn sign(&self, message: &[u8], entropy: &dyn Entropy) -> Result<Signature, SignError>;
}

/// A private key, d of 1 to n-2; wiped when it is dropped.
pub struct SigningKey {
    key: dsa::SigningKey,
    verifying: VerifyingKey,
}

impl SigningKey {
    /// A new key under [`DEFAULT_ID`].
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, NoEntropy> {
        loop {
            let key = SecretKey::try_generate_from_rng(&mut Source { entropy, dry: false })?;
            // n-1 is a key of the curve, but none that can sign.
            if let Ok(key) = Self::of(&key) {
                return Ok(key);
            }
        }
    }

    /// The number d itself under [`DEFAULT_ID`], the most significant byte first.
    pub fn from_bytes(d: &[u8; 32]) -> Result<Self, NotAKey> {
        Self::of(&SecretKey::from_slice(d).map_err(|_| NotAKey)?)
    }

    /// The same key under another id of its holder.
    pub fn with_id(mut self, id: &str) -> Result<Self, IdTooLong> {
        self.verifying = self.verifying.clone().with_id(id)?;
        Ok(self)
    }

    pub(super) fn of(key: &SecretKey) -> Result<Self, NotAKey> {
        let d = Zeroizing::new(<[u8; 32]>::from(key.to_bytes()));
        // d = n-1 makes 1 + d nought, which has no inverse (GB/T 32918.1-2016, clause 6.1).
        if *d == N_MINUS_1 {
            return Err(NotAKey);
        }
        let verifying = VerifyingKey::under(key.public_key(), DEFAULT_ID).map_err(|_| NotAKey)?;
        let key = dsa::SigningKey::new(DEFAULT_ID, key).map_err(|_| NotAKey)?;
        Ok(Self { key, verifying })
    }

    pub(super) fn secret(&self) -> SecretKey {
        self.key.as_nonzero_scalar().into()
    }
}

impl Signer for SigningKey {
    fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// The number k is HMAC-DRBG's over key, digest and 32 fresh random bytes (RFC 6979, section 3.6, with SM3): uniform,
    /// as clause 6.1, A3 asks, and a bad source of random bytes does not give the key away.
    fn sign(&self, message: &[u8], entropy: &dyn Entropy) -> Result<Signature, SignError> {
        let mut source = Source { entropy, dry: false };
        match self.key.sign_prehash_with_rng(&mut source, &self.verifying.digest(message)) {
            Ok(signature) => Ok(Signature(signature)),
            Err(_) if source.dry => Err(NoEntropy.into()),
            Err(_) => Err(SignError::Failed),
        }
    }
}

impl Drop for SigningKey {
    fn drop(&mut self) {
        // The crate's type does not wipe itself: a number that everybody knows is written over it.
        let one = NonZeroScalar::new(Scalar::ONE).into_option();
        if let Some(nobodys) = one.and_then(|one| dsa::SigningKey::from_nonzero_scalar("", one).ok()) {
            self.key = nobodys;
            zeroize::optimization_barrier(&self.key);
        }
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey(of {:?})", self.verifying)
    }
}

/// Our source of random bytes as the crate asks for one.
struct Source<'a> {
    entropy: &'a dyn Entropy,
    dry: bool,
}

impl TryRng for Source<'_> {
    type Error = NoEntropy;

    fn try_next_u32(&mut self) -> Result<u32, NoEntropy> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoEntropy> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        let filled = self.entropy.fill(bytes);
        self.dry |= filled.is_err();
        filled
    }
}

impl TryCryptoRng for Source<'_> {}
