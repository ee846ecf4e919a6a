//! The rating interface of docs/dialects.md, "national_rating".

use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json as object;

use super::anhui::moment;
use super::keys::{NationalKeys, decrypted};
use super::{Arrived, Doors, Said, Spoken, json, number, opened};
use crate::contract::path;
use crate::gm::sm2::Signature;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    txn_body_com: TxnBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TxnBody {
    app_mark: String,
    time: String,
    sign: String,
    params: Params,
}

#[derive(Deserialize)]
struct Params {
    evaluate: Vec<String>,
}

pub(super) async fn enter(doors: &Doors, request: Request) -> Response {
    let Some(arrived) = Arrived::take(request).await else { return error(HeaderMap::new(), number::REQUEST) };
    let Some(keys) =
        doors.keys.national.as_ref().filter(|_| doors.speaks(path::RATINGS) == Spoken::NationalRating)
    else {
        return error(HeaderMap::new(), number::ACCESS);
    };
    let request = match check(doors, keys, &arrived) {
        Ok(request) => request,
        Err(number) => return error(HeaderMap::new(), number),
    };
    let answered = opened(doors.call(request).await).await;
    match answered.said {
        Said::Data(data) => json(
            answered.headers,
            format!(r#"{{"code":"0","success":"true","message":"","data":{}}}"#, data.get()),
        ),
        Said::Error(number) => error(answered.headers, number),
        Said::Other(response) => response,
    }
}

fn error(headers: HeaderMap, number: u32) -> Response {
    let answer =
        object!({"code": number.to_string(), "success": "false", "message": "refused", "data": null});
    json(headers, answer.to_string())
}

fn check(doors: &Doors, keys: &NationalKeys, arrived: &Arrived) -> Result<Request, u32> {
    let asked: Asked = serde_json::from_slice(&arrived.body).map_err(|_| number::REQUEST)?;
    let TxnBody { app_mark, time, sign, params } = asked.txn_body_com;
    if app_mark != keys.app_mark {
        return Err(number::ACCESS);
    }
    if !moment(&time).is_some_and(|at| doors.is_now(at)) {
        return Err(number::CLOCK);
    }
    let signature = STANDARD.decode(sign).ok().and_then(|der| Signature::from_der(&der).ok());
    let signed = format!("{time}{app_mark}{}", keys.app_word);
    let right = signature.is_some_and(|s| keys.terminal.verify(signed.as_bytes(), &s).is_ok());
    if !right {
        return Err(number::ACCESS);
    }
    let mut headers = HeaderMap::new();
    if let Some(agent) = arrived.headers.get(USER_AGENT) {
        headers.insert(USER_AGENT, agent.clone());
    }
    let inner = match (arrived.path.as_str(), params.evaluate.as_slice()) {
        ("/evaluate/options", []) => arrived.inner("GET", path::RATING_OPTIONS, headers, Vec::new()),
        ("/evaluate/submit", [cipher]) => {
            #[derive(Deserialize)]
            #[serde(rename_all = "camelCase")]
            struct Rating {
                rating_id: String,
            }
            let rating = decrypted(&keys.body, cipher).ok_or(number::REQUEST)?;
            let Rating { rating_id } = serde_json::from_slice(&rating).map_err(|_| number::REQUEST)?;
            let key = HeaderValue::from_str(&rating_id).map_err(|_| number::REQUEST)?;
            headers.insert(HeaderName::from_static(path::IDEMPOTENCY_KEY), key);
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            arrived.inner("POST", path::RATINGS, headers, rating.to_vec())
        }
        _ => return Err(number::NOWHERE),
    };
    inner.ok_or(number::REQUEST)
}
