//! The conversation of one point: every call noted, every comparison with what was expected and what came.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};
use tokio::task::JoinSet;

use super::card::Prepared;
use super::https::Target;
use super::point::{Need, Point, Scope};
use super::report::{Exchange, Finding};
use super::rule;
use super::wire::{Ask, AskPart, Broken, Payload, Reply, Wire};

/// What every point is asked with.
pub(super) struct Bench {
    pub(super) target: Target,
    pub(super) wire: Arc<dyn Wire>,
    pub(super) prepared: Prepared,
    pub(super) seed: u64,
    pub(super) began: OffsetDateTime,
}

impl Bench {
    pub(super) fn new(target: Target, wire: Arc<dyn Wire>, prepared: Prepared, seed: u64) -> Self {
        let now = OffsetDateTime::now_utc().to_offset(UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC));
        let began = now.replace_nanosecond(0).unwrap_or(now);
        Self { target, wire, prepared, seed, began }
    }
}

/// Why a point is not passed.
#[derive(Debug)]
pub(super) enum Stop {
    /// Something is not as it should be.
    Fails(Finding),
    /// It does not apply, for this reason of `points.toml`.
    NotApplicable(&'static str),
}

/// What a check gives.
pub(super) type Checked<T = ()> = Result<T, Stop>;

pub(super) fn fails(what: impl Into<String>, expected: impl Into<String>, got: impl Into<String>) -> Stop {
    Stop::Fails(Finding { what: what.into(), expected: expected.into(), got: got.into() })
}

/// The conversation of one point.
pub(super) struct Talk<'b> {
    pub(super) bench: &'b Bench,
    point: &'static Point,
    noted: Mutex<Vec<Exchange>>,
}

impl<'b> Talk<'b> {
    pub(super) fn new(bench: &'b Bench, point: &'static Point) -> Self {
        Self { bench, point, noted: Mutex::default() }
    }

    pub(super) fn exchanges(self) -> Vec<Exchange> {
        self.noted.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn terminal(&self) -> &str {
        &self.bench.target.terminal
    }

    /// The `n`th key of this point: 32 hexadecimal digits, the same for the same seed.
    pub(super) fn id(&self, n: u32) -> String {
        rule::hex(
            &digest(&SHA256, format!("{} {} {n}", self.bench.seed, self.point.id).as_bytes()).as_ref()[..16],
        )
    }

    pub(super) fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc().to_offset(self.bench.began.offset());
        now.replace_nanosecond(0).unwrap_or(now)
    }

    pub(super) fn get(&self, path: impl Into<String>) -> Call<'_> {
        self.call("GET", path)
    }

    pub(super) fn post(&self, path: impl Into<String>, body: Value) -> Call<'_> {
        self.call("POST", path).with(Payload::Json(body))
    }

    pub(super) fn call(&self, method: &'static str, path: impl Into<String>) -> Call<'_> {
        let ask = Ask { method, path: path.into(), headers: Vec::new(), payload: Payload::Nothing };
        let agent = format!("yilin-conformance/{} {}", env!("CARGO_PKG_VERSION"), self.point.id);
        Call { talk: self, ask }.header("user-agent", agent).header("accept", "application/json")
    }

    /// `{"terminalId": …}` with more.
    pub(super) fn body(&self, more: Value) -> Value {
        let mut body = json!({"terminalId": self.terminal()});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    }

    /// Opens a session with a card.
    pub(super) async fn session(&self, person: &super::TestPerson) -> Checked<Session> {
        let answer = self.post("/v1/sessions", self.card(person, "2036-01-01")).send().await?;
        answer.data()?;
        let text = |pointer: &str| answer.text(pointer);
        Ok(Session { id: text("/data/sessionId")?, token: text("/data/token")? })
    }

    pub(super) fn card(&self, person: &super::TestPerson, valid_to: &str) -> Value {
        self.body(json!({"way": "card", "kind": "resident", "name": person.name, "number": person.number,
                         "issuer": "样本市公安局测试分局", "validFrom": "2016-01-01", "validTo": valid_to}))
    }

    fn note(&self, exchange: Exchange) {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }
}

/// A session of the platform.
pub(super) struct Session {
    pub(super) id: String,
    pub(super) token: String,
}

/// A call that is being put together.
#[derive(Clone)]
pub(super) struct Call<'t> {
    talk: &'t Talk<'t>,
    ask: Ask,
}

impl<'t> Call<'t> {
    pub(super) fn with(mut self, payload: Payload) -> Self {
        self.ask.payload = payload;
        self
    }

    pub(super) fn raw(self, media_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.with(Payload::Raw(media_type.to_owned(), bytes.into()))
    }

    pub(super) fn parts(self, parts: Vec<AskPart>) -> Self {
        self.with(Payload::Parts(parts))
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.ask.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn token(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(super) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// Sends it; no whole answer is a failure.
    pub(super) async fn send(self) -> Checked<Answer> {
        let what = self.what();
        self.try_send().await?.map_err(|broken| fails(what, "an answer", broken.to_string()))
    }

    /// Sends it, whatever comes; it stops where the dialect has no words for it.
    pub(super) async fn try_send(mut self) -> Checked<Result<Answer, Broken>> {
        self.can_be_said()?;
        let what = self.what();
        let is_canonical = self.talk.bench.wire.is_canonical(&self.ask);
        let named = self.ask.headers.iter().any(|(name, _)| name == REQUEST_ID);
        let unnamed = self.ask.headers.iter().any(|(name, _)| name == UNNAMED);
        self.ask.headers.retain(|(name, _)| name != UNNAMED);
        if !named && !unnamed {
            let id = self.talk.id(1000 + u32::try_from(self.noted()).unwrap_or(0));
            self.ask.headers.push((REQUEST_ID.to_owned(), id));
        }
        let began = Instant::now();
        let came = self.talk.bench.wire.send(self.ask).await;
        if came.as_ref().is_err_and(|broken| *broken == Broken::NotInDialect) {
            return Err(Stop::NotApplicable(NOT_IN_DIALECT));
        }
        let result = match &came {
            Ok(reply) => match reply.json["code"].as_str() {
                Some(code) => format!("HTTP {}, {code}", reply.status),
                None => format!("HTTP {}", reply.status),
            },
            Err(broken) => broken.to_string(),
        };
        self.talk.note(Exchange { request: what.clone(), result, took: began.elapsed() });
        Ok(came.map(|reply| Answer { what, reply, is_canonical, now: self.talk.now() }))
    }

    /// Whether the point applies to how this call travels.
    fn can_be_said(&self) -> Checked {
        let (wire, point) = (&self.talk.bench.wire, self.talk.point);
        if point.scope == Scope::Canonical && !wire.is_canonical(&self.ask) {
            return Err(Stop::NotApplicable("another_dialect"));
        }
        let keyed = self.ask.headers.iter().any(|(name, _)| name == "idempotency-key");
        if point.needs == Some(Need::Key) && keyed && !wire.keeps_keys(&self.ask) {
            return Err(Stop::NotApplicable(NOT_IN_DIALECT));
        }
        Ok(())
    }

    /// Sends it so many times at the same moment, each under a request id of its own.
    pub(super) async fn at_once(self, times: u32) -> Checked<Vec<Result<Reply, Broken>>> {
        self.can_be_said()?;
        let began = Instant::now();
        let mut sendings = JoinSet::new();
        for n in 0..times {
            let wire = Arc::clone(&self.talk.bench.wire);
            let mut ask = self.ask.clone();
            ask.headers.push((REQUEST_ID.to_owned(), format!("{}-{n}", self.talk.id(1000))));
            sendings.spawn(async move { wire.send(ask).await });
        }
        let came = sendings.join_all().await;
        let whole = came.iter().filter(|reply| reply.is_ok()).count();
        self.talk.note(Exchange {
            request: format!("{} × {times}", self.what()),
            result: format!("{whole} answers"),
            took: began.elapsed(),
        });
        if came.iter().any(|reply| reply.as_ref().is_err_and(|broken| *broken == Broken::NotInDialect)) {
            return Err(Stop::NotApplicable(NOT_IN_DIALECT));
        }
        Ok(came)
    }

    /// Sends it without a request id.
    pub(super) fn unnamed(self) -> Self {
        self.header(UNNAMED, "")
    }

    fn noted(&self) -> usize {
        self.talk.noted.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn what(&self) -> String {
        format!("{} {}", self.ask.method, self.ask.path)
    }
}

pub(super) const REQUEST_ID: &str = "yilin-request-id";
/// Marks a call that goes out without a request id; no header of this name is ever sent.
const UNNAMED: &str = "unnamed";

/// The reason of `points.toml` for what a dialect has no words for.
const NOT_IN_DIALECT: &str = "not_in_dialect";

/// An answer, and to what.
pub(super) struct Answer {
    what: String,
    pub(super) reply: Reply,
    is_canonical: bool,
    /// When it was here, by this machine's clock.
    now: OffsetDateTime,
}

impl Answer {
    /// The data of an answer that is `ok`.
    pub(super) fn data(&self) -> Checked<&Value> {
        if (200..300).contains(&self.reply.status) && self.reply.json["code"] == "ok" {
            Ok(&self.reply.json["data"])
        } else {
            Err(fails(&self.what, "HTTP 2xx, code ok", self.shown()))
        }
    }

    /// A refusal with one of these statuses, this code and this class.
    pub(super) fn refused(&self, statuses: &[u16], code: &str, class: &str) -> Checked {
        let json = &self.reply.json;
        if statuses.contains(&self.reply.status) && json["code"] == code && json["errorClass"] == class {
            return Ok(());
        }
        let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
        let expected = format!("HTTP {}, code {code}, errorClass {class}", statuses.join(" / "));
        Err(fails(&self.what, expected, self.shown()))
    }

    /// One of these statuses, whatever the body says.
    pub(super) fn status(&self, statuses: &[u16]) -> Checked {
        if statuses.contains(&self.reply.status) {
            return Ok(());
        }
        let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
        Err(fails(&self.what, format!("HTTP {}", statuses.join(" / ")), self.shown()))
    }

    /// A member of the envelope, by its JSON pointer (RFC 6901), is what it should be.
    pub(super) fn holds(
        &self,
        pointer: &str,
        expected: &str,
        is_right: impl FnOnce(&Value) -> bool,
    ) -> Checked {
        let value = self.reply.json.pointer(pointer).unwrap_or(&Value::Null);
        if is_right(value) {
            return Ok(());
        }
        Err(fails(format!("{}: {}", self.what, name(pointer)), expected, shown(pointer, value)))
    }

    /// The same member of another answer is the same.
    pub(super) fn same(&self, pointer: &str, other: &Self) -> Checked {
        let want = other.reply.json.pointer(pointer).unwrap_or(&Value::Null);
        self.holds(pointer, &shown(pointer, want), |value| value == want)
    }

    pub(super) fn text(&self, pointer: &str) -> Checked<String> {
        self.holds(pointer, "a text", |v| v.as_str().is_some_and(|t| !t.is_empty()))?;
        Ok(self.reply.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    pub(super) fn list(&self, pointer: &str) -> Checked<&Vec<Value>> {
        self.holds(pointer, "a list", Value::is_array)?;
        static NOTHING: Vec<Value> = Vec::new();
        Ok(self.reply.json.pointer(pointer).and_then(Value::as_array).unwrap_or(&NOTHING))
    }

    pub(super) fn time(&self, pointer: &str) -> Checked<OffsetDateTime> {
        self.holds(pointer, "RFC 3339 with an offset", |v| rule::time(v).is_some())?;
        let value = self.reply.json.pointer(pointer).and_then(rule::time);
        value.ok_or_else(|| fails(&self.what, "RFC 3339 with an offset", ""))
    }

    /// The platform's clock: as the envelope has it, or this machine's where a dialect has no place for it.
    pub(super) fn server_time(&self) -> Checked<OffsetDateTime> {
        if self.is_canonical { self.time("/serverTime") } else { Ok(self.now) }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.reply.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Something about this answer is not as it should be.
    pub(super) fn wrong(&self, expected: impl Into<String>, got: impl Into<String>) -> Stop {
        fails(&self.what, expected, got)
    }

    pub(super) fn shown(&self) -> String {
        let json = &self.reply.json;
        match json["code"].as_str() {
            Some(code) => {
                let class = json["errorClass"].as_str().unwrap_or("null");
                format!("HTTP {}, code {}, errorClass {class}", self.reply.status, cut(code))
            }
            None => format!("HTTP {}, no envelope", self.reply.status),
        }
    }
}

/// `/data/person/name` → `data.person.name`.
fn name(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

/// A value as the report shows it: short, and never a token.
fn shown(pointer: &str, value: &Value) -> String {
    match value {
        Value::String(text) if pointer.ends_with("token") => format!("a text of {} bytes", text.len()),
        Value::String(text) => format!("\"{}\"", cut(text)),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(members) => {
            let names: Vec<&str> = members.keys().map(String::as_str).collect();
            format!("{{{}}}", cut(&names.join(", ")))
        }
        other => other.to_string(),
    }
}

fn cut(text: &str) -> String {
    const LONGEST: usize = 80;
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    if text.chars().count() > LONGEST { format!("{clean}…") } else { clean }
}

pub(super) fn written(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).unwrap_or_default()
}
