//! Cases: one for each key, however often it comes; what became of it; appeals.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use time::Duration;

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Checked, Stop, Talk, fails, written};

const OUTCOMES: [&str; 5] =
    ["received", "accepted", "supplement_required", "not_accepted", "already_applied"];
const STATES: [&str; 7] =
    ["submitted", "accepted", "supplement_required", "in_progress", "concluded", "not_accepted", "withdrawn"];
/// What a number of the province is.
const NUMBER: &str = "1 to 64 visible characters";
/// How many equal sendings come at once.
const AT_ONCE: u32 = 8;

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    match point {
        "case.filed" => {
            let case = talk.case(1).await?;
            let answer = filed(talk, &case).await?;
            answer.holds("/data/outcome", &OUTCOMES.join(" | "), |v| {
                v.as_str().is_some_and(|outcome| OUTCOMES.contains(&outcome))
            })?;
            answer.holds("/data/submissionId", "the key that was sent", |v| *v == case["submissionId"])?;
            // What is missing, or why not: the resident has nothing else to go by.
            let said = match answer.reply.json["data"]["outcome"].as_str() {
                Some("supplement_required") => Some("/data/what"),
                Some("not_accepted") => Some("/data/reason"),
                _ => None,
            };
            if let Some(pointer) = said {
                answer.holds(pointer, "words in Chinese and English", rule::words)?;
            }
            answer.time("/data/receivedAt").map(drop)
        }
        "case.number" => {
            let answer = filed(talk, &talk.case(1).await?).await?;
            answer.holds("/data/applicationNumber", NUMBER, rule::number)?;
            let accepted = answer.reply.json["data"]["outcome"] == "accepted";
            answer.holds("/data/caseNumber", &format!("{NUMBER}, exactly when accepted"), |v| {
                if accepted { rule::number(v) } else { v.is_null() }
            })
        }
        "case.numbers_differ" => {
            let first = filed(talk, &talk.case(1).await?).await?;
            let second = filed(talk, &talk.case(2).await?).await?;
            let number = first.text("/data/applicationNumber")?;
            second.holds("/data/applicationNumber", "another number than the case before", |v| {
                v.as_str().is_some_and(|other| other != number)
            })
        }
        "case.same_key_same_answer" => {
            let case = talk.case(1).await?;
            let first = filed(talk, &case).await?;
            filed(talk, &case).await?.same("/data", &first)
        }
        "case.key_reused" => {
            let (case, mut other) = (talk.case(1).await?, talk.case(1).await?);
            filed(talk, &case).await?;
            other["locale"] = json!("en");
            talk.file(&other).send().await?.refused(&[409], "key_reused", "needs_human")
        }
        "case.filed_at_counts" => {
            let (case, mut other) = (talk.case(1).await?, talk.case(1).await?);
            filed(talk, &case).await?;
            other["filedAt"] = json!(written(talk.bench.began - Duration::minutes(7)));
            talk.file(&other).send().await?.refused(&[409], "key_reused", "needs_human")
        }
        "case.key_in_header" => {
            let case = talk.case(1).await?;
            let call = talk.post("/v1/cases", case).key(&talk.id(2));
            call.send().await?.refused(&[422], "content_refused", "fatal")
        }
        "case.key_needed" => {
            let call = talk.post("/v1/cases", talk.case(1).await?);
            call.send().await?.refused(&[400], "bad_request", "fatal")
        }
        "case.look_up" => {
            let case = talk.case(1).await?;
            let first = filed(talk, &case).await?;
            let found = look_up(talk, &case).await?;
            found.data()?;
            for member in ["submissionId", "applicationNumber", "receivedAt"] {
                found.same(&format!("/data/{member}"), &first)?;
            }
            Ok(())
        }
        "case.look_up_unknown" => {
            let path = format!("/v1/cases/by-key/{}", talk.id(99));
            talk.get(path).send().await?.refused(&[404], "case_not_found", "fatal")
        }
        "case.at_once" => at_once(talk).await,
        "case.filed_earlier" => {
            let mut case = talk.case(1).await?;
            let filed_at = talk.bench.began - Duration::days(2);
            case["filedAt"] = json!(written(filed_at));
            case["consent"]["at"] = json!(written(filed_at - Duration::minutes(1)));
            let answer = filed(talk, &case).await?;
            let (received, now) = (answer.time("/data/receivedAt")?, answer.server_time()?);
            let expected = "the moment of arrival: within 5 minutes of serverTime";
            answer.holds("/data/receivedAt", expected, |_| (now - received).abs() <= Duration::minutes(5))
        }
        "case.answer_missing" => {
            let mut case = talk.case(1).await?;
            case["answers"] = json!([]);
            talk.file(&case).send().await?.refused(&[422], "form_refused", "needs_user")
        }
        "case.unknown_field" => {
            let mut case = talk.case(1).await?;
            if let Some(answers) = case["answers"].as_array_mut() {
                answers.push(
                    json!({"field": "no_such_field", "kind": "text", "value": "x", "source": "resident"}),
                );
            }
            talk.file(&case).send().await?.refused(&[422], "form_refused", "needs_user")
        }
        "case.item_unknown" => {
            let mut case = talk.case(1).await?;
            case["itemId"] = json!("no-such-item");
            talk.file(&case).send().await?.refused(&[403], "not_admitted", "needs_human")
        }
        "case.material_missing" => {
            let mut case = talk.case(1).await?;
            case["materials"] = json!([{"id": format!("conformance-{}", talk.id(7)), "sha256": "0".repeat(64),
                                        "mediaType": "image/png"}]);
            talk.file(&case).send().await?.refused(&[422], "material_missing", "fatal")
        }
        "state.known" => {
            let answer = status(talk, &talk.case(1).await?).await?;
            answer.holds("/data/state", &STATES.join(" | "), |v| {
                v.as_str().is_some_and(|state| STATES.contains(&state))
            })?;
            answer.time("/data/since").map(drop)
        }
        "state.same_case" => {
            let case = talk.case(1).await?;
            let answer = status(talk, &case).await?;
            answer.holds("/data/itemId", &case["itemId"].to_string(), |v| *v == case["itemId"])
        }
        "state.case_number" => {
            let answer = status(talk, &talk.case(1).await?).await?;
            let before = matches!(
                answer.reply.json["data"]["state"].as_str(),
                Some("submitted" | "supplement_required" | "not_accepted")
            );
            let expected = if before { "null before acceptance" } else { NUMBER };
            answer.holds("/data/caseNumber", expected, |v| if before { v.is_null() } else { rule::number(v) })
        }
        "state.agrees" => {
            let case = talk.case(1).await?;
            let state = status(talk, &case).await?;
            let receipt = look_up(talk, &case).await?;
            receipt.data()?;
            let want = match state.text("/data/state")?.as_str() {
                "submitted" => "received",
                "accepted" | "in_progress" | "concluded" => "accepted",
                "supplement_required" => "supplement_required",
                "not_accepted" => "not_accepted",
                _ => return Ok(()),
            };
            receipt.holds("/data/outcome", &format!("\"{want}\", as the state says"), |v| v == want)
        }
        "state.unknown" => {
            let path = format!("/v1/cases/NONE-{}", talk.id(1));
            talk.get(path).send().await?.refused(&[404], "not_found", "fatal")
        }
        "appeal.received" => {
            let items = talk.items().await?;
            let item = items.iter().find(|item| item.text("theme") == "appeals");
            let item = item.ok_or(Stop::NotApplicable("no_appeal"))?;
            let answers = item.answers().ok_or(Stop::NotApplicable("no_appeal"))?;
            let answer = filed(talk, &talk.case_of(item, answers, 1)).await?;
            answer.holds("/data/outcome", "received | accepted", |v| v == "received" || v == "accepted")?;
            answer.holds("/data/applicationNumber", NUMBER, rule::number)
        }
        "appeal.again" => {
            let items = talk.items().await?;
            let item = items.iter().find(|item| item.text("theme") == "appeals");
            let item = item.ok_or(Stop::NotApplicable("no_appeal"))?;
            let answers = item.answers().ok_or(Stop::NotApplicable("no_appeal"))?;
            filed(talk, &talk.case_of(item, answers.clone(), 1)).await?;
            let second = filed(talk, &talk.case_of(item, answers, 2)).await?;
            second.holds("/data/outcome", "not already_applied", |v| v != "already_applied")
        }
        _ => Err(super::unknown(point)),
    }
}

pub(super) async fn filed(talk: &Talk<'_>, case: &Value) -> Checked<Answer> {
    let answer = talk.file(case).send().await?;
    answer.data()?;
    Ok(answer)
}

async fn look_up(talk: &Talk<'_>, case: &Value) -> Checked<Answer> {
    let key = case["submissionId"].as_str().unwrap_or_default();
    talk.get(format!("/v1/cases/by-key/{key}")).send().await
}

/// Files a case and asks how far it is.
pub(super) async fn status(talk: &Talk<'_>, case: &Value) -> Checked<Answer> {
    let number = filed(talk, case).await?.text("/data/applicationNumber")?;
    let answer = talk.get(format!("/v1/cases/{}", rule::segment(&number))).send().await?;
    answer.data()?;
    Ok(answer)
}

/// Equal sendings at the same moment are one case.
async fn at_once(talk: &Talk<'_>) -> Checked {
    let case = talk.case(1).await?;
    let mut numbers = BTreeSet::new();
    let what = format!("POST /v1/cases, {AT_ONCE} at once");
    for sent in talk.file(&case).at_once(AT_ONCE).await? {
        let reply = sent.map_err(|broken| fails(&what, "an answer", broken.to_string()))?;
        let number = reply.json["data"]["applicationNumber"].as_str();
        let number =
            number.ok_or_else(|| fails(&what, "HTTP 2xx, code ok", format!("HTTP {}", reply.status)))?;
        numbers.insert(number.to_owned());
    }
    // One more, so that what was said once is what is kept.
    let kept = filed(talk, &case).await?.text("/data/applicationNumber")?;
    numbers.insert(kept);
    match numbers.len() {
        1 => Ok(()),
        several => Err(fails(what, "one application number", format!("{several} application numbers"))),
    }
}
