//! Who calls: a terminal in service, by the certificate of its connection.

use super::refusal::{Answer, Refused};
use crate::live::Live;
use crate::metrics;
use crate::pace::{OF_A_TERMINAL, WAIT_SECONDS};
use crate::state::Server;
use crate::tls::{Holder, Peer};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use fleet_api::TerminalId;
use fleet_api::enrolment::RefusalKind;
use fleet_api::version;
use std::sync::Arc;

/// A terminal in service.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) id: TerminalId,
    pub(crate) live: Arc<Live>,
}

/// The terminal of the connection's certificate. None: there is no certificate.
pub(crate) fn by_certificate(server: &Server, peer: &Peer) -> Answer<Option<Caller>> {
    let Some(certificate) = &peer.certificate else { return Ok(None) };
    let refused = || {
        metrics::count(&server.metrics.refusals, 1);
        Refused::new(RefusalKind::NotEnrolled, "this certificate does not count any more: enrol again")
    };
    let Holder::Terminal(id) = &certificate.holder else { return Err(refused()) };
    let live = server.live.get(&id.0).ok_or_else(refused)?;
    if server.live.is_revoked(&certificate.serial) || live.row().state != "enrolled" {
        return Err(refused());
    }
    Ok(Some(Caller { id: id.clone(), live }))
}

impl Caller {
    /// Refuses heartbeats and events that come faster than any terminal's: each of them is written down.
    pub(crate) fn in_pace(&self, server: &Server) -> Answer<()> {
        if self.live.words.admits(server.clock.millis(), OF_A_TERMINAL) {
            return Ok(());
        }
        metrics::count(&server.metrics.refusals, 1);
        Err(Refused::too_fast(WAIT_SECONDS))
    }
}

/// Who is at the other end.
pub(crate) fn peer(parts: &Parts) -> Answer<Peer> {
    let peer = parts.extensions.get::<ConnectInfo<Peer>>();
    peer.map(|peer| peer.0.clone())
        .ok_or_else(|| Refused::new(RefusalKind::NotEnrolled, "the connection has no other end"))
}

/// Whether the caller's version of the messages is understood.
pub(crate) fn version(parts: &Parts) -> Answer<()> {
    let theirs = parts.headers.get(version::HEADER).map(|value| value.to_str().unwrap_or("?"));
    version::check(theirs).map_err(|error| Refused::new(RefusalKind::Version, error.to_string()))
}

impl FromRequestParts<Server> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Answer<Self> {
        version(parts)?;
        by_certificate(server, &peer(parts)?)?
            .ok_or_else(|| Refused::new(RefusalKind::NotEnrolled, "a certificate of a terminal is needed"))
    }
}
