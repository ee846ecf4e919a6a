//! The envelope of every answer.

use domain::terminal::Timestamp;
use serde::{Deserialize, Serialize};

/// `{code, message, data, errorClass, requestId, serverTime}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    /// [`code::OK`], or what went wrong: 1 to 64 of `a-z 0-9 _`.
    pub code: String,
    /// For a technician; a resident never reads it, and no program decides by it.
    pub message: String,
    /// The answer; null exactly when `code` is not `ok`.
    pub data: Option<T>,
    /// What kind of error it is; null exactly when `code` is `ok`.
    pub error_class: Option<ErrorClass>,
    /// The request's `yilin-request-id`, or one made by the province.
    pub request_id: String,
    /// The province's clock.
    #[serde(with = "time::serde::rfc3339")]
    pub server_time: Timestamp,
}

/// What a terminal does with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// Try again later (HTTP 409 of an upload, 429, 500, 502, 503, 504; `Retry-After` in seconds may say when).
    Retryable,
    /// The resident can mend it: identify again, correct an answer, choose another time (HTTP 401, 404, 409, 422).
    NeedsUser,
    /// A person at the office has to look at it (HTTP 403, 409).
    NeedsHuman,
    /// This terminal asks wrongly: trying again changes nothing (HTTP 400, 404, 405, 413, 415, 422).
    Fatal,
}

/// The codes of the canonical contract; a province may have more.
pub mod code {
    /// All is well.
    pub const OK: &str = "ok";
    /// Retryable, 503: not now.
    pub const UNAVAILABLE: &str = "unavailable";
    /// Retryable, 429: too many requests.
    pub const TOO_MANY_REQUESTS: &str = "too_many_requests";
    /// Retryable, 500.
    pub const INTERNAL: &str = "internal";
    /// Needs the user, 401: no session, or an expired one.
    pub const SESSION_REQUIRED: &str = "session_required";
    /// Needs the user, 422: the code by SMS or the QR is wrong or too old.
    pub const IDENTITY_REFUSED: &str = "identity_refused";
    /// Needs the user, 422: an answer of the form is not right.
    pub const FORM_REFUSED: &str = "form_refused";
    /// Needs a human, 403: this terminal or item is not admitted.
    pub const NOT_ADMITTED: &str = "not_admitted";
    /// Needs a human, 409: the same key with another content.
    pub const KEY_REUSED: &str = "key_reused";
    /// Needs the user, 409: not in the state that it is in now (too early, too late, over).
    pub const STATE_REFUSED: &str = "state_refused";
    /// Needs the user, 409: no place is left; another may be.
    pub const SLOT_TAKEN: &str = "slot_taken";
    /// Retryable, 409: the piece does not begin where the upload ends; ask how far it is and go on from there.
    pub const OFFSET_WRONG: &str = "offset_wrong";
    /// Needs a human, 409: this service was rated before.
    pub const ALREADY_RATED: &str = "already_rated";
    /// Fatal, 400: the body is not what the contract says.
    pub const BAD_REQUEST: &str = "bad_request";
    /// Fatal, 422: the body is what the contract says, and yet it cannot be so: a digest that does not fit its bytes, a
    /// picture that is none, events out of order.
    pub const CONTENT_REFUSED: &str = "content_refused";
    /// Fatal, 422: the case names a material that was never handed in, or its digest differs.
    pub const MATERIAL_MISSING: &str = "material_missing";
    /// Fatal, 404: no such item, session, division or path.
    pub const NOT_FOUND: &str = "not_found";
    /// Fatal, 404, **only** from the look-up by key: the province has no case under this key. The terminal sends again on
    /// no other evidence.
    pub const CASE_NOT_FOUND: &str = "case_not_found";
    /// Fatal, 413.
    pub const TOO_LARGE: &str = "too_large";

    use super::ErrorClass::{self, Fatal, NeedsHuman, NeedsUser, Retryable};

    /// Every code of an error with its HTTP status and class.
    pub const ALL: [(&str, u16, ErrorClass); 18] = [
        (UNAVAILABLE, 503, Retryable),
        (TOO_MANY_REQUESTS, 429, Retryable),
        (INTERNAL, 500, Retryable),
        (SESSION_REQUIRED, 401, NeedsUser),
        (IDENTITY_REFUSED, 422, NeedsUser),
        (FORM_REFUSED, 422, NeedsUser),
        (NOT_ADMITTED, 403, NeedsHuman),
        (KEY_REUSED, 409, NeedsHuman),
        (STATE_REFUSED, 409, NeedsUser),
        (SLOT_TAKEN, 409, NeedsUser),
        (OFFSET_WRONG, 409, Retryable),
        (ALREADY_RATED, 409, NeedsHuman),
        (BAD_REQUEST, 400, Fatal),
        (CONTENT_REFUSED, 422, Fatal),
        (MATERIAL_MISSING, 422, Fatal),
        (NOT_FOUND, 404, Fatal),
        (CASE_NOT_FOUND, 404, Fatal),
        (TOO_LARGE, 413, Fatal),
    ];
}
