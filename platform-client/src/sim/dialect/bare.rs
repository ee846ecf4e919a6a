//! The platform of docs/dialects.md, "bare": it knows no keys, so what comes twice is there twice.

use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::{Arrived, Doors};
use crate::contract::path;
use crate::entropy::{Entropy as _, SystemEntropy};
use crate::sim::store::hex;
use crate::sim::strict;

pub(super) async fn enter(doors: &Doors, request: Request) -> Response {
    let key = HeaderName::from_static(path::IDEMPOTENCY_KEY);
    let asked = request.uri().path();
    if asked.starts_with("/v1/cases/by-key/") {
        return doors.not_found(request.headers());
    }
    let Some(name) = key_member(asked).filter(|_| request.method() == Method::POST) else {
        let mut request = request;
        request.headers_mut().remove(&key);
        return doors.call(request).await;
    };
    let method = request.method().as_str().to_owned();
    let Some(arrived) = Arrived::take(request).await else {
        return axum::http::StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    // Every sending is a filing of its own, whatever key the sender thinks of.
    let mut own = [0; 16];
    if SystemEntropy::new().fill(&mut own).is_err() {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let mut own = hex(&own);
    let body = match strict::read(&arrived.body) {
        // A draft is kept under the id that it has.
        Ok(Value::Object(members)) if name == DRAFT => {
            own = members.get(DRAFT).and_then(Value::as_str).unwrap_or_default().to_owned();
            arrived.body.clone()
        }
        Ok(Value::Object(mut members)) => {
            members.insert(name.to_owned(), Value::String(own.clone()));
            Value::Object(members).to_string().into_bytes()
        }
        // The routes say what is wrong with it.
        Ok(_) | Err(_) => arrived.body.clone(),
    };
    let mut headers = arrived.headers.clone();
    headers.remove(CONTENT_LENGTH);
    headers.remove(&key);
    if let Ok(own) = HeaderValue::from_str(&own) {
        headers.insert(key, own);
    }
    match arrived.inner(&method, &arrived.path, headers, body) {
        Some(request) if name == DRAFT => doors.call(request).await,
        Some(request) => without(name, doors.call(request).await).await,
        None => axum::http::StatusCode::BAD_REQUEST.into_response(),
    }
}

const DRAFT: &str = "draftId";

/// The member of a body that says the key, by the path.
fn key_member(path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.strip_prefix("/v1/")?.split('/').collect();
    Some(match segments.as_slice() {
        ["cases"] => "submissionId",
        ["cases", _, "supplements"] => "supplementId",
        ["cases", _, "withdrawals"] => "withdrawalId",
        ["my", "drafts"] => DRAFT,
        ["ratings"] => "ratingId",
        ["appeals"] => "appealId",
        ["appeals", _, "feedback"] => "feedbackId",
        ["appointments"] => "appointmentId",
        ["appointments", _, "cancellations"] => "cancellationId",
        ["volunteer-activities", _, "sign-ups"] => "signUpId",
        _ => return None,
    })
}

/// The answer without the key, which the asker never heard of.
async fn without(name: &str, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let bytes = match serde_json::from_slice::<Value>(&bytes) {
        Ok(mut envelope) => {
            if let Some(data) = envelope.get_mut("data").and_then(Value::as_object_mut) {
                data.remove(name);
            }
            envelope.to_string().into_bytes()
        }
        Err(_) => bytes.to_vec(),
    };
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, bytes.into())
}
