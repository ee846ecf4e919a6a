//! Cases, materials and ratings.

use std::sync::Arc;

use platform_client::sim::KeptState;
use reqwest::multipart::{Form, Part};
use ring::digest::{SHA256, digest};
use rustls::pki_types::ServerName;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::asking::{Asking, PICTURE, Shows, appeal, card, case, certification, ok, refused, tls};

fn sha256(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

fn material(asking: &Asking, id: &str, sha256: &str) -> reqwest::RequestBuilder {
    material_of(asking, id, sha256, PICTURE)
}

fn material_of(asking: &Asking, id: &str, sha256: &str, bytes: &'static [u8]) -> reqwest::RequestBuilder {
    let file = Part::bytes(bytes).file_name("signature.png").mime_str("image/png").unwrap();
    let form = Form::new().text("id", id.to_owned()).text("sha256", sha256.to_owned()).part("file", file);
    asking.client.post(asking.url("/v1/materials")).multipart(form)
}

fn allowance(key: u8, name: &str, number: &str, sha256: &str) -> Value {
    let mut case = case(
        key,
        "old-age-allowance",
        name,
        number,
        json!([
            {"field": "household_division", "kind": "division", "value": "990001001001", "source": "shared"},
            {"field": "phone", "kind": "text", "value": "11100000001", "source": "shared"},
            {"field": "bank_card", "kind": "text", "value": "9900000000000000010", "source": "shared"},
            {"field": "signature", "kind": "signature", "value": "m-1", "source": "resident"},
        ]),
    );
    case["materials"] = json!([{"id": "m-1", "sha256": sha256, "mediaType": "image/png"}]);
    case
}

#[tokio::test]
async fn the_same_key_is_the_same_case_and_another_body_is_refused() {
    let asking = Asking::begin();
    let first = ok(asking.submit(&appeal(1))).await;
    assert_eq!(first["outcome"], "received");
    assert_eq!(first["receivedAt"], "2026-11-24T10:24:00+08:00");
    assert_eq!(ok(asking.submit(&appeal(1))).await, first);
    let mut other = appeal(1);
    other["answers"][3]["value"] = json!("别的事");
    let conflict = (409, "key_reused".to_owned(), "needs_human".to_owned());
    assert_eq!(refused(asking.submit(&other)).await, conflict);
    let wrong_header = asking.post("/v1/cases", &appeal(1)).header("idempotency-key", "02".repeat(16));
    assert_eq!(refused(wrong_header).await.1, "content_refused");
    assert_eq!(asking.platform.admin().cases().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_is_looked_up_and_an_unknown_one_says_so_by_its_code() {
    let asking = Asking::begin();
    let path = format!("/v1/cases/by-key/{}", "01".repeat(16));
    let (status, body) = asking.get(&path).await;
    assert_eq!((status.as_u16(), &body["code"]), (404, &json!("case_not_found")));
    let receipt = ok(asking.submit(&appeal(1))).await;
    assert_eq!(asking.get(&path).await.1["data"], receipt);
}

#[tokio::test]
async fn received_now_accepted_by_a_later_act() {
    let asking = Asking::begin();
    let number = ok(asking.submit(&appeal(1))).await["applicationNumber"].as_str().unwrap().to_owned();
    let path = format!("/v1/cases/{number}");
    assert_eq!(asking.get(&path).await.1["data"]["state"], "submitted");
    assert_eq!(asking.platform.admin().accept_pending().unwrap().len(), 1);
    let status = asking.get(&path).await.1["data"].take();
    assert_eq!(status["state"], "accepted");
    let looked_up = asking.get(&format!("/v1/cases/by-key/{}", "01".repeat(16))).await.1["data"].take();
    assert_eq!(
        (&looked_up["outcome"], &looked_up["caseNumber"]),
        (&json!("accepted"), &status["caseNumber"])
    );
    assert_eq!(asking.platform.admin().accept_pending().unwrap().len(), 0, "nothing waits any more");
}

#[tokio::test]
async fn departments_decide_by_what_they_know() {
    let asking = Asking::begin();
    let digest = sha256(PICTURE);
    assert_eq!(ok(material(&asking, "m-1", &digest)).await["sha256"], json!(digest));
    let outcome = async |case: Value| ok(asking.submit(&case)).await;
    let old = ("张示例", "990000194001010014");
    let received = outcome(allowance(1, old.0, old.1, &digest)).await;
    assert_eq!(received["outcome"], "received");
    let again = outcome(allowance(2, old.0, old.1, &digest)).await;
    assert_eq!(
        (&again["outcome"], &again["applicationNumber"]),
        (&json!("already_applied"), &received["applicationNumber"])
    );
    let young = outcome(allowance(3, "王测试\u{4DAE}", "990000195001010027", &digest)).await;
    assert_eq!(young["outcome"], "not_accepted");
    assert!(young["reason"]["zh-CN"].as_str().unwrap().contains("80"));
    let certified = outcome(certification(4, old.0, old.1)).await;
    assert_eq!(certified["outcome"], "accepted");
    assert!(certified["caseNumber"].is_string());
    let none = outcome(certification(5, "周指纹", "990000199001010017")).await;
    assert_eq!(none["outcome"], "not_accepted");
}

#[tokio::test]
async fn across_provinces_the_place_of_the_household_decides() {
    let asking = Asking::begin();
    let digest = sha256(PICTURE);
    ok(material(&asking, "m-1", &digest)).await;
    let mut case = case(
        1,
        "disability-subsidies",
        "李\u{20164}样本",
        "990000196001010013",
        json!([
            {"field": "subsidy", "kind": "choice", "value": "care", "source": "resident"},
            {"field": "household", "kind": "choice", "value": "other_province", "source": "shared"},
            {"field": "household_address", "kind": "text", "value": "异省样本市示范县样本街道4号", "source": "card"},
            {"field": "certificate_number", "kind": "text", "value": "99000019600101001311", "source": "shared"},
            {"field": "certificate_paper", "kind": "photo", "value": "m-1", "source": "resident"},
            {"field": "long_term_care", "kind": "yes_no", "value": "yes", "source": "resident"},
            {"field": "phone", "kind": "text", "value": "11100000004", "source": "shared"},
            {"field": "bank_card", "kind": "text", "value": "9900000000000000044", "source": "shared"},
            {"field": "signature", "kind": "signature", "value": "m-1", "source": "resident"},
        ]),
    );
    case["materials"] = json!([{"id": "m-1", "sha256": digest, "mediaType": "image/png"}]);
    let receipt = ok(asking.submit(&case)).await;
    assert_eq!(receipt["outcome"], "received");
    assert!(receipt["decidedBy"]["zh-CN"].as_str().unwrap().contains("示范县"));
    // The rare character came whole: it is the same body again.
    assert_eq!(ok(asking.submit(&case)).await, receipt);
}

#[tokio::test]
async fn a_material_is_what_its_digest_says() {
    let asking = Asking::begin();
    assert_eq!(refused(material(&asking, "m-1", &"0".repeat(64))).await.1, "content_refused");
    assert_eq!(refused(material_of(&asking, "m-0", &sha256(b""), b"")).await.1, "content_refused");
    let digest = sha256(PICTURE);
    let case = allowance(1, "张示例", "990000194001010014", &digest);
    assert_eq!(refused(asking.submit(&case)).await, (422, "material_missing".into(), "fatal".into()));
    ok(material(&asking, "m-1", &digest)).await;
    ok(material(&asking, "m-1", &digest)).await;
    assert_eq!(ok(asking.submit(&case)).await["outcome"], "received");
    let other = Part::bytes(b"\x89PNG other".as_slice()).file_name("x.png").mime_str("image/png").unwrap();
    let form = Form::new().text("id", "m-1").text("sha256", sha256(b"\x89PNG other")).part("file", other);
    let reused = refused(asking.client.post(asking.url("/v1/materials")).multipart(form)).await;
    assert_eq!(reused, (409, "key_reused".into(), "needs_human".into()));
    // Two readers could take it for two things.
    let file = Part::bytes(PICTURE.to_vec()).mime_str("image/png").unwrap();
    let twice =
        Form::new().text("id", "m-7").text("id", "m-8").text("sha256", sha256(PICTURE)).part("file", file);
    let refused = refused(asking.client.post(asking.url("/v1/materials")).multipart(twice)).await;
    assert_eq!(refused.1, "bad_request", "a part that is there twice");
}

#[tokio::test]
async fn a_wrong_form_is_refused_without_its_words() {
    let asking = Asking::begin();
    let check = async |change: fn(&mut Value), want: (u16, &str)| {
        let mut case = appeal(1);
        change(&mut case);
        let (status, body) = crate::asking::answer(asking.submit(&case).send().await.unwrap()).await;
        assert_eq!((status.as_u16(), body["code"].as_str().unwrap()), want);
        assert!(!body.to_string().contains("机密"), "{body}");
    };
    check(|c| c["answers"][0]["value"] = json!("机密"), (422, "form_refused")).await;
    check(|c| c["answers"][0]["field"] = json!("elsewhere"), (422, "form_refused")).await;
    check(|c| c["answers"].as_array_mut().unwrap().truncate(2), (422, "form_refused")).await;
    check(|c| c["answers"][1]["value"] = json!("机密"), (400, "bad_request")).await;
    check(|c| c["applicant"]["number"] = json!("机密"), (422, "form_refused")).await;
    check(|c| c["itemId"] = json!("elsewhere"), (403, "not_admitted")).await;
    check(|c| c["filedAt"] = json!("机密"), (400, "bad_request")).await;
    check(|c| c["filedAt"] = json!("2031-01-01T00:00:00+08:00"), (422, "content_refused")).await;
    assert_eq!(asking.platform.admin().cases().unwrap(), []);
}

/// Of two readers of such a case each could take another of the two.
#[tokio::test]
async fn a_case_that_says_two_things_under_one_name_is_none() {
    let asking = Asking::begin();
    let case = appeal(1).to_string();
    let doubled = [
        case.replacen('{', r#"{"itemId":"old-age-allowance","#, 1),
        case.replacen(r#""kind":"choice""#, r#""kind":"choice","kind":"text""#, 1),
        case.replacen(r#""name":"#, r#""name":"王样本","name":"#, 1),
    ];
    for body in doubled {
        assert_ne!(body, case);
        let call = asking.client.post(asking.url("/v1/cases")).header("content-type", "application/json");
        let call = call.header("idempotency-key", "01".repeat(16)).body(body);
        assert_eq!(refused(call).await.1, "bad_request");
    }
    assert_eq!(asking.platform.admin().cases().unwrap(), []);
}

#[tokio::test]
async fn a_name_is_every_character_and_never_none() {
    let asking = Asking::begin();
    let named = |key: u8, name: &str| {
        let mut case = appeal(key);
        case["applicant"]["name"] = json!(name);
        asking.submit(&case)
    };
    // GB 18030-2022 in four bytes: extension B, one of the six that moved there, extension G and H.
    for (key, name) in (1..).zip(["李𠮷", "\u{20087}", "\u{30000}\u{31350}", "古丽·样本", "A"]) {
        ok(named(key, name)).await;
    }
    for name in ["", " \u{3000}", "李\u{0}", "李\n"] {
        assert_eq!(refused(named(9, name)).await.1, "form_refused", "{name:?}");
    }
}

/// Who sends all of a file before it looks for an answer reads the refusal all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_far_too_large_is_refused_and_not_cut_off() {
    const LENGTH: usize = 20 << 20;
    let asking = Asking::begin();
    let config = tls(asking.platform.credentials(), Shows::Certificate);
    let (_, address) = asking.platform.url().split_once("//").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let part = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\ncontent-type: image/png\r\n\r\n";
    let head = format!(
        "POST /v1/materials HTTP/1.1\r\nhost: {address}\r\ncontent-type: multipart/form-data; boundary=b\r\n\
         content-length: {LENGTH}\r\nconnection: close\r\n\r\n{part}"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![7; LENGTH - part.len()]).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("too_large"), "{answer}");
}

#[tokio::test]
async fn a_service_is_rated_once_and_a_low_level_says_why() {
    let asking = Asking::begin();
    ok(asking.submit(&appeal(1))).await;
    let rating = |key: u8, level: &str, reasons: Value| {
        let id = format!("{key:02x}").repeat(16);
        let body = json!({"ratingId": id, "itemId": "appeal-12345", "submissionId": "01".repeat(16),
                          "terminalId": crate::asking::TERMINAL, "ratedAt": "2026-11-24T10:23:00+08:00", "level": level,
                          "reasons": reasons});
        asking.post("/v1/ratings", &body).header("idempotency-key", id)
    };
    assert_eq!(refused(rating(5, "dissatisfied", json!([]))).await.1, "form_refused");
    assert_eq!(refused(rating(5, "dissatisfied", json!(["no_such"]))).await.1, "form_refused");
    let reason = asking.get("/v1/ratings/options").await.1["data"]["reasons"][0]["code"].clone();
    let receipt = ok(rating(5, "dissatisfied", json!([reason]))).await;
    assert_eq!(ok(rating(5, "dissatisfied", json!([reason]))).await, receipt);
    let again = refused(rating(6, "satisfied", json!([]))).await;
    assert_eq!(again, (409, "already_rated".into(), "needs_human".into()));
}

#[tokio::test]
async fn a_restart_forgets_no_case() {
    let asking = Asking::begin();
    let first = ok(asking.submit(&appeal(1))).await;
    let folder = asking.folder.clone();
    drop(asking);
    let asking = Asking::again(folder);
    assert_eq!(ok(asking.submit(&appeal(1))).await, first);
    let second = ok(asking.submit(&appeal(2))).await;
    assert_ne!(second["applicationNumber"], first["applicationNumber"]);
    let rows = asking.platform.admin().cases().unwrap();
    assert_eq!(rows.iter().map(|r| r.state).collect::<Vec<_>>(), [KeptState::Submitted; 2]);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_numbers() {
    let run = async || {
        let asking = Asking::begin();
        let mut seen = Vec::new();
        for key in 1..4 {
            seen.push(ok(asking.submit(&appeal(key))).await);
        }
        seen.push(ok(asking.submit(&certification(9, "张示例", "990000194001010014"))).await);
        seen
    };
    assert_eq!(run().await, run().await);
}

#[tokio::test]
async fn an_expired_or_mistyped_card_opens_no_session() {
    let asking = Asking::begin();
    let mut expired = card("张示例", "990000194001010014");
    expired["validTo"] = json!("2026-11-23");
    assert_eq!(refused(asking.post("/v1/sessions", &expired)).await.1, "identity_refused");
    let mut early = card("张示例", "990000194001010014");
    early["validFrom"] = json!("2026-11-25");
    assert_eq!(refused(asking.post("/v1/sessions", &early)).await.1, "identity_refused");
    let mistyped = card("张示例", "990000194403151013");
    assert_eq!(refused(asking.post("/v1/sessions", &mistyped)).await.1, "identity_refused");
}
