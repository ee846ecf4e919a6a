//! A platform that is wrong on purpose: it breaks one point of the conformance pack, whenever that point is asked, and
//! keeps to the contract in all else. So it is seen that the pack finds each thing that it looks for.
//!
//! Duty: one wrongness for each point. Never: touch a call of anybody but the pack.

mod table;

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::answer::request_id;
use super::conformance::points;
use super::credentials::Admits;
use super::platform::Platform;
use table::{TABLE, Twist};

/// The point that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong(&'static str);

/// The name is no point of the pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no point of the conformance pack: `--wrong list` prints them all")]
pub struct UnknownPoint(pub String);

impl FromStr for Wrong {
    type Err = UnknownPoint;

    fn from_str(text: &str) -> Result<Self, UnknownPoint> {
        let point = points().iter().find(|point| point.id == text);
        point.map(|point| Self(&point.id)).ok_or_else(|| UnknownPoint(text.to_owned()))
    }
}

impl Wrong {
    /// Whom the server then lets in.
    pub(super) fn admits(self) -> Admits {
        match self.0 {
            "tls.no_certificate_refused" => Admits::Nameless,
            "tls.unknown_issuer_refused" => Admits::Anybody,
            _ => Admits::Known,
        }
    }

    /// Whether the server shows a certificate of an authority that nobody knows.
    pub(super) fn is_untrusted(self) -> bool {
        self.0 == "tls.trusted"
    }

    /// What it says to the first bytes of a connection that it should have let go.
    pub(super) fn says_to(self, first: &[u8]) -> Option<Vec<u8>> {
        match self.0 {
            "tls.plain_http_refused" if first.starts_with(b"GET ") => {
                Some(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}".to_vec())
            }
            // A ClientHello whose version is 3.2, TLS 1.1, is answered with the head of a ServerHello of that version.
            "tls.old_version_refused" if first.starts_with(&[22, 3]) && first.get(9..11) == Some(&[3, 2]) => {
                Some([&[22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2][..], &[0x5A; 32], &[0, 0, 0x2F, 0]].concat())
            }
            _ => None,
        }
    }
}

/// Lets the pack's calls for the broken point go wrong.
pub(super) async fn twist(State(platform): State<Arc<Platform>>, request: Request, next: Next) -> Response {
    let Some(Wrong(point)) = platform.wrong else { return next.run(request).await };
    let agent = request.headers().get(USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_asked = agent.split(' ').nth(1) == Some(point);
    let row = TABLE.iter().find(|row| row.point == point && is_asked);
    let uri = request.uri();
    let path = uri.path_and_query().map_or("", |whole| whole.as_str());
    let Some(row) = row.filter(|row| path.contains(row.path)) else { return next.run(request).await };
    if platform.wrong_met.met() < row.from {
        return next.run(request).await;
    }
    row.twist.apply(request, next).await
}

/// How many calls the broken point has made that its wrongness could strike.
#[derive(Debug, Default)]
pub(crate) struct Met(AtomicU32);

impl Met {
    fn met(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Twist {
    async fn apply(&self, request: Request, next: Next) -> Response {
        let id = request_id(request.headers());
        match self {
            Self::Accept(data) => {
                taken(request).await;
                envelope(
                    StatusCode::OK,
                    &json!({"code": "ok", "message": "", "data": parsed(data), "errorClass": null,
                                                 "requestId": id, "serverTime": "2026-01-01T00:00:00+08:00"}),
                )
            }
            Self::Refuse(status, code, class) => {
                taken(request).await;
                let status = StatusCode::from_u16(*status).unwrap_or_default();
                envelope(
                    status,
                    &json!({"code": code, "message": "", "data": null, "errorClass": class,
                                         "requestId": id, "serverTime": "2026-01-01T00:00:00+08:00"}),
                )
            }
            Self::Late(seconds) => {
                tokio::time::sleep(Duration::from_secs(*seconds)).await;
                next.run(request).await
            }
            Self::Status(status) => {
                let mut response = next.run(request).await;
                *response.status_mut() = StatusCode::from_u16(*status).unwrap_or_default();
                response
            }
            Self::Header(name, value) => {
                let mut response = next.run(request).await;
                set_header(response.headers_mut(), name, value);
                response
            }
            Self::NoHeader(name) => {
                let mut response = next.run(request).await;
                response.headers_mut().remove(*name);
                response
            }
            Self::Set(pointer, value) => {
                rewritten(next.run(request).await, |body| set(body, pointer, value)).await
            }
            Self::Remove(member) => {
                rewritten(next.run(request).await, |body| {
                    body.as_object_mut().and_then(|all| all.remove(*member));
                })
                .await
            }
            Self::Reverse(pointer) => {
                rewritten(next.run(request).await, |body| {
                    if let Some(list) = body.pointer_mut(pointer).and_then(Value::as_array_mut) {
                        list.reverse();
                    }
                })
                .await
            }
        }
    }
}

/// A server that takes everything in, however long it is.
async fn taken(request: Request) {
    let _ = to_bytes(request.into_body(), usize::MAX).await;
}

fn envelope(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn set_header(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

async fn rewritten(response: Response, change: impl FnOnce(&mut Value)) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(mut body) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    change(&mut body);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body.to_string()))
}

/// Puts a value where the pointer says, also where nothing was.
fn set(body: &mut Value, pointer: &str, value: &str) {
    let Some((parent, member)) = pointer.rsplit_once('/') else { return };
    match body.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.insert(member.to_owned(), parsed(value));
        }
        Some(Value::Array(list)) => {
            if let Some(place) = member.parse::<usize>().ok().and_then(|n| list.get_mut(n)) {
                *place = parsed(value);
            }
        }
        _ => {}
    }
}

/// JSON of the table; a test reads all of it.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_point_has_its_wrongness() {
        let listed: BTreeSet<&str> = points().iter().map(|p| p.id.as_str()).collect();
        let rows: Vec<&str> = TABLE.iter().map(|row| row.point).collect();
        let written: BTreeSet<&str> = rows.iter().copied().collect();
        assert_eq!(written.len(), rows.len(), "one row for each");
        let door: BTreeSet<&str> = listed.iter().copied().filter(|id| id.starts_with("tls.")).collect();
        assert_eq!(written, listed.difference(&door).copied().collect());
        for row in TABLE {
            if let Twist::Set(_, json) | Twist::Accept(json) = row.twist {
                assert!(serde_json::from_str::<Value>(json).is_ok(), "{}: {json}", row.point);
            }
        }
        assert!("case.no_such".parse::<Wrong>().is_err());
    }
}
