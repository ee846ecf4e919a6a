//! Where a thing stands on the city's plane.

/// Metres east and north of the city's middle; on no map of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    /// Metres to the east.
    pub east: i32,
    /// Metres to the north.
    pub north: i32,
}

impl Position {
    /// Straight distance in metres, rounded down.
    pub fn metres_to(self, other: Self) -> u32 {
        let square = |a: i32, b: i32| u64::from(a.abs_diff(b)).pow(2);
        let sum = square(self.east, other.east) + square(self.north, other.north);
        u32::try_from(sum.isqrt()).unwrap_or(u32::MAX)
    }

    /// Minutes on foot at 70 metres a minute, an elder's pace, at least one.
    pub fn minutes_on_foot(self, other: Self) -> u32 {
        self.metres_to(other).div_ceil(70).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        let at = |east, north| Position { east, north };
        assert_eq!(at(0, 0).metres_to(at(300, -400)), 500);
        assert_eq!(at(0, 0).minutes_on_foot(at(300, -400)), 8);
        assert_eq!(at(5, 5).minutes_on_foot(at(5, 5)), 1);
        assert_eq!(at(i32::MIN, 0).metres_to(at(i32::MAX, 0)), u32::MAX);
    }
}
