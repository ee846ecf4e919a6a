//! The live page: what the platform keeps as tables, everything that can be done as buttons.
//!
//! Plain HTTP on the loopback only. A page of another origin may not press the buttons. It reads without a script, and
//! with its own small one it changes by itself.

mod guard;
mod labels;
mod view;

use std::collections::BTreeMap;

use askama::Template as _;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_TYPE, LOCATION, REFERER};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use domain::case::ApplicationNumber;
use time::Duration;

use super::Admin;
use crate::contract::board::WarningLevel;
use crate::sim::desk::{CodeKind, FaceRule};
use crate::sim::fault::Fault;
use crate::sim::store::StoreError;
use labels::Language;
use view::{Live, Look, Page, Telephones};

/// The page and its buttons. A script may press them too: `POST /fault?set=province.down`.
pub(in crate::sim) fn router(admin: Admin) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/live", get(live))
        .route("/page.css", get(|| async { ([(CONTENT_TYPE, "text/css")], include_str!("page/page.css")) }))
        .route(
            "/live.js",
            get(|| async { ([(CONTENT_TYPE, "text/javascript")], include_str!("page/live.js")) }),
        )
        .route("/accept-pending", post(accept_pending))
        .route("/cases/{application}/{act}", post(act))
        .route("/appeals/{number}/advance", post(advance_appeal))
        .route("/fault", post(set_fault))
        .route("/face", post(set_face))
        .route("/warning", post(set_warning))
        .route("/clock", post(advance))
        .route("/code", post(code))
        .layer(middleware::from_fn(guard::only_from_here))
        .with_state(admin)
}

/// Why a button did nothing.
enum Mistake {
    Store(StoreError),
    Asked(&'static str),
    Drawing,
}

impl From<StoreError> for Mistake {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl axum::response::IntoResponse for Mistake {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Store(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
            Self::Asked(what) => (StatusCode::BAD_REQUEST, what.to_owned()),
            Self::Drawing => (StatusCode::INTERNAL_SERVER_ERROR, "the page cannot be drawn".to_owned()),
        };
        (status, text).into_response()
    }
}

type Words = Query<BTreeMap<String, String>>;

async fn page(State(admin): State<Admin>, Query(words): Words) -> Result<Html<String>, Mistake> {
    let look = look(&words);
    if look.telephones == Telephones::Revealed {
        tracing::info!("telephone numbers are shown whole on the live page");
    }
    Page::of(&admin, look)?.render().map(Html).map_err(|_| Mistake::Drawing)
}

async fn live(State(admin): State<Admin>, Query(words): Words) -> Result<Html<String>, Mistake> {
    Live::of(&admin, look(&words))?.render().map(Html).map_err(|_| Mistake::Drawing)
}

fn look(words: &BTreeMap<String, String>) -> Look {
    let word = |name| words.get(name).map(String::as_str);
    let telephones = if word("reveal") == Some("1") { Telephones::Revealed } else { Telephones::Masked };
    Look { language: Language::of(word("lang")), telephones }
}

async fn accept_pending(State(admin): State<Admin>, headers: HeaderMap) -> Result<Response, Mistake> {
    admin.accept_pending()?;
    Ok(back(&headers))
}

async fn act(
    State(admin): State<Admin>,
    Path((number, act)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Mistake> {
    let number = ApplicationNumber::try_from(number).map_err(|_| Mistake::Asked("no such case"))?;
    let row = match act.as_str() {
        "accept" => admin.accept(&number)?,
        "supplement" => admin.ask_supplement(&number)?,
        "refuse" => admin.refuse(&number)?,
        "conclude" => admin.conclude(&number)?,
        _ => return Err(Mistake::Asked("accept, supplement, refuse or conclude")),
    };
    row.map(|_| back(&headers)).ok_or(Mistake::Asked("no case waits for this under this number"))
}

async fn advance_appeal(
    State(admin): State<Admin>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Mistake> {
    match admin.advance_appeal(&number)? {
        true => Ok(back(&headers)),
        false => Err(Mistake::Asked("no appeal under this number has a next step")),
    }
}

/// `?set=FAULT`, `?clear=FAULT|all`, or the fields of the page's form: `kind`, `often`, `step`.
async fn set_fault(
    State(admin): State<Admin>,
    Query(words): Words,
    headers: HeaderMap,
    form: String,
) -> Result<Response, Mistake> {
    let parse = |text: &str| text.parse::<Fault>().map_err(|_| Mistake::Asked("no such fault"));
    match (words.get("set"), words.get("clear").map(String::as_str)) {
        (Some(fault), _) => admin.set_fault(parse(fault)?),
        (None, Some("all")) => admin.clear_faults(),
        (None, Some(fault)) => admin.clear_fault(parse(fault)?),
        (None, None) => {
            let fields = fields(&form).ok_or(Mistake::Asked("set=FAULT, clear=FAULT or clear=all"))?;
            let field = |name: &str| fields.get(name).map_or("", String::as_str);
            let at = if field("step").is_empty() { "" } else { "@" };
            admin.set_fault(parse(&format!("{}{}{at}{}", field("kind"), field("often"), field("step")))?);
        }
    }
    Ok(back(&headers))
}

/// The fields of a form that was sent as `application/x-www-form-urlencoded`, which is written like a query.
fn fields(form: &str) -> Option<BTreeMap<String, String>> {
    let uri = Uri::builder().path_and_query(format!("/?{form}")).build().ok()?;
    let Query(fields) = Query::<BTreeMap<String, String>>::try_from_uri(&uri).ok()?;
    fields.contains_key("kind").then_some(fields)
}

async fn set_face(
    State(admin): State<Admin>,
    Query(words): Words,
    headers: HeaderMap,
) -> Result<Response, Mistake> {
    let rule = match words.get("rule").map(String::as_str) {
        Some("match") => FaceRule::Match,
        Some("no_match") => FaceRule::NoMatch,
        Some("down") => FaceRule::Down,
        _ => return Err(Mistake::Asked("rule=match, no_match or down")),
    };
    admin.set_face(rule);
    Ok(back(&headers))
}

async fn set_warning(
    State(admin): State<Admin>,
    Query(words): Words,
    headers: HeaderMap,
) -> Result<Response, Mistake> {
    let level = match words.get("level").map(String::as_str) {
        Some("red") => Some(WarningLevel::Red),
        Some("orange") => Some(WarningLevel::Orange),
        Some("yellow") => Some(WarningLevel::Yellow),
        Some("blue") => Some(WarningLevel::Blue),
        Some("none") => None,
        _ => return Err(Mistake::Asked("level=red, orange, yellow, blue or none")),
    };
    admin.set_warning(level);
    Ok(back(&headers))
}

async fn advance(
    State(admin): State<Admin>,
    Query(words): Words,
    headers: HeaderMap,
) -> Result<Response, Mistake> {
    let minutes = words.get("minutes").and_then(|m| m.parse::<i32>().ok());
    let minutes = minutes.ok_or(Mistake::Asked("minutes=N"))?;
    admin.advance_clock(Duration::minutes(i64::from(minutes)));
    Ok(back(&headers))
}

/// The text of a fresh one-time code.
async fn code(State(admin): State<Admin>, Query(words): Words) -> Result<String, Mistake> {
    let kind = match words.get("kind").map(String::as_str) {
        Some("province_qr") => CodeKind::ProvinceQr,
        Some("network_id") => CodeKind::NetworkId,
        Some("licences") => CodeKind::Licences,
        _ => return Err(Mistake::Asked("kind=province_qr or network_id")),
    };
    let person = words.get("person").map_or("", String::as_str);
    admin.fresh_code(kind, person).ok_or(Mistake::Asked("nobody has this key"))
}

/// To the page, in the look that it had.
fn back(headers: &HeaderMap) -> Response {
    let from = headers.get(REFERER).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<Uri>().ok());
    let words = from.and_then(|uri| Query::<BTreeMap<String, String>>::try_from_uri(&uri).ok());
    let look = words.map(|Query(words)| look(&words)).unwrap_or_default();
    (StatusCode::SEE_OTHER, [(LOCATION, look.address("/"))]).into_response()
}
