//! A way to a human.

use serde_json::{Value, json};

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Checked, Talk, written};

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let at = || json!(written(talk.now()));
    let call =
        || talk.post("/v1/assist-calls", talk.body(json!({"itemId": null, "page": "home", "at": at()})));
    let back = |phone: &str| {
        talk.post("/v1/callbacks", talk.body(json!({"itemId": null, "phone": phone, "at": at()})))
    };
    match point {
        "called" => {
            let answer = call().send().await?;
            answer.data()?;
            answer.holds("/data/ticket", "1 to 64 characters", |v| rule::text(v, 1, 64))?;
            answer.holds("/data/helper", "zh-CN and en", rule::words)?;
            answer.holds("/data/waitMinutes", "a whole number", Value::is_u64)
        }
        "tickets_differ" => {
            let first = call().send().await?.text("/data/ticket")?;
            let second = call().send().await?;
            second.data()?;
            second.holds("/data/ticket", "another ticket than before", |v| {
                v.as_str().is_some_and(|t| t != first)
            })
        }
        // 111 is no mobile number that anybody can have.
        "called_back" => {
            let answer = back("11100000001").send().await?;
            answer.data()?;
            answer.holds("/data/caller", "zh-CN and en", rule::words)?;
            let (now, by) = (answer.server_time()?, answer.time("/data/callBy")?);
            answer.holds("/data/callBy", "after serverTime", |_| by > now)
        }
        "no_number" => back("").send().await?.refused(&[400], "bad_request", "fatal"),
        _ => Err(super::unknown(point)),
    }
}
