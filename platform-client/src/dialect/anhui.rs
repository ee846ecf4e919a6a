//! A gateway as Anhui's public integrations show it: application id and secret, a token that may be used so many times, a
//! signing strategy for each call, the terminal's number in every request, `{"flag":"200","data":…}` back.
//!
//! Wire (docs/dialects.md, "anhui"; the shape is the reference page's, what it leaves open is set there):
//! - POST `/gateway/token` `{"appId","time","sign"}` → `{"flag":"200","data":{"token","uses"}}`
//! - POST `/gateway/rest/CALL` `{"appId","terminalNo","time","token","sign","param":{…}}` → `{"flag","data"}`, HTTP 200
//!   always
//!
//! Never: take "token used up" for anything but the gateway's own word; nothing behind it saw the call.

use super::{Call, Dialect, Reading, Recovery, RequestProblem, Stamp, envelope, wrapped_call};
use crate::digest::hex;
use crate::error::{AnswerProblem, Cause};
use crate::gm::sm3::HmacKey;
use crate::http::{HttpAnswer, HttpBody, HttpRequest, Method};
use crate::operation::{Interface, Operation};
use domain::personal::Personal;
use domain::terminal::{TerminalId, Timestamp};
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use time::format_description::StaticFormatDescription;
use time::macros::{format_description, offset};
use zeroize::Zeroizing;

/// `yyyyMMddHHmmss` in China's time.
const TIME: StaticFormatDescription = format_description!("[year][month][day][hour][minute][second]");

/// A moment as the gateways write it: `yyyyMMddHHmmss` at +08:00.
pub(super) fn written(at: Timestamp) -> String {
    // A format of digits only: there is nothing that could fail.
    at.to_offset(offset!(+8)).format(TIME).unwrap_or_default()
}

/// How a call is signed; the gateway sets it for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// Not: the token alone opens it.
    Token,
    /// SM3 over application id, time, token, `param` and secret.
    Sm3,
    /// HMAC-SM3 under the secret over application id, time, token and `param`.
    HmacSm3,
}

impl Signing {
    /// What the gateway wants where nothing else is set: HMAC where something is filed, nothing for public reading, SM3
    /// otherwise.
    pub fn usual(operation: Operation) -> Self {
        match operation.interface() {
            Interface::Cases | Interface::Ratings => Self::HmacSm3,
            Interface::Board | Interface::Catalogue => Self::Token,
            _ => Self::Sm3,
        }
    }
}

/// The dialect.
#[derive(Debug)]
pub struct Anhui {
    app_id: String,
    secret: HmacKey,
    terminal: TerminalId,
    /// Calls that are signed otherwise than usual.
    signing: BTreeMap<String, Signing>,
    token: Mutex<Option<Token>>,
}

/// A token and how often it may still be used.
#[derive(Debug)]
struct Token {
    token: Personal,
    uses: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenRequest<'a> {
    app_id: &'a str,
    time: &'a str,
    sign: &'a str,
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: Personal,
    uses: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    app_id: &'a str,
    terminal_no: &'a str,
    time: &'a str,
    token: &'a str,
    sign: &'a str,
    param: &'a RawValue,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    flag: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

impl Anhui {
    /// With an application's id and secret, for one terminal; `signing` names the calls (`case-by-key`) that this gateway
    /// wants signed otherwise than usual.
    pub fn new(
        app_id: String,
        secret: HmacKey,
        terminal: TerminalId,
        signing: BTreeMap<String, Signing>,
    ) -> Self {
        Self { app_id, secret, terminal, signing, token: Mutex::default() }
    }

    fn token(&self) -> MutexGuard<'_, Option<Token>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one use of the token; a token without uses is gone.
    fn spend(&self) -> Option<Personal> {
        let mut held = self.token();
        let token = held.as_mut().filter(|t| t.uses > 0)?;
        token.uses -= 1;
        Some(token.token.clone())
    }

    fn sign(&self, operation: Operation, parts: &[&[u8]]) -> String {
        let set = self.signing.get(&wrapped_call::name(operation)).copied();
        match set.unwrap_or_else(|| Signing::usual(operation)) {
            Signing::Token => String::new(),
            Signing::Sm3 => hex(&self.secret.digest_behind(parts)),
            Signing::HmacSm3 => hex(&self.secret.mac(parts)),
        }
    }
}

impl Dialect for Anhui {
    fn recovery(&self, operation: Operation) -> Recovery {
        match operation {
            Operation::Case => Recovery::AskThenSend,
            _ => Recovery::SendAgain,
        }
    }

    fn holds_files(&self) -> bool {
        true
    }

    fn errand(&self, stamp: &Stamp<'_>) -> Option<HttpRequest> {
        if self.token().as_ref().is_some_and(|t| t.uses > 0) {
            return None;
        }
        let time = written(stamp.at);
        let sign = hex(&self.secret.mac(&[self.app_id.as_bytes(), time.as_bytes()]));
        let request = TokenRequest { app_id: &self.app_id, time: &time, sign: &sign };
        Some(post("/gateway/token".to_owned(), json(&request, 512)))
    }

    fn learn(&self, answer: HttpAnswer) -> Result<(), Cause> {
        let data = match read(&answer)? {
            Said::Data(Some(data)) => data,
            Said::Data(None) => return Err(AnswerProblem::Contradiction.into()),
            Said::Error(number) => return Err(envelope::refusal(number, &answer)?.1.into()),
        };
        let unreadable = |e: serde_json::Error| AnswerProblem::unreadable(&e);
        let TokenAnswer { token, uses } = serde_json::from_str(data.get()).map_err(unreadable)?;
        // One that opens nothing, or is no token: asking again would go on for ever.
        if uses == 0 || !(1..=256).contains(&token.reveal().len()) {
            return Err(AnswerProblem::Contradiction.into());
        }
        *self.token() = Some(Token { token, uses });
        Ok(())
    }

    fn request(&self, call: &mut Call, stamp: &Stamp<'_>) -> Result<HttpRequest, RequestProblem> {
        let param = wrapped_call::wrap(call, &stamp.request_id)?;
        // Somebody else may have taken the last use since the errand: the gateway then says so, and it goes again.
        let token = self.spend().unwrap_or_default();
        let time = written(stamp.at);
        let parts = [self.app_id.as_bytes(), time.as_bytes(), token.reveal().as_bytes(), &param];
        let sign = self.sign(call.operation, &parts);
        let request = Request {
            app_id: &self.app_id,
            terminal_no: &self.terminal.0,
            time: &time,
            token: token.reveal(),
            sign: &sign,
            param: serde_json::from_slice(&param).map_err(|_| RequestProblem::Unreadable)?,
        };
        let bytes = json(&request, param.len() + 1024);
        Ok(wrapped_call::post("/gateway/rest", call, envelope::JSON, bytes))
    }

    fn answer(&self, _call: &Call, answer: HttpAnswer) -> Result<Reading, AnswerProblem> {
        if answer.status == 304 {
            return Ok(Reading::Answer(answer));
        }
        match read(&answer)? {
            Said::Data(data) => envelope::data(data, &answer),
            Said::Error(envelope::TOKEN_SPENT) => {
                *self.token() = None;
                Ok(Reading::NewAccess)
            }
            Said::Error(number) => envelope::refused(number, &answer),
        }
    }
}

enum Said<'a> {
    Data(Option<&'a RawValue>),
    Error(u32),
}

fn read(answer: &HttpAnswer) -> Result<Said<'_>, AnswerProblem> {
    envelope::is_json(answer)?;
    let Answer { flag, data } =
        serde_json::from_slice(&answer.body).map_err(|e| AnswerProblem::unreadable(&e))?;
    match (&*flag, answer.status) {
        ("200", 200) => Ok(Said::Data(data)),
        // A gateway in trouble may have an honest status as well.
        (flag, 200 | 429 | 500..=599) => {
            flag.parse().map(Said::Error).map_err(|_| AnswerProblem::Contradiction)
        }
        _ => Err(AnswerProblem::Contradiction),
    }
}

fn post(path: String, bytes: Zeroizing<Vec<u8>>) -> HttpRequest {
    let body = HttpBody::Bytes { media_type: envelope::JSON, bytes };
    HttpRequest { method: Method::Post, path, headers: HeaderMap::new(), body }
}

pub(super) fn json(value: &impl Serialize, room: usize) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    // Texts and JSON into memory: there is nothing that could fail.
    if let Err(error) = serde_json::to_writer(&mut *bytes, value) {
        unreachable!("texts are JSON: {error}");
    }
    bytes
}
