//! Answers of the wire: the envelope around data or refusal, and what a call brings with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;

use super::platform::Platform;
use super::strict;
use crate::contract::envelope::{Envelope, ErrorClass, code};
use crate::contract::path;

/// A call that is not answered with data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) class: ErrorClass,
    /// For a technician; holds nothing of a person.
    pub(crate) message: String,
}

/// What a handler gives back.
pub(crate) type Answer<T> = Result<T, Refusal>;

/// A refusal by its code of the contract, which tells status and class.
pub(crate) fn refusal(code: &'static str, message: impl Into<String>) -> Refusal {
    let (status, class) = match code {
        code::UNAVAILABLE => (StatusCode::SERVICE_UNAVAILABLE, ErrorClass::Retryable),
        code::TOO_MANY_REQUESTS => (StatusCode::TOO_MANY_REQUESTS, ErrorClass::Retryable),
        code::SESSION_REQUIRED => (StatusCode::UNAUTHORIZED, ErrorClass::NeedsUser),
        code::IDENTITY_REFUSED | code::FORM_REFUSED => {
            (StatusCode::UNPROCESSABLE_ENTITY, ErrorClass::NeedsUser)
        }
        code::NOT_ADMITTED => (StatusCode::FORBIDDEN, ErrorClass::NeedsHuman),
        code::OFFSET_WRONG => (StatusCode::CONFLICT, ErrorClass::Retryable),
        code::STATE_REFUSED | code::SLOT_TAKEN => (StatusCode::CONFLICT, ErrorClass::NeedsUser),
        code::KEY_REUSED | code::ALREADY_RATED => (StatusCode::CONFLICT, ErrorClass::NeedsHuman),
        code::MATERIAL_MISSING | code::CONTENT_REFUSED => {
            (StatusCode::UNPROCESSABLE_ENTITY, ErrorClass::Fatal)
        }
        code::NOT_FOUND | code::CASE_NOT_FOUND => (StatusCode::NOT_FOUND, ErrorClass::Fatal),
        code::TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, ErrorClass::Fatal),
        code::BAD_REQUEST => (StatusCode::BAD_REQUEST, ErrorClass::Fatal),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, ErrorClass::Retryable),
    };
    Refusal { status, code, class, message: message.into() }
}

impl From<super::store::StoreError> for Refusal {
    fn from(error: super::store::StoreError) -> Self {
        refusal(code::INTERNAL, error.to_string())
    }
}

/// What every call brings besides its body.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) request_id: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) token: Option<String>,
    path: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
    /// A name stands in the query twice: which of the two is meant nobody can say.
    ambiguous: bool,
}

impl Call {
    /// A part of the path by the name in its pattern.
    pub(crate) fn segment(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// Whether the query says one thing of each name.
    pub(crate) fn check_query(&self) -> Answer<()> {
        if self.ambiguous {
            Err(refusal(code::BAD_REQUEST, "a name stands twice in the query"))
        } else {
            Ok(())
        }
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

/// The request's id, or one for a caller that gave none.
pub(crate) fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(path::REQUEST_ID).and_then(|v| v.to_str().ok());
    given.filter(|id| (1..=64).contains(&id.len())).unwrap_or("unnamed").to_owned()
}

impl FromRequestParts<Arc<Platform>> for Call {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        platform: &Arc<Platform>,
    ) -> Result<Self, Self::Rejection> {
        let segments = RawPathParams::from_request_parts(parts, platform).await;
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, platform).await;
        let pairs = query.map(|Query(pairs)| pairs).unwrap_or_default();
        let named = pairs.len();
        let query: BTreeMap<String, String> = pairs.into_iter().collect();
        let header = |name: &str| parts.headers.get(name).and_then(|v| v.to_str().ok());
        let owned = |(k, v): (&str, &str)| (k.to_owned(), v.to_owned());
        Ok(Self {
            request_id: request_id(&parts.headers),
            idempotency_key: header(path::IDEMPOTENCY_KEY).map(str::to_owned),
            token: header(AUTHORIZATION.as_str()).and_then(|v| v.strip_prefix("Bearer ")).map(str::to_owned),
            path: segments.map(|s| s.iter().map(owned).collect()).unwrap_or_default(),
            ambiguous: query.len() != named,
            query,
        })
    }
}

/// A JSON body, or nothing of it: what is wrong is said without a word of the body.
pub(crate) async fn read_json(request: Request) -> Answer<Value> {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if media_type.split(';').next().map(str::trim) != Some("application/json") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Refusal { status, ..refusal(code::BAD_REQUEST, "the body must be application/json") });
    }
    let bytes = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(inner) if inner.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            refusal(code::TOO_LARGE, "the body is too large")
        }
        _ => refusal(code::BAD_REQUEST, "the body did not arrive"),
    })?;
    strict::read(&bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        refusal(code::BAD_REQUEST, format!("the body is not what the contract says: {place}"))
    })
}

/// The whole answer.
pub(crate) fn respond<T: Serialize>(platform: &Platform, request_id: &str, answer: Answer<T>) -> Response {
    let server_time = platform.now();
    let request_id = request_id.to_owned();
    match answer {
        Ok(data) => Json(Envelope {
            code: code::OK.to_owned(),
            message: String::new(),
            data: Some(data),
            error_class: None,
            request_id,
            server_time,
        })
        .into_response(),
        Err(Refusal { status, code, class, message }) => {
            let envelope = Envelope::<()> {
                code: code.to_owned(),
                message,
                data: None,
                error_class: Some(class),
                request_id,
                server_time,
            };
            (status, Json(envelope)).into_response()
        }
    }
}
