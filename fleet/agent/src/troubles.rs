//! What is wrong for longer than a moment.
//!
//! Duty: let the log say a trouble when it begins, when it changes and when it is over, however often it is met. Never: keep
//! more than the last word on each.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The troubles of now, each by what is in trouble.
#[derive(Debug, Default)]
pub(crate) struct Troubles(Mutex<BTreeMap<&'static str, String>>);

impl Troubles {
    /// Says it, unless it was said already and is the same.
    pub(crate) fn say(&self, what: &'static str, error: &str) {
        if self.is_news(what, error) {
            tracing::error!(error, "{what}");
        }
    }

    /// Says that it is over, if it was there.
    pub(crate) fn over(&self, what: &'static str) {
        if self.lock().remove(what).is_some() {
            tracing::info!("{what}: well again");
        }
    }

    /// Says that every one is over.
    pub(crate) fn all_over(&self) {
        for what in std::mem::take(&mut *self.lock()).into_keys() {
            tracing::info!("{what}: well again");
        }
    }

    fn is_news(&self, what: &'static str, error: &str) -> bool {
        self.lock().insert(what, error.to_owned()).is_none_or(|before| before != error)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn said_when_it_begins_and_when_it_changes() {
        let troubles = Troubles::default();
        assert!(troubles.is_news("the slots", "no D-Bus"));
        assert!(!troubles.is_news("the slots", "no D-Bus"));
        assert!(troubles.is_news("the fleet server", "no D-Bus"), "each by itself");
        assert!(troubles.is_news("the slots", "no slot"));
        assert!(troubles.is_news("the slots", "no D-Bus"));
        troubles.over("the slots");
        assert!(troubles.is_news("the slots", "no D-Bus"), "it is back");
        assert!(!troubles.is_news("the fleet server", "no D-Bus"));
        troubles.all_over();
        assert!(troubles.is_news("the slots", "no D-Bus"));
        assert!(troubles.is_news("the fleet server", "no D-Bus"));
    }
}
