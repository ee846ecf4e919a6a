//! How fast somebody may come: the virtual scheduling algorithm of ITU-T I.371 (Annex A), one number for each.
//!
//! Duty: say whether one more call is within the pace. Never: know who calls.

use crate::store::Millis;
use std::sync::atomic::{AtomicI64, Ordering};

/// What is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Milliseconds from one call to the next, in the long run.
    pub every: Millis,
    /// Calls that may come at once after a pause.
    pub at_once: i64,
}

/// Of one terminal, far above what any needs: polls for updates, and beside them heartbeats and events. By terminal and not by
/// address: a whole city may come from one.
pub const OF_A_TERMINAL: Allowance = Allowance { every: 100, at_once: 100 };
/// Seconds that a terminal is to wait after that.
pub const WAIT_SECONDS: u32 = 10;

/// When the next call is due; 0 before the first.
#[derive(Debug, Default)]
pub struct Pace(AtomicI64);

impl Pace {
    /// Takes a call at `now`; false: it came too fast, and does not count.
    pub fn admits(&self, now: Millis, allowance: Allowance) -> bool {
        let most = allowance.every * allowance.at_once;
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |due| {
            // A clock that was set back locks nobody out for longer than a full allowance takes.
            let due = due.clamp(now, now + most);
            (due + allowance.every <= now + most).then_some(due + allowance.every)
        });
        if taken.is_err() {
            self.0.fetch_min(now + most, Ordering::Relaxed);
        }
        taken.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWANCE: Allowance = Allowance { every: 100, at_once: 5 };

    #[test]
    fn so_many_at_once_and_then_in_step() {
        let pace = Pace::default();
        let admitted = |now| (0..20).filter(|_| pace.admits(now, ALLOWANCE)).count();
        assert_eq!(admitted(1_000_000), 5);
        assert_eq!(admitted(1_000_099), 0);
        assert_eq!(admitted(1_000_100), 1);
        assert_eq!(admitted(1_000_350), 2);
        assert_eq!(admitted(1_010_000), 5, "a pause fills the allowance and no more");
    }

    #[test]
    fn who_keeps_the_pace_is_never_refused() {
        let pace = Pace::default();
        assert!((0..10_000).all(|call| pace.admits(5_000_000 + call * 100, ALLOWANCE)));
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let pace = Pace::default();
        assert!(pace.admits(9_000_000, ALLOWANCE));
        let first = (0..1_000).find(|step| pace.admits(1_000_000 + step, ALLOWANCE));
        assert!(first.is_some_and(|step| step <= ALLOWANCE.every), "{first:?}");
    }
}
