//! How long to wait before trying again.

use std::time::Duration;

/// Doubles from `first` to `longest`; each wait is between half of it and all of it, so that the terminals of a city do
/// not come back at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// Never longer.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(300) }
    }
}

impl Backoff {
    /// The wait after so many failures in a row (from 1), with a random number.
    pub fn wait(&self, failures: u32, random: u32) -> Duration {
        let doubled = self.first.saturating_mul(1 << failures.saturating_sub(1).min(20));
        let whole = doubled.min(self.longest);
        whole / 2 + (whole / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_within_its_bounds() {
        let backoff = Backoff { first: Duration::from_secs(2), longest: Duration::from_secs(60) };
        for (failures, whole) in [(0, 2), (1, 2), (2, 4), (3, 8), (5, 32), (6, 60), (40, 60), (u32::MAX, 60)]
        {
            let whole = Duration::from_secs(whole);
            assert_eq!(backoff.wait(failures, 0), whole / 2, "{failures}");
            assert_eq!(backoff.wait(failures, u32::MAX), whole, "{failures}");
        }
    }
}
