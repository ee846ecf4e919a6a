//! A document with its tag: who has it already is told only that (RFC 9110, 13.1.2).

use crate::secret;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// Why a document cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaggedError {
    /// JSON cannot hold it.
    #[error("the document cannot be written as JSON")]
    Document(#[from] serde_json::Error),
    /// A header cannot hold its tag.
    #[error("the document's tag is none")]
    Tag(#[from] InvalidHeaderValue),
}

/// What is sent of a document.
#[derive(Debug)]
pub(crate) struct Tagged {
    body: Bytes,
    /// In quotation marks.
    tag: HeaderValue,
}

impl Tagged {
    /// The document as JSON; its tag is the beginning of its SHA-256.
    ///
    /// # Errors
    /// JSON cannot hold it.
    pub(crate) fn of(document: &impl serde::Serialize) -> Result<Self, TaggedError> {
        let body = serde_json::to_vec(document)?;
        let tag = format!("\"{}\"", &secret::sha256(&body)[..32]);
        let tag = HeaderValue::try_from(tag)?;
        Ok(Self { body: body.into(), tag })
    }

    /// The document; 304 where the caller has it.
    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response {
        let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let is_it = |known: &str| known.trim().trim_start_matches("W/").as_bytes() == self.tag.as_bytes();
        let tag = [(ETAG, self.tag.clone())];
        if known.is_some_and(|known| known.split(',').any(is_it)) {
            return (StatusCode::NOT_MODIFIED, tag).into_response();
        }
        let kind = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (tag, kind, Body::from(self.body.clone())).into_response()
    }
}
