//! The signed configuration and the signed key ring.

use super::caller::Caller;
use super::refusal::{Answer, Refused};
use super::timed::Timed;
use crate::clock::moment;
use crate::state::Server;
use crate::tagged::Tagged;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
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
    let signed = server.keys.configuration().sign(&document).map_err(Refused::internal)?;
    Ok(Tagged::of(&signed)?.answer(&headers))
}

pub(super) async fn keys(
    _: Timed,
    State(server): State<Server>,
    _caller: Caller,
    headers: HeaderMap,
) -> Answer<Response> {
    Ok(Tagged::of(&server.store.ring().await?.ok_or_else(nothing)?)?.answer(&headers))
}

fn nothing() -> Refused {
    Refused::new(RefusalKind::NotFound, "there is none")
}
