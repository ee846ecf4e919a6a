//! Events: each number once, whatever is sent again.

use super::caller::Caller;
use super::refusal::{Answer, Refused};
use super::timed::Timed;
use super::wire::Wire;
use crate::assist::{Call, Pointed};
use crate::clock::millis;
use crate::metrics;
use crate::news::NewsItem;
use crate::state::Server;
use crate::store::{Write, configurations, events, heartbeats, stops, tickets};
use crate::ticket_rules::REPORTED;
use axum::Json;
use axum::extract::State;
use fleet_api::enrolment::RefusalKind;
use fleet_api::event::{BATCH, Event, EventBatch, EventsTaken, What};

/// Counts of one event of where people stop.
const COUNTS: usize = 2000;
/// What one page can count in an hour.
const MOST_IN_AN_HOUR: u32 = 3600;
/// What a keeper does who reports a fault.
const FAULT_REPORTED: &str = "fault_reported";
/// The longest text of an event, in bytes.
const TEXT: usize = 4096;

pub(super) async fn take(
    _: Timed,
    State(server): State<Server>,
    caller: Caller,
    Wire(batch): Wire<EventBatch>,
) -> Answer<Json<EventsTaken>> {
    check(&batch)?;
    caller.in_pace(&server)?;
    let now = server.clock.millis();
    let community = caller.live.row().community.clone();
    let mut tx = server.store.write().await?;
    let known = events::through(&mut tx, &caller.id.0).await?;
    let fresh: Vec<&Event> = batch.events.iter().filter(|event| event.number > known).collect();
    for event in &fresh {
        keep(&mut tx, &caller.id.0, &community, event, now).await?;
    }
    let through = fresh.last().map_or(known, |event| event.number);
    if !fresh.is_empty() {
        events::taken(&mut tx, &caller.id.0, through, batch.dropped).await?;
        server.note(&mut tx, &NewsItem::Terminal(caller.id.0.clone())).await?;
    }
    tx.commit().await?;
    for event in &fresh {
        pass_on(&server, &caller.id.0, &event.what).await;
    }
    if !fresh.is_empty() {
        metrics::count(&server.metrics.events, fresh.len() as u64);
        server.tell(NewsItem::Terminal(caller.id.0)).await?;
    }
    Ok(Json(EventsTaken { through }))
}

fn check(batch: &EventBatch) -> Answer<()> {
    let in_order = batch.events.windows(2).all(|pair| pair[0].number < pair[1].number);
    let countable = batch.events.iter().all(|event| event.number <= i64::MAX as u64);
    if !in_order || !countable {
        return Err(Refused::new(RefusalKind::Malformed, "the events are not in the order of their numbers"));
    }
    let large = |event: &Event| match &event.what {
        What::Stops { counts, .. } => {
            counts.len() > COUNTS
                || counts.iter().any(|count| {
                    count.count > MOST_IN_AN_HOUR
                        || count.page.len() > 64
                        || count.mode.len() > 64
                        || count.item.as_ref().is_some_and(|item| item.0.len() > 64)
                })
        }
        What::Help { call, page, item, .. } => {
            call.len() > 64 || page.len() > 64 || item.as_ref().is_some_and(|item| item.0.len() > 64)
        }
        other => serde_json::to_string(other).map_or(true, |text| text.len() > TEXT),
    };
    if batch.events.len() > BATCH || batch.events.iter().any(large) {
        return Err(Refused::new(RefusalKind::TooLarge, "an event or the batch is larger than allowed"));
    }
    Ok(())
}

/// What of an event is written down: nothing of what somebody did at a terminal but a count.
async fn keep(tx: &mut Write, terminal: &str, community: &str, event: &Event, now: i64) -> Answer<()> {
    match &event.what {
        What::Help { .. } | What::HelpEnded { .. } => {}
        What::Stops { hour, counts } => {
            stops::add(tx, community, stops::taken_as(millis(*hour), now), counts).await?;
        }
        What::Device(device) => {
            heartbeats::put_device(tx, terminal, device, now).await?;
            events::add(tx, terminal, event, now).await?;
        }
        What::Configuration { number, outcome, detail } => {
            configurations::outcome(tx, terminal, *number, *outcome, detail.as_deref(), now).await?;
            events::add(tx, terminal, event, now).await?;
        }
        What::Upkeep { action, .. } if action == FAULT_REPORTED => {
            // Who stands before it has seen what no figure tells.
            tickets::open(tx, terminal, REPORTED, "", &serde_json::json!({}), now).await?;
            events::add(tx, terminal, event, now).await?;
        }
        _ => events::add(tx, terminal, event, now).await?,
    }
    Ok(())
}

async fn pass_on(server: &Server, terminal: &str, what: &What) {
    match what {
        What::Help { call, page, item, urgent } => server.begin_call(Call {
            id: call.clone(),
            terminal: terminal.to_owned(),
            page: page.clone(),
            item: item.clone(),
            urgent: *urgent,
            worker: None,
            mirror: None,
            pointed: Pointed::default(),
        }),
        What::HelpEnded { call } => server.end_call(terminal, call).await,
        _ => {}
    }
}
