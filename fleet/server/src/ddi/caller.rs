//! Who asks for updates: a certificate, or where the operator allows it one of hawkBit's tokens.

use crate::device::caller::{Caller, by_certificate, peer};
use crate::device::refusal::{Answer, Refused};
use crate::metrics;
use crate::secret;
use crate::state::Server;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use fleet_api::TerminalId;
use fleet_api::enrolment::RefusalKind;
use std::sync::PoisonError;

/// The terminal of the path, which has proved to be that one.
pub(super) struct Client {
    pub(super) caller: Caller,
    /// The host that the client asked, as it wrote it.
    host: HeaderValue,
}

impl Client {
    /// `https://HOST/TENANT/controller/v1/ID`: what links begin with.
    pub(super) fn base(&self, server: &Server) -> String {
        let host = self.host.to_str().unwrap_or(LOCALHOST);
        format!("https://{host}/{}/controller/v1/{}", server.policy.tenant, self.caller.id)
    }
}

const LOCALHOST: &str = "localhost";

impl FromRequestParts<Server> for Client {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Answer<Self> {
        let params = RawPathParams::from_request_parts(parts, server)
            .await
            .map_err(|_| Refused::new(RefusalKind::Malformed, "the path is not UTF-8"))?;
        let param = |name: &str| params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value);
        let (tenant, id) = (param("tenant"), param("id"));
        if tenant != server.policy.tenant {
            return Err(Refused::new(RefusalKind::NotFound, "there is no such tenant"));
        }
        let caller = match by_certificate(server, &peer(parts)?)? {
            Some(caller) if caller.id.0 == id => caller,
            Some(_) => {
                metrics::count(&server.metrics.refusals, 1);
                return Err(Refused::new(
                    RefusalKind::WrongTerminal,
                    "the certificate is of another terminal than the path",
                ));
            }
            None => by_token(server, parts, id)?,
        };
        let host = parts.headers.get(HOST).cloned();
        let host = host.or_else(|| HeaderValue::from_str(parts.uri.host()?).ok());
        Ok(Self { caller, host: host.unwrap_or(HeaderValue::from_static(LOCALHOST)) })
    }
}

fn by_token(server: &Server, parts: &Parts, id: &str) -> Answer<Caller> {
    let refused = || {
        metrics::count(&server.metrics.refusals, 1);
        Refused::new(RefusalKind::NotEnrolled, "a certificate or a token of this terminal is needed")
    };
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (kind, token) = header
        .and_then(|header| header.split_once(' '))
        .filter(|_| server.policy.tokens)
        .ok_or_else(refused)?;
    let live = server.live.get(id).ok_or_else(refused)?;
    let row = live.row();
    // A token is compared by its digest: how long that takes tells nothing of the token.
    let offered = secret::sha256(token.trim().as_bytes());
    let gateway = server.gateway_token.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let right = match kind {
        "TargetToken" => row.token_sha256.as_ref() == Some(&offered),
        "GatewayToken" => gateway.as_ref() == Some(&offered),
        _ => false,
    };
    if !right || matches!(row.state.as_str(), "revoked" | "retired") {
        return Err(refused());
    }
    Ok(Caller { id: TerminalId(id.to_owned()), live })
}
