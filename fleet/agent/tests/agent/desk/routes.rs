//! What the desk answers, path by path.

use super::tls::{Peer, TlsListener};
use super::{CODE, Desk, TERMINAL, public, ring_of, sign};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{get, post, put};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::command::CommandResult;
use fleet_api::ddi::{ConfigData, Feedback};
use fleet_api::enrolment::{EnrolRequest, Enrolled, Refusal, RefusalKind, RenewRequest};
use fleet_api::event::{EventBatch, EventsTaken};
use fleet_api::health::{Heartbeat, HeartbeatAnswer};
use fleet_api::shell::{ShellReply, ShellTurn};
use fleet_api::{TerminalId, Timestamp, path};
use serde_json::json;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

type Server = State<Arc<Desk>>;

pub(super) fn serve(desk: Arc<Desk>, listener: TlsListener) {
    let router = Router::new()
        .route(path::HEARTBEAT, post(heartbeat))
        .route(path::EVENTS, post(events))
        .route(path::COMMANDS, get(commands))
        .route(path::COMMAND_RESULT, post(result))
        .route(path::COMMAND_ATTACHMENT, put(attachment))
        .route(path::CONFIGURATION, get(configuration))
        .route(path::KEYS, get(keys))
        .route(path::SHELL, post(shell))
        .route(path::ASSIST, post(assist))
        .route(path::RENEW, post(renew))
        .route("/fleet/controller/v1/{id}", get(controller))
        .route("/fleet/controller/v1/{id}/configData", put(config_data))
        .route("/fleet/controller/v1/{id}/deploymentBase/{action}", get(deployment))
        .route("/fleet/controller/v1/{id}/deploymentBase/{action}/feedback", post(feedback))
        .route("/fleet/controller/v1/{id}/cancelAction/{action}", get(cancel))
        .route("/fleet/controller/v1/{id}/cancelAction/{action}/feedback", post(cancel_feedback))
        .route("/artifacts/1", get(artifact))
        .layer(from_fn_with_state(Arc::clone(&desk), guard))
        .route(path::ENROL, post(enrol))
        .layer(axum::extract::DefaultBodyLimit::max(16 << 20))
        .with_state(desk);
    tokio::spawn(async move {
        axum::serve(listener, router.into_make_service_with_connect_info::<Peer>()).await.unwrap();
    });
}

fn refusal(status: StatusCode, error: RefusalKind) -> Response {
    (status, Json(Refusal { error, message: error.to_string() })).into_response()
}

/// Who has no certificate of this terminal gets nothing.
async fn guard(
    State(desk): Server,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    if peer.0.as_deref() != Some(TERMINAL) {
        desk.change(|state| state.strangers += 1);
        return refusal(StatusCode::UNAUTHORIZED, RefusalKind::NotEnrolled);
    }
    if desk.state().broken.iter().any(|broken| path.contains(broken)) {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, RefusalKind::Internal);
    }
    next.run(request).await
}

fn enrolled(desk: &Desk, request: &str) -> Result<Enrolled, String> {
    let days = desk.state().certificate_days;
    let (certificate_chain, valid_until) = desk.tls.certify(request, TERMINAL, days)?;
    Ok(Enrolled {
        terminal: TerminalId(TERMINAL.into()),
        certificate_chain,
        server_authorities: desk.tls.pem().to_owned(),
        valid_until,
        root_key: STANDARD.encode(public(1)),
        key_ring: sign(&ring_of(1, &super::KEYS), 1),
        tenant: "fleet".into(),
    })
}

async fn enrol(State(desk): Server, Json(request): Json<EnrolRequest>) -> Response {
    if request.code != CODE {
        return refusal(StatusCode::FORBIDDEN, RefusalKind::Code);
    }
    desk.change(|state| state.enrolments += 1);
    match enrolled(&desk, &request.certificate_request) {
        Ok(enrolled) => Json(enrolled).into_response(),
        Err(_) => refusal(StatusCode::BAD_REQUEST, RefusalKind::Malformed),
    }
}

async fn renew(State(desk): Server, Json(request): Json<RenewRequest>) -> Response {
    desk.change(|state| {
        state.renewals += 1;
        state.certificate_days = 90;
    });
    match enrolled(&desk, &request.certificate_request) {
        Ok(enrolled) => Json(enrolled).into_response(),
        Err(_) => refusal(StatusCode::BAD_REQUEST, RefusalKind::Malformed),
    }
}

async fn heartbeat(State(desk): Server, Json(body): Json<Heartbeat>) -> Json<HeartbeatAnswer> {
    Json(desk.change(|state| {
        state.heartbeats.push(body);
        HeartbeatAnswer {
            at: Timestamp::now_utc(),
            next_seconds: 1,
            commands: state.commands.version,
            configuration: state.configuration.as_ref().map_or(0, |(number, _)| *number),
            key_ring: state.ring.as_ref().map_or(0, |(number, _)| *number),
            events_through: state.through,
        }
    }))
}

async fn events(State(desk): Server, Json(body): Json<EventBatch>) -> Json<EventsTaken> {
    Json(desk.change(|state| {
        state.dropped += body.dropped;
        for event in body.events {
            if event.number > state.through {
                state.through = event.number;
                state.events.push(event);
            }
        }
        EventsTaken { through: state.through }
    }))
}

async fn commands(State(desk): Server, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let after: u64 = query["after"].parse().unwrap();
    let mut changed = desk.changed.subscribe();
    let _ = tokio::time::timeout(Duration::from_secs(2), async {
        while desk.state().commands.version == after {
            let _ = changed.changed().await;
        }
    })
    .await;
    Json(desk.state().commands.list()).into_response()
}

async fn result(State(desk): Server, Path(id): Path<String>, Json(body): Json<CommandResult>) {
    desk.change(|state| {
        state.results.push((id.clone(), body));
        state.commands.open.retain(|signed| {
            let payload = STANDARD.decode(&signed.payload).unwrap();
            let value: serde_json::Value = serde_json::from_slice(&payload).unwrap();
            value["id"] != id
        });
    });
}

async fn attachment(State(desk): Server, Path(id): Path<String>, body: Bytes) {
    desk.change(|state| state.attachments.insert(id, body.to_vec()));
}

async fn configuration(State(desk): Server) -> Response {
    match &desk.state().configuration {
        Some((_, signed)) => Json(signed).into_response(),
        None => refusal(StatusCode::NOT_FOUND, RefusalKind::NotFound),
    }
}

async fn keys(State(desk): Server) -> Response {
    match &desk.state().ring {
        Some((_, signed)) => Json(signed).into_response(),
        None => refusal(StatusCode::NOT_FOUND, RefusalKind::NotFound),
    }
}

async fn shell(State(desk): Server, Json(turn): Json<ShellTurn>) -> Json<ShellReply> {
    tokio::time::sleep(Duration::from_millis(50)).await;
    Json(desk.change(|state| {
        state.shell_output.extend(STANDARD.decode(&turn.output).unwrap());
        state.shell_end = turn.ended.or(state.shell_end);
        let input = if state.shell_input.is_empty() { Vec::new() } else { state.shell_input.remove(0) };
        ShellReply { input: STANDARD.encode(input), end: false }
    }))
}

async fn assist(State(desk): Server, Json(turn): Json<fleet_api::assist::AssistTurn>) -> Response {
    tokio::time::sleep(Duration::from_millis(50)).await;
    let reply = desk.change(|state| {
        state.assist.push(turn);
        state.assist_reply.clone()
    });
    match reply {
        Some(reply) => Json(reply).into_response(),
        None => Json(fleet_api::assist::AssistReply { worker: None, actions: Vec::new(), ended: false })
            .into_response(),
    }
}

async fn controller(State(desk): Server, Path(id): Path<String>) -> Json<serde_json::Value> {
    let state = desk.state();
    let base = format!("{}/fleet/controller/v1/{id}", desk.url);
    let mut links = json!({});
    if state.attributes.is_empty() {
        links["configData"] = json!({ "href": format!("{base}/configData") });
    }
    if let Some(action) = &state.cancel {
        links["cancelAction"] = json!({ "href": format!("{base}/cancelAction/{action}") });
    } else if let Some(deployment) = &state.deployment {
        links["deploymentBase"] = json!({ "href": format!("{base}/deploymentBase/{}?c=1", deployment.id) });
    }
    Json(json!({ "config": { "polling": { "sleep": "00:00:01" } }, "_links": links }))
}

async fn config_data(State(desk): Server, Json(body): Json<ConfigData>) {
    desk.change(|state| state.attributes.push(body.data));
}

async fn deployment(State(desk): Server, Path((_, action)): Path<(String, String)>) -> Response {
    match desk.state().deployment.as_ref().filter(|base| base.id == action) {
        Some(base) => Json(base).into_response(),
        None => refusal(StatusCode::GONE, RefusalKind::Gone),
    }
}

async fn feedback(
    State(desk): Server,
    Path((_, action)): Path<(String, String)>,
    Json(body): Json<Feedback>,
) -> StatusCode {
    desk.change(|state| {
        if state.deployment.as_ref().is_none_or(|base| base.id != action) {
            return StatusCode::GONE;
        }
        let closed = body.status.execution == fleet_api::ddi::Execution::Closed;
        state.feedback.push((action, body));
        if closed {
            state.deployment = None;
        }
        StatusCode::OK
    })
}

async fn cancel(State(desk): Server, Path((_, action)): Path<(String, String)>) -> Json<serde_json::Value> {
    let stop = desk.state().deployment.as_ref().map(|base| base.id.clone()).unwrap_or_default();
    Json(json!({ "id": action, "cancelAction": { "stopId": stop } }))
}

async fn cancel_feedback(
    State(desk): Server,
    Path((_, action)): Path<(String, String)>,
    Json(body): Json<Feedback>,
) {
    desk.change(|state| {
        if body.status.execution == fleet_api::ddi::Execution::Closed {
            state.cancel = None;
            state.deployment = None;
        }
        state.feedback.push((format!("cancel {action}"), body));
    });
}

async fn artifact(State(desk): Server, headers: HeaderMap) -> Response {
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (bytes, cut, ranges) = desk.change(|state| {
        state.downloads.push(range.clone());
        (state.artifact.clone(), state.cut_after.take(), !state.no_ranges)
    });
    let from: usize = range
        .filter(|_| ranges)
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok())
        .unwrap_or(0);
    let rest = bytes[from.min(bytes.len())..].to_vec();
    let length = rest.len();
    let body = match cut {
        None => Body::from(rest),
        Some(cut) => {
            let part = Bytes::from(rest[..cut.min(length)].to_vec());
            Body::new(Cut {
                part: Some(part),
                pause: Box::pin(tokio::time::sleep(Duration::from_millis(300))),
            })
        }
    };
    let mut response = Response::builder().header(header::CONTENT_LENGTH, length);
    if from > 0 {
        let whole = bytes.len();
        response = response
            .status(StatusCode::PARTIAL_CONTENT)
            .header(header::CONTENT_RANGE, format!("bytes {from}-{}/{whole}", whole - 1));
    }
    response.body(body).unwrap()
}

/// A body that breaks a moment after its part.
struct Cut {
    part: Option<Bytes>,
    pause: Pin<Box<tokio::time::Sleep>>,
}

impl http_body::Body for Cut {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, std::io::Error>>> {
        match self.part.take() {
            Some(part) => Poll::Ready(Some(Ok(http_body::Frame::data(part)))),
            None => self
                .pause
                .as_mut()
                .poll(context)
                .map(|()| Some(Err(std::io::Error::other("the line breaks")))),
        }
    }
}
