//! The paths of the contract and who answers them.

mod catalogue;
mod community;
mod guide;
mod item;
mod licence;
mod matters;
mod paper;
mod person;
mod terminal;
mod upload;
mod visit_end;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::Response;
use axum::routing::{self, MethodRouter};
use domain::case::SubmissionId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{Answer, Call, Refusal, read_json, refusal, request_id, respond};
use super::gate;
use super::platform::Platform;
use super::schema;
use super::wrong;
use crate::contract::envelope::code;
use crate::operation::Operation;

/// No picture of a paper is larger.
const LARGEST_BODY: usize = 12 * 1024 * 1024;

/// Everything that a terminal may call.
pub(crate) fn router(platform: Arc<Platform>) -> Router {
    let mut router = Router::new();
    for operation in Operation::ALL {
        router = router.route(operation.path(), answered_by(operation));
    }
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn_with_state(platform.clone(), gate::pass))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(middleware::from_fn_with_state(platform.clone(), wrong::twist))
        .with_state(platform)
}

/// Who answers a call.
fn answered_by(operation: Operation) -> MethodRouter<Arc<Platform>> {
    match operation {
        Operation::Activate => post(operation, terminal::activate),
        Operation::Heartbeat => post(operation, terminal::heartbeat),
        Operation::Events => post(operation, terminal::events),
        Operation::Supplies => post(operation, terminal::supplies),
        Operation::Faults => post(operation, terminal::fault),
        Operation::Configuration => routing::get(catalogue::configuration),
        Operation::Catalogue => routing::get(catalogue::catalogue),
        Operation::CatalogueDelta => routing::get(catalogue::delta),
        Operation::Divisions => get(terminal::divisions),
        Operation::Items => get(guide::items),
        Operation::ItemGuide => get(guide::item),
        Operation::ItemForm => get(guide::form),
        Operation::OpenSession => post(operation, person::open),
        Operation::SendSms => post(operation, person::sms),
        Operation::MatchFace => routing::post(person::face),
        Operation::FaceVerdict => post(operation, person::face_verdict),
        Operation::StaffSignIn => post(operation, person::staff),
        Operation::Inquiry => post(operation, item::inquiry),
        Operation::Prefill => post(operation, item::prefill),
        Operation::Suggestions => post(operation, item::suggestions),
        Operation::Certificate => post(operation, item::certificate),
        Operation::Directory => get(item::directory),
        Operation::Material => routing::post(paper::material),
        Operation::BeginUpload => post(operation, upload::begin),
        Operation::UploadState => get(upload::state),
        Operation::UploadPiece => routing::post(upload::piece),
        Operation::Case => post(operation, paper::case),
        Operation::CaseByKey => get(paper::look_up),
        Operation::CaseStatus => get(paper::status),
        Operation::MyCases => get(matters::mine),
        Operation::SaveDraft => post(operation, matters::save_draft),
        Operation::Draft => get(matters::draft),
        Operation::Supplement => post(operation, matters::supplement),
        Operation::Withdraw => post(operation, matters::withdraw),
        Operation::CaseResult => get(matters::result),
        Operation::LicenceSms => post(operation, licence::sms),
        Operation::AuthoriseLicences => post(operation, licence::authorise),
        Operation::Licences => post(operation, licence::list),
        Operation::RenderLicence => post(operation, licence::render),
        Operation::RatingOptions => get(visit_end::rating_options),
        Operation::Rating => post(operation, visit_end::rate),
        Operation::Notices => get(terminal::notices),
        Operation::Warnings => get(terminal::warnings),
        Operation::AssistCall => post(operation, visit_end::assist),
        Operation::Callback => post(operation, visit_end::call_back),
        Operation::Appeal => post(operation, community::appeal),
        Operation::AppealStatus => get(community::appeal_status),
        Operation::AppealFeedback => post(operation, community::feedback),
        Operation::Slots => get(community::slots),
        Operation::Book => post(operation, community::book),
        Operation::CancelAppointment => post(operation, community::cancel),
        Operation::Activities => get(community::activities),
        Operation::SignUp => post(operation, community::sign_up),
    }
}

/// A call with a JSON body. The work waits for the disk, so it has a thread of its own.
fn post<B, T>(operation: Operation, work: fn(&Platform, &Call, B) -> Answer<T>) -> MethodRouter<Arc<Platform>>
where
    B: DeserializeOwned + Send + 'static,
    T: Serialize + Send + 'static,
{
    routing::post(move |State(platform): State<Arc<Platform>>, call: Call, request: Request| async move {
        let body = match read_json(request).await.and_then(|body| allowed(operation, body)) {
            Ok(body) => body,
            Err(refusal) => return respond(&platform, &call.request_id, Answer::<T>::Err(refusal)),
        };
        at_work(platform, call, move |platform, call| work(platform, call, body)).await
    })
}

/// The body as what the contract says it is. What the document allows and no value can be (a mistyped check character, a
/// day that no calendar has) is content that cannot be so.
fn allowed<B: DeserializeOwned>(operation: Operation, body: serde_json::Value) -> Answer<B> {
    schema::check(operation, &body)?;
    serde_json::from_value(schema::whole_numbers(body))
        .map_err(|_| refusal(code::CONTENT_REFUSED, "a value of the body cannot be so"))
}

/// The idempotency key stands in the header and in the body, twice the same.
fn keyed(call: &Call, id: &SubmissionId) -> Answer<()> {
    match call.idempotency_key.as_deref() {
        Some(key) if key == id.as_str() => Ok(()),
        Some(_) => Err(refusal(code::CONTENT_REFUSED, "Idempotency-Key and the body's id must be the same")),
        None => Err(refusal(code::BAD_REQUEST, "Idempotency-Key is missing")),
    }
}

/// What is no multipart body.
fn not_multipart() -> Refusal {
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Refusal { status, ..refusal(code::BAD_REQUEST, "the body must be multipart/form-data") }
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
    let answer =
        tokio::task::spawn_blocking(move || call.check_query().and_then(|()| work(&worker, &call))).await;
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
