//! Whether the server is well, and its counters.

use crate::repeats::Repeats;
use crate::state::Server;
use crate::store::coverage::HEARD;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Who asks wants to know soon: a database that takes longer is as good as none.
const ANSWER: Duration = Duration::from_secs(3);

/// The program runs.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// It can serve: the database answers, and it is not ending.
pub(super) async fn ready(State(server): State<Server>) -> Response {
    if server.ending.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n").into_response();
    }
    match tokio::time::timeout(ANSWER, server.store.ping()).await {
        Ok(Ok(())) => return "ok\n".into_response(),
        Ok(Err(error)) => not_ready(&error),
        Err(silent) => not_ready(&silent),
    }
    (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
}

/// Said once a minute, however often it is asked.
fn not_ready(error: &(dyn std::error::Error + 'static)) {
    static REPEATS: Repeats = Repeats::new();
    if let Some(unsaid) = REPEATS.say(error, Instant::now()) {
        tracing::error!(error, unsaid, "not ready: the database does not answer");
    }
}

pub(super) async fn metrics(State(server): State<Server>) -> Response {
    // Counters are told while the database is away, too.
    let heard = server.clock.millis() - HEARD;
    let standing = tokio::time::timeout(ANSWER, server.store.standing(heard)).await;
    let standing = standing.ok().and_then(Result::ok);
    let text = server.metrics.text(server.live.count(), standing.as_ref());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
