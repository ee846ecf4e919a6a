//! A canonical call as one JSON object, for gateways that have one address for each call and everything else in the body.
//!
//! Duty: path, session, key and files move into the body, where they may be encrypted and are never in an address or a
//! log of addresses. Never: leave a copy of it unwiped.

use super::{Body, Call, RequestProblem};
use crate::http::{HttpBody, HttpRequest, Method, Part};
use crate::operation::Operation;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::personal::Personal;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, IF_NONE_MATCH};
use serde::Serialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// `{"method","resource","session","idempotencyKey","requestId","data","parts"}`; what a call does not have is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wrapped<'a> {
    method: &'static str,
    resource: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<&'a str>,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<WrappedPart<'a>>>,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum WrappedPart<'a> {
    Text { name: &'a str, text: &'a str },
    File { name: &'a str, file_name: &'a str, media_type: &'a str, content: Personal },
}

/// The object.
pub(super) fn wrap(call: &Call, request_id: &str) -> Result<Zeroizing<Vec<u8>>, RequestProblem> {
    let (method, data, parts) = match &call.body {
        Body::Empty => ("GET", None, None),
        Body::Json(bytes) => {
            let raw = serde_json::from_slice::<&RawValue>(bytes).map_err(|_| RequestProblem::Unreadable)?;
            ("POST", Some(raw), None)
        }
        Body::Multipart(parts) => {
            ("POST", None, Some(parts.iter().map(wrap_part).collect::<Result<_, _>>()?))
        }
    };
    let wrapped = Wrapped {
        method,
        resource: &call.path,
        session: call.session.as_ref().map(|token| token.0.reveal()),
        idempotency_key: call.key.as_ref().map(|key| key.as_str()),
        request_id,
        data,
        parts,
    };
    // Room from the start: a buffer that grows leaves copies behind that nobody wipes.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length_of(&wrapped) + 2048));
    serde_json::to_writer(&mut *bytes, &wrapped).map_err(|_| RequestProblem::Unreadable)?;
    Ok(bytes)
}

fn wrap_part(part: &Part) -> Result<WrappedPart<'_>, RequestProblem> {
    Ok(match part {
        Part::Text { name, text } => WrappedPart::Text { name, text },
        Part::File { name, file_name, media_type, bytes } => WrappedPart::File {
            name,
            file_name,
            media_type,
            content: Personal::new(STANDARD.encode(bytes.as_slice())),
        },
        // Who wraps has said so (`Dialect::holds_files`), and none comes.
        Part::Stream { .. } => return Err(RequestProblem::Unreadable),
    })
}

fn length_of(wrapped: &Wrapped<'_>) -> usize {
    let parts = wrapped.parts.iter().flatten().map(|part| match part {
        WrappedPart::Text { text, .. } => text.len() + 64,
        WrappedPart::File { content, .. } => content.reveal().len() + 256,
    });
    wrapped.resource.len() + wrapped.data.map_or(0, |d| d.get().len()) + parts.sum::<usize>()
}

/// POST to `PREFIX/CALL`, CALL being the operation's word with hyphens: no address has anything of one call in it.
pub(super) fn post(
    prefix: &str,
    call: &Call,
    media_type: &'static str,
    bytes: Zeroizing<Vec<u8>>,
) -> HttpRequest {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(super::envelope::JSON));
    if let Some(Ok(etag)) = call.etag.as_deref().map(HeaderValue::from_str) {
        headers.insert(IF_NONE_MATCH, etag);
    }
    let path = format!("{prefix}/{}", name(call.operation));
    HttpRequest { method: Method::Post, path, headers, body: HttpBody::Bytes { media_type, bytes } }
}

/// A call's name in addresses and settings: `case-by-key`.
pub(super) fn name(operation: Operation) -> String {
    operation.word().replace(' ', "-")
}
