//! The paths of the contract and who answers them.

mod item;
mod paper;
mod person;
mod terminal;
mod visit_end;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::Response;
use axum::routing::{self, MethodRouter};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{Answer, Call, Refusal, read_json, refusal, request_id, respond};
use super::gate;
use super::platform::Platform;
use super::wrong;
use crate::contract::envelope::code;
use crate::contract::path;

/// No picture of a paper is larger.
const LARGEST_BODY: usize = 12 * 1024 * 1024;

/// Everything that a terminal may call.
pub(crate) fn router(platform: Arc<Platform>) -> Router {
    Router::new()
        .route(path::ACTIVATE, post(terminal::activate))
        .route(path::HEARTBEAT, post(terminal::heartbeat))
        .route(path::EVENTS, post(terminal::events))
        .route(path::CATALOGUE, routing::get(terminal::catalogue))
        .route(path::DIVISIONS, get(terminal::divisions))
        .route(path::NOTICES, get(terminal::notices))
        .route(path::WARNINGS, get(terminal::warnings))
        .route(path::SESSIONS, post(person::open))
        .route(path::SESSION_SMS, post(person::sms))
        .route(path::SESSION_FACE, routing::post(person::face))
        .route(path::STAFF_SIGN_INS, post(person::staff))
        .route(path::SUGGESTIONS, post(item::suggestions))
        .route(path::ITEM_INQUIRY, post(item::inquiry))
        .route(path::ITEM_PREFILL, post(item::prefill))
        .route(path::ITEM_CERTIFICATE, post(item::certificate))
        .route(path::ITEM_DIRECTORY, get(item::directory))
        .route(path::MATERIALS, routing::post(paper::material))
        .route(path::CASES, post(paper::case))
        .route(path::CASE_BY_KEY, get(paper::look_up))
        .route(path::CASE_STATUS, get(paper::status))
        .route(path::RATING_OPTIONS, get(visit_end::rating_options))
        .route(path::RATINGS, post(visit_end::rate))
        .route(path::ASSIST_CALLS, post(visit_end::assist))
        .route(path::CALLBACKS, post(visit_end::call_back))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn_with_state(platform.clone(), gate::pass))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(platform.clone(), wrong::twist))
        .with_state(platform)
}

/// A call with a JSON body. The work waits for the disk, so it has a thread of its own.
fn post<B, T>(work: fn(&Platform, &Call, B) -> Answer<T>) -> MethodRouter<Arc<Platform>>
where
    B: DeserializeOwned + Send + 'static,
    T: Serialize + Send + 'static,
{
    routing::post(move |State(platform): State<Arc<Platform>>, call: Call, request: Request| async move {
        let body = match read_json::<B>(request).await {
            Ok(body) => body,
            Err(refusal) => return respond(&platform, &call.request_id, Answer::<T>::Err(refusal)),
        };
        at_work(platform, call, move |platform, call| work(platform, call, body)).await
    })
}

/// A call without a body.
fn get<T>(work: fn(&Platform, &Call) -> Answer<T>) -> MethodRouter<Arc<Platform>>
where
    T: Serialize + Send + 'static,
{
    routing::get(move |State(platform): State<Arc<Platform>>, call: Call| at_work(platform, call, work))
}

async fn at_work<T>(
    platform: Arc<Platform>,
    call: Call,
    work: impl FnOnce(&Platform, &Call) -> Answer<T> + Send + 'static,
) -> Response
where
    T: Serialize + Send + 'static,
{
    let (worker, name) = (platform.clone(), call.request_id.clone());
    let answer = tokio::task::spawn_blocking(move || work(&worker, &call)).await;
    let answer = answer.unwrap_or_else(|_| Err(refusal(code::INTERNAL, "the work stopped")));
    respond(&platform, &name, answer)
}

async fn no_such_path(State(platform): State<Arc<Platform>>, headers: HeaderMap) -> Response {
    respond(&platform, &request_id(&headers), Answer::<()>::Err(refusal(code::NOT_FOUND, "no such path")))
}

async fn no_such_method(State(platform): State<Arc<Platform>>, headers: HeaderMap) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let refusal = Refusal { status, ..refusal(code::NOT_FOUND, "no such method at this path") };
    respond(&platform, &request_id(&headers), Answer::<()>::Err(refusal))
}
