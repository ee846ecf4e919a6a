//! The gateway of docs/dialects.md, "anhui".

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::terminal::Timestamp;
use serde::Deserialize;
use serde_json::json as object;
use serde_json::value::RawValue;
use time::PrimitiveDateTime;
use time::macros::{format_description, offset};

use super::wrapped::Wrapped;
use super::{Arrived, Doors, Said, Spoken, json, number, opened};
use crate::entropy::{Entropy as _, SystemEntropy};
use crate::gm::sm3::digest_of;
use crate::operation::Interface;
use crate::sim::platform::held;
use crate::sim::store::hex;

/// A token opens so many calls.
const USES: u32 = 5;
/// So many tokens are remembered; the oldest are forgotten first.
const MOST: u64 = 1000;

/// Tokens that were given out.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Given>);

#[derive(Default)]
struct Given {
    turn: u64,
    by_name: BTreeMap<String, Left>,
}

struct Left {
    /// When it was given out.
    turn: u64,
    uses: u32,
}

impl Tokens {
    fn give(&self) -> Option<String> {
        let mut bytes = [0; 16];
        SystemEntropy::new().fill(&mut bytes).ok()?;
        let token = hex(&bytes);
        let mut given = held(&self.0);
        given.turn += 1;
        let turn = given.turn;
        given.by_name.retain(|_, left| left.uses > 0 && left.turn + MOST > turn);
        given.by_name.insert(token.clone(), Left { turn, uses: USES });
        Some(token)
    }

    fn spend(&self, token: &str) -> bool {
        match held(&self.0).by_name.get_mut(token) {
            Some(left) if left.uses > 0 => {
                left.uses -= 1;
                true
            }
            _ => false,
        }
    }
}

/// `yyyyMMddHHmmss` at +08:00.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let digits = format_description!("[year][month][day][hour][minute][second]");
    PrimitiveDateTime::parse(text, digits).ok().map(|t| t.assume_offset(offset!(+8)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outer<'a> {
    app_id: String,
    time: String,
    sign: String,
    terminal_no: Option<String>,
    token: Option<String>,
    #[serde(borrow)]
    param: Option<&'a RawValue>,
}

pub(super) async fn enter(doors: &Doors, request: Request) -> Response {
    let Some(arrived) = Arrived::take(request).await else { return error(HeaderMap::new(), number::REQUEST) };
    match arrived.path.as_str() {
        "/gateway/token" => give(doors, &arrived),
        path if path.starts_with("/gateway/rest/") => rest(doors, &arrived).await,
        _ => error(HeaderMap::new(), number::NOWHERE),
    }
}

fn error(headers: HeaderMap, number: u32) -> Response {
    json(headers, object!({"flag": number.to_string(), "msg": "refused", "data": null}).to_string())
}

fn give(doors: &Doors, arrived: &Arrived) -> Response {
    let no = |number| error(HeaderMap::new(), number);
    let Ok(asked) = serde_json::from_slice::<Outer<'_>>(&arrived.body) else { return no(number::REQUEST) };
    let Some(keys) = doors.keys.anhui.as_ref().filter(|k| k.app_id == asked.app_id) else {
        return no(number::ACCESS);
    };
    if !moment(&asked.time).is_some_and(|at| doors.is_now(at)) {
        return no(number::CLOCK);
    }
    let signed = [asked.app_id.as_bytes(), asked.time.as_bytes()];
    if hex(&keys.mac.mac(&signed)) != asked.sign {
        return no(number::ACCESS);
    }
    match doors.tokens.give() {
        Some(token) => json(
            HeaderMap::new(),
            object!({"flag": "200", "msg": "", "data": {"token": token, "uses": USES}}).to_string(),
        ),
        None => no(50001),
    }
}

async fn rest(doors: &Doors, arrived: &Arrived) -> Response {
    let checked = check(doors, arrived);
    let request = match checked {
        Ok(request) => request,
        Err(number) => return error(HeaderMap::new(), number),
    };
    let answered = opened(doors.call(request).await).await;
    match answered.said {
        Said::Data(data) => {
            json(answered.headers, format!("{{\"flag\":\"200\",\"msg\":\"\",\"data\":{}}}", data.get()))
        }
        Said::Error(number) => error(answered.headers, number),
        Said::Other(response) => response,
    }
}

fn check(doors: &Doors, arrived: &Arrived) -> Result<Request, u32> {
    let outer: Outer<'_> = serde_json::from_slice(&arrived.body).map_err(|_| number::REQUEST)?;
    let (Some(token), Some(param), Some(terminal)) = (&outer.token, outer.param, &outer.terminal_no) else {
        return Err(number::REQUEST);
    };
    let keys = doors.keys.anhui.as_ref().filter(|k| k.app_id == outer.app_id).ok_or(number::ACCESS)?;
    if !moment(&outer.time).is_some_and(|at| doors.is_now(at)) {
        return Err(number::CLOCK);
    }
    let call: Wrapped<'_> = serde_json::from_str(param.get()).map_err(|_| number::REQUEST)?;
    let parts = [outer.app_id.as_bytes(), outer.time.as_bytes(), token.as_bytes(), param.get().as_bytes()];
    // A strategy for each path.
    let want = match super::interface_of(&call.resource) {
        Some(Interface::Cases | Interface::Ratings) => hex(&keys.mac.mac(&parts)),
        Some(Interface::Board | Interface::Catalogue) => String::new(),
        _ => hex(&digest_of(&[&parts[..], &[keys.secret.as_bytes()]].concat())),
    };
    if outer.sign != want || terminal.is_empty() {
        return Err(number::ACCESS);
    }
    if !doors.tokens.spend(token) {
        return Err(number::TOKEN);
    }
    if doors.speaks(&call.resource) != Spoken::Anhui || !call.is_called(&arrived.path) {
        return Err(number::NOWHERE);
    }
    call.unwrap(arrived).ok_or(number::REQUEST)
}
