//! The terminal's clock held against the province's.
//!
//! Duty: remember how far the two are apart, and say so when that is too much. Never: set a clock.

use domain::terminal::Timestamp;
use serde::Deserialize;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// More is too much: the allowed skew of signed requests (security profile `hmac-sm3`), in seconds.
const TOO_MUCH: i64 = 300;
/// Answers with files in them are not looked through.
const LONGEST: usize = 64 << 10;

/// How far two clocks are apart.
#[derive(Debug, Default)]
pub(super) struct ClockCheck {
    known: AtomicBool,
    ahead: AtomicI64,
}

impl ClockCheck {
    /// Takes the time from a canonical answer that came at this moment of the terminal's clock.
    pub(super) fn note(&self, body: &[u8], at: Timestamp) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Times {
            #[serde(with = "time::serde::rfc3339")]
            server_time: Timestamp,
        }
        if body.len() > LONGEST {
            return;
        }
        let Ok(times) = serde_json::from_slice::<Times>(body) else { return };
        let ahead = (at - times.server_time).whole_seconds();
        let before = self.ahead.swap(ahead, Ordering::Relaxed);
        let knew = self.known.swap(true, Ordering::Release);
        if ahead.abs() > TOO_MUCH && !(knew && before.abs() > TOO_MUCH) {
            tracing::warn!(ahead, "the terminal's clock is wrong: seconds ahead of the province's");
        }
    }

    /// In seconds; negative: behind.
    pub(super) fn ahead(&self) -> Option<i64> {
        self.known.load(Ordering::Acquire).then(|| self.ahead.load(Ordering::Relaxed))
    }
}
