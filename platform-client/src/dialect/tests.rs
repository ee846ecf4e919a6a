//! What the dialects write, byte for byte where the page fixes the bytes, and what they make of any answer at all.

use super::anhui::{Anhui, Signing};
use super::bare::Bare;
use super::canonical::Canonical;
use super::keyed_nonce::KeyedNonce;
use super::national_rating::NationalRating;
use super::*;
use crate::entropy::SeededEntropy;
use crate::gm::sm2::{Signature, Signer as _, SigningKey};
use crate::gm::sm3::HmacKey;
use crate::gm::sm4::{self, cbc};
use crate::http::{HttpBody, Method};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::personal::Personal;
use domain::terminal::TerminalId;
use serde_json::{Value, json};
use time::macros::datetime;

const SECRET: &str = "a fictitious secret";
const NOW: Timestamp = datetime!(2026-11-24 10:24:00 +8);
/// Stands wherever a call may hold something of a resident.
const MARK: &str = "示例-990000194001010014";

fn secret() -> HmacKey {
    HmacKey::new(Zeroizing::new(SECRET.as_bytes().to_vec()))
}

fn body_key() -> sm4::Key {
    sm4::Key::new(&mut [0x11; 16])
}

fn anhui() -> Anhui {
    let signing = BTreeMap::from([("heartbeat".to_owned(), Signing::Token)]);
    Anhui::new("app-1".to_owned(), secret(), TerminalId("T-1".to_owned()), signing)
}

fn keyed_nonce() -> KeyedNonce {
    KeyedNonce::new("app-1".to_owned(), secret(), body_key())
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[0x22; 32]).unwrap()
}

fn national_rating() -> NationalRating {
    let word = Personal::new(SECRET);
    NationalRating::new("mark-1".to_owned(), word, Box::new(signing_key()), body_key())
}

fn stamp(entropy: &dyn Entropy) -> Stamp<'_> {
    Stamp { request_id: "00112233445566778899aabbccddeeff".to_owned(), at: NOW, entropy }
}

fn call(operation: Operation, body: Body) -> Call {
    Call {
        operation,
        path: format!("/v1/somewhere/{MARK}"),
        session: Some(SessionToken(Personal::new("session-secret"))),
        key: Some(SubmissionId::from_random([0xab; 16])),
        etag: None,
        body,
    }
}

fn rating() -> Body {
    Body::Json(Zeroizing::new(format!(r#"{{"ratingId":"{}","who":"{MARK}"}}"#, "ab".repeat(16)).into_bytes()))
}

fn parts() -> Body {
    Body::Multipart(vec![
        Part::Text { name: "id", text: MARK.to_owned() },
        Part::File {
            name: "file",
            file_name: "f".to_owned(),
            media_type: "image/png".to_owned(),
            bytes: Zeroizing::new(vec![0, 255, b'"', b'\\']),
        },
    ])
}

fn bytes(request: &HttpRequest) -> &[u8] {
    match &request.body {
        HttpBody::Bytes { bytes, .. } => bytes,
        other => panic!("{other:?}"),
    }
}

fn answer(status: u16, body: &str) -> HttpAnswer {
    HttpAnswer {
        status,
        media_type: "application/json".to_owned(),
        etag: None,
        retry_after: None,
        body: Zeroizing::new(body.as_bytes().to_vec()),
    }
}

/// docs/dialects.md, "anhui"; the MAC is that of `openssl mac -digest SM3 -macopt key:SECRET HMAC` over
/// `app-120261124102400`.
#[test]
fn anhui_asks_for_a_token_first() {
    let entropy = SeededEntropy::new(1);
    let dialect = anhui();
    let errand = dialect.errand(&stamp(&entropy)).unwrap();
    assert_eq!((errand.method, errand.path.as_str()), (Method::Post, "/gateway/token"));
    let sign = "e55d26585fdda138be0c5339dc896dea0309934d1baf6f86fe23f54b6d30e8e2";
    let want = format!(r#"{{"appId":"app-1","time":"20261124102400","sign":"{sign}"}}"#);
    assert_eq!(bytes(&errand), want.as_bytes());
    dialect.learn(answer(200, r#"{"flag":"200","data":{"token":"t-1","uses":2}}"#)).unwrap();
    for _ in 0..2 {
        assert!(dialect.errand(&stamp(&entropy)).is_none());
        dialect.request(&mut call(Operation::Case, rating()), &stamp(&entropy)).unwrap();
    }
    assert!(dialect.errand(&stamp(&entropy)).is_some(), "the token is used up");
    let refused = dialect.learn(answer(200, r#"{"flag":"40101","data":null}"#)).unwrap_err();
    assert!(refused.to_string().contains("access_refused"), "{refused}");
    for wrong in ["", "{}", r#"{"flag":"200","data":null}"#, r#"{"flag":"200","data":{"token":"","uses":1}}"#]
    {
        assert!(dialect.learn(answer(200, wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn anhui_signs_as_the_call_wants_it() {
    let entropy = SeededEntropy::new(1);
    let dialect = anhui();
    let check = |operation, want: &dyn Fn(&[&[u8]]) -> String| {
        dialect.learn(answer(200, r#"{"flag":"200","data":{"token":"t-1","uses":9}}"#)).unwrap();
        let request = dialect.request(&mut call(operation, rating()), &stamp(&entropy)).unwrap();
        let text = std::str::from_utf8(bytes(&request)).unwrap();
        let (_, param) = text.split_once(r#""param":"#).unwrap();
        let param = &param[..param.len() - 1];
        let parts: [&[u8]; 4] = [b"app-1", b"20261124102400", b"t-1", param.as_bytes()];
        let sent: Value = serde_json::from_str(text).unwrap();
        assert_eq!((&sent["terminalNo"], &sent["token"]), (&json!("T-1"), &json!("t-1")));
        assert_eq!(sent["sign"], want(&parts), "{operation}");
        sent
    };
    let mac = |parts: &[&[u8]]| crate::digest::hex(&secret().mac(parts));
    let plain =
        |parts: &[&[u8]]| crate::gm::sm3::digest_hex(&[&parts.concat()[..], SECRET.as_bytes()].concat());
    let sent = check(Operation::Case, &mac);
    check(Operation::Prefill, &plain);
    check(Operation::Notices, &|_| String::new());
    check(Operation::Heartbeat, &|_| String::new());
    let want = json!({
        "method": "POST", "resource": format!("/v1/somewhere/{MARK}"), "session": "session-secret",
        "idempotencyKey": "ab".repeat(16), "requestId": "00112233445566778899aabbccddeeff",
        "data": {"ratingId": "ab".repeat(16), "who": MARK},
    });
    assert_eq!(sent["param"], want);
}

/// docs/dialects.md, "keyed_nonce".
#[test]
fn keyed_nonce_encrypts_and_signs() {
    let entropy = SeededEntropy::new(1);
    let mut material = call(Operation::Material, parts());
    let request = keyed_nonce().request(&mut material, &stamp(&entropy)).unwrap();
    assert_eq!(request.path, "/openapi/material");
    let header = |name: &str| request.headers[name].to_str().unwrap();
    // 2026-11-24T02:24:00Z
    assert_eq!((header("x-app-key"), header("x-timestamp")), ("app-1", "1795487040000"));
    let nonce = "00112233445566778899aabbccddeeff";
    assert_eq!(header("x-nonce"), nonce);
    let line = format!("app-1\n1795487040000\n{nonce}\n/openapi/material\n");
    let signed = secret().mac(&[line.as_bytes(), bytes(&request)]);
    assert_eq!(header("x-signature"), crate::digest::hex(&signed));
    let text = std::str::from_utf8(bytes(&request)).unwrap().strip_prefix("data=").unwrap();
    assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'%'), "percent-encoded");
    let text = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    let sealed = STANDARD.decode(text).unwrap();
    let plain = cbc::decrypt(&body_key(), sealed[..16].try_into().unwrap(), &sealed[16..]).unwrap();
    let sent: Value = serde_json::from_slice(&plain).unwrap();
    let file = json!({"name": "file", "fileName": "f", "mediaType": "image/png", "content": "AP8iXA=="});
    assert_eq!(sent["parts"], json!([{"name": "id", "text": MARK}, file]));
    let again = keyed_nonce().request(&mut material, &stamp(&entropy)).unwrap();
    assert_ne!(bytes(&again), bytes(&request), "the IV is new");
}

/// docs/dialects.md, "national_rating".
#[test]
fn national_rating_signs_time_mark_and_word() {
    let entropy = SeededEntropy::new(1);
    let request =
        national_rating().request(&mut call(Operation::Rating, rating()), &stamp(&entropy)).unwrap();
    assert_eq!(request.path, "/evaluate/submit");
    let sent: Value = serde_json::from_slice(bytes(&request)).unwrap();
    let txn = &sent["txnBodyCom"];
    assert_eq!(sent["txnCommCom"], json!({}));
    assert_eq!((&txn["appMark"], &txn["time"]), (&json!("mark-1"), &json!("20261124102400")));
    let sign = STANDARD.decode(txn["sign"].as_str().unwrap()).unwrap();
    let signed = format!("20261124102400mark-1{SECRET}");
    let signature = Signature::from_der(&sign).unwrap();
    signing_key().verifying_key().verify(signed.as_bytes(), &signature).unwrap();
    let sealed = STANDARD.decode(txn["params"]["evaluate"][0].as_str().unwrap()).unwrap();
    let plain = cbc::decrypt(&body_key(), sealed[..16].try_into().unwrap(), &sealed[16..]).unwrap();
    let Body::Json(want) = rating() else { unreachable!() };
    assert_eq!(plain, want);
    let other = national_rating().request(&mut call(Operation::Case, rating()), &stamp(&entropy));
    assert_eq!(other.unwrap_err(), RequestProblem::NotSpoken);
}

#[test]
fn bare_sends_no_key_and_names_the_answer_by_what_was_asked() {
    let entropy = SeededEntropy::new(1);
    let mut case = call(Operation::Rating, rating());
    let request = Bare.request(&mut case, &stamp(&entropy)).unwrap();
    assert!(request.headers.get("idempotency-key").is_none());
    assert_eq!(bytes(&request), format!(r#"{{"who":"{MARK}"}}"#).as_bytes());
    let said = answer(200, r#"{"code":"ok","data":{"receivedAt":"x"},"more":[1]}"#);
    let Ok(Reading::Answer(read)) = Bare.answer(&case, said) else { panic!("no answer") };
    let read: Value = serde_json::from_slice(&read.body).unwrap();
    assert_eq!(read["data"], json!({"receivedAt": "x", "ratingId": "ab".repeat(16)}));
    let look_up = Bare.request(&mut call(Operation::CaseByKey, Body::Empty), &stamp(&entropy));
    assert_eq!(look_up.unwrap_err(), RequestProblem::NotSpoken);
}

fn all() -> Vec<Box<dyn Dialect>> {
    vec![
        Box::new(Canonical),
        Box::new(anhui()),
        Box::new(keyed_nonce()),
        Box::new(national_rating()),
        Box::new(Bare),
    ]
}

#[test]
fn an_address_of_a_gateway_is_the_calls_name_and_nothing_more() {
    let entropy = SeededEntropy::new(1);
    let gateways: [Box<dyn Dialect>; 3] =
        [Box::new(anhui()), Box::new(keyed_nonce()), Box::new(national_rating())];
    for dialect in gateways {
        for (operation, body) in [
            (Operation::Rating, rating()),
            (Operation::CaseByKey, Body::Empty),
            (Operation::Material, parts()),
        ] {
            let Ok(request) = dialect.request(&mut call(operation, body), &stamp(&entropy)) else { continue };
            let plain = |b: u8| matches!(b, b'a'..=b'z' | b'-' | b'/');
            assert!(request.path.bytes().all(plain), "{dialect:?}: {}", request.path);
            for (name, value) in &request.headers {
                let value = value.to_str().unwrap();
                assert!(!value.contains("session-secret") && !value.contains("示例"), "{name}");
                assert!(!value.contains(&"ab".repeat(16)), "{name}");
            }
        }
    }
}

#[test]
fn errors_by_number() {
    let check = |status: u16, body: &str, want: Option<(&str, &str)>| {
        let read = anhui().answer(&call(Operation::Case, Body::Empty), answer(status, body));
        let said = match read {
            Ok(Reading::Answer(answer)) => serde_json::from_slice::<Value>(&answer.body).unwrap(),
            Ok(Reading::NewAccess) => json!({"code": "new access", "errorClass": ""}),
            Err(_) => json!({"code": null}),
        };
        let got = said["code"].as_str().map(|code| (code, said["errorClass"].as_str().unwrap_or("")));
        assert_eq!(got, want, "{body}");
    };
    check(200, r#"{"flag":"200","data":{}}"#, Some(("ok", "")));
    check(200, r#"{"flag":"40402","data":null}"#, Some(("case_not_found", "fatal")));
    check(200, r#"{"flag":"42201"}"#, Some(("form_refused", "needs_user")));
    check(200, r#"{"flag":"40102"}"#, Some(("new access", "")));
    check(200, r#"{"flag":"40999"}"#, Some(("error_40999", "needs_human")));
    check(200, r#"{"flag":"50099"}"#, Some(("error_50099", "retryable")));
    check(503, r#"{"flag":"50301"}"#, Some(("unavailable", "retryable")));
    // What says two things at once, or nothing, is no answer; nobody may conclude that nothing was done.
    for wrong in
        [r#"{"flag":"0"}"#, r#"{"flag":"OK"}"#, r#"{"flag":"99999999999"}"#, r#"{"flag":null}"#, "[]", ""]
    {
        check(200, wrong, None);
    }
    check(404, r#"{"flag":"40402"}"#, None);
    check(503, r#"{"flag":"200","data":{}}"#, None);
}

/// Seeded changes of answers: no panic, and what comes out is JSON that is not much longer than what came in.
#[test]
fn any_answer_is_read_or_refused() {
    let sealed = {
        let plain = br#"{"submissionId":"abababababababababababababababab","outcome":"received"}"#;
        STANDARD.encode([&[3; 16][..], &cbc::encrypt(&body_key(), &[3; 16], plain)].concat())
    };
    let seeds = [
        r#"{"code":"ok","message":"","data":{"a":[1,2,{"b":null}]},"errorClass":null}"#.to_owned(),
        r#"{"flag":"200","msg":"好","data":{"token":"t","uses":5}}"#.to_owned(),
        r#"{"flag":"40102","data":null}"#.to_owned(),
        r#"{"code":"0","success":"true","message":"","data":{"ratingId":"\u793a"}}"#.to_owned(),
        format!(r#"{{"code":0,"message":"","data":"{sealed}"}}"#),
        format!("{}{}", r#"{"flag":"200","data":"#, "[".repeat(3000)),
    ];
    let entropy = SeededEntropy::new(20_261_124);
    let random = |below: usize| {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes).unwrap();
        usize::try_from(u64::from_be_bytes(bytes) % below.max(1) as u64).unwrap()
    };
    let dialects = all();
    let subject = call(Operation::Case, Body::Empty);
    for turn in 0..4_000 {
        let mut body = seeds[turn % seeds.len()].clone().into_bytes();
        for _ in 0..=random(4) {
            let at = random(body.len());
            match random(5) {
                0 if !body.is_empty() => body[at] = u8::try_from(random(256)).unwrap(),
                1 => body.truncate(at),
                2 => body.insert(at, b"\"{}[],:0\\e"[random(10)]),
                3 if !body.is_empty() => _ = body.remove(at),
                _ => body.extend_from_within(at..),
            }
        }
        let status = [200, 200, 200, 304, 404, 503][random(6)];
        for dialect in &dialects {
            let came = HttpAnswer { body: Zeroizing::new(body.clone()), ..answer(status, "") };
            if let Ok(Reading::Answer(read)) = dialect.answer(&subject, came) {
                assert!(read.body.len() <= body.len() + 256, "{dialect:?}");
            }
            let came = HttpAnswer { body: Zeroizing::new(body.clone()), ..answer(status, "") };
            drop(dialect.learn(came));
        }
    }
}
