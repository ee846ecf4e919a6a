//! One terminal's update: what it is, and how far the terminal says it is.

use super::caller::Client;
use crate::device::refusal::{Answer, Refused};
use crate::device::timed::Timed;
use crate::device::wire::{self, At};
use crate::news::NewsItem;
use crate::state::Server;
use crate::store::actions::{self, Action, Step};
use crate::store::artifacts::Release;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use fleet_api::ddi::{
    Artifact, CancelAction, CancelBase, Chunk, Deployment, DeploymentBase, Execution, Feedback, Finished,
    Hashes, Link, Metadata,
};
use fleet_api::enrolment::RefusalKind;
use fleet_api::release::METADATA_KEY;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Sentences of one feedback, and the longest of them, in characters.
const DETAILS: usize = 50;
const DETAIL: usize = 1000;

/// The path's last parts.
type Ids = At<(String, String, i64)>;

fn gone() -> Refused {
    Refused::new(RefusalKind::Gone, "this action is over")
}

/// Reads JSON as clients write it: one puts raw line breaks into texts.
pub(super) fn lenient<T: DeserializeOwned>(body: &[u8]) -> Answer<T> {
    let text: Vec<u8> = body.iter().map(|byte| if *byte < 0x20 { b' ' } else { *byte }).collect();
    serde_json::from_slice(&text).map_err(|error| {
        Refused::new(
            RefusalKind::Malformed,
            format!("the body is no such message (column {})", error.column()),
        )
    })
}

/// The action of the path, if it is this terminal's and not over.
async fn open(server: &Server, client: &Client, id: i64) -> Answer<Action> {
    let action = server.store.action(id).await?.filter(|action| action.terminal == client.caller.id.0);
    let action =
        action.ok_or_else(|| Refused::new(RefusalKind::NotFound, "this terminal has no such action"))?;
    // What waits was taken back before the terminal looked at it.
    if action.ended_at.is_some() || action.state == "waiting" {
        return Err(gone());
    }
    Ok(action)
}

pub(super) async fn deployment(
    _: Timed,
    State(server): State<Server>,
    client: Client,
    At((_, _, id)): Ids,
) -> Answer<Json<DeploymentBase>> {
    let action = open(&server, &client, id).await?;
    if action.state == "cancelling" {
        return Err(gone());
    }
    let release = server.store.release(action.release).await?.ok_or_else(gone)?;
    if action.state == "offered" {
        let step =
            Step { action: id, state: "proceeding", at: server.clock.millis(), progress: None, detail: None };
        write(&server, &client, &action, &step, None).await?;
    }
    let handling = if action.forced { "forced" } else { "attempt" };
    Ok(Json(DeploymentBase {
        id: id.to_string(),
        deployment: Deployment {
            download: handling.to_owned(),
            update: handling.to_owned(),
            maintenance_window: None,
            chunks: vec![chunk(&client.base(&server), release)?],
        },
    }))
}

pub(super) fn chunk(base: &str, release: Release) -> Answer<Chunk> {
    let file = format!("{base}/softwaremodules/{}/artifacts/{}", release.id, release.filename);
    let link = |href: String| Link { href };
    let metadata = match &release.manifest {
        None => Vec::new(),
        Some(manifest) => {
            let value = serde_json::to_string(manifest).map_err(Refused::internal)?;
            vec![Metadata { key: METADATA_KEY.to_owned(), value }]
        }
    };
    Ok(Chunk {
        part: release.part,
        name: release.name,
        version: release.version,
        artifacts: vec![Artifact {
            filename: release.filename,
            size: release.file.size,
            hashes: Hashes { sha1: release.file.sha1, md5: release.file.md5, sha256: release.file.sha256 },
            links: BTreeMap::from([
                ("download".to_owned(), link(file.clone())),
                ("download-http".to_owned(), link(file.clone())),
                ("md5sum".to_owned(), link(format!("{file}.MD5SUM"))),
                ("md5sum-http".to_owned(), link(format!("{file}.MD5SUM"))),
            ]),
        }],
        metadata,
    })
}

pub(super) async fn feedback(
    _: Timed,
    State(server): State<Server>,
    client: Client,
    At((_, _, id)): Ids,
    request: Request,
) -> Answer<StatusCode> {
    let feedback: Feedback = lenient(&wire::body(request, &server).await?)?;
    let action = open(&server, &client, id).await?;
    let finished = feedback.status.result.finished;
    let state = match (feedback.status.execution, finished) {
        (Execution::Closed, Finished::Success) => "succeeded",
        (Execution::Closed, Finished::Failure) | (Execution::Rejected, _) => "failed",
        (Execution::Canceled, _) => "cancelled",
        // Asked to give it up, it is at work all the same.
        _ if action.state == "cancelling" => "cancelling",
        (Execution::Download, _) => "downloading",
        (Execution::Downloaded, _) => "downloaded",
        _ => "proceeding",
    };
    record(&server, &client, &action, &feedback, state).await
}

pub(super) async fn cancel(
    _: Timed,
    State(server): State<Server>,
    client: Client,
    At((_, _, id)): Ids,
) -> Answer<Json<CancelBase>> {
    let action = open(&server, &client, id).await?;
    if action.state != "cancelling" {
        return Err(gone());
    }
    Ok(Json(CancelBase { id: id.to_string(), cancel_action: CancelAction { stop_id: id.to_string() } }))
}

pub(super) async fn cancel_feedback(
    _: Timed,
    State(server): State<Server>,
    client: Client,
    At((_, _, id)): Ids,
    request: Request,
) -> Answer<StatusCode> {
    let feedback: Feedback = lenient(&wire::body(request, &server).await?)?;
    let action = open(&server, &client, id).await?;
    if action.state != "cancelling" {
        return Err(gone());
    }
    let state = match feedback.status.execution {
        Execution::Closed | Execution::Canceled => "cancelled",
        // It is too late: the update goes to its end.
        Execution::Rejected => "proceeding",
        _ => "cancelling",
    };
    record(&server, &client, &action, &feedback, state).await
}

/// Keeps what was said, and the state that follows.
async fn record(
    server: &Server,
    client: &Client,
    action: &Action,
    feedback: &Feedback,
    state: &str,
) -> Answer<StatusCode> {
    let details: Vec<String> = feedback
        .status
        .details
        .iter()
        .take(DETAILS)
        .map(|detail| detail.chars().filter(|c| *c != '\0').take(DETAIL).collect())
        .collect();
    let progress = feedback.status.result.progress.as_ref().and_then(|progress| {
        let part = progress.cnt.zip(progress.of).filter(|(_, of)| *of > 0);
        let part = part.map(|(count, of)| i64::from(count) * 100 / i64::from(of));
        part.or(progress.percentage.map(i64::from)).map(|percent| percent.clamp(0, 100))
    });
    let step = Step {
        action: action.id,
        state,
        at: server.clock.millis(),
        progress,
        detail: details.last().map(String::as_str),
    };
    write(server, client, action, &step, Some((feedback, &details))).await?;
    // 200 and nothing else: two clients stop at 201 and 204.
    Ok(StatusCode::OK)
}

async fn write(
    server: &Server,
    client: &Client,
    action: &Action,
    step: &Step<'_>,
    said: Option<(&Feedback, &[String])>,
) -> Answer<()> {
    let terminal = &client.caller.id.0;
    let mut tx = server.store.write().await?;
    if !actions::advance(&mut tx, terminal, step).await? {
        return Err(gone());
    }
    if let Some((feedback, details)) = said {
        let (execution, finished) =
            (feedback.status.execution.word(), feedback.status.result.finished.word());
        actions::feedback(&mut tx, action.id, execution, finished, details, step.at).await?;
    }
    let terminal = NewsItem::Terminal(terminal.clone());
    let rollout = action.rollout.map(NewsItem::Rollout);
    server.note(&mut tx, &terminal).await?;
    if let Some(rollout) = &rollout {
        server.note(&mut tx, rollout).await?;
    }
    tx.commit().await?;
    server.tell(terminal).await?;
    if let Some(rollout) = rollout {
        server.tell(rollout).await?;
    }
    Ok(())
}
