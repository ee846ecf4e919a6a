//! The national 好差评 interface, as Shandong's integration shows it: ratings, and nothing else.
//!
//! Wire (docs/dialects.md, "national_rating"; the shape is the reference page's):
//! - POST `/evaluate/submit` and `/evaluate/options`
//!   `{"txnBodyCom":{"appMark","time":"yyyyMMddHHmmss","sign","params":{"evaluate":[CIPHER]}},"txnCommCom":{}}`;
//!   `sign` = Base64 of the SM2 signature (DER) over time ‖ appMark ‖ appWord; CIPHER = Base64 of IV ‖ SM4-CBC(rating)
//! - `{"code":"0","success":"true","message","data"}`, HTTP 200 always
//!
//! The signature does not cover the rating: that is the interface's design, which mutual TLS makes up for.

use super::anhui::{json, written};
use super::{Body, Call, Dialect, Reading, Recovery, RequestProblem, Stamp, envelope, sealed_body};
use crate::error::AnswerProblem;
use crate::gm::sm2::Signer;
use crate::gm::sm4;
use crate::http::{HttpAnswer, HttpBody, HttpRequest, Method};
use crate::operation::{Interface, Operation};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::personal::Personal;
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;
use zeroize::Zeroizing;

/// The dialect.
#[derive(Debug)]
pub struct NationalRating {
    app_mark: String,
    app_word: Personal,
    signer: Box<dyn Signer>,
    body: sm4::Key,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    txn_body_com: TxnBody<'a>,
    txn_comm_com: Nothing,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TxnBody<'a> {
    app_mark: &'a str,
    time: &'a str,
    sign: &'a str,
    params: Params<'a>,
}

#[derive(Serialize)]
struct Params<'a> {
    evaluate: &'a [String],
}

#[derive(Serialize)]
struct Nothing {}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
    #[serde(borrow)]
    success: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

impl NationalRating {
    /// The one interface that it has.
    pub const INTERFACE: Interface = Interface::Ratings;

    /// With the application's mark, its word (a secret), who signs, and the key of the body.
    pub fn new(app_mark: String, app_word: Personal, signer: Box<dyn Signer>, body: sm4::Key) -> Self {
        Self { app_mark, app_word, signer, body }
    }
}

impl Dialect for NationalRating {
    fn recovery(&self, _operation: Operation) -> Recovery {
        // The rating's id is in the rating: a second sending is the same one.
        Recovery::SendAgain
    }

    fn request(&self, call: &mut Call, stamp: &Stamp<'_>) -> Result<HttpRequest, RequestProblem> {
        let (path, evaluate) = match (call.operation, &call.body) {
            (Operation::Rating, Body::Json(rating)) => {
                ("/evaluate/submit", vec![sealed_body::seal(&self.body, rating, stamp.entropy)?])
            }
            (Operation::RatingOptions, Body::Empty) => ("/evaluate/options", Vec::new()),
            _ => return Err(RequestProblem::NotSpoken),
        };
        let time = written(stamp.at);
        let words = [time.as_str(), &self.app_mark, self.app_word.reveal()];
        let mut signed = Zeroizing::new(Vec::with_capacity(words.iter().map(|w| w.len()).sum()));
        words.iter().for_each(|word| signed.extend_from_slice(word.as_bytes()));
        let sign = STANDARD.encode(self.signer.sign(&signed, stamp.entropy)?.to_der());
        let body = TxnBody {
            app_mark: &self.app_mark,
            time: &time,
            sign: &sign,
            params: Params { evaluate: &evaluate },
        };
        let room = evaluate.iter().map(String::len).sum::<usize>() + 1024;
        let bytes = json(&Request { txn_body_com: body, txn_comm_com: Nothing {} }, room);
        let body = HttpBody::Bytes { media_type: envelope::JSON, bytes };
        Ok(HttpRequest { method: Method::Post, path: path.to_owned(), headers: HeaderMap::new(), body })
    }

    fn answer(&self, _call: &Call, answer: HttpAnswer) -> Result<Reading, AnswerProblem> {
        envelope::is_json(&answer)?;
        let Answer { code, success, data } =
            serde_json::from_slice(&answer.body).map_err(|e| AnswerProblem::unreadable(&e))?;
        match (&*code, &*success, answer.status) {
            ("0", "true", 200) => envelope::data(data, &answer),
            // Success with an error's code, or the other way round, is neither.
            (code, "false", 200 | 429 | 500..=599) if code != "0" => {
                let number = code.parse().map_err(|_| AnswerProblem::Contradiction)?;
                envelope::refused(number, &answer)
            }
            _ => Err(AnswerProblem::Contradiction),
        }
    }
}
