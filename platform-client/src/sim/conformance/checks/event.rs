//! Events in batches: numbers count up for ever, what came is ignored, a gap is asked for again.

use serde_json::{Value, json};

use crate::sim::conformance::talk::{Answer, Checked, Talk, written};

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    let last = kept(talk).await?;
    let send = async |numbers: &[u64]| batch(talk, numbers).await;
    match point {
        "kept" => through(&send(&[last + 1, last + 2]).await?, last + 2),
        "repeat_ignored" => {
            through(&send(&[last + 1, last + 2]).await?, last + 2)?;
            through(&send(&[last + 1, last + 2]).await?, last + 2)
        }
        "repeat_with_more" => {
            through(&send(&[last + 1]).await?, last + 1)?;
            through(&send(&[last + 1, last + 2]).await?, last + 2)
        }
        "gap_not_kept" => through(&send(&[last + 2]).await?, last),
        "kept_before_gap" => through(&send(&[last + 1, last + 3]).await?, last + 1),
        "order" => send(&[last + 2, last + 1]).await?.refused(&[422], "content_refused", "fatal"),
        _ => Err(super::unknown(point)),
    }
}

/// Up to which number this terminal's events are kept: the very first number is either new or ignored.
async fn kept(talk: &Talk<'_>) -> Checked<u64> {
    let answer = batch(talk, &[1]).await?;
    answer.data()?;
    answer.holds("/data/keptThrough", "a whole number from 1", |v| v.as_u64().is_some_and(|n| n >= 1))?;
    Ok(answer.reply.json["data"]["keptThrough"].as_u64().unwrap_or(0))
}

async fn batch(talk: &Talk<'_>, numbers: &[u64]) -> Checked<Answer> {
    let event = |number: &u64| json!({"number": number, "at": written(talk.bench.began), "kind": "conformance", "itemId": null, "details": {}});
    let events: Vec<Value> = numbers.iter().map(event).collect();
    talk.post("/v1/terminals/events", talk.body(json!({"events": events}))).send().await
}

fn through(answer: &Answer, number: u64) -> Checked {
    answer.data()?;
    answer.holds("/data/keptThrough", &number.to_string(), |v| v.as_u64() == Some(number))
}
