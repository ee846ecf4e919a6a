//! Identity, shared data, certificates.

use base64::Engine as _;
use platform_client::sim::{CodeKind, FaceEngines, FaceRule};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::asking::{Asking, PICTURE, TERMINAL, appeal, card, certification, ok, refused};

const OLD: (&str, &str) = ("张示例", "990000194001010014");

#[tokio::test]
async fn every_way_leads_to_the_same_person() {
    let asking = Asking::begin();
    let admin = asking.platform.admin();
    let evidence = |rest: Value| {
        let mut body = json!({"terminalId": TERMINAL});
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        asking.post("/v1/sessions", &body)
    };
    let qr = admin.fresh_code(CodeKind::ProvinceQr, "zhang-shili").unwrap();
    let net = admin.fresh_code(CodeKind::NetworkId, "zhang-shili").unwrap();
    let sms = ok(asking.post("/v1/sessions/sms", &json!({"terminalId": TERMINAL, "number": OLD.1}))).await;
    assert_eq!(sms["phoneMasked"], "111****0001");
    let ways = [
        json!({"way": "province_qr", "code": qr}),
        json!({"way": "network_id", "code": net}),
        json!({"way": "sms", "number": OLD.1, "code": admin.sms_code("zhang-shili").unwrap()}),
        json!({"way": "worker", "worker": {"badge": "990101", "name": {"zh-CN": "周示范", "en": "Zhou Shifan"}},
               "number": OLD.1}),
    ];
    for way in ways {
        let session = ok(evidence(way.clone())).await;
        assert_eq!(session["person"], json!({"name": OLD.0, "number": OLD.1}), "{way}");
        assert_eq!(
            refused(evidence(json!({"way": way["way"], "code": "x", "number": OLD.1,
            "worker": {"badge": "x", "name": {"zh-CN": "", "en": ""}}})))
            .await
            .1,
            "identity_refused"
        );
    }
    assert_eq!(admin.fresh_code(CodeKind::ProvinceQr, "nobody"), None);
}

/// What came from shared data came by consent, or the case is not taken.
#[tokio::test]
async fn shared_answers_need_the_consent_to_them() {
    let asking = Asking::begin();
    let mut case = certification(1, OLD.0, OLD.1);
    case["consent"]["sharedData"] = json!("refused");
    assert_eq!(refused(asking.submit(&case)).await.1, "content_refused");
    let paper = json!({"requirement": "household", "source": "data_sharing", "material": null, "authorisation": null});
    let mut declared = appeal(2);
    declared["provided"] = json!([paper]);
    declared["consent"]["sharedData"] = json!("refused");
    assert_eq!(refused(asking.submit(&declared)).await.1, "content_refused");
    declared["provided"] =
        json!([{"requirement": "photo", "source": "upload", "material": "m-1", "authorisation": null}]);
    assert_eq!(refused(asking.submit(&declared)).await.1, "material_missing");
    case["consent"]["sharedData"] = json!("given");
    ok(asking.submit(&case)).await;
}

#[tokio::test]
async fn staff_sign_in_with_badge_and_pin() {
    let asking = Asking::begin();
    let sign_in = |pin: &str| {
        asking.post("/v1/staff/sign-ins", &json!({"terminalId": TERMINAL, "badge": "990102", "pin": pin}))
    };
    assert_eq!(ok(sign_in("135790")).await["role"], "keeper");
    assert_eq!(refused(sign_in("000000")).await.1, "identity_refused");
}

#[tokio::test]
async fn a_face_is_matched_as_the_demonstration_wants() {
    let asking = Asking::begin();
    let session = ok(asking.post("/v1/sessions", &card(OLD.0, OLD.1))).await;
    let look = |token: &str| {
        let picture = Part::bytes(PICTURE).file_name("face.png").mime_str("image/png").unwrap();
        let path = format!("/v1/sessions/{}/face", session["sessionId"].as_str().unwrap());
        asking
            .client
            .post(asking.url(&path))
            .bearer_auth(token)
            .multipart(Form::new().part("picture", picture))
    };
    let token = session["token"].as_str().unwrap();
    assert_eq!(refused(look("wrong")).await, (401, "session_required".into(), "needs_user".into()));
    asking.platform.admin().set_face(FaceRule::NoMatch);
    let no = ok(look(token)).await;
    assert_eq!((&no["matched"], &no["assurance"]), (&json!(false), &json!("card_or_qr")));
    asking.platform.admin().set_face(FaceRule::Match);
    let yes = ok(look(token)).await;
    assert_eq!((&yes["matched"], &yes["assurance"]), (&json!(true), &json!("card_and_face")));
    assert_eq!(yes["presentationAttack"], "not_checked");
    assert!(yes["score"].as_f64() >= yes["threshold"].as_f64());
}

#[tokio::test]
async fn the_word_of_an_engine_at_the_terminal_counts_where_it_is_admitted() {
    let asking = Asking::begin();
    let session = ok(asking.post("/v1/sessions", &card(OLD.0, OLD.1))).await;
    let path = format!("/v1/sessions/{}/face-verdict", session["sessionId"].as_str().unwrap());
    let said = |score: f32, matched: bool, attack: &str| {
        json!({
            "terminalId": TERMINAL, "engine": {"name": "Engine", "version": "7.2", "certificate": null},
            "score": score, "threshold": 0.7, "matched": matched, "presentationAttack": attack,
        })
    };
    let tell = |body: Value, token: &str| asking.post(&path, &body).bearer_auth(token);
    let token = session["token"].as_str().unwrap();
    let right = said(0.8, true, "not_checked");
    assert_eq!(
        refused(tell(right.clone(), "wrong")).await,
        (401, "session_required".into(), "needs_user".into())
    );
    let no = ok(tell(said(0.6, false, "inconclusive"), token)).await;
    assert_eq!(no["assurance"], "card_or_qr");
    for false_word in
        [said(0.6, true, "not_checked"), said(0.8, false, "not_checked"), said(0.8, true, "detected")]
    {
        assert_eq!(refused(tell(false_word, token)).await.1, "content_refused");
    }
    asking.platform.admin().set_face_engines(FaceEngines::NotAdmitted);
    assert_eq!(refused(tell(right.clone(), token)).await, (403, "not_admitted".into(), "needs_human".into()));
    asking.platform.admin().set_face_engines(FaceEngines::Admitted);
    assert_eq!(ok(tell(right, token)).await["assurance"], "card_and_face");
}

#[tokio::test]
async fn shared_data_names_its_department_and_needs_a_session() {
    let asking = Asking::begin();
    let body = json!({"terminalId": TERMINAL, "keys": ["phone", "bank_card", "salary"]});
    let path = "/v1/items/old-age-allowance/prefill";
    assert_eq!(refused(asking.post(path, &body)).await.1, "session_required");
    let token = asking.session(OLD.0, OLD.1).await;
    let values = ok(asking.post(path, &body).bearer_auth(&token)).await["values"].take();
    let keys: Vec<&str> = values.as_array().unwrap().iter().map(|v| v["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["phone", "bank_card"]);
    assert!(values[0]["source"]["zh-CN"].as_str().unwrap().contains("社会保障"));
    let elsewhere = asking.post("/v1/items/elsewhere/prefill", &body).bearer_auth(&token);
    assert_eq!(refused(elsewhere).await.1, "not_found");
}

#[tokio::test]
async fn who_is_certified_has_nothing_to_do() {
    let asking = Asking::begin();
    let question = json!({"terminalId": TERMINAL});
    let ask = async |token: &str| {
        ok(asking.post("/v1/items/pension-certification/inquiry", &question).bearer_auth(token)).await
    };
    let certified = asking.session("钱长期", "99000019300101001X").await;
    let answer = ask(&certified).await;
    assert_eq!((&answer["state"], &answer["validUntil"]), (&json!("nothing_to_do"), &json!("2027-07-12")));
    let due = asking.session(OLD.0, OLD.1).await;
    assert_eq!(ask(&due).await, json!({"state": "open"}));
    let suggestions = ok(asking.post("/v1/suggestions", &question).bearer_auth(&due)).await;
    let items: Vec<&Value> =
        suggestions["suggestions"].as_array().unwrap().iter().map(|s| &s["itemId"]).collect();
    assert_eq!(items, ["pension-certification", "old-age-allowance"]);
    ok(asking.submit(&certification(1, OLD.0, OLD.1))).await;
    assert_eq!(ask(&due).await["validUntil"], "2027-11-24");
    let suggestions = ok(asking.post("/v1/suggestions", &question).bearer_auth(&due)).await;
    assert_eq!(suggestions["suggestions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_certificate_is_a_file_with_its_digest_and_a_page() {
    let asking = Asking::begin();
    let body = |insurance: &str| {
        json!({"terminalId": TERMINAL, "purpose": {"zh-CN": "租房", "en": "renting"}, "locale": "zh-CN", "answers": [
            {"field": "insurance", "kind": "choice", "value": insurance, "source": "resident"},
            {"field": "period", "kind": "choice", "value": "last_12_months", "source": "resident"}]})
    };
    let token = asking.session("周指纹", "990000199001010017").await;
    let path = "/v1/items/participation-certificate/certificate";
    let fetch = async |insurance| ok(asking.post(path, &body(insurance)).bearer_auth(&token)).await;
    let issued = fetch("employee_pension").await;
    assert_eq!(
        (&issued["state"], &issued["file"]["mediaType"]),
        (&json!("issued"), &json!("application/pdf"))
    );
    assert_eq!(issued["file"]["name"], "participation-certificate.pdf");
    let bytes =
        |text: &Value| base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap();
    assert!(bytes(&issued["file"]["bytes"]).starts_with(b"%PDF-1.7"));
    assert!(bytes(&issued["pages"][0]).starts_with(b"\x89PNG"));
    assert_eq!(fetch("work_injury").await["state"], "refused");
}
