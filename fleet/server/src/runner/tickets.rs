//! The rules, terminal by terminal: opens what is found, closes what is found no more.

use crate::clock::millis;
use crate::news::NewsItem;
use crate::state::Server;
use crate::store::figures::Look;
use crate::store::{Millis, StoreError, tickets};
use crate::ticket_rules::{Figures, REPORTED, findings, is_of_screen};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

/// Days of supplies that a forecast looks at.
const DAYS: i64 = 30;
/// A supply is noted with the moment at which it came, a while before its transaction ends: milliseconds that this may take.
const LATE: i64 = 60_000;

/// When a terminal passed its last self-test, by its own word; none where it did not.
async fn passed_at(server: &Server, terminal: &str) -> Result<Option<Millis>, StoreError> {
    let heard = server.store.last_heartbeat(terminal).await?;
    let test = heard.and_then(|(_, heartbeat)| heartbeat.screen?.self_test);
    Ok(test.filter(|test| test.failed.is_empty()).map(|test| millis(test.at)))
}

/// Looks at every terminal of which something changed since the last look of this instance, or may be wrong; the first look is
/// at all.
///
/// # Errors
/// The store failed.
pub async fn step(server: &Server) -> Result<(), StoreError> {
    let now = server.clock.millis();
    let mut open: BTreeMap<String, Vec<tickets::Ticket>> = BTreeMap::new();
    for ticket in server.store.open_tickets().await? {
        open.entry(ticket.terminal.clone()).or_default().push(ticket);
    }
    let look = Look {
        now,
        since: server.rules_looked_at.load(Ordering::Relaxed) - LATE,
        day: now.div_euclid(86_400_000) - DAYS,
    };
    for (terminal, figures) in server.store.figures(look).await? {
        let figures = Figures { offset_seconds: server.policy.offset_seconds, ..figures };
        let found = findings(&figures);
        let known = open.remove(&terminal).unwrap_or_default();
        let tested = match known.iter().any(|ticket| ticket.rule == REPORTED) {
            true => passed_at(server, &terminal).await?,
            false => None,
        };
        let heard = figures.received_at.is_some_and(|at| now - at < 15 * 60 * 1000);
        let fresh = found.iter().filter(|finding| {
            !known.iter().any(|ticket| ticket.rule == finding.rule && ticket.subject == finding.subject)
        });
        let fresh: Vec<_> = fresh.collect();
        // Silence is no evidence that anything is well again: neither the terminal's nor its screen's.
        let gone = known.iter().filter(|ticket| {
            heard
                && (figures.screen_away_since.is_none() || !is_of_screen(&ticket.rule))
                && !found
                    .iter()
                    .any(|finding| ticket.rule == finding.rule && ticket.subject == finding.subject)
                && (ticket.rule != REPORTED || tested.is_some_and(|at| at > ticket.opened_at))
        });
        let gone: Vec<_> = gone.collect();
        if fresh.is_empty() && gone.is_empty() {
            continue;
        }
        let mut tx = server.store.write().await?;
        let mut news = Vec::new();
        for finding in fresh {
            let opened =
                tickets::open(&mut tx, &terminal, finding.rule, &finding.subject, &finding.figures, now)
                    .await?;
            news.extend(opened.map(NewsItem::Ticket));
        }
        for ticket in gone {
            let evidence = serde_json::json!({ "heartbeat_at": figures.received_at, "found": "nothing" });
            if tickets::close(&mut tx, ticket.id, &evidence, now).await? {
                news.push(NewsItem::Ticket(ticket.id));
            }
        }
        for item in &news {
            server.note(&mut tx, item).await?;
        }
        tx.commit().await?;
        for item in news {
            server.tell(item).await?;
        }
    }
    let out_of_service = |ticket: &tickets::Ticket| {
        let live = server.live.get(&ticket.terminal)?;
        let state = live.row().state.clone();
        (state != "enrolled").then_some((ticket.id, state))
    };
    // What was taken out of service has nothing left to mend.
    for (id, state) in open.into_values().flatten().filter_map(|ticket| out_of_service(&ticket)) {
        let news = NewsItem::Ticket(id);
        let mut tx = server.store.write().await?;
        tickets::close(&mut tx, id, &serde_json::json!({ "terminal": state }), now).await?;
        server.note(&mut tx, &news).await?;
        tx.commit().await?;
        server.tell(news).await?;
    }
    server.rules_looked_at.store(now, Ordering::Relaxed);
    Ok(())
}
