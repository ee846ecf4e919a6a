//! What another instance asks of this one.

use super::caller::peer;
use super::refusal::{Answer, Refused};
use super::wire::Wire;
use crate::beside::{Ask, Said};
use crate::state::Server;
use crate::tls::Holder;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;

/// Another instance, by the certificate of its connection.
pub(super) struct Instance;

impl FromRequestParts<Server> for Instance {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Answer<Self> {
        match peer(parts)?.certificate.map(|certificate| certificate.holder.clone()) {
            Some(Holder::Instance) => Ok(Self),
            // For everybody else there is no such path.
            Some(Holder::Terminal(_)) | None => Err(super::refusal::nowhere().await),
        }
    }
}

pub(super) async fn ask(State(server): State<Server>, _: Instance, Wire(ask): Wire<Ask>) -> Json<Said> {
    Json(server.at_hand(&ask).await.unwrap_or(Said::Elsewhere))
}
