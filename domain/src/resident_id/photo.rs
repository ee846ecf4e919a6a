//! The photo of a card as its chip holds it.
//!
//! Duty: carry it to a decoder. Never: decode it, be printed, or be written down.

use zeroize::Zeroizing;

/// Opaque bytes (WLT, 1024 of them), decoded only by the maker's own program. Wiped when dropped; `Debug` shows how many.
///
/// Source: the reference page on card readers, "Photo and fingerprint".
#[derive(Clone, PartialEq, Eq)]
pub struct CardPhoto(Zeroizing<Vec<u8>>);

impl CardPhoto {
    /// Takes the bytes of a chip.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes of the chip.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for CardPhoto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardPhoto({} bytes)", self.0.len())
    }
}
