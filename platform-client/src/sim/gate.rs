//! What happens to a call before and after its handler: the faults.

mod body;
mod spoil;

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, LOCATION, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::answer::{Answer, refusal, request_id, respond};
use super::fault::{FaultKind, Step};
use super::platform::Platform;
use super::wire::Scissors;
use crate::contract::envelope::{Envelope, ErrorClass, code};
use crate::contract::path;

/// One error of each class that no repetition mends.
const REFUSED: [(FaultKind, &str); 3] = [
    (FaultKind::NeedsUser, code::FORM_REFUSED),
    (FaultKind::NeedsHuman, code::NOT_ADMITTED),
    (FaultKind::Fatal, code::CONTENT_REFUSED),
];

/// The call that a request is.
fn step(pattern: &str) -> Option<Step> {
    Some(match pattern {
        path::ACTIVATE => Step::Activate,
        path::HEARTBEAT => Step::Heartbeat,
        path::EVENTS => Step::Events,
        path::CATALOGUE => Step::Catalogue,
        path::DIVISIONS => Step::Divisions,
        path::SESSIONS => Step::Session,
        path::SESSION_SMS => Step::Sms,
        path::SESSION_FACE => Step::Face,
        path::SESSION_FACE_VERDICT => Step::FaceVerdict,
        path::STAFF_SIGN_INS => Step::Staff,
        path::ITEM_INQUIRY => Step::Inquiry,
        path::ITEM_PREFILL => Step::Prefill,
        path::ITEM_CERTIFICATE => Step::Certificate,
        path::ITEM_DIRECTORY => Step::Directory,
        path::SUGGESTIONS => Step::Suggestions,
        path::MATERIALS => Step::Material,
        path::CASES => Step::Submit,
        path::CASE_BY_KEY => Step::LookUp,
        path::CASE_STATUS => Step::Status,
        path::RATING_OPTIONS => Step::RatingOptions,
        path::RATINGS => Step::Rating,
        path::NOTICES => Step::Notices,
        path::WARNINGS => Step::Warnings,
        path::ASSIST_CALLS => Step::Assist,
        path::CALLBACKS => Step::Callback,
        path::SUPPLIES => Step::Supplies,
        path::FAULTS => Step::FaultReport,
        path::CONFIGURATION => Step::Configuration,
        path::CATALOGUE_DELTA => Step::Delta,
        path::ITEMS => Step::Items,
        path::ITEM => Step::Guide,
        path::ITEM_FORM => Step::Form,
        path::UPLOADS => Step::Upload,
        path::UPLOAD => Step::Piece,
        path::MY_CASES => Step::MyCases,
        path::DRAFTS => Step::SaveDraft,
        path::DRAFT => Step::Draft,
        path::SUPPLEMENTS => Step::Supplement,
        path::WITHDRAWALS => Step::Withdrawal,
        path::CASE_RESULT => Step::Result,
        path::LICENCE_SMS => Step::LicenceSms,
        path::LICENCE_AUTHORISATIONS => Step::Authorise,
        path::LICENCE_LIST => Step::Licences,
        path::LICENCE_RENDERINGS => Step::Render,
        path::APPEALS => Step::Appeal,
        path::APPEAL => Step::AppealStatus,
        path::APPEAL_FEEDBACK => Step::Feedback,
        path::SLOTS => Step::Slots,
        path::APPOINTMENTS => Step::Book,
        path::APPOINTMENT_CANCELLATIONS => Step::Cancel,
        path::VOLUNTEER_ACTIVITIES => Step::Activities,
        path::VOLUNTEER_SIGN_UPS => Step::SignUp,
        _ => return None,
    })
}

/// Lets a call through as the faults in force allow.
pub(crate) async fn pass(
    State(platform): State<Arc<Platform>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
    next: Next,
) -> Response {
    let pattern = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let Some(step) = pattern.and_then(|p| step(&p)) else { return next.run(request).await };
    let id = request_id(request.headers());
    let strikes = |kind| platform.faults.strikes(kind, step);

    if strikes(FaultKind::Down) || strikes(FaultKind::DropBeforeCommit) {
        return broken(&scissors, 0).await;
    }
    if strikes(FaultKind::Silent) {
        return std::future::pending().await;
    }
    for (kind, late) in [(FaultKind::Slow, 2), (FaultKind::VerySlow, 12)] {
        if strikes(kind) {
            tokio::time::sleep(Duration::from_secs(late)).await;
        }
    }
    if strikes(FaultKind::Unavailable) {
        return respond(&platform, &id, Answer::<()>::Err(refusal(code::UNAVAILABLE, "not now")));
    }
    if strikes(FaultKind::RateLimited429) {
        let mut response =
            respond(&platform, &id, Answer::<()>::Err(refusal(code::TOO_MANY_REQUESTS, "too many")));
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("2"));
        return response;
    }
    for (kind, code) in REFUSED {
        if strikes(kind) {
            return respond(&platform, &id, Answer::<()>::Err(refusal(code, "a fault that was set")));
        }
    }
    if strikes(FaultKind::Error200) {
        return error_200(&platform, id);
    }
    if strikes(FaultKind::WrongContentType) {
        let page = "<!DOCTYPE html><title>Sign in</title><p>Please sign in to use this network.</p>";
        return ([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
    }
    if strikes(FaultKind::Redirect) {
        return (StatusCode::FOUND, [(LOCATION, "https://elsewhere.invalid/sign-in")]).into_response();
    }

    let mut response = next.run(request).await;
    for kind in spoil::KINDS {
        if strikes(kind) {
            response = spoil::spoiled(kind, response).await;
        }
    }
    if strikes(FaultKind::DuplicateAnswer) {
        scissors.say_twice();
    }
    if strikes(FaultKind::DropAfterCommit) {
        return broken(&scissors, 0).await;
    }
    if strikes(FaultKind::HalfAnswer) {
        return half(response, &scissors).await;
    }
    response
}

/// Breaks the connection; whoever serves it sees a reset and drops this call.
async fn broken(scissors: &Scissors, after: u64) -> Response {
    scissors.cut_after(after);
    std::future::pending().await
}

fn error_200(platform: &Platform, request_id: String) -> Response {
    let envelope = Envelope::<()> {
        code: code::INTERNAL.to_owned(),
        message: "an error behind an HTTP 200".to_owned(),
        data: None,
        error_class: Some(ErrorClass::Retryable),
        request_id,
        server_time: platform.now(),
    };
    (StatusCode::OK, Json(envelope)).into_response()
}

/// The answer with its headers, its whole length announced, and about half of its body.
async fn half(response: Response, scissors: &Scissors) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return broken(scissors, 0).await };
    // The head is longer than 100 bytes, so this always ends inside the body.
    scissors.cut_after(100 + bytes.len() as u64 / 2);
    Response::from_parts(parts, Body::from(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;
    use crate::sim::fault::step_names;
    use std::collections::BTreeSet;

    #[test]
    fn every_path_of_the_contract_is_a_step() {
        let paths: BTreeSet<&str> = Operation::ALL.iter().map(|operation| operation.path()).collect();
        let steps: BTreeSet<Step> = paths.iter().map(|p| step(p).unwrap()).collect();
        assert_eq!(steps.len(), paths.len());
        assert_eq!(steps.len(), step_names().collect::<BTreeSet<_>>().len());
        assert_eq!(step("/elsewhere"), None);
    }
}
