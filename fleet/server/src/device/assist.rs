//! Turns of a call for help.

use super::caller::Caller;
use super::refusal::{Answer, Refused};
use super::wire::{At, Wire};
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use fleet_api::assist::{AssistReply, AssistTurn, ELEMENTS};
use fleet_api::enrolment::RefusalKind;

pub(super) async fn turn(
    State(server): State<Server>,
    caller: Caller,
    At(call): At<String>,
    Wire(turn): Wire<AssistTurn>,
) -> Answer<Json<AssistReply>> {
    let large = turn.page.as_ref().is_some_and(|page| {
        page.elements.len() > ELEMENTS
            || page
                .elements
                .iter()
                .any(|element| element.words.as_ref().is_some_and(|words| words.len() > 2048))
    });
    if large {
        return Err(Refused::new(RefusalKind::TooLarge, "the page has more than a page can have"));
    }
    let reply = server.call_turn(&caller.id.0, &call, turn).await;
    reply.map(Json).ok_or_else(|| Refused::new(RefusalKind::Gone, "the call is over"))
}
