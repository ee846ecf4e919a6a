//! The silence that ends a code of a scanner which sends no end.
//!
//! Duty: until when to wait, and what a wait in vain was. Never: end a code because somebody looked away in its middle.

use std::time::{Duration, Instant};

/// How long a code may pause, and when it was heard last.
pub(super) struct Silence {
    length: Duration,
    heard: Instant,
}

/// What is waited for, and until when.
pub(super) struct Wait {
    pub(super) until: Instant,
    /// The caller's time is over before the silence would be.
    cut: bool,
}

impl Silence {
    pub(super) fn of(length: Duration) -> Self {
        Self { length, heard: Instant::now() }
    }

    /// Something came.
    pub(super) fn broken(&mut self) {
        self.heard = Instant::now();
    }

    /// The next wait: for more of a code that has begun no longer than it may pause.
    pub(super) fn wait(&self, has_begun: bool, deadline: Instant) -> Wait {
        let silent = self.heard + self.length;
        match has_begun {
            true if silent <= deadline => Wait { until: silent, cut: false },
            has_begun => Wait { until: deadline, cut: has_begun },
        }
    }
}

impl Wait {
    /// Whether such a wait, which was in vain, says nothing of the code that has begun: the next scan goes on with it. A
    /// recording waits for nothing, and its silences are all of them some.
    pub(super) fn was_cut(&self) -> bool {
        self.cut && Instant::now() >= self.until
    }
}
