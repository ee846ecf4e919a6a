//! The conformance pack's calls in the dialects that a terminal speaks.
//!
//! Duty: each call of the pack as the terminal's own adapter writes it, sent over the pack's HTTPS, its answer as the
//! adapter reads it. Never: let a call pass that a dialect cannot say; it is [`Broken::NotInDialect`].

use domain::case::SubmissionId;
use domain::personal::Personal;
use domain::terminal::Timestamp;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::contract::path;
use crate::contract::session::SessionToken;
use crate::dialect::{Body, Call, Dialect, Dialects, Reading, Recovery, RequestProblem, Stamp};
use crate::digest::hex;
use crate::entropy::{Entropy as _, SystemEntropy};
use crate::http::{HttpAnswer, HttpBody, HttpRequest, Method, Part};
use crate::operation::{Interface, Operation};
use crate::sim::conformance::Https;
use crate::sim::conformance::wire::{Ask, AskPart, Broken, Payload, Reply, Sending, Wire};

/// The wire of a terminal whose interfaces speak dialects of their own; what speaks the contract goes as it is.
pub struct InDialects {
    https: Https,
    dialects: Dialects,
    entropy: SystemEntropy,
}

/// So often a call is written anew because the gateway wants another token.
const MOST_ACCESSES: usize = 3;
/// Headers that stand on every HTTP request and say nothing of the call.
const ABOUT_THE_SENDER: [&str; 2] = ["user-agent", "accept"];

impl InDialects {
    /// Over `https`, as `dialects.toml` of the terminal's folder has it.
    pub fn new(https: Https, dialects: Dialects) -> Self {
        Self { https, dialects, entropy: SystemEntropy::new() }
    }

    /// The dialect of the call; `None` where the contract itself is spoken.
    fn dialect(&self, ask: &Ask) -> Option<(Operation, &dyn Dialect)> {
        let operation = operation(ask.method, &ask.path)?;
        let interface = operation.interface();
        (!self.dialects.is_canonical(interface)).then(|| (operation, self.dialects.of(interface)))
    }

    async fn carry(&self, ask: Ask) -> Result<Reply, Broken> {
        let Some((operation, dialect)) = self.dialect(&ask) else {
            // What is no call of the contract can be asked only where something speaks the contract.
            return if self.is_canonical(&ask) {
                self.https.send(ask).await
            } else {
                Err(Broken::NotInDialect)
            };
        };
        let mut call = call(operation, &ask)?;
        for _ in 0..MOST_ACCESSES {
            while let Some(errand) = dialect.errand(&self.stamp()?) {
                let reply = self.https.send(plain(errand, &ask)).await?;
                dialect.learn(answer(&reply)).map_err(unreadable)?;
            }
            let request = dialect.request(&mut call, &self.stamp()?).map_err(|problem| match problem {
                RequestProblem::NotSpoken => Broken::NotInDialect,
                other => Broken::NoConnection(other.to_string()),
            })?;
            let reply = self.https.send(plain(request, &ask)).await?;
            let reading = dialect.answer(&call, answer(&reply)).map_err(unreadable)?;
            if let Reading::Answer(answer) = reading {
                let json = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
                return Ok(Reply { status: answer.status, json, ..reply });
            }
        }
        Err(Broken::Unreadable("the gateway takes none of its own tokens".to_owned()))
    }

    fn stamp(&self) -> Result<Stamp<'_>, Broken> {
        let mut id = [0; 16];
        self.entropy.fill(&mut id).map_err(|error| Broken::NoConnection(error.to_string()))?;
        // A nonce counts once, so the pack's own request ids cannot be these.
        Ok(Stamp { request_id: hex(&id), at: Timestamp::now_utc(), entropy: &self.entropy })
    }
}

impl Wire for InDialects {
    fn send(&self, ask: Ask) -> Sending<'_> {
        Box::pin(self.carry(ask))
    }

    fn is_canonical(&self, ask: &Ask) -> bool {
        match operation(ask.method, &ask.path) {
            Some(operation) => self.dialects.is_canonical(operation.interface()),
            None => Interface::ALL.into_iter().any(|interface| self.dialects.is_canonical(interface)),
        }
    }

    fn keeps_keys(&self, ask: &Ask) -> bool {
        self.dialect(ask).is_none_or(|(operation, dialect)| dialect.recovery(operation) != Recovery::Person)
    }
}

fn unreadable(problem: impl Into<crate::error::Cause>) -> Broken {
    Broken::Unreadable(problem.into().to_string())
}

/// Which call of the contract this is.
fn operation(method: &str, whole: &str) -> Option<Operation> {
    let asked = whole.split('?').next().unwrap_or_default();
    let fits = |pattern: &str| {
        let (mut left, mut right) = (pattern.split('/'), asked.split('/'));
        loop {
            match (left.next(), right.next()) {
                (None, None) => return true,
                (Some(name), Some(segment)) if name == segment => {}
                (Some(name), Some(segment)) if name.starts_with('{') && !segment.is_empty() => {}
                _ => return false,
            }
        }
    };
    let method = match method {
        "GET" => Method::Get,
        "POST" => Method::Post,
        _ => return None,
    };
    Operation::ALL.into_iter().find(|o| o.method() == method && fits(o.path()))
}

/// The call as an adapter takes it; what no terminal could ask is in no dialect.
fn call(operation: Operation, ask: &Ask) -> Result<Call, Broken> {
    let mut call = Call {
        operation,
        path: ask.path.clone(),
        session: None,
        key: None,
        etag: None,
        body: match &ask.payload {
            Payload::Nothing => Body::Empty,
            Payload::Json(value) => Body::Json(Zeroizing::new(value.to_string().into_bytes())),
            Payload::Parts(parts) => Body::Multipart(parts.iter().map(part).collect::<Result<_, _>>()?),
            Payload::Raw(..) => return Err(Broken::NotInDialect),
        },
    };
    for (name, value) in &ask.headers {
        match name.as_str() {
            "authorization" => {
                let token = value.strip_prefix("Bearer ").ok_or(Broken::NotInDialect)?;
                call.session = Some(SessionToken(Personal::new(token.to_owned())));
            }
            path::IDEMPOTENCY_KEY => {
                call.key = Some(SubmissionId::try_from(value.clone()).map_err(|_| Broken::NotInDialect)?);
            }
            "if-none-match" => call.etag = Some(value.clone()),
            // A dialect has request ids of its own.
            path::REQUEST_ID => {}
            name if ABOUT_THE_SENDER.contains(&name) => {}
            _ => return Err(Broken::NotInDialect),
        }
    }
    Ok(call)
}

fn part(part: &AskPart) -> Result<Part, Broken> {
    Ok(match part.media_type {
        None => {
            let text = String::from_utf8(part.bytes.clone()).map_err(|_| Broken::NotInDialect)?;
            Part::Text { name: part.name, text }
        }
        Some(media_type) => Part::File {
            name: part.name,
            file_name: part.name.to_owned(),
            media_type: media_type.to_owned(),
            bytes: Zeroizing::new(part.bytes.clone()),
        },
    })
}

/// An adapter's request as the pack's HTTPS sends it; who asks, and for which point, goes along.
fn plain(request: HttpRequest, ask: &Ask) -> Ask {
    let own = request.headers.iter();
    let mut headers: Vec<(String, String)> = own
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    headers.extend(ask.headers.iter().filter(|(name, _)| ABOUT_THE_SENDER.contains(&name.as_str())).cloned());
    let payload = match request.body {
        HttpBody::Empty => Payload::Nothing,
        HttpBody::Bytes { media_type, bytes } => Payload::Raw(media_type.to_owned(), bytes.to_vec()),
        // An adapter that sends parts sends those of the contract.
        HttpBody::Multipart(_) => ask.payload.clone(),
    };
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    Ask { method, path: request.path, headers, payload }
}

/// What came, as an adapter reads it.
fn answer(reply: &Reply) -> HttpAnswer {
    let header = |name: &str| reply.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let media_type = header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    HttpAnswer {
        status: reply.status,
        media_type: media_type.trim().to_ascii_lowercase(),
        etag: header("etag").map(str::to_owned),
        retry_after: None,
        body: Zeroizing::new(reply.body.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_is_known_by_its_method_and_path() {
        for known in Operation::ALL {
            let path = known.path().replace('{', "a-").replace('}', "");
            let method = match known.method() {
                Method::Get => "GET",
                Method::Post => "POST",
            };
            assert_eq!(operation(method, &format!("{path}?more=1")), Some(known), "{path}");
        }
        for (method, path) in
            [("DELETE", "/v1/cases"), ("GET", "/v1/no-such-path"), ("GET", "/v1/items/a/b/c")]
        {
            assert_eq!(operation(method, path), None, "{method} {path}");
        }
    }
}
