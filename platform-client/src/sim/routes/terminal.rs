//! The terminal itself: its site, its items, what its idle screen shows.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::division::DivisionCode;
use sample_city::WarningColour;
use time::Duration;

use crate::contract::board::{Notice, Notices, Warning, WarningLevel, Warnings};
use crate::contract::catalogue::Divisions;
use crate::contract::envelope::code;
use crate::contract::terminal::{
    ActivateRequest, Activation, EventBatch, EventsAnswer, Heartbeat, HeartbeatAnswer,
};
use crate::sim::answer::{Answer, Call, refusal, request_id, respond};
use crate::sim::fault::{FaultKind, Step};
use crate::sim::platform::{Platform, held};

/// How often a terminal says how it is.
const HEARTBEAT_SECONDS: u32 = 60;

pub(super) fn activate(platform: &Platform, _: &Call, request: ActivateRequest) -> Answer<Activation> {
    platform.store.activate(&request, platform.now())?;
    Ok(Activation { site: platform.site_of(&request.terminal_id), heartbeat_seconds: HEARTBEAT_SECONDS })
}

pub(super) fn heartbeat(platform: &Platform, _: &Call, heartbeat: Heartbeat) -> Answer<HeartbeatAnswer> {
    platform.store.heartbeat(&heartbeat, platform.now())?;
    Ok(HeartbeatAnswer { catalogue_version: platform.offer().files().version.clone() })
}

pub(super) fn events(platform: &Platform, _: &Call, batch: EventBatch) -> Answer<EventsAnswer> {
    if !batch.events.is_sorted_by(|a, b| a.number < b.number) {
        return Err(refusal(code::BAD_REQUEST, "events must come in the order of their numbers"));
    }
    Ok(EventsAnswer { kept_through: platform.store.keep_events(&batch)? })
}

/// GET with `ETag`: 304 when the terminal has it.
pub(super) async fn catalogue(State(platform): State<Arc<Platform>>, headers: HeaderMap) -> Response {
    let mut offer = platform.offer();
    if platform.faults.strikes(FaultKind::CatalogueBroken, Step::Catalogue) {
        offer = offer.broken();
    }
    let tag = HeaderValue::from_str(offer.etag()).ok();
    let known = headers.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let known = known.is_some_and(|tags| tags.split(',').any(|t| t.trim() == offer.etag()));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        respond(&platform, &request_id(&headers), Ok(offer.files()))
    };
    if let Some(tag) = tag {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

pub(super) fn divisions(platform: &Platform, call: &Call) -> Answer<Divisions> {
    let parent = match call.query("parent") {
        None => None,
        Some(text) => Some(
            DivisionCode::try_from(text.to_owned())
                .map_err(|_| refusal(code::BAD_REQUEST, "a division has 6, 9 or 12 digits"))?,
        ),
    };
    let divisions = platform.city.divisions_below(parent.as_ref());
    if divisions.is_empty() && parent.as_ref().is_none_or(|p| platform.city.community(p).is_none()) {
        return Err(refusal(code::NOT_FOUND, "no such division"));
    }
    Ok(Divisions { divisions })
}

pub(super) fn notices(platform: &Platform, _: &Call) -> Answer<Notices> {
    let today = platform.today();
    let mut cards: Vec<_> = platform.city.policy_cards().iter().filter(|c| c.expires >= today).collect();
    cards.sort_by_key(|card| std::cmp::Reverse(card.published));
    let notices = cards.into_iter().map(|card| Notice {
        id: card.id.clone(),
        title: card.title.clone(),
        text: card.body.clone(),
        source: card.source.clone(),
        published: card.published,
        expires: Some(card.expires),
    });
    Ok(Notices { notices: notices.collect() })
}

pub(super) fn warnings(platform: &Platform, _: &Call) -> Answer<Warnings> {
    /// A warning holds for half a day unless it is taken back.
    const HOLDS: Duration = Duration::hours(12);
    let now = platform.now();
    let in_force = held(&platform.warning).filter(|w| w.issued_at + HOLDS > now);
    let warnings = in_force.iter().map(|w| {
        let said = platform.city.weather_warning(w.colour);
        let level = match w.colour {
            WarningColour::Blue => WarningLevel::Blue,
            WarningColour::Yellow => WarningLevel::Yellow,
            WarningColour::Orange => WarningLevel::Orange,
            WarningColour::Red => WarningLevel::Red,
        };
        Warning {
            id: format!("weather-{}", w.issued_at.unix_timestamp()),
            level,
            title: said.title,
            text: said.advice,
            issuer: said.source,
            issued_at: w.issued_at,
            expires_at: w.issued_at + HOLDS,
        }
    });
    Ok(Warnings { warnings: warnings.collect() })
}
