//! Files, whole or in part, for the terminal that has an action on them.

use super::caller::Client;
use crate::device::refusal::{Answer, Refused};
use crate::device::timed::Timed;
use crate::device::wire::At;
use crate::metrics;
use crate::range::{Part, part};
use crate::state::Server;
use crate::store::artifacts::Release;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, IF_RANGE,
    RANGE,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use fleet_api::ddi::Artifact;
use fleet_api::enrolment::RefusalKind;
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

/// Bytes that are read at a time.
const PIECE: usize = 64 * 1024;

fn nothing() -> Refused {
    Refused::new(RefusalKind::NotFound, "this terminal has no update with such a file")
}

/// The release of the path, if this terminal has an action on it. What the path calls a file is only compared.
async fn release(server: &Server, client: &Client, module: i64) -> Answer<Release> {
    let Some((action, _)) = client.caller.live.row().action.clone() else { return Err(nothing()) };
    let action = server.store.action(action).await?.filter(|action| action.release == module);
    let release = action.ok_or_else(nothing)?.release;
    server.store.release(release).await?.ok_or_else(nothing)
}

pub(super) async fn list(
    _: Timed,
    State(server): State<Server>,
    client: Client,
    At((_, _, module)): At<(String, String, i64)>,
) -> Answer<Json<Vec<Artifact>>> {
    let release = release(&server, &client, module).await?;
    Ok(Json(super::action::chunk(&client.base(&server), release)?.artifacts))
}

pub(super) async fn file(
    _: Timed,
    State(server): State<Server>,
    client: Client,
    At((_, _, module, name)): At<(String, String, i64, String)>,
    method: Method,
    headers: HeaderMap,
) -> Answer<Response> {
    let release = release(&server, &client, module).await?;
    if name == format!("{}.MD5SUM", release.filename) {
        return Ok(format!("{}  {}\n", release.file.md5, release.filename).into_response());
    }
    if name != release.filename {
        return Err(nothing());
    }
    let file = release.file;
    let tag = format!("\"{}\"", file.sha256);
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // RFC 9110, 13.1.1: compared strongly, and before anything else.
    let is_meant = |meant: &str| meant == "*" || meant == tag;
    if header(IF_MATCH).is_some_and(|meant| !meant.split(',').any(|meant| is_meant(meant.trim()))) {
        return Ok((StatusCode::PRECONDITION_FAILED, [(ETAG, tag)]).into_response());
    }
    // 13.1.2: compared weakly.
    let is_known = |known: &str| known == "*" || known.trim_start_matches("W/") == tag;
    if header(IF_NONE_MATCH).is_some_and(|known| known.split(',').any(|known| is_known(known.trim()))) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    // A part of another file than the one that was begun is of no use.
    let range = header(RANGE).filter(|_| header(IF_RANGE).is_none_or(|begun| begun == tag));
    let (status, first, length) = match part(range, file.size) {
        Part::Unsatisfiable => {
            let none = [(CONTENT_RANGE, format!("bytes */{}", file.size)), (ETAG, tag)];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, none).into_response());
        }
        Part::Whole => (StatusCode::OK, 0, file.size),
        Part::Bytes(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
    };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        metrics::count(&server.metrics.artifact_bytes, length);
        let open = server.artifacts.open(&file, first).await.map_err(Refused::internal)?;
        Body::from_stream(ReaderStream::with_capacity(open.take(length), PIECE))
    };
    let mut response = (
        status,
        [
            (CONTENT_TYPE, "application/octet-stream".to_owned()),
            (CONTENT_LENGTH, length.to_string()),
            (ACCEPT_RANGES, "bytes".to_owned()),
            (ETAG, tag),
        ],
        body,
    )
        .into_response();
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(range) = format!("bytes {first}-{}/{}", first + length - 1, file.size).parse()
    {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    Ok(response)
}
