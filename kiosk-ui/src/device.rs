//! One thread for each device: the screen never waits for a wire.
//!
//! Duty: bring what a visit wants to a driver, and what a driver says to the visit. Never: decide what a visit does next.

pub mod camera;
pub mod document_printer;
pub mod printer;
pub mod reader;

use std::time::Duration;

/// How long to wait before a device that does not answer is tried again.
const RETRY_FIRST: Duration = Duration::from_millis(500);
/// The longest such wait.
const RETRY_MOST: Duration = Duration::from_secs(15);

/// Waits that grow while a device stays away.
#[derive(Debug)]
struct BackOff(Duration);

impl BackOff {
    fn new() -> Self {
        Self(RETRY_FIRST)
    }

    fn next(&mut self) -> Duration {
        let wait = self.0;
        self.0 = (self.0 * 2).min(RETRY_MOST);
        wait
    }
}
