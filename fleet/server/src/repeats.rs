//! A failure that comes again and again, as while the database is away.
//!
//! Duty: say in the log that it is there, at once and then every minute with how often it came. Never: keep a failure from
//! whoever it happened to.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the same one is said again.
const EVERY: Duration = Duration::from_mins(1);

/// The failures of one place.
#[derive(Debug)]
pub(crate) struct Repeats(Mutex<Option<Said>>);

#[derive(Debug)]
struct Said {
    error: String,
    at: Instant,
    unsaid: u64,
}

impl Repeats {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Whether it is to be said, with the number of times that it was not since it was last.
    pub(crate) fn say(&self, error: &(dyn std::error::Error + 'static), now: Instant) -> Option<u64> {
        let error = chain(error);
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(said) = said.as_mut().filter(|said| said.error == error && now < said.at + EVERY) {
            said.unsaid += 1;
            return None;
        }
        let before = said.replace(Said { error, at: now, unsaid: 0 });
        Some(before.map_or(0, |before| before.unsaid))
    }
}

/// The error and its causes.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    #[test]
    fn at_once_when_it_changes_and_every_minute_with_its_count() {
        let repeats = Repeats::new();
        let begun = Instant::now();
        let say = |error: &str, seconds: u64| {
            repeats.say(&Error::other(error.to_owned()), begun + Duration::from_secs(seconds))
        };
        assert_eq!(say("gone", 0), Some(0));
        assert_eq!(say("gone", 1), None);
        assert_eq!(say("gone", 59), None);
        assert_eq!(say("gone", 60), Some(2));
        assert_eq!(say("gone", 61), None);
        assert_eq!(say("full", 62), Some(1));
        assert_eq!(say("gone", 63), Some(0));
    }
}
