//! The gateway of docs/dialects.md, "keyed_nonce".

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::terminal::Timestamp;
use serde_json::json as object;

use super::keys::KeyedNonceKeys;
use super::wrapped::Wrapped;
use super::{Arrived, Doors, SKEW, Said, Spoken, json, number, opened};
use crate::entropy::{Entropy as _, SystemEntropy};
use crate::gm::sm4::{self, cbc};
use crate::sim::platform::held;
use crate::sim::store::hex;

/// Nonces that were used, and when: for as long as their time could still be taken.
#[derive(Default)]
pub(super) struct Nonces(Mutex<BTreeMap<String, Timestamp>>);

impl Nonces {
    /// Whether it is the first time.
    fn is_new(&self, nonce: &str, now: Timestamp) -> bool {
        let mut used = held(&self.0);
        used.retain(|_, at| (now - *at).abs() <= 2 * SKEW);
        used.insert(nonce.to_owned(), now).is_none()
    }
}

pub(super) async fn enter(doors: &Doors, request: Request) -> Response {
    let Some(arrived) = Arrived::take(request).await else { return error(HeaderMap::new(), number::REQUEST) };
    let Some(keys) = &doors.keys.keyed_nonce else { return error(HeaderMap::new(), number::ACCESS) };
    let request = match check(doors, keys, &arrived) {
        Ok(request) => request,
        Err(number) => return error(HeaderMap::new(), number),
    };
    let answered = opened(doors.call(request).await).await;
    match answered.said {
        Said::Data(data) => match seal(&keys.body, data.get().as_bytes()) {
            Some(text) => {
                json(answered.headers, object!({"code": 0, "message": "", "data": text}).to_string())
            }
            None => error(HeaderMap::new(), 50001),
        },
        Said::Error(number) => error(answered.headers, number),
        Said::Other(response) => response,
    }
}

fn error(headers: HeaderMap, number: u32) -> Response {
    json(headers, object!({"code": number, "message": "refused", "data": null}).to_string())
}

fn seal(key: &sm4::Key, message: &[u8]) -> Option<String> {
    let mut iv = [0; 16];
    SystemEntropy::new().fill(&mut iv).ok()?;
    Some(STANDARD.encode([&iv[..], &cbc::encrypt(key, &iv, message)].concat()))
}

fn check(doors: &Doors, keys: &KeyedNonceKeys, arrived: &Arrived) -> Result<Request, u32> {
    let header = |name: &str| arrived.headers.get(name).and_then(|v| v.to_str().ok()).ok_or(number::ACCESS);
    let (key, at, nonce) = (header("x-app-key")?, header("x-timestamp")?, header("x-nonce")?);
    if key != keys.app_key {
        return Err(number::ACCESS);
    }
    let nanoseconds = at.parse::<i128>().ok().and_then(|ms| ms.checked_mul(1_000_000));
    let time = nanoseconds.and_then(|n| Timestamp::from_unix_timestamp_nanos(n).ok());
    if !time.is_some_and(|t| doors.is_now(t)) {
        return Err(number::CLOCK);
    }
    let line = format!("{key}\n{at}\n{nonce}\n{}\n", arrived.path);
    if hex(&keys.mac.mac(&[line.as_bytes(), &arrived.body])) != header("x-signature")? {
        return Err(number::ACCESS);
    }
    if !(16..=64).contains(&nonce.len()) || !doors.nonces.is_new(nonce, doors.platform.now()) {
        return Err(number::REPLAY);
    }
    let text = std::str::from_utf8(&arrived.body).map_err(|_| number::REQUEST)?;
    let text = text.strip_prefix("data=").ok_or(number::REQUEST)?;
    let text = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    let plain = super::keys::decrypted(&keys.body, &text).ok_or(number::REQUEST)?;
    let call: Wrapped<'_> = serde_json::from_slice(&plain).map_err(|_| number::REQUEST)?;
    if doors.speaks(&call.resource) != Spoken::KeyedNonce || !call.is_called(&arrived.path) {
        return Err(number::NOWHERE);
    }
    call.unwrap(arrived).ok_or(number::REQUEST)
}
