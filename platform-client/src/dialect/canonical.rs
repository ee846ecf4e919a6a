//! The canonical dialect: the contract as it is written.

use super::{Body, Call, Dialect, Reading, Recovery, RequestProblem, Stamp};
use crate::contract::path;
use crate::error::AnswerProblem;
use crate::http::{HttpAnswer, HttpBody, HttpRequest, Method};
use crate::operation::Operation;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};

const JSON: &str = "application/json";

/// The contract as it is written.
#[derive(Debug, Clone, Copy)]
pub struct Canonical;

impl Dialect for Canonical {
    fn recovery(&self, operation: Operation) -> Recovery {
        match operation {
            Operation::Case => Recovery::AskThenSend,
            _ => Recovery::SendAgain,
        }
    }

    fn request(&self, call: &mut Call, stamp: &Stamp<'_>) -> Result<HttpRequest, RequestProblem> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(JSON));
        insert(&mut headers, HeaderName::from_static(path::REQUEST_ID), &stamp.request_id);
        if let Some(key) = &call.key {
            insert(&mut headers, HeaderName::from_static(path::IDEMPOTENCY_KEY), key.as_str());
        }
        if let Some(etag) = &call.etag {
            insert(&mut headers, IF_NONE_MATCH, etag);
        }
        if let Some(token) = &call.session
            && let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.0.reveal()))
        {
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let (method, body) = match std::mem::replace(&mut call.body, Body::Empty) {
            Body::Empty => (Method::Get, HttpBody::Empty),
            Body::Json(bytes) => (Method::Post, HttpBody::Bytes { media_type: JSON, bytes }),
            Body::Multipart(parts) => (Method::Post, HttpBody::Multipart(parts)),
        };
        Ok(HttpRequest { method, path: call.path.clone(), headers, body })
    }

    fn answer(&self, _call: &Call, answer: HttpAnswer) -> Result<Reading, AnswerProblem> {
        match (answer.status, answer.media_type.as_str()) {
            (304, _) | (_, JSON) => Ok(Reading::Answer(answer)),
            _ => Err(AnswerProblem::ContentType),
        }
    }
}

// A value that cannot stand in a header (a broken entity tag from a cache file) is left out: the call is then plain.
fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
