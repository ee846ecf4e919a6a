//! What was refused, in the log: by whom, at which page, with which answer.
//!
//! Duty: a line for each, whoever asked. Never: write down an address's path, which may hold an invitation, or what was sent.

use super::visitor;
use crate::repeats::Repeats;
use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// The account behind a request, told by whoever finds it.
#[derive(Debug, Clone, Default)]
pub(super) struct Account(Arc<OnceLock<String>>);

impl Account {
    /// It is of that name.
    pub(super) fn is(&self, name: &str) {
        // A request has one session: a second word is the same.
        let _ = self.0.set(name.to_owned());
    }
}

/// Somebody asks faster than is allowed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct TooFast(String);

/// Notes a refusal.
pub(super) async fn note(mut request: Request, next: Next) -> Response {
    let account = Account::default();
    request.extensions_mut().insert(account.clone());
    let address = visitor::address_of(request.extensions());
    let method = request.method().clone();
    let page = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    let page = page.as_ref().map_or("", MatchedPath::as_str);
    let account = account.0.get().map_or("", String::as_str);
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            // Who floods the console does not flood its log.
            static REPEATS: Repeats = Repeats::new();
            if let Some(unsaid) = REPEATS.say(&TooFast(address.clone()), Instant::now()) {
                tracing::warn!(address, account, %method, page, unsaid, "too many requests");
            }
        }
        StatusCode::BAD_REQUEST
        | StatusCode::UNAUTHORIZED
        | StatusCode::FORBIDDEN
        | StatusCode::METHOD_NOT_ALLOWED
        | StatusCode::CONFLICT => {
            tracing::warn!(address, account, %method, page, status = status.as_u16(), "refused");
        }
        _ => {}
    }
    response
}
