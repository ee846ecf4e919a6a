//! The one shape of every refusal.

use crate::repeats::Repeats;
use crate::store::StoreError;
use crate::tagged::TaggedError;
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use fleet_api::enrolment::{Refusal, RefusalKind};
use std::time::Instant;

/// A refusal and its status.
#[derive(Debug)]
pub(crate) struct Refused {
    kind: RefusalKind,
    message: String,
    retry_after: Option<u32>,
}

/// What a handler answers.
pub(crate) type Answer<T> = Result<T, Refused>;

impl Refused {
    pub(crate) fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_after: None }
    }

    pub(crate) fn too_fast(seconds: u32) -> Self {
        Self {
            kind: RefusalKind::TooManyRequests,
            message: format!("too many requests: wait {seconds} s"),
            retry_after: Some(seconds),
        }
    }

    /// A fault of the server's own: the log gets the chain, the caller a word.
    pub(crate) fn internal(error: impl std::error::Error + 'static) -> Self {
        let error: &(dyn std::error::Error + 'static) = &error;
        // While the database is away, every call of every terminal fails.
        static REPEATS: Repeats = Repeats::new();
        if let Some(unsaid) = REPEATS.say(error, Instant::now()) {
            tracing::error!(error, unsaid, "a call of a terminal failed here");
        }
        Self::new(RefusalKind::Internal, "the fleet server has a fault of its own: try again later")
    }

    fn status(&self) -> StatusCode {
        match self.kind {
            RefusalKind::Code | RefusalKind::WrongTerminal => StatusCode::FORBIDDEN,
            RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RefusalKind::NotEnrolled => StatusCode::UNAUTHORIZED,
            RefusalKind::NotFound => StatusCode::NOT_FOUND,
            RefusalKind::Gone => StatusCode::GONE,
            RefusalKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            RefusalKind::Version => StatusCode::UPGRADE_REQUIRED,
            RefusalKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            RefusalKind::Malformed | RefusalKind::Unrecognised => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::internal(error)
    }
}

impl From<TaggedError> for Refused {
    fn from(error: TaggedError) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response =
            (status, Json(Refusal { error: self.kind, message: self.message })).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// There is something of that name, but not for that method.
pub(super) async fn not_so() -> Response {
    let mut response = Refused::new(RefusalKind::NotFound, "this path has no such method").into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

pub(crate) async fn nowhere() -> Refused {
    Refused::new(RefusalKind::NotFound, "there is nothing of that name")
}
