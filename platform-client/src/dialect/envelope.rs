//! The canonical envelope around what another dialect's envelope held.
//!
//! Duty: numbers of an error to code and class, as docs/dialects.md lists them. Never: guess that something was done.

use super::Reading;
use crate::contract::envelope::{ErrorClass, code};
use crate::error::{AnswerProblem, Refusal};
use crate::http::HttpAnswer;
use serde::Serialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

pub(super) const JSON: &str = "application/json";

/// The gateway does not know this signature, application or place: a technician mends the configuration, and what waits
/// goes then.
pub(super) const ACCESS_REFUSED: &str = "access_refused";
/// The terminal's clock and the gateway's are more than 300 s apart.
pub(super) const CLOCK_SKEWED: &str = "clock_skewed";
/// The gateway has seen this nonce before.
pub(super) const REPLAYED: &str = "replayed";
/// The number with which a gateway says that a token is used up or unknown.
pub(super) const TOKEN_SPENT: u32 = 40102;

/// The numbers of docs/dialects.md.
const NUMBERS: [(u32, &str, ErrorClass); 22] = [
    (40001, code::BAD_REQUEST, ErrorClass::Fatal),
    (40101, ACCESS_REFUSED, ErrorClass::Retryable),
    (40103, CLOCK_SKEWED, ErrorClass::Retryable),
    (40104, REPLAYED, ErrorClass::Retryable),
    (40110, code::SESSION_REQUIRED, ErrorClass::NeedsUser),
    (40301, code::NOT_ADMITTED, ErrorClass::NeedsHuman),
    (40401, code::NOT_FOUND, ErrorClass::Fatal),
    (40402, code::CASE_NOT_FOUND, ErrorClass::Fatal),
    (40901, code::KEY_REUSED, ErrorClass::NeedsHuman),
    (40902, code::ALREADY_RATED, ErrorClass::NeedsHuman),
    (40903, code::STATE_REFUSED, ErrorClass::NeedsUser),
    (40904, code::SLOT_TAKEN, ErrorClass::NeedsUser),
    (40905, code::OFFSET_WRONG, ErrorClass::Retryable),
    (41301, code::TOO_LARGE, ErrorClass::Fatal),
    (42201, code::FORM_REFUSED, ErrorClass::NeedsUser),
    (42202, code::IDENTITY_REFUSED, ErrorClass::NeedsUser),
    (42203, code::MATERIAL_MISSING, ErrorClass::Fatal),
    (42204, code::CONTENT_REFUSED, ErrorClass::Fatal),
    (42901, code::TOO_MANY_REQUESTS, ErrorClass::Retryable),
    (50001, code::INTERNAL, ErrorClass::Retryable),
    (50301, code::UNAVAILABLE, ErrorClass::Retryable),
    // A token that is refused as often as a new one is fetched.
    (TOKEN_SPENT, ACCESS_REFUSED, ErrorClass::Retryable),
];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Canonical<'a> {
    code: &'a str,
    data: Option<&'a RawValue>,
    error_class: Option<ErrorClass>,
}

/// The data of an answer that is well.
pub(super) fn data(data: Option<&RawValue>, from: &HttpAnswer) -> Result<Reading, AnswerProblem> {
    let length = data.map_or(0, |d| d.get().len());
    written(200, &Canonical { code: code::OK, data, error_class: None }, from, length).map(Reading::Answer)
}

/// An error by its number, as the canonical answer that says so.
pub(super) fn refused(number: u32, from: &HttpAnswer) -> Result<Reading, AnswerProblem> {
    let (status, Refusal { code, class, .. }) = refusal(number, from)?;
    let envelope = Canonical { code: &code, data: None, error_class: Some(class) };
    written(status, &envelope, from, 0).map(Reading::Answer)
}

/// An error by its number: five digits, the first three as HTTP's. An unknown one keeps its number, and its class is
/// that of its first digits: 429 and 5xx may be tried again, and with everything else somebody has to look.
pub(super) fn refusal(number: u32, from: &HttpAnswer) -> Result<(u16, Refusal), AnswerProblem> {
    let status = match u16::try_from(number / 100) {
        Ok(status @ 400..=599) => status,
        _ => return Err(AnswerProblem::Contradiction),
    };
    let known = NUMBERS.iter().find(|(n, ..)| *n == number);
    let (code, class) = match known {
        Some((_, code, class)) => ((*code).to_owned(), *class),
        None if status == 429 || status >= 500 => (format!("error_{number}"), ErrorClass::Retryable),
        None => (format!("error_{number}"), ErrorClass::NeedsHuman),
    };
    Ok((status, Refusal { class, code, retry_after: from.retry_after }))
}

fn written(
    status: u16,
    envelope: &Canonical<'_>,
    from: &HttpAnswer,
    length: usize,
) -> Result<HttpAnswer, AnswerProblem> {
    // Room from the start: a buffer that grows leaves copies behind that nobody wipes.
    let mut body = Zeroizing::new(Vec::with_capacity(length + 128));
    serde_json::to_writer(&mut *body, envelope).map_err(|e| AnswerProblem::unreadable(&e))?;
    Ok(HttpAnswer {
        status,
        media_type: JSON.to_owned(),
        etag: from.etag.clone(),
        retry_after: from.retry_after,
        body,
    })
}

/// Refuses what is not JSON at all, such as a captive portal's page.
pub(super) fn is_json(answer: &HttpAnswer) -> Result<(), AnswerProblem> {
    if answer.media_type == JSON { Ok(()) } else { Err(AnswerProblem::ContentType) }
}
