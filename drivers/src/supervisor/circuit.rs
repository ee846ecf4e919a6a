//! Whether a device that failed is tried now, or left alone for a while.
//!
//! Duty: closed → open after some failures → one try after a wait → closed, or open for longer. Never: wait, or look at a
//! clock by itself.

use std::time::{Duration, Instant};

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitRules {
    /// So many failures one after another open it; at least 1.
    pub failures: u32,
    /// The first wait.
    pub first: Duration,
    /// The longest, before a quarter more or less by chance.
    pub most: Duration,
}

/// Where a circuit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// The device is used.
    Closed,
    /// It is left alone until then.
    Open {
        /// When one try is due.
        until: Instant,
    },
    /// One try is due or under way.
    HalfOpen,
}

/// The circuit of one device.
#[derive(Debug, Clone)]
pub struct Circuit {
    rules: CircuitRules,
    /// Failures one after another.
    failures: u32,
    open_until: Option<Instant>,
    chance: u64,
}

impl Circuit {
    /// A closed one; `seed` is what the chance in its waits grows from.
    pub const fn new(rules: CircuitRules, seed: u64) -> Self {
        // Zero would stay zero.
        let chance = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self { rules, failures: 0, open_until: None, chance }
    }

    /// Where it is.
    pub fn state(&self, now: Instant) -> CircuitState {
        match self.open_until {
            None => CircuitState::Closed,
            Some(until) if until > now => CircuitState::Open { until },
            Some(_) => CircuitState::HalfOpen,
        }
    }

    /// The device works: closed.
    pub const fn succeeded(&mut self) {
        self.failures = 0;
        self.open_until = None;
    }

    /// It does not; how long to leave it alone, zero while the circuit is still closed.
    pub fn failed(&mut self, now: Instant) -> Duration {
        self.failures = self.failures.saturating_add(1);
        let Some(beyond) = self.failures.checked_sub(self.rules.failures.max(1)) else {
            return Duration::ZERO;
        };
        let doubled = 1_u32.checked_shl(beyond).filter(|_| beyond < 31).unwrap_or(u32::MAX);
        let wait = self.rules.first.saturating_mul(doubled).min(self.rules.most);
        let wait = self.spread(wait);
        self.open_until = Some(now + wait);
        wait
    }

    /// A quarter more or less, by Marsaglia's xorshift: terminals of one city do not all ask at once.
    fn spread(&mut self, wait: Duration) -> Duration {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        let sixteenths = u32::try_from(self.chance >> 61).unwrap_or(0);
        wait / 16 * (12 + sixteenths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: CircuitRules =
        CircuitRules { failures: 3, first: Duration::from_millis(1600), most: Duration::from_secs(16) };

    #[test]
    fn it_opens_after_failures_and_waits_longer_each_time() {
        let now = Instant::now();
        let mut circuit = Circuit::new(RULES, 1);
        assert_eq!((circuit.failed(now), circuit.failed(now)), (Duration::ZERO, Duration::ZERO));
        assert_eq!(circuit.state(now), CircuitState::Closed);
        for base in [1.6, 3.2, 6.4, 12.8, 16.0, 16.0] {
            let wait = circuit.failed(now);
            assert!((0.75..1.25).contains(&(wait.as_secs_f64() / base)), "{wait:?} of {base}");
            assert_eq!(circuit.state(now), CircuitState::Open { until: now + wait });
            assert_eq!(circuit.state(now + wait), CircuitState::HalfOpen);
        }
        circuit.succeeded();
        assert_eq!(circuit.state(now), CircuitState::Closed);
        assert_eq!(circuit.failed(now), Duration::ZERO);
    }

    #[test]
    fn it_never_waits_longer_however_long_a_device_is_away() {
        let now = Instant::now();
        let mut circuit = Circuit::new(RULES, 7);
        for _ in 0..200 {
            assert!(circuit.failed(now) < Duration::from_secs(20));
        }
    }

    #[test]
    fn chance_is_the_seeds() {
        let now = Instant::now();
        let waits = |seed| {
            let mut circuit = Circuit::new(RULES, seed);
            std::iter::repeat_with(move || circuit.failed(now)).take(12).collect::<Vec<_>>()
        };
        assert_eq!(waits(1), waits(1));
        assert_ne!(waits(1), waits(2));
    }
}
