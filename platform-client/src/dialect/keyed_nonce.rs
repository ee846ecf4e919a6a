//! Application key, time in milliseconds and a nonce, under HMAC-SM3; the body under SM4-CBC; `{"code","message","data"}`
//! back.
//!
//! Wire (docs/dialects.md, "keyed_nonce"; the shape is the reference page's row "others"):
//! - POST `/openapi/CALL`, headers `x-app-key`, `x-timestamp`, `x-nonce`, `x-signature` = HMAC-SM3 over
//!   key ‖ LF ‖ time ‖ LF ‖ nonce ‖ LF ‖ path ‖ LF ‖ body, in hexadecimal digits
//! - body `data=` Base64 of IV ‖ SM4-CBC(call), percent-encoded
//! - `{"code":0,"message","data"}`, HTTP 200 always; `data` is encrypted in the same way
//!
//! Never: use a nonce twice.

use super::{Call, Dialect, Reading, Recovery, RequestProblem, Stamp, envelope, sealed_body, wrapped_call};
use crate::digest::hex;
use crate::error::AnswerProblem;
use crate::gm::sm3::HmacKey;
use crate::gm::sm4;
use crate::http::{HttpAnswer, HttpBody, HttpRequest};
use crate::operation::Operation;
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use zeroize::Zeroizing;

const FORM: &str = "application/x-www-form-urlencoded";

/// The dialect.
#[derive(Debug)]
pub struct KeyedNonce {
    /// Letters, digits and `-`.
    app_key: String,
    mac: HmacKey,
    body: sm4::Key,
}

#[derive(Deserialize)]
struct Answer<'a> {
    code: u32,
    #[serde(borrow, default)]
    data: Option<Cow<'a, str>>,
}

impl KeyedNonce {
    /// With an application's key and its two secrets.
    pub fn new(app_key: String, mac: HmacKey, body: sm4::Key) -> Self {
        Self { app_key, mac, body }
    }
}

impl Dialect for KeyedNonce {
    fn recovery(&self, operation: Operation) -> Recovery {
        match operation {
            Operation::Case => Recovery::AskThenSend,
            _ => Recovery::SendAgain,
        }
    }

    fn holds_files(&self) -> bool {
        true
    }

    fn request(&self, call: &mut Call, stamp: &Stamp<'_>) -> Result<HttpRequest, RequestProblem> {
        let wrapped = wrapped_call::wrap(call, &stamp.request_id)?;
        let sealed = sealed_body::seal(&self.body, &wrapped, stamp.entropy)?;
        let mut text = String::with_capacity(sealed.len() + sealed.len() / 8 + 8);
        text.push_str("data=");
        for c in sealed.chars() {
            // What Base64 has besides letters and digits.
            match c {
                '+' => text.push_str("%2B"),
                '/' => text.push_str("%2F"),
                '=' => text.push_str("%3D"),
                plain => text.push(plain),
            }
        }
        let mut request = wrapped_call::post("/openapi", call, FORM, Zeroizing::new(text.into_bytes()));
        let HttpBody::Bytes { bytes, .. } = &request.body else { return Err(RequestProblem::Unreadable) };
        let time = (stamp.at.unix_timestamp_nanos() / 1_000_000).to_string();
        let line = [&self.app_key, &time, &stamp.request_id, &request.path].map(|s| s.as_bytes());
        let [key, at, nonce, path] = line;
        let signed: [&[u8]; 9] = [key, b"\n", at, b"\n", nonce, b"\n", path, b"\n", bytes];
        let signature = hex(&self.mac.mac(&signed));
        for (name, value) in [
            ("x-app-key", &self.app_key),
            ("x-timestamp", &time),
            ("x-nonce", &stamp.request_id),
            ("x-signature", &signature),
        ] {
            // A key that cannot stand in a header is refused where it is configured.
            let value = HeaderValue::from_str(value).map_err(|_| RequestProblem::Unreadable)?;
            request.headers.insert(HeaderName::from_static(name), value);
        }
        Ok(request)
    }

    fn answer(&self, _call: &Call, answer: HttpAnswer) -> Result<Reading, AnswerProblem> {
        if answer.status == 304 {
            return Ok(Reading::Answer(answer));
        }
        envelope::is_json(&answer)?;
        let unreadable = |e: serde_json::Error| AnswerProblem::unreadable(&e);
        let Answer { code, data } = serde_json::from_slice(&answer.body).map_err(unreadable)?;
        match (code, answer.status) {
            (0, 200) => {
                let plain = data.map(|text| sealed_body::open(&self.body, &text)).transpose()?;
                let plain = plain.as_deref().map(|bytes| serde_json::from_slice::<&RawValue>(bytes));
                envelope::data(plain.transpose().map_err(unreadable)?, &answer)
            }
            // A gateway in trouble may have an honest status as well.
            (code, 200 | 429 | 500..=599) => envelope::refused(code, &answer),
            _ => Err(AnswerProblem::Contradiction),
        }
    }
}
