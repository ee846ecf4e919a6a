//! The signed configuration and the signed key ring.

use super::caller::Caller;
use super::operations::Timed;
use super::refusal::{Answer, Refused};
use crate::clock::moment;
use crate::secret;
use crate::state::Server;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use fleet_api::configuration::ConfigurationDocument;
use fleet_api::enrolment::RefusalKind;

pub(super) async fn configuration(
    _: Timed,
    State(server): State<Server>,
    caller: Caller,
    headers: HeaderMap,
) -> Answer<Response> {
    if caller.live.row().configuration == 0 {
        return Err(nothing());
    }
    let configuration = server.store.configuration_of(&caller.id.0).await?.ok_or_else(nothing)?;
    let document = ConfigurationDocument {
        number: u64::try_from(configuration.number).unwrap_or(0),
        terminal: caller.id,
        at: moment(configuration.made_at),
        settings: configuration.settings,
    };
    tagged(&headers, &server.keys.configuration().sign(&document).map_err(Refused::internal)?)
}

pub(super) async fn keys(
    _: Timed,
    State(server): State<Server>,
    _caller: Caller,
    headers: HeaderMap,
) -> Answer<Response> {
    tagged(&headers, &server.store.ring().await?.ok_or_else(nothing)?)
}

fn nothing() -> Refused {
    Refused::new(RefusalKind::NotFound, "there is none")
}

/// A document with its tag; 304 where the caller has it.
pub(crate) fn tagged(headers: &HeaderMap, document: &impl serde::Serialize) -> Answer<Response> {
    let body = serde_json::to_vec(document).map_err(Refused::internal)?;
    let tag = format!("\"{}\"", &secret::sha256(&body)[..32]);
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    Ok(([(ETAG, tag.as_str()), (CONTENT_TYPE, "application/json")], body).into_response())
}
