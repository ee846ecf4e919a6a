//! How the platform's interfaces are spoken to from outside: a door for each dialect in front of the contract's routes.
//!
//! Duty: check what a dialect's wire asks to be checked, turn its request into the contract's and the answer back, as
//! docs/dialects.md has them. Never: import anything of the client's dialects; answer for the routes behind.

mod anhui;
mod bare;
mod call;
mod keyed_nonce;
mod keys;
mod national_rating;
mod number;
mod wrapped;

pub use keys::KeysError;

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_TYPE, ETAG, HeaderValue, RETRY_AFTER};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use domain::terminal::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use tower_service::Service as _;

use super::answer::{Answer, refusal, request_id, respond};
use super::leftover;
use super::platform::Platform;
use super::wire::Scissors;
use crate::contract::envelope::code;
use crate::operation::Interface;
use keys::Keys;

/// What an interface speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoken {
    /// The contract as it is written.
    Canonical,
    /// Application, token, a signature for each call.
    Anhui,
    /// The national rating interface.
    NationalRating,
    /// Key, time, nonce, HMAC; encrypted bodies.
    KeyedNonce,
    /// No idempotency key and no look-up.
    Bare,
}

impl Spoken {
    const WORDS: [(Self, &'static str); 5] = [
        (Self::Canonical, "canonical"),
        (Self::Anhui, "anhui"),
        (Self::NationalRating, "national_rating"),
        (Self::KeyedNonce, "keyed_nonce"),
        (Self::Bare, "bare"),
    ];

    /// The word of command lines and files.
    pub fn word(self) -> &'static str {
        Self::WORDS.into_iter().find(|(spoken, _)| *spoken == self).map_or("", |(_, word)| word)
    }
}

/// Which interface speaks what: `INTERFACE=DIALECT` on a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterfaceDialect {
    /// The interface.
    pub interface: Interface,
    /// What it speaks.
    pub spoken: Spoken,
}

impl FromStr for InterfaceDialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let interfaces = Interface::ALL.map(Interface::word).join("|");
        let dialects = Spoken::WORDS.map(|(_, word)| word).join("|");
        let (interface, word) = text.split_once('=').unwrap_or((text, ""));
        let interface = Interface::ALL.into_iter().find(|i| i.word() == interface);
        let spoken = Spoken::WORDS.into_iter().find(|(_, w)| *w == word);
        let (Some(interface), Some((spoken, _))) = (interface, spoken) else {
            return Err(format!("`{text}`: write {interfaces}={dialects}"));
        };
        if spoken == Spoken::NationalRating && interface != Interface::Ratings {
            return Err(format!("`{text}`: national_rating can say ratings and nothing else"));
        }
        Ok(Self { interface, spoken })
    }
}

/// The interface of a path of the contract.
fn interface_of(path: &str) -> Option<Interface> {
    const FIRST: [(&str, &str); 21] = [
        ("terminals", "terminals"),
        ("catalogue", "catalogue"),
        ("divisions", "catalogue"),
        ("sessions", "sessions"),
        ("staff", "sessions"),
        ("items", "items"),
        ("suggestions", "items"),
        ("materials", "cases"),
        ("uploads", "cases"),
        ("cases", "cases"),
        ("my", "cases"),
        ("licences", "licences"),
        ("ratings", "ratings"),
        ("notices", "board"),
        ("warnings", "board"),
        ("assist-calls", "assist"),
        ("callbacks", "assist"),
        ("appeals", "community"),
        ("slots", "community"),
        ("appointments", "community"),
        ("volunteer-activities", "community"),
    ];
    let path = path.strip_prefix("/v1/")?.split('?').next()?;
    let segments: Vec<&str> = path.split('/').collect();
    let first = match segments[..] {
        // Items as a list, as a guide and as a form are the catalogue's.
        ["items"] | ["items", _] | ["items", _, "form"] => "catalogue",
        [first, ..] => first,
        [] => return None,
    };
    let (_, word) = FIRST.into_iter().find(|(name, _)| *name == first)?;
    Interface::ALL.into_iter().find(|i| i.word() == word)
}

/// How far apart the two clocks may be.
const SKEW: time::Duration = time::Duration::seconds(300);
/// No request of a terminal is larger: the largest picture in Base64, and what stands around it.
const LARGEST: usize = 20 * 1024 * 1024;

/// The doors of one platform.
pub(crate) struct Doors {
    routes: Router,
    platform: Arc<Platform>,
    spoken: BTreeMap<Interface, Spoken>,
    keys: Keys,
    tokens: anhui::Tokens,
    nonces: keyed_nonce::Nonces,
}

impl Doors {
    /// Puts doors in front of the routes, and what a terminal needs to come in into the folder of its certificate.
    pub(crate) fn new(
        routes: Router,
        platform: Arc<Platform>,
        dialects: &[InterfaceDialect],
        credentials: &Path,
    ) -> Result<Self, KeysError> {
        let spoken: BTreeMap<_, _> = dialects.iter().map(|d| (d.interface, d.spoken)).collect();
        let keys = Keys::open(credentials, &spoken)?;
        let (tokens, nonces) = (anhui::Tokens::default(), keyed_nonce::Nonces::default());
        Ok(Self { routes, platform, spoken, keys, tokens, nonces })
    }

    /// Everything that a terminal may call.
    pub(crate) fn router(self) -> Router {
        Router::new()
            .fallback(enter)
            .layer(middleware::from_fn(leftover::read_off))
            .with_state(Arc::new(self))
    }

    fn speaks(&self, path: &str) -> Spoken {
        let interface = interface_of(path);
        interface.and_then(|i| self.spoken.get(&i).copied()).unwrap_or(Spoken::Canonical)
    }

    fn is_now(&self, at: Timestamp) -> bool {
        (self.platform.now() - at).abs() <= SKEW
    }

    async fn call(&self, request: Request) -> Response {
        match self.routes.clone().call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    fn not_found(&self, headers: &HeaderMap) -> Response {
        let refusal = refusal(code::NOT_FOUND, "this interface is spoken to in another way");
        respond(&self.platform, &request_id(headers), Answer::<()>::Err(refusal))
    }
}

async fn enter(State(doors): State<Arc<Doors>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    match path.split('/').nth(1) {
        Some("gateway") => anhui::enter(&doors, request).await,
        Some("openapi") => keyed_nonce::enter(&doors, request).await,
        Some("evaluate") => national_rating::enter(&doors, request).await,
        _ => match doors.speaks(&path) {
            Spoken::Canonical => doors.call(request).await,
            Spoken::Bare => bare::enter(&doors, request).await,
            _ => doors.not_found(request.headers()),
        },
    }
}

/// What came in, taken apart.
struct Arrived {
    headers: HeaderMap,
    path: String,
    scissors: Option<ConnectInfo<Scissors>>,
    body: Vec<u8>,
}

impl Arrived {
    /// `None` for a body beyond every bound, and for another method than POST: no dialect has another.
    async fn take(request: Request) -> Option<Self> {
        if request.method() != Method::POST {
            return None;
        }
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST).await.ok()?.to_vec();
        let scissors = parts.extensions.get::<ConnectInfo<Scissors>>().cloned();
        Some(Self { headers: parts.headers, path: parts.uri.path().to_owned(), scissors, body })
    }

    /// A request of the contract on the same connection.
    fn inner(&self, method: &str, resource: &str, headers: HeaderMap, body: Vec<u8>) -> Option<Request> {
        let mut request = Request::builder().method(method).uri(resource).body(Body::from(body)).ok()?;
        *request.headers_mut() = headers;
        if let Some(scissors) = &self.scissors {
            request.extensions_mut().insert(scissors.clone());
        }
        Some(request)
    }
}

/// What the routes said.
enum Said {
    /// The data, as JSON.
    Data(Box<RawValue>),
    /// An error, by its number.
    Error(u32),
    /// Something else than the contract's envelope, such as "not modified": goes out as it is.
    Other(Response),
}

/// What the routes said, and what goes out with it.
struct Answered {
    said: Said,
    headers: HeaderMap,
}

async fn opened(response: Response) -> Answered {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Envelope {
        code: String,
        data: Option<Box<RawValue>>,
        error_class: Option<String>,
    }
    let (parts, body) = response.into_parts();
    let mut headers = HeaderMap::new();
    for name in [ETAG, RETRY_AFTER] {
        if let Some(value) = parts.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let said = match serde_json::from_slice::<Envelope>(&bytes) {
        Ok(Envelope { code, data: Some(data), error_class: None }) if code == code::OK => Said::Data(data),
        Ok(Envelope { code, error_class, .. }) => {
            Said::Error(number::of(&code, error_class.as_deref().unwrap_or_default()))
        }
        Err(_) => Said::Other(Response::from_parts(parts, Body::from(bytes))),
    };
    Answered { said, headers }
}

/// A JSON answer, HTTP 200 whatever it says.
fn json(headers: HeaderMap, body: String) -> Response {
    let mut response = (StatusCode::OK, body).into_response();
    response.headers_mut().extend(headers);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_line_may_say() {
        let check = |text: &str, want: Option<(Interface, Spoken)>| {
            let read = text.parse::<InterfaceDialect>().ok();
            assert_eq!(read.map(|d| (d.interface, d.spoken)), want, "{text}");
        };
        check("cases=canonical", Some((Interface::Cases, Spoken::Canonical)));
        check("cases=anhui", Some((Interface::Cases, Spoken::Anhui)));
        check("ratings=national_rating", Some((Interface::Ratings, Spoken::NationalRating)));
        check("cases=national_rating", None);
        check("canonical", None);
        check("=canonical", None);
        check("cases=klingon", None);
        check("moon=bare", None);
        let said = "cases=klingon".parse::<InterfaceDialect>().unwrap_err();
        assert!(said.contains("terminals|") && said.contains("|keyed_nonce|"), "{said}");
    }

    #[test]
    fn every_interface_has_its_paths() {
        let check = |path: &str, want| assert_eq!(interface_of(path), want, "{path}");
        for operation in crate::operation::Operation::ALL {
            check(operation.path(), Some(operation.interface()));
        }
        check("/v1/items?words=1/form", Some(Interface::Catalogue));
        check("/v1/divisions?parent=1", Some(Interface::Catalogue));
        check("/v1/staff/sign-ins", Some(Interface::Sessions));
        check("/v1/moon", None);
        check("/gateway/rest/case", None);
    }
}
