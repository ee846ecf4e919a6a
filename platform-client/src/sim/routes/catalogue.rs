//! What comes with an entity tag: the catalogue, whole or by what differs, and how a terminal is set.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use ring::digest::{SHA256, digest};
use serde::Serialize;

use super::terminal::HEARTBEAT_SECONDS;
use crate::contract::envelope::code;
use crate::contract::upkeep::TerminalConfiguration;
use crate::sim::answer::{Answer, Call, refusal, respond};
use crate::sim::catalogue::Offer;
use crate::sim::catalogue_key::difference;
use crate::sim::fault::{FaultKind, Step};
use crate::sim::platform::Platform;
use crate::sim::store::hex;

/// What is offered at this call.
fn offered(platform: &Platform) -> Offer {
    let offer = platform.offer();
    match platform.faults.strikes(FaultKind::CatalogueBroken, Step::Catalogue) {
        true => offer.broken(&platform.signer),
        false => offer,
    }
}

pub(super) async fn catalogue(
    State(platform): State<Arc<Platform>>,
    call: Call,
    headers: HeaderMap,
) -> Response {
    let offer = offered(&platform);
    tagged(&platform, &call, &headers, offer.etag(), Ok(offer.files()))
}

pub(super) async fn delta(State(platform): State<Arc<Platform>>, call: Call, headers: HeaderMap) -> Response {
    let offer = offered(&platform);
    let from = call.query("from").filter(|from| (1..=64).contains(&from.chars().count()));
    let Some(from) = from else {
        let missing = refusal(code::BAD_REQUEST, "`from` is missing, or no version");
        return respond(&platform, &call.request_id, Answer::<()>::Err(missing));
    };
    let delta = platform.offered_before(from).map(|old| difference(&old, offer.files()));
    let unknown = || refusal(code::NOT_FOUND, "this version is no longer known: fetch the whole");
    tagged(&platform, &call, &headers, offer.etag(), delta.ok_or_else(unknown))
}

pub(super) async fn configuration(
    State(platform): State<Arc<Platform>>,
    call: Call,
    headers: HeaderMap,
) -> Response {
    let configuration = TerminalConfiguration {
        version: "1".to_owned(),
        hours: platform.site.hours.clone(),
        heartbeat_seconds: HEARTBEAT_SECONDS,
        warnings_seconds: 30,
        idle_seconds: 90,
        paused_items: Vec::new(),
    };
    let text = serde_json::to_string(&configuration).unwrap_or_default();
    let tag = format!("\"{}\"", &hex(digest(&SHA256, text.as_bytes()).as_ref())[..16]);
    tagged(&platform, &call, &headers, &tag, Ok(configuration))
}

/// The answer with its entity tag, or 304 to whoever has it.
fn tagged<T: Serialize>(
    platform: &Platform,
    call: &Call,
    headers: &HeaderMap,
    tag: &str,
    answer: Answer<T>,
) -> Response {
    let known = headers.get(IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let known = answer.is_ok() && known.is_some_and(|tags| tags.split(',').any(|t| t.trim() == tag));
    let good = answer.is_ok();
    let mut response = match known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => respond(platform, &call.request_id, answer),
    };
    if let (true, Ok(tag)) = (good, HeaderValue::from_str(tag)) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
