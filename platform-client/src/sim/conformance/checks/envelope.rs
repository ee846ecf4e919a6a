//! The envelope of every answer.

use serde_json::{Value, json};

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Checked, REQUEST_ID, Talk};

const MEMBERS: [&str; 6] = ["code", "message", "data", "errorClass", "requestId", "serverTime"];

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let good = || talk.get("/v1/notices").send();
    match point {
        "members" => members(&good().await?),
        "error_members" => members(&no_such_path(talk).await?),
        "ok" => {
            let answer = good().await?;
            answer.holds("/code", "\"ok\"", |v| v == "ok")?;
            answer.holds("/data", "not null", |v| !v.is_null())?;
            answer.holds("/errorClass", "null", Value::is_null)
        }
        "error" => {
            let answer = no_such_path(talk).await?;
            answer.holds("/data", "null", Value::is_null)?;
            answer.holds("/errorClass", &rule::CLASSES.join(" | "), |v| {
                v.as_str().is_some_and(|class| rule::CLASSES.contains(&class))
            })
        }
        "status" => {
            for answer in refusals(talk).await? {
                if (200..300).contains(&answer.reply.status) && answer.reply.json["code"] != "ok" {
                    return Err(answer.wrong("HTTP 4xx or 5xx with an error inside", answer.shown()));
                }
            }
            Ok(())
        }
        "class_of_code" => {
            for answer in refusals(talk).await? {
                let json = &answer.reply.json;
                let known = rule::CODES.iter().find(|(code, ..)| json["code"] == *code);
                if let Some((code, _, class)) = known
                    && json["errorClass"] != *class
                {
                    return Err(answer.wrong(format!("{code}: errorClass {class}"), answer.shown()));
                }
            }
            Ok(())
        }
        "code_shape" => {
            for answer in refusals(talk).await? {
                answer.holds("/code", "1 to 64 of a-z 0-9 _", rule::code)?;
            }
            Ok(())
        }
        "message" => no_such_path(talk).await?.holds("/message", "a text", Value::is_string),
        "request_id" => {
            let answer = talk.get("/v1/notices").header(REQUEST_ID, talk.id(1)).send().await?;
            answer.holds("/requestId", &format!("\"{}\"", talk.id(1)), |v| v == &json!(talk.id(1)))
        }
        "request_id_of_an_error" => {
            let answer = talk.get("/v1/no-such-path").header(REQUEST_ID, talk.id(1)).send().await?;
            answer.holds("/requestId", &format!("\"{}\"", talk.id(1)), |v| v == &json!(talk.id(1)))
        }
        "request_id_made" => {
            let answer = talk.get("/v1/notices").unnamed().send().await?;
            answer.holds("/requestId", "1 to 64 characters", |v| rule::text(v, 1, 64))
        }
        "server_time" => good().await?.time("/serverTime").map(drop),
        "media_type" => media_type(&good().await?),
        "not_compressed" => not_compressed(&good().await?),
        "every_call" => every_call(talk).await,
        _ => Err(super::unknown(point)),
    }
}

fn members(answer: &Answer) -> Checked {
    let here = |name: &&str| answer.reply.json.get(*name).is_some();
    let missing: Vec<&str> = MEMBERS.iter().filter(|name| !here(name)).copied().collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(answer.wrong(MEMBERS.join(", "), format!("missing: {}", missing.join(", "))))
}

fn media_type(answer: &Answer) -> Checked {
    let media_type = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    match media_type.split(';').next().map(str::trim) {
        Some("application/json") => Ok(()),
        _ => Err(answer.wrong("content-type: application/json", format!("content-type: {media_type}"))),
    }
}

fn not_compressed(answer: &Answer) -> Checked {
    match answer.header("content-encoding") {
        None | Some("identity") => Ok(()),
        Some(other) => Err(answer.wrong("no content-encoding", format!("content-encoding: {other}"))),
    }
}

/// Calls of a visit, good ones and refused ones: a terminal takes none of them for an answer unless the envelope is whole.
async fn every_call(talk: &Talk<'_>) -> Checked {
    let (person, case) = (&talk.bench.prepared.resident, talk.case(1).await?);
    let mut other = case.clone();
    other["locale"] = json!("en");
    let calls = [
        talk.post("/v1/sessions", talk.card(person, "2036-01-01")),
        talk.get("/v1/catalogue"),
        talk.file(&case),
        talk.file(&case),
        talk.file(&other),
        talk.get(format!("/v1/cases/by-key/{}", talk.id(1))),
        talk.get(format!("/v1/cases/by-key/{}", talk.id(99))),
        talk.get("/v1/ratings/options"),
    ];
    for (n, call) in (200..).zip(calls) {
        let answer = call.header(REQUEST_ID, talk.id(n)).send().await?;
        members(&answer)?;
        answer.holds("/requestId", &format!("\"{}\"", talk.id(n)), |v| v == &json!(talk.id(n)))?;
        answer.time("/serverTime")?;
        media_type(&answer)?;
        not_compressed(&answer)?;
    }
    Ok(())
}

async fn no_such_path(talk: &Talk<'_>) -> Checked<Answer> {
    talk.get("/v1/no-such-path").send().await
}

/// Calls that every platform says no to, each for another reason.
async fn refusals(talk: &Talk<'_>) -> Checked<Vec<Answer>> {
    let inquiry = talk.body(json!({}));
    Ok(vec![
        no_such_path(talk).await?,
        talk.get(format!("/v1/cases/by-key/{}", talk.id(9))).send().await?,
        talk.post("/v1/suggestions", inquiry).send().await?,
        talk.post("/v1/terminals/heartbeat", json!({"terminalId": 1})).send().await?,
        talk.post("/v1/sessions", talk.body(json!({"way": "province_qr", "code": "none"}))).send().await?,
    ])
}
