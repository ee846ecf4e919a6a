//! Who stands at the terminal, and how sure the platform is.

use serde_json::{Value, json};
use time::Duration;

use crate::sim::conformance::TestPerson;
use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Checked, Stop, Talk};
use crate::sim::conformance::wire::AskPart;

/// A session is short-lived: the visit's, not the day's.
const LONGEST: Duration = Duration::hours(24);

/// What presentation attack detection may say.
const ATTACKS: [&str; 4] = ["not_checked", "not_detected", "detected", "inconclusive"];

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let resident = &talk.bench.prepared.resident;
    let open = |body: Value| talk.post("/v1/sessions", body).send();
    let evidence = |more: Value| open(talk.body(more));
    let identity_refused = |answer: Answer| answer.refused(&[422], "identity_refused", "needs_user");
    match point {
        "card" => {
            let answer = open(talk.card(resident, "2036-01-01")).await?;
            answer.data()?;
            answer.holds("/data/sessionId", "1 to 256 characters", |v| rule::text(v, 1, 256))?;
            answer.holds("/data/assurance", "\"card_or_qr\"", |v| v == "card_or_qr")?;
            answer.holds("/data/person/name", &format!("\"{}\"", resident.name), |v| {
                v == &json!(resident.name)
            })?;
            answer.holds("/data/person/number", "the number of the card", |v| v == &json!(resident.number))
        }
        "token" => {
            let answer = open(talk.card(resident, "2036-01-01")).await?;
            answer.data()?;
            answer.holds("/data/token", "16 to 256 characters of ASCII", |v| {
                v.as_str()
                    .is_some_and(|t| (16..=256).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_graphic()))
            })
        }
        "fresh_token" => {
            let (first, second) = (talk.session(resident).await?, talk.session(resident).await?);
            if first.token != second.token && first.id != second.id {
                return Ok(());
            }
            let expected = "another token and another sessionId for every session";
            Err(crate::sim::conformance::talk::fails("POST /v1/sessions", expected, "the same twice"))
        }
        "short_lived" => {
            let answer = open(talk.card(resident, "2036-01-01")).await?;
            answer.data()?;
            let (now, ends) = (answer.server_time()?, answer.time("/data/expiresAt")?);
            answer.holds("/data/expiresAt", "after serverTime, at most a day", |_| {
                ends > now && ends - now <= LONGEST
            })
        }
        "rare_name" => {
            // CJK unified ideographs extension B and G, and U+9FFF: GB 18030-2022 level 3 has them all.
            let name = "李\u{20164}\u{30000}\u{9FFF}样本";
            let person = TestPerson { name: name.to_owned(), number: resident.number.clone() };
            let answer = open(talk.card(&person, "2036-01-01")).await?;
            answer.data()?;
            answer.holds("/data/person/name", &format!("\"{name}\""), |v| v == name)
        }
        "check_character" => {
            let person = TestPerson { name: resident.name.clone(), number: broken(&resident.number) };
            identity_refused(open(talk.card(&person, "2036-01-01")).await?)
        }
        "expired_card" => identity_refused(open(talk.card(resident, "2017-01-01")).await?),
        "unknown_qr" => identity_refused(evidence(json!({"way": "province_qr", "code": talk.id(1)})).await?),
        "unknown_network_id" => {
            identity_refused(evidence(json!({"way": "network_id", "code": talk.id(1)})).await?)
        }
        "wrong_sms_code" => {
            let sms = json!({"way": "sms", "number": resident.number, "code": "000000"});
            identity_refused(evidence(sms).await?)
        }
        "unknown_worker" => {
            let worker = json!({"badge": talk.id(1), "name": {"zh-CN": "样本", "en": "Sample"}});
            identity_refused(
                evidence(json!({"way": "worker", "worker": worker, "number": resident.number})).await?,
            )
        }
        "wrong_pin" => {
            let body = talk.body(json!({"badge": talk.id(1), "pin": "000000"}));
            identity_refused(talk.post("/v1/staff/sign-ins", body).send().await?)
        }
        "needed" => session_required(&talk.post("/v1/suggestions", talk.body(json!({}))).send().await?),
        "invented_token" => {
            let call = talk.post("/v1/suggestions", talk.body(json!({}))).token(&talk.id(1));
            session_required(&call.send().await?)
        }
        "expired_token" => {
            let token =
                talk.bench.prepared.expired_token.as_ref().ok_or(Stop::NotApplicable("no_expired_token"))?;
            session_required(&talk.post("/v1/suggestions", talk.body(json!({}))).token(token).send().await?)
        }
        "face" => {
            let answer = face(talk, None).await?;
            if answer.reply.status == 503 && answer.reply.json["code"] == "unavailable" {
                return Err(Stop::NotApplicable("no_matcher"));
            }
            answer.data()?;
            let number = |v: &Value| v.as_f64().is_some_and(|n| (0.0..=1.0).contains(&n));
            answer.holds("/data/score", "0 to 1", number)?;
            answer.holds("/data/threshold", "0 to 1", number)?;
            answer.holds("/data/presentationAttack", &ATTACKS.join(" | "), |v| {
                v.as_str().is_some_and(|w| ATTACKS.contains(&w))
            })?;
            let data = answer.data()?;
            let alike = data["score"].as_f64() >= data["threshold"].as_f64();
            answer.holds("/data/matched", "true exactly when score reaches threshold", |v| {
                v.as_bool() == Some(alike)
            })
        }
        "face_needs_its_session" => session_required(&face(talk, Some(talk.id(1))).await?),
        "face_verdict" => {
            let answer = verdict(talk, 0.9, true, None).await?;
            is_counted(&answer)?;
            answer.holds("/data/assurance", "\"card_and_face\"", |v| v == "card_and_face")
        }
        "face_verdict_no" => {
            let answer = verdict(talk, 0.1, false, None).await?;
            is_counted(&answer)?;
            answer.holds("/data/assurance", "\"card_or_qr\", as before", |v| v == "card_or_qr")
        }
        "face_verdict_agrees" => {
            let answer = verdict(talk, 0.1, true, None).await?;
            if is_not_admitted(&answer) {
                return Err(Stop::NotApplicable("no_engine"));
            }
            answer.refused(&[422], "content_refused", "fatal")
        }
        "face_verdict_needs_its_session" => {
            session_required(&verdict(talk, 0.9, true, Some(talk.id(1))).await?)
        }
        _ => Err(super::unknown(point)),
    }
}

fn session_required(answer: &Answer) -> Checked {
    answer.refused(&[401], "session_required", "needs_user")
}

/// Shows a picture for a session, with its own token or another.
async fn face(talk: &Talk<'_>, token: Option<String>) -> Checked<Answer> {
    let session = talk.session(&talk.bench.prepared.resident).await?;
    let picture = AskPart { name: "picture", media_type: Some("image/png"), bytes: talk.picture(1) };
    let call = talk.call("POST", format!("/v1/sessions/{}/face", session.id)).parts(vec![picture]);
    call.token(&token.unwrap_or(session.token)).send().await
}

/// Tells what an engine of nobody says, whose threshold is 0.5, with the session's own token or another.
async fn verdict(talk: &Talk<'_>, score: f32, matched: bool, token: Option<String>) -> Checked<Answer> {
    let session = talk.session(&talk.bench.prepared.resident).await?;
    let body = json!({"engine": {"name": "conformance", "version": "1", "certificate": null}, "score": score,
                      "threshold": 0.5, "matched": matched, "presentationAttack": "not_detected"});
    let call = talk.post(format!("/v1/sessions/{}/face-verdict", session.id), talk.body(body));
    call.token(&token.unwrap_or(session.token)).send().await
}

fn is_not_admitted(answer: &Answer) -> bool {
    answer.refused(&[403], "not_admitted", "needs_human").is_ok()
}

/// A platform may count no engine's word; then it says so.
fn is_counted(answer: &Answer) -> Checked {
    if is_not_admitted(answer) {
        return Err(Stop::NotApplicable("no_engine"));
    }
    answer.data().map(drop)
}

/// The same number with another check character.
fn broken(number: &str) -> String {
    let (rest, check) = number.split_at(number.len().saturating_sub(1));
    format!("{rest}{}", if check == "0" { "1" } else { "0" })
}
