//! A body that is what it says, and no more of it than is allowed.

use super::refusal::{Answer, Refused};
use crate::state::Server;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use bytes::Bytes;
use fleet_api::enrolment::RefusalKind;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The longest text in a message, in bytes; what a shell said in one turn is the longest, as base64.
const TEXT: usize = fleet_api::shell::TURN_BYTES / 3 * 4 + 4;
/// How deep a message is.
const DEEP: usize = 16;

/// A message.
pub(super) struct Wire<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Server> for Wire<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, server: &Server) -> Answer<Self> {
        let bytes = body(request, server).await?;
        let value: Value = serde_json::from_slice(&bytes).map_err(malformed)?;
        bounded(&value, DEEP)?;
        Ok(Self(serde_json::from_value(value).map_err(malformed)?))
    }
}

/// The parts of a path; where they are none, there is nothing of that name.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Server> for At<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Answer<Self> {
        let path = Path::from_request_parts(parts, server).await;
        path.map(|Path(path)| Self(path))
            .map_err(|_| Refused::new(RefusalKind::NotFound, "there is nothing of that name"))
    }
}

/// What stands behind the question mark.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Server> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Answer<Self> {
        let query = Query::from_request_parts(parts, server).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|_| Refused::new(RefusalKind::Malformed, "the question is none that is understood"))
    }
}

/// The bytes of a body within the limit of its path.
pub(crate) async fn body(request: Request, server: &Server) -> Answer<Bytes> {
    Bytes::from_request(request, server).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Refused::new(RefusalKind::TooLarge, "the body is larger than this path takes")
        } else {
            Refused::new(RefusalKind::Malformed, "the body ended too early")
        }
    })
}

/// Says where a message is none, never what stood there.
fn malformed(error: serde_json::Error) -> Refused {
    Refused::new(
        RefusalKind::Malformed,
        format!("the body is no such message (line {}, column {})", error.line(), error.column()),
    )
}

/// No text longer than any real one, and none that a database cannot hold.
fn bounded(value: &Value, deep: usize) -> Answer<()> {
    let text = |text: &str| {
        if text.len() > TEXT {
            Err(Refused::new(RefusalKind::TooLarge, "a text of the body is longer than any of a message"))
        } else if text.contains('\0') {
            Err(Refused::new(RefusalKind::Malformed, "a text of the body holds a zero character"))
        } else {
            Ok(())
        }
    };
    if deep == 0 {
        return Err(Refused::new(RefusalKind::Malformed, "the body is deeper than any message"));
    }
    match value {
        Value::String(value) => text(value),
        Value::Array(values) => values.iter().try_for_each(|value| bounded(value, deep - 1)),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            text(name)?;
            bounded(value, deep - 1)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}
