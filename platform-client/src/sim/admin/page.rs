//! The live page: cases, ratings, calls and events as tables, everything that can be done as buttons.
//!
//! Plain HTTP on the loopback only. A page of another origin may not press the buttons.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{HOST, LOCATION, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use domain::case::ApplicationNumber;
use domain::terminal::Timestamp;
use time::Duration;
use time::macros::format_description;

use super::Admin;
use crate::contract::board::WarningLevel;
use crate::sim::desk::{CodeKind, FaceRule};
use crate::sim::fault::{self, Fault, FaultName};
use crate::sim::platform::held;
use crate::sim::store::{CallRow, CaseRow, EventRow, RatingRow, StoreError, TerminalRow};

/// The page and its buttons. A script may press them too: `POST /fault?set=province.down`.
pub(in crate::sim) fn router(admin: Admin) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/accept-pending", post(accept_pending))
        .route("/cases/{application}/{act}", post(act))
        .route("/fault", post(set_fault))
        .route("/face", post(set_face))
        .route("/warning", post(set_warning))
        .route("/clock", post(advance))
        .route("/code", post(code))
        .layer(middleware::from_fn(only_from_here))
        .with_state(admin)
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page {
    now: Timestamp,
    seed: u64,
    face: &'static str,
    warning: String,
    /// How many cases there are; the newest of them are listed.
    count: usize,
    cases: Vec<CaseRow>,
    terminals: Vec<TerminalRow>,
    ratings: Vec<RatingRow>,
    calls: Vec<CallRow>,
    events: Vec<EventRow>,
    materials: u64,
    in_force: Vec<String>,
    faults: Vec<FaultName>,
    people: Vec<(&'static str, String)>,
}

/// A page with more rows than this is read by nobody.
const LISTED: usize = 200;

/// To the second, in the clock's own offset.
fn moment(at: &Timestamp) -> String {
    let shape = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    at.format(shape).unwrap_or_default()
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

async fn page(State(admin): State<Admin>) -> Result<Html<String>, Mistake> {
    let platform = &admin.0;
    let mut cases = admin.cases()?;
    let count = cases.len();
    cases.reverse();
    cases.truncate(LISTED);
    let page = Page {
        now: admin.now(),
        seed: platform.seed().0,
        face: match admin.face() {
            FaceRule::Match => "match",
            FaceRule::NoMatch => "no match",
            FaceRule::Down => "down",
        },
        warning: held(&platform.warning)
            .map_or("none".to_owned(), |w| format!("{:?}", w.colour).to_lowercase()),
        count,
        cases,
        terminals: platform.store.terminals()?,
        ratings: platform.store.ratings()?,
        calls: platform.store.calls()?,
        events: platform.store.events(20)?,
        materials: platform.store.material_count()?,
        in_force: admin.faults().iter().map(ToString::to_string).collect(),
        faults: fault::list().collect(),
        people: admin.people().into_iter().map(|p| (p.key, p.sms_code)).collect(),
    };
    page.render().map(Html).map_err(|_| Mistake::Drawing)
}

async fn accept_pending(State(admin): State<Admin>) -> Result<Response, Mistake> {
    admin.accept_pending()?;
    Ok(back())
}

async fn act(
    State(admin): State<Admin>,
    Path((number, act)): Path<(String, String)>,
) -> Result<Response, Mistake> {
    let number = ApplicationNumber::try_from(number).map_err(|_| Mistake::Asked("no such case"))?;
    let row = match act.as_str() {
        "accept" => admin.accept(&number)?,
        "supplement" => admin.ask_supplement(&number)?,
        "refuse" => admin.refuse(&number)?,
        "conclude" => admin.conclude(&number)?,
        _ => return Err(Mistake::Asked("accept, supplement, refuse or conclude")),
    };
    row.map(|_| back()).ok_or(Mistake::Asked("no case waits for this under this number"))
}

async fn set_fault(State(admin): State<Admin>, Query(words): Words) -> Result<Response, Mistake> {
    let parse = |text: &String| text.parse::<Fault>().map_err(|_| Mistake::Asked("no such fault"));
    match (words.get("set"), words.get("clear").map(String::as_str)) {
        (Some(fault), _) => admin.set_fault(parse(fault)?),
        (None, Some("all")) => admin.clear_faults(),
        (None, Some(fault)) => admin.clear_fault(parse(&fault.to_owned())?),
        (None, None) => return Err(Mistake::Asked("set=FAULT, clear=FAULT or clear=all")),
    }
    Ok(back())
}

async fn set_face(State(admin): State<Admin>, Query(words): Words) -> Result<Response, Mistake> {
    let rule = match words.get("rule").map(String::as_str) {
        Some("match") => FaceRule::Match,
        Some("no_match") => FaceRule::NoMatch,
        Some("down") => FaceRule::Down,
        _ => return Err(Mistake::Asked("rule=match, no_match or down")),
    };
    admin.set_face(rule);
    Ok(back())
}

async fn set_warning(State(admin): State<Admin>, Query(words): Words) -> Result<Response, Mistake> {
    let level = match words.get("level").map(String::as_str) {
        Some("red") => Some(WarningLevel::Red),
        Some("orange") => Some(WarningLevel::Orange),
        Some("yellow") => Some(WarningLevel::Yellow),
        Some("blue") => Some(WarningLevel::Blue),
        Some("none") => None,
        _ => return Err(Mistake::Asked("level=red, orange, yellow, blue or none")),
    };
    admin.set_warning(level);
    Ok(back())
}

async fn advance(State(admin): State<Admin>, Query(words): Words) -> Result<Response, Mistake> {
    let minutes = words.get("minutes").and_then(|m| m.parse::<i32>().ok());
    let minutes = minutes.ok_or(Mistake::Asked("minutes=N"))?;
    admin.advance_clock(Duration::minutes(i64::from(minutes)));
    Ok(back())
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

fn back() -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response()
}

/// Refuses what a page of another origin, or a name that leads here from elsewhere, would do.
async fn only_from_here(request: Request, next: Next) -> Response {
    if is_from_here(request.method(), request.headers()) {
        next.run(request).await
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

fn is_from_here(method: &Method, headers: &HeaderMap) -> bool {
    let header = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let host = header(HOST).unwrap_or_default();
    let here = matches!(host.split(':').next(), Some("127.0.0.1" | "localhost"));
    let foreign = header(ORIGIN).is_some_and(|origin| origin.strip_prefix("http://") != Some(host));
    here && (*method == Method::GET || !foreign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_its_own_page_presses_the_buttons() {
        let check = |method: Method, host: &'static str, origin: Option<&'static str>, want| {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(is_from_here(&method, &headers), want, "{method} {host} {origin:?}");
        };
        check(Method::GET, "127.0.0.1:8000", None, true);
        check(Method::POST, "127.0.0.1:8000", None, true);
        check(Method::POST, "127.0.0.1:8000", Some("http://127.0.0.1:8000"), true);
        check(Method::POST, "127.0.0.1:8000", Some("http://127.0.0.1:9000"), false);
        check(Method::POST, "127.0.0.1:8000", Some("null"), false);
        check(Method::GET, "rebound.example:8000", None, false);
    }
}
