//! What runs by itself: the other instances' news, rollouts, tickets, retention.
//!
//! Duty: do once for all instances what is to be done once, by a lease. Never: hold up a terminal.

pub mod alive;
mod renewal;
pub mod retention;
pub mod tickets;

use crate::identity::Identity;
use crate::news::NewsItem;
use crate::orders::{OrderError, rollouts};
use crate::repeats::Repeats;
use crate::state::Server;
use crate::store::{Backend, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// How often others' news are read where the database wakes nobody.
const NEWS: Duration = Duration::from_millis(500);
/// How often they are read where it does: should a word of it be lost.
const NEWS_UNHEARD: Duration = Duration::from_secs(10);
/// News that come in a crowd are read together.
const NEWS_TOGETHER: Duration = Duration::from_millis(20);
/// News written so long ago may still become visible: their transaction may have lasted.
const NEWS_LATE: i64 = 30_000;
/// How often instances look for one another.
const MEET: Duration = Duration::from_secs(3);
/// What the name of an instance's lease begins with; its address follows.
const INSTANCE: &str = "instance:";
/// How often rollouts take a step.
const STEP: Duration = Duration::from_millis(500);
/// How often rules are looked at.
const RULES: Duration = Duration::from_secs(30);
/// How often old rows go.
const RETENTION: Duration = Duration::from_secs(600);
/// How often it is looked when the server's own certificates end: two moments are compared.
const RENEWAL: Duration = Duration::from_secs(10);
/// How long a lease lasts, in milliseconds: an instance that is gone is followed after that.
const LEASE: i64 = 10_000;

/// Takes other instances' news into this one, until the end.
pub(crate) async fn hear(server: Server) {
    let mut seen = BTreeSet::new();
    let mut listener = None;
    let (listening, reading) = (Repeats::new(), Repeats::new());
    while !server.ending.load(Ordering::Relaxed) {
        if listener.is_none() {
            listener = match server.store.listen().await {
                Ok(listener) => listener,
                Err(error) => {
                    say(&listening, "listening for news", &error);
                    None
                }
            };
        }
        // Read after listening began: nothing falls between.
        if let Err(error) = hear_once(&server, &mut seen).await {
            say(&reading, "reading news", &error);
        }
        let Some(heard) = listener.as_mut() else {
            pause(&server, NEWS).await;
            continue;
        };
        tokio::select! {
            heard = heard.heard() => match heard {
                Ok(()) => pause(&server, NEWS_TOGETHER).await,
                Err(error) => {
                    say(&listening, "listening for news", &error);
                    listener = None;
                    pause(&server, NEWS).await;
                }
            },
            () = pause(&server, NEWS_UNHEARD) => {}
        }
    }
}

async fn hear_once(server: &Server, seen: &mut BTreeSet<i64>) -> Result<(), StoreError> {
    let changes = server.store.changes(&server.instance, server.clock.millis() - NEWS_LATE).await?;
    let fresh: Vec<_> = changes.iter().filter(|change| !seen.contains(&change.seq)).collect();
    let told: BTreeSet<(&str, &str)> =
        fresh.iter().map(|change| (change.subject.as_str(), change.key.as_str())).collect();
    for (subject, key) in told {
        if let Some(news) = NewsItem::of_words(subject, key) {
            server.tell(news).await?;
        }
    }
    *seen = changes.iter().map(|change| change.seq).collect();
    Ok(())
}

/// Says where this instance is and looks where the others are, until the end; with SQLite there are no others.
pub(crate) async fn meet(server: Server, url: String) {
    let (name, repeats) = (format!("{INSTANCE}{url}"), Repeats::new());
    while server.store.backend() == Backend::Postgres && !server.ending.load(Ordering::Relaxed) {
        if let Err(error) = meet_once(&server, &name).await {
            say(&repeats, "looking for other instances", &error);
        }
        pause(&server, MEET).await;
    }
}

async fn meet_once(server: &Server, name: &str) -> Result<(), StoreError> {
    let now = server.clock.millis();
    server.store.lease(name, &server.instance, now, now + LEASE).await?;
    let others = server.store.leases_of_others(INSTANCE, &server.instance, now).await?;
    server
        .beside
        .are(others.iter().filter_map(|name| name.strip_prefix(INSTANCE)).map(str::to_owned).collect());
    Ok(())
}

/// Runs rollouts, until the end.
pub(crate) async fn roll_out(server: Server) {
    run(server, "rollouts", STEP, async |server| rollouts::step(server).await).await;
}

/// Opens and closes tickets, until the end.
pub(crate) async fn watch(server: Server) {
    run(server, "tickets", RULES, async |server| Ok(tickets::step(server).await?)).await;
}

/// Notes that the fleet has a server, until the end.
pub(crate) async fn live(server: Server) {
    run(server, "alive", RULES, async |server| Ok(alive::step(server).await?)).await;
}

/// Exchanges this instance's own certificates before their end, until the end.
pub(crate) async fn renew(server: Server, identity: Arc<Identity>, names: Vec<String>) {
    let repeats = Repeats::new();
    while !server.ending.load(Ordering::Relaxed) {
        pause(&server, RENEWAL).await;
        if let Err(error) = renewal::step(&server, &identity, &names) {
            say(&repeats, "exchanging a certificate", &error);
        }
    }
}

/// Forgets what is old, until the end.
pub(crate) async fn forget(server: Server) {
    run(server, "retention", RETENTION, async |server| Ok(retention::step(server).await?)).await;
}

async fn run(
    server: Server,
    name: &str,
    every: Duration,
    step: impl AsyncFn(&Server) -> Result<(), OrderError>,
) {
    let repeats = Repeats::new();
    let lease = LEASE.max(i64::try_from(every.as_millis()).unwrap_or(LEASE) * 2);
    while !server.ending.load(Ordering::Relaxed) {
        let now = server.clock.millis();
        match server.store.lease(name, &server.instance, now, now + lease).await {
            Ok(true) => {
                if let Err(error) = step(&server).await {
                    say(&repeats, name, &error);
                }
            }
            Ok(false) => {}
            Err(error) => say(&repeats, name, &error),
        }
        pause(&server, every).await;
    }
}

async fn pause(server: &Server, time: Duration) {
    let end = server.end.notified();
    tokio::pin!(end);
    end.as_mut().enable();
    if !server.ending.load(Ordering::Relaxed) {
        // Either way the caller looks whether it ends.
        let _ = tokio::time::timeout(time, end).await;
    }
}

fn say(repeats: &Repeats, what: &str, error: &(dyn std::error::Error + 'static)) {
    if let Some(unsaid) = repeats.say(error, Instant::now()) {
        tracing::error!(error, unsaid, "{what}: failed, to be tried again");
    }
}
