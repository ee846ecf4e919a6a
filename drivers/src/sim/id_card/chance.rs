//! Seeded chance: the same seed gives the same noise and the same photo.

/// A generator of Marsaglia's xorshift family, 64 bits: good enough for noise, useless for secrets.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        // Zero would stay zero.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(super) fn byte(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The high bits are the better ones.
        self.0.to_be_bytes()[0]
    }

    /// A number below `end`, which is at most 256.
    pub(super) fn below(&mut self, end: u16) -> usize {
        usize::from(u16::from(self.byte()) * end / 256)
    }
}
