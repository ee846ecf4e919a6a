//! How long to wait after a failure: longer each time, and never all terminals at once.

use std::time::Duration;

/// The first wait.
const FIRST: Duration = Duration::from_secs(5);
/// The longest.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Waits that double.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    failures: u32,
    first: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { failures: 0, first: FIRST }
    }
}

impl Backoff {
    /// Waits that begin with `first`.
    pub(crate) fn from(first: Duration) -> Self {
        Self { failures: 0, first }
    }

    /// All is well again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure: between half and the whole of the doubled one.
    pub(crate) fn next(&mut self) -> Duration {
        let whole = self.first.saturating_mul(1 << self.failures.min(16)).min(LONGEST.max(self.first));
        self.failures = self.failures.saturating_add(1);
        jittered(whole)
    }
}

/// What a server asked for and up to a tenth more, so that a city does not come on the same second.
pub(crate) fn spread(asked: Duration) -> Duration {
    asked + jittered(asked / 10)
}

/// Between half of `whole` and `whole`.
fn jittered(whole: Duration) -> Duration {
    let mut random = [0; 4];
    // Without random bytes all wait the whole: late, never wrong.
    let share = match ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut random) {
        Ok(()) => f64::from(u32::from_le_bytes(random)) / f64::from(u32::MAX),
        Err(_) => 1.0,
    };
    whole.mul_f64(0.5 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_each_time_and_bounded() {
        let mut backoff = Backoff::default();
        for whole in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900] {
            let wait = backoff.next().as_secs_f64();
            assert!((f64::from(whole) / 2.0..=f64::from(whole)).contains(&wait), "{whole}: {wait}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
