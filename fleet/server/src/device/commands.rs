//! Commands: listed until they have a result, which counts once.

use super::caller::Caller;
use super::refusal::{Answer, Refused};
use super::timed::Timed;
use super::wire::{self, Asked, At, Wire};
use crate::metrics;
use crate::news::NewsItem;
use crate::secret;
use crate::state::Server;
use crate::store::commands;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use fleet_api::command::{CommandList, CommandResult};
use fleet_api::enrolment::RefusalKind;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// The longest that a call waits for news, in seconds.
const LONGEST_WAIT: u64 = 60;

#[derive(Debug, serde::Deserialize)]
pub(super) struct After {
    after: Option<u64>,
    wait: Option<u64>,
}

pub(super) async fn list(
    State(server): State<Server>,
    caller: Caller,
    Asked(after): Asked<After>,
) -> Answer<Json<CommandList>> {
    let until = Instant::now() + Duration::from_secs(after.wait.unwrap_or(0).min(LONGEST_WAIT));
    loop {
        let changed = caller.live.changed.notified();
        let end = server.end.notified();
        tokio::pin!(changed, end);
        changed.as_mut().enable();
        end.as_mut().enable();
        let version = caller.live.row().commands_version;
        let over = Instant::now() >= until || server.ending.load(Ordering::Relaxed);
        if after.after != Some(version) || over {
            // A version that stays has no command that the terminal does not know.
            let unchanged = after.after == Some(version);
            let commands = if unchanged {
                Vec::new()
            } else {
                server.store.open_commands(&caller.id.0, server.clock.millis()).await?
            };
            return Ok(Json(CommandList { version, commands }));
        }
        tokio::select! {
            () = changed => {}
            () = end => {}
            () = tokio::time::sleep_until(until) => {}
        }
    }
}

pub(super) async fn result(
    _: Timed,
    State(server): State<Server>,
    caller: Caller,
    At(id): At<String>,
    Wire(result): Wire<CommandResult>,
) -> Answer<StatusCode> {
    let fits = result
        .attachment_sha256
        .as_deref()
        .is_none_or(|sha256| sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if !fits {
        return Err(Refused::new(RefusalKind::Malformed, "`attachment_sha256` is no digest"));
    }
    let mut tx = server.store.write().await?;
    let kept = commands::end(&mut tx, &caller.id.0, &id, &result, server.clock.millis()).await?;
    let news = NewsItem::Terminal(caller.id.0);
    match kept {
        None => return Err(unknown()),
        // The first result counts; a second one is the same, sent again.
        Some(false) => return Ok(StatusCode::NO_CONTENT),
        Some(true) => server.note(&mut tx, &news).await?,
    }
    tx.commit().await?;
    metrics::count(&server.metrics.results, 1);
    server.tell(news).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn attachment(
    _: Timed,
    State(server): State<Server>,
    caller: Caller,
    At(id): At<String>,
    request: Request,
) -> Answer<StatusCode> {
    let bytes = wire::body(request, &server).await?;
    let sha256 = secret::sha256(&bytes);
    let mut tx = server.store.write().await?;
    if !commands::attach(&mut tx, &caller.id.0, &id, &sha256, &bytes, server.clock.millis()).await? {
        return Err(unknown());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn unknown() -> Refused {
    Refused::new(RefusalKind::NotFound, "there is no such command of this terminal that waits for a result")
}
