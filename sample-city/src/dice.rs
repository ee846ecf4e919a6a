//! Chance that is the same everywhere: SplitMix64, whose sequence no library update can change.

/// What makes one city different from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);

impl Seed {
    /// The city of the demonstration, whose canteens the catalogue's files name.
    pub const DEMONSTRATION: Self = Self(1);
}

/// A stream of numbers that depends on a seed and a purpose only.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// A stream of its own for each purpose, so that one more canteen never renames a street.
    pub fn new(Seed(seed): Seed, purpose: &str) -> Self {
        // FNV-1a spreads the purpose over the state.
        let mix = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        Self(purpose.bytes().fold(seed ^ 0xCBF2_9CE4_8422_2325, mix))
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `sides`; 0 for no sides.
    pub fn below(&mut self, sides: u32) -> u32 {
        // The upper half of a product of 64 bits: fits 32 by construction.
        u32::try_from(((self.bits() >> 32) * u64::from(sides)) >> 32).unwrap_or(0)
    }

    /// A number from −`reach` to `reach`.
    pub fn around(&mut self, reach: i32) -> i32 {
        let span = reach.unsigned_abs() * 2 + 1;
        i32::try_from(self.below(span)).unwrap_or(0) - reach
    }

    /// One of the values, or `None` of an empty slice.
    pub fn pick<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        let sides = u32::try_from(values.len()).unwrap_or(u32::MAX);
        values.get(self.below(sides) as usize)
    }

    /// Puts the values into another order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for end in (1..values.len()).rev() {
            let sides = u32::try_from(end + 1).unwrap_or(u32::MAX);
            values.swap(end, self.below(sides) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs of SplitMix64 with state 1234567, as its author's test vector prints them.
    #[test]
    fn the_published_sequence() {
        let mut dice = Dice(1_234_567);
        assert_eq!(dice.bits(), 6_457_827_717_110_365_317);
        assert_eq!(dice.bits(), 3_203_168_211_198_807_973);
        assert_eq!(dice.bits(), 9_817_491_932_198_370_423);
    }

    #[test]
    fn numbers_stay_in_their_range_and_reach_its_ends() {
        let mut dice = Dice::new(Seed(7), "range");
        let rolls: Vec<i32> = (0..2000).map(|_| dice.around(3)).collect();
        assert_eq!((rolls.iter().min(), rolls.iter().max()), (Some(&-3), Some(&3)));
        assert_eq!(dice.below(0), 0);
        assert_eq!(dice.pick::<u8>(&[]), None);
    }

    #[test]
    fn a_purpose_has_its_own_stream() {
        assert_ne!(Dice::new(Seed(1), "a").bits(), Dice::new(Seed(1), "b").bits());
        assert_eq!(Dice::new(Seed(1), "a").bits(), Dice::new(Seed(1), "a").bits());
    }
}
