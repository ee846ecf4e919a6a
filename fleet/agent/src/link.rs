//! The line to the desk: heartbeats, and events until the server has them.
//!
//! Duty: say how the terminal is as often as the server wants, and tell what happened once. Never: press a server that is
//! away; each failure waits longer, and no two terminals alike.

use crate::agent::Shared;
use crate::backoff::{Backoff, spread};
use crate::server::CallError;
use fleet_api::event::EventsTaken;
use fleet_api::health::{Heartbeat, HeartbeatAnswer, Versions};
use fleet_api::keys::KeyRing;
use fleet_api::path;
use fleet_api::signed::Signed;
use std::sync::Arc;
use std::time::Duration;

/// The most that a server may ask to wait for a heartbeat.
const LONGEST: Duration = Duration::from_secs(3600);

/// What is in trouble where events cannot be read, or those that were told not be dropped.
const STORED: &str = "the events that wait";

/// Sends heartbeats for ever.
pub(crate) async fn heartbeats(shared: Arc<Shared>) {
    let mut backoff = Backoff::from(shared.times.first_retry);
    loop {
        let wait = match beat(&shared).await {
            Ok(answer) => {
                backoff.reset();
                spread(Duration::from_secs(answer.next_seconds.max(1).into()).min(LONGEST))
            }
            Err(error) => {
                shared.missed_server(&error);
                error.retry_after().unwrap_or_default().max(backoff.next())
            }
        };
        tokio::time::sleep(wait).await;
    }
}

async fn beat(shared: &Arc<Shared>) -> Result<HeartbeatAnswer, CallError> {
    let body = heartbeat(shared).await;
    let answer: HeartbeatAnswer = shared.server().post("heartbeat", path::HEARTBEAT, &body).await?;
    shared.heard_server(Some(answer.at));
    let numbers = "the numbers of events";
    match shared.store.number_above(answer.events_through) {
        Ok(()) => shared.troubles.over(numbers),
        Err(error) => shared.troubles.say(numbers, &crate::error::chain(&error)),
    }
    if answer.key_ring > shared.trust.ring().number {
        let ring = "the key ring";
        match fetch_ring(shared).await {
            Ok(()) => shared.troubles.over(ring),
            Err(error) => shared.troubles.say(ring, &error),
        }
    }
    shared.offered.send_if_modified(|offered| {
        let now = crate::agent::Offered {
            commands: answer.commands,
            configuration: answer.configuration,
            key_ring: answer.key_ring,
        };
        std::mem::replace(offered, now) != now
    });
    // What waits was perhaps not sent because the server was away.
    shared.events.notify_one();
    Ok(answer)
}

/// How the terminal is.
pub(crate) async fn heartbeat(shared: &Arc<Shared>) -> Heartbeat {
    let probe = Arc::clone(&shared.machine);
    // Sensors take their time.
    let mut machine = tokio::task::spawn_blocking(move || probe.read()).await.unwrap_or_default();
    machine.clock_offset_ms = shared.heard.borrow().clock_offset_ms;
    let shown = shared.update.borrow().clone();
    Heartbeat {
        at: shared.clock.now(),
        boot_id: shared.boot_id.clone(),
        uptime_seconds: shared.machine.uptime().as_secs(),
        brownouts: shared.first_start_of_boot.brownouts,
        versions: Versions {
            image: shared.machine.image(),
            agent: env!("CARGO_PKG_VERSION").to_owned(),
            slot: shown.slot,
            compatible: shared.config.compatible.clone(),
            model: shared.config.model.clone(),
        },
        machine,
        screen: shared.screen.watch().borrow().health().cloned(),
        configuration: shared.settings.borrow().number(),
        key_ring: shared.trust.ring().number,
    }
}

/// Fetches the newest key ring and follows it, if it is one to follow.
pub(crate) async fn fetch_ring(shared: &Shared) -> Result<(), String> {
    let offered: Signed<KeyRing> =
        shared.server().get("key ring", path::KEYS).await.map_err(|error| error.chain())?;
    match shared.trust.follow(&shared.store, &offered) {
        Ok(number) => {
            tracing::info!(number, "key ring in use");
            Ok(())
        }
        Err(error) => Err(crate::error::chain(&error)),
    }
}

/// Tells events for ever.
pub(crate) async fn events(shared: Arc<Shared>) {
    let mut backoff = Backoff::from(shared.times.first_retry);
    loop {
        match shared.store.batch() {
            Ok(Some(batch)) => {
                let sent: Result<EventsTaken, CallError> =
                    shared.server().post("events", path::EVENTS, &batch).await;
                match sent {
                    Ok(taken) => {
                        backoff.reset();
                        shared.heard_server(None);
                        let last = batch.events.last().map_or(0, |event| event.number);
                        if taken.through < last {
                            // It has not all of them: the same again, later.
                            tokio::time::sleep(backoff.next()).await;
                        }
                        if let Err(error) = shared.store.taken(taken.through, batch.dropped) {
                            shared.troubles.say(STORED, &crate::error::chain(&error));
                            tokio::time::sleep(backoff.next()).await;
                        }
                    }
                    Err(error) => {
                        shared.missed_server(&error);
                        tokio::time::sleep(error.retry_after().unwrap_or_default().max(backoff.next())).await;
                    }
                }
            }
            Ok(None) => {
                shared.troubles.over(STORED);
                shared.events.notified().await;
            }
            Err(error) => {
                shared.troubles.say(STORED, &crate::error::chain(&error));
                tokio::time::sleep(backoff.next()).await;
            }
        }
    }
}
