//! How often one address, or one session, may ask.
//!
//! Duty: token buckets in memory, bounded. Never: remember who asked for longer than the bucket takes to fill.

use crate::store::Millis;
use std::collections::HashMap;
use std::sync::Mutex;

/// A kind of request with its own allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A password, code, passkey or invitation is tried.
    Proof,
    /// A page that needs no sign-in.
    Public,
    /// A page of somebody who is signed in.
    Page,
}

impl Kind {
    /// How many at once, and milliseconds until one more.
    const fn allowance(self) -> (f64, f64) {
        match self {
            Self::Proof => (10.0, 6_000.0),
            Self::Public => (60.0, 1_000.0),
            Self::Page => (240.0, 50.0),
        }
    }
}

/// Buckets at once: beyond it, full ones are forgotten first.
const MOST: usize = 20_000;

/// The buckets.
#[derive(Debug, Default)]
pub(super) struct Limits {
    buckets: Mutex<HashMap<(Kind, String), (f64, Millis)>>,
}

impl Limits {
    /// Takes one from the bucket of `who`; false when it is empty.
    pub(super) fn allow(&self, kind: Kind, who: &str, now: Millis) -> bool {
        let (most, each) = kind.allowance();
        let Ok(mut buckets) = self.buckets.lock() else { return false };
        if buckets.len() >= MOST {
            buckets.retain(|(kind, _), (left, at)| {
                let (most, each) = kind.allowance();
                *left + (now - *at) as f64 / each < most
            });
            if buckets.len() >= MOST {
                return false;
            }
        }
        let (left, at) = buckets.entry((kind, who.to_owned())).or_insert((most, now));
        *left = (*left + (now - *at).max(0) as f64 / each).min(most);
        *at = now;
        if *left < 1.0 {
            return false;
        }
        *left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_then_one_each_six_seconds() {
        let limits = Limits::default();
        let tries = |from: Millis| (0..20).filter(|_| limits.allow(Kind::Proof, "a", from)).count();
        assert_eq!(tries(0), 10);
        assert_eq!(tries(6_000), 1);
        assert_eq!(tries(5), 0, "a clock that is set back gives nothing");
        assert!(limits.allow(Kind::Proof, "b", 0), "another address has its own");
    }
}
