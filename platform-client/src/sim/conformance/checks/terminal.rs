//! A terminal begins its service and says how it is.

use serde_json::{Value, json};

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Checked, Talk, written};

/// 04 ‖ x_G ‖ y_G of GB/T 32918.5-2017, clause 2: as good a public key as any.
const A_POINT_OF_THE_CURVE: &str = "0432c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7\
                                    bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0";

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let activate = || {
        // Nothing is signed with this one.
        let key = json!({
            "publicKey": A_POINT_OF_THE_CURVE,
            "from": "2026-01-01T00:00:00+08:00",
            "until": "2027-01-01T00:00:00+08:00",
        });
        talk.post(
            "/v1/terminals/activate",
            talk.body(json!({"softwareVersion": "0.0.0-conformance", "slipKeys": [key]})),
        )
    };
    match point {
        "activate" => {
            let answer = activate().send().await?;
            answer.data()?;
            answer.holds("/data/heartbeatSeconds", "a whole number from 1", |v| {
                v.as_u64().is_some_and(|n| n >= 1)
            })?;
            answer.holds("/data/site/division", "12 digits", |v| {
                v.as_str().is_some_and(|t| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit()))
            })?;
            answer.holds("/data/site/name", "zh-CN and en", rule::words)
        }
        "its_own_site" => {
            let answer = activate().send().await?;
            answer.data()?;
            answer.holds("/data/site/terminal", &format!("\"{}\"", talk.terminal()), |v| v == talk.terminal())
        }
        "activate_again" => {
            let first = activate().send().await?;
            first.data()?;
            let second = activate().send().await?;
            second.data()?;
            second.same("/data/site", &first)
        }
        "helpers" => {
            let answer = activate().send().await?;
            answer.data()?;
            answer.holds("/data/site/helpers", "at least one, each with name and phone", |v| {
                let helpers = v.as_array();
                helpers.is_some_and(|all| {
                    !all.is_empty()
                        && all.iter().all(|h| rule::words(&h["name"]) && rule::text(&h["phone"], 1, 32))
                })
            })
        }
        "heartbeat" => {
            let version = talk.get("/v1/catalogue").send().await?;
            version.data()?;
            let answer = talk.post("/v1/terminals/heartbeat", heartbeat(talk)).send().await?;
            answer.data()?;
            let want = version.reply.json["data"]["version"].clone();
            answer.holds("/data/catalogueVersion", &want.to_string(), |v| *v == want)
        }
        "supplies" => {
            let supply = |kind: &str, level: &str| json!({"kind": kind, "level": level, "percent": null, "replaced": null});
            let supplies = [supply("receipt_paper", "out"), supply("toner", "full")];
            let body = talk.body(json!({"at": written(talk.now()), "supplies": supplies}));
            let answer = talk.post("/v1/terminals/supplies", body).send().await?;
            answer.data()?;
            let expected = "of what was reported: receipt_paper, toner";
            answer.holds("/data/ordered", expected, |v| {
                let reported = |kind: &Value| matches!(kind.as_str(), Some("receipt_paper" | "toner"));
                v.as_array().is_some_and(|all| all.iter().all(reported))
            })
        }
        "fault" => {
            let answer = fault(talk, None).await?;
            answer.holds("/data/order", "null or 1 to 64 characters", |v| v.is_null() || rule::text(v, 1, 64))
        }
        "fault_again" => {
            let first = fault(talk, None).await?;
            let again = fault(talk, None).await?;
            again.same("/data/order", &first)?;
            fault(talk, Some(written(talk.now()))).await.map(drop)
        }
        "configuration" => {
            let answer = talk.get("/v1/terminals/configuration").send().await?;
            answer.data()?;
            answer.holds("/data/version", "1 to 64 characters", |v| rule::text(v, 1, 64))?;
            for seconds in ["heartbeatSeconds", "warningsSeconds", "idleSeconds"] {
                answer.holds(&format!("/data/{seconds}"), "a whole number from 1", |v| {
                    v.as_u64().is_some_and(|n| n >= 1)
                })?;
            }
            answer.holds("/data/pausedItems", "a list of ids", |v| {
                v.as_array().is_some_and(|all| all.iter().all(Value::is_string))
            })
        }
        _ => Err(super::unknown(point)),
    }
}

/// Tells of a fault of a device that no terminal has.
async fn fault(talk: &Talk<'_>, cleared: Option<String>) -> Checked<Answer> {
    // A number of this point and seed, below 2^32.
    let number = u32::from_str_radix(&talk.id(1)[..8], 16).unwrap_or(1);
    let body = json!({"number": number, "device": "conformance", "cause": "conformance", "mender": "technician",
                      "since": written(talk.bench.began), "clearedAt": cleared});
    let answer = talk.post("/v1/terminals/faults", talk.body(body)).send().await?;
    answer.data()?;
    Ok(answer)
}

pub(super) fn heartbeat(talk: &Talk<'_>) -> Value {
    talk.body(json!({
        "at": written(talk.now()), "softwareVersion": "0.0.0-conformance", "devices": {"printer": "online"},
        "paper": "full", "outboxWaiting": 0, "outboxNeedsHuman": 0,
    }))
}
