//! 好差评 (GB/T 39734, 39735).

use serde_json::{Value, json};

use super::case::filed;
use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Call, Checked, Stop, Talk, written};

/// 非常满意 满意 基本满意 不满意 非常不满意
const LEVELS: [(&str, bool); 5] = [
    ("very_satisfied", false),
    ("satisfied", false),
    ("basically_satisfied", false),
    ("dissatisfied", true),
    ("very_dissatisfied", true),
];

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    if point == "options" {
        let answer = talk.get("/v1/ratings/options").send().await?;
        answer.data()?;
        return answer.holds("/data/reasons", "at least one, each with code and label (zh-CN and en)", |v| {
            let right = |r: &Value| rule::text(&r["code"], 1, 64) && rule::words(&r["label"]);
            v.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(right))
        });
    }
    let case = talk.case(1).await?;
    let visit = |n: u32, level: &str, reasons: &[String]| {
        let mut rating = rating(talk, n, level, reasons);
        rating["submissionId"] = case["submissionId"].clone();
        rating["itemId"] = case["itemId"].clone();
        rating
    };
    let loose = |n: u32, level: &str, reasons: &[String]| {
        let mut rating = rating(talk, n, level, reasons);
        rating["itemId"] = case["itemId"].clone();
        rating
    };
    match point {
        "kept" => {
            filed(talk, &case).await?;
            let sent = visit(11, "satisfied", &[]);
            let answer = rate(talk, &sent).send().await?;
            answer.data()?;
            answer.holds("/data/ratingId", "the id that was sent", |v| *v == sent["ratingId"])?;
            answer.time("/data/receivedAt").map(drop)
        }
        "same_id_same_answer" => {
            let sent = loose(11, "satisfied", &[]);
            let first = rate(talk, &sent).send().await?;
            first.data()?;
            let second = rate(talk, &sent).send().await?;
            second.data()?;
            second.same("/data", &first)
        }
        "id_reused" => {
            rate(talk, &loose(11, "satisfied", &[])).send().await?.data()?;
            let answer = rate(talk, &loose(11, "very_satisfied", &[])).send().await?;
            answer.refused(&[409], "key_reused", "needs_human")
        }
        "second_refused" => {
            filed(talk, &case).await?;
            rate(talk, &visit(11, "satisfied", &[])).send().await?.data()?;
            let answer = rate(talk, &visit(12, "very_satisfied", &[])).send().await?;
            answer.refused(&[409], "already_rated", "needs_human")
        }
        "five_levels" => {
            let reason = reason(talk).await?;
            for (n, (level, low)) in (11..).zip(LEVELS) {
                let reasons = if low { vec![reason.clone()] } else { Vec::new() };
                rate(talk, &loose(n, level, &reasons)).send().await?.data()?;
            }
            Ok(())
        }
        "no_sixth_level" => {
            let answer = rate(talk, &loose(11, "delighted", &[])).send().await?;
            answer.refused(&[400], "bad_request", "fatal")
        }
        "low_needs_reason" => {
            for (n, level) in [(11, "dissatisfied"), (12, "very_dissatisfied")] {
                let answer = rate(talk, &loose(n, level, &[])).send().await?;
                answer.refused(&[422], "form_refused", "needs_user")?;
            }
            Ok(())
        }
        "high_needs_none" => rate(talk, &loose(11, "very_satisfied", &[])).send().await?.data().map(drop),
        "reason_of_the_list" => {
            let answer =
                rate(talk, &loose(11, "dissatisfied", &["no_such_reason".to_owned()])).send().await?;
            answer.refused(&[422], "form_refused", "needs_user")
        }
        "key_in_header" => {
            let call = talk.post("/v1/ratings", loose(11, "satisfied", &[])).key(&talk.id(12));
            call.send().await?.refused(&[422], "content_refused", "fatal")
        }
        _ => Err(super::unknown(point)),
    }
}

async fn reason(talk: &Talk<'_>) -> Checked<String> {
    let answer = talk.get("/v1/ratings/options").send().await?;
    answer.data()?;
    let first = answer.list("/data/reasons")?.first().and_then(|r| r["code"].as_str()).map(str::to_owned);
    first.ok_or(Stop::NotApplicable("no_reasons"))
}

fn rating(talk: &Talk<'_>, n: u32, level: &str, reasons: &[String]) -> Value {
    talk.body(json!({"ratingId": talk.id(n), "submissionId": null, "ratedAt": written(talk.bench.began),
                     "level": level, "reasons": reasons}))
}

fn rate<'t>(talk: &'t Talk<'t>, rating: &Value) -> Call<'t> {
    talk.post("/v1/ratings", rating.clone()).key(rating["ratingId"].as_str().unwrap_or_default())
}
