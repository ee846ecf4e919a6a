//! A call of the contract inside one JSON object: docs/dialects.md, "A wrapped call".

use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Arrived;
use crate::contract::path;

/// The object.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wrapped<'a> {
    method: String,
    pub(super) resource: String,
    session: Option<String>,
    idempotency_key: Option<String>,
    request_id: String,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    parts: Option<Vec<Part>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    name: String,
    text: Option<String>,
    file_name: Option<String>,
    media_type: Option<String>,
    content: Option<String>,
}

/// Between the parts of a rebuilt multipart body (RFC 2046, section 5.1.1); no JPEG or PNG has it in it.
const BOUNDARY: &str = "yilin-reference-platform-part-0f1e2d3c4b5a69788796a5b4c3d2e1f0";

impl Wrapped<'_> {
    /// Whether this is the address of the call: a door, and the call's name.
    pub(super) fn is_called(&self, address: &str) -> bool {
        let name = super::call::name(&self.method, &self.resource);
        name.is_some_and(|name| {
            ["/gateway/rest/", "/openapi/"].iter().any(|door| address.strip_prefix(door) == Some(name))
        })
    }

    /// The same as a request of the contract; `None` where it is none.
    pub(super) fn unwrap(&self, arrived: &Arrived) -> Option<Request> {
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            HeaderValue::from_str(value).map(|value| _ = headers.insert(name, value)).ok()
        };
        set(HeaderName::from_static(path::REQUEST_ID), &self.request_id)?;
        if let Some(token) = &self.session {
            set(AUTHORIZATION, &format!("Bearer {token}"))?;
        }
        if let Some(key) = &self.idempotency_key {
            set(HeaderName::from_static(path::IDEMPOTENCY_KEY), key)?;
        }
        let body = match (&self.data, &self.parts) {
            (Some(data), None) => {
                set(CONTENT_TYPE, "application/json")?;
                data.get().as_bytes().to_vec()
            }
            (None, Some(parts)) => {
                set(CONTENT_TYPE, &format!("multipart/form-data; boundary={BOUNDARY}"))?;
                multipart(parts)?
            }
            (None, None) => Vec::new(),
            (Some(_), Some(_)) => return None,
        };
        for name in [IF_NONE_MATCH, USER_AGENT] {
            if let Some(value) = arrived.headers.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        arrived.inner(&self.method, &self.resource, headers, body)
    }
}

fn multipart(parts: &[Part]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    for part in parts {
        let quotable = |text: &str| !text.contains(['"', '\r', '\n']);
        let Part { name, text, file_name, media_type, content } = part;
        body.extend(format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"").bytes());
        match (text, file_name, media_type, content) {
            (Some(text), None, None, None) if quotable(name) => {
                body.extend(format!("\r\n\r\n{text}").bytes());
            }
            (None, Some(file), Some(media_type), Some(content))
                if [name, file, media_type].iter().all(|t| quotable(t)) =>
            {
                body.extend(format!("; filename=\"{file}\"\r\ncontent-type: {media_type}\r\n\r\n").bytes());
                body.extend(STANDARD.decode(content).ok()?);
            }
            _ => return None,
        }
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    Some(body)
}
