//! The poll, which touches no row, and the attributes that a client tells once.

use super::caller::Client;
use crate::device::refusal::{Answer, Refused};
use crate::device::timed::Timed;
use crate::device::wire;
use crate::metrics;
use crate::news::NewsItem;
use crate::pace::{OF_A_TERMINAL, WAIT_SECONDS};
use crate::state::Server;
use crate::store::terminals;
use crate::tagged::{Tagged, TaggedError};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use fleet_api::ddi::{Config, ConfigData, Controller, Link, Polling};
use fleet_api::enrolment::RefusalKind;
use std::collections::BTreeMap;

/// Attributes of one terminal, and the longest of them.
const ATTRIBUTES: usize = 64;
const ATTRIBUTE: usize = 512;

pub(super) async fn poll(
    _: Timed,
    State(server): State<Server>,
    client: Client,
    headers: HeaderMap,
) -> Answer<Response> {
    if !client.caller.live.polls.admits(server.clock.millis(), OF_A_TERMINAL) {
        metrics::count(&server.metrics.refusals, 1);
        return Err(Refused::too_fast(WAIT_SECONDS));
    }
    metrics::count(&server.metrics.polls, 1);
    let row = client.caller.live.row();
    let mut links = BTreeMap::new();
    let mut link = |name: &str, href: String| links.insert(name.to_owned(), Link { href });
    // Withdrawn once it was told: one client installs nothing before.
    if !row.has_attributes {
        link("configData", format!("{}/configData", client.base(&server)));
    }
    if let Some((id, state)) = &row.action {
        let base = client.base(&server);
        if state == "cancelling" {
            link("cancelAction", format!("{base}/cancelAction/{id}"));
        } else {
            // The state as the number that makes the link another one when the deployment is another one.
            link("deploymentBase", format!("{base}/deploymentBase/{id}?c={id}"));
        }
    }
    if links.is_empty() {
        // Nearly every poll: it is the same for all, for as long as the server runs.
        let quiet = match server.quiet_poll.get() {
            Some(quiet) => quiet,
            None => {
                let made = controller(&server, links)?;
                server.quiet_poll.get_or_init(|| made)
            }
        };
        return Ok(quiet.answer(&headers));
    }
    Ok(controller(&server, links)?.answer(&headers))
}

fn controller(server: &Server, links: BTreeMap<String, Link>) -> Result<Tagged, TaggedError> {
    let seconds = server.policy.poll_seconds;
    let sleep = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    Tagged::of(&Controller { config: Config { polling: Polling { sleep } }, links })
}

pub(super) async fn config_data(
    _: Timed,
    State(server): State<Server>,
    client: Client,
    request: Request,
) -> Answer<StatusCode> {
    let told: ConfigData = super::action::lenient(&wire::body(request, &server).await?)?;
    let mut data = match told.mode.as_deref() {
        None | Some("replace") => BTreeMap::new(),
        Some("merge" | "remove") => server.store.attributes(&client.caller.id.0).await?,
        Some(_) => {
            return Err(Refused::new(RefusalKind::Malformed, "`mode` is `merge`, `replace` or `remove`"));
        }
    };
    for (key, value) in told.data {
        if told.mode.as_deref() == Some("remove") {
            data.remove(&key);
        } else {
            data.insert(key, value);
        }
    }
    let large = data.len() > ATTRIBUTES
        || data.iter().any(|(key, value)| {
            key.len() > ATTRIBUTE || value.len() > ATTRIBUTE || key.contains('\0') || value.contains('\0')
        });
    if large {
        return Err(Refused::new(RefusalKind::TooLarge, "more attributes than a terminal can have"));
    }
    let news = NewsItem::Terminal(client.caller.id.0.clone());
    let mut tx = server.store.write().await?;
    terminals::set_attributes(&mut tx, &client.caller.id.0, &data, server.clock.millis()).await?;
    server.note(&mut tx, &news).await?;
    tx.commit().await?;
    server.tell(news).await?;
    Ok(StatusCode::OK)
}
