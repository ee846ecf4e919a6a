//! A signature and its two encodings.

use super::NotASignature;
use sm2::dsa;

/// A signature: the numbers r and s, each of 1 to n-1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub(super) dsa::Signature);

impl Signature {
    /// From r and s, 32 bytes each, the most significant first.
    pub fn from_raw(bytes: &[u8]) -> Result<Self, NotASignature> {
        dsa::Signature::from_slice(bytes).map(Self).map_err(|_| NotASignature)
    }

    /// From `SEQUENCE { r INTEGER, s INTEGER }` (GM/T 0009-2012, clause 7.3): DER, and nothing behind it.
    pub fn from_der(bytes: &[u8]) -> Result<Self, NotASignature> {
        dsa::Signature::from_der(bytes).map(Self).map_err(|_| NotASignature)
    }

    /// r and s, 32 bytes each, the most significant first.
    pub fn to_raw(self) -> [u8; 64] {
        self.0.to_bytes().into()
    }

    /// `SEQUENCE { r INTEGER, s INTEGER }` in DER: 8 to 72 bytes.
    pub fn to_der(self) -> Vec<u8> {
        self.0.to_der().as_ref().to_vec()
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({})", crate::digest::hex(&self.to_raw()))
    }
}
