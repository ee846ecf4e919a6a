//! Turns of a debug shell: only of one that two people approved and whose time is not over.

use super::caller::Caller;
use super::refusal::{Answer, Refused};
use super::wire::{At, Wire};
use crate::state::Server;
use crate::store::commands;
use axum::Json;
use axum::extract::State;
use fleet_api::command::Order;
use fleet_api::enrolment::RefusalKind;
use fleet_api::shell::{ShellReply, ShellTurn};

/// After its last moment to be begun, a shell lasts at most so long, in milliseconds.
const LONGEST: i64 = 3600 * 1000;

pub(super) async fn turn(
    State(server): State<Server>,
    caller: Caller,
    At(id): At<String>,
    Wire(turn): Wire<ShellTurn>,
) -> Answer<Json<ShellReply>> {
    let command = server.store.command(&id).await?.filter(|command| command.terminal == caller.id.0);
    let command =
        command.ok_or_else(|| Refused::new(RefusalKind::NotFound, "this terminal has no such command"))?;
    let now = server.clock.millis();
    let approved = matches!(command.order, Order::Shell { .. })
        && command.state == "open"
        && command.approved_by.is_some()
        && now < command.expires_at + LONGEST;
    if !approved {
        return Err(Refused::new(RefusalKind::Gone, "the shell is over, or was never approved"));
    }
    let number = i64::try_from(turn.number)
        .map_err(|_| Refused::new(RefusalKind::Malformed, "the turn has no such number"))?;
    let output = turn.output.clone();
    let turned = server
        .shell_turn(&id, turn)
        .await
        .ok_or_else(|| Refused::new(RefusalKind::TooLarge, "the turn is no base64, or too long"))?;
    if !output.is_empty() || !turned.reply.input.is_empty() {
        let mut tx = server.store.write().await?;
        commands::transcript(&mut tx, &id, number, &output, &turned.reply.input, now).await?;
        tx.commit().await?;
    }
    Ok(Json(turned.reply))
}
