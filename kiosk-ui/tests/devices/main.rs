//! The devices' threads on their wires: what a visit wishes, what they say.

#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod camera;
mod io_board;
mod power_supply;
mod scanner;
#[path = "../../../tests/programs/script.rs"]
mod script;
mod speaker;
mod speech;

use domain::session::event::{DeviceEvent, EventKind};
use kiosk_ui::inbox::Inbox;
use std::time::{Duration, Instant};

/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(60);

/// The next event that is wanted; others may come before it.
fn wait<T>(inbox: &Inbox, wanted: impl Fn(DeviceEvent) -> Option<T>) -> T {
    let until = Instant::now() + LIMIT;
    loop {
        match inbox.wait(until.saturating_duration_since(Instant::now())) {
            Some(EventKind::Device(event)) => {
                if let Some(found) = wanted(event) {
                    return found;
                }
            }
            Some(other) => panic!("a device does not say {other:?}"),
            None => panic!("it was not said"),
        }
    }
}

/// Waits until something holds.
fn until(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + LIMIT;
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
