//! What the platform says of an item and a person before anything is filed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Checked, Stop, Talk};

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    match point {
        "unknown" => {
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let call =
                talk.post("/v1/items/no-such-item/inquiry", talk.body(json!({}))).token(&session.token);
            call.send().await?.refused(&[404], "not_found", "fatal")
        }
        "listed" => {
            let items = talk.items().await?;
            let answer = talk.get("/v1/items").send().await?;
            answer.data()?;
            let expected = "every item of the catalogue, each with itemId, version, name and theme";
            answer.holds("/data/items", expected, |v| {
                let listed = v.as_array().map(Vec::as_slice).unwrap_or_default();
                let right = |item: &crate::sim::conformance::item::Item| {
                    listed.iter().any(|l| {
                        l["itemId"] == item.id()
                            && l["version"] == item.text("version")
                            && l["theme"] == item.text("theme")
                            && rule::words(&l["name"])
                    })
                };
                listed.len() == items.len() && items.iter().all(right)
            })
        }
        "found" => {
            let nowhere = talk.get(format!("/v1/items?words={}", talk.id(1))).send().await?;
            nowhere.data()?;
            nowhere.holds("/data/items", "an empty list", |v| v.as_array().is_some_and(Vec::is_empty))?;
            let items = talk.items().await?;
            let item = items.first().ok_or(Stop::NotApplicable("no_item"))?;
            let name = item.toml.get("name").and_then(|name| name.get("zh-CN")?.as_str()).unwrap_or_default();
            let answer = talk.get(format!("/v1/items?words={}", rule::segment(name))).send().await?;
            answer.data()?;
            answer.holds("/data/items", &format!("\"{}\" among them", item.id()), |v| {
                v.as_array().is_some_and(|all| all.iter().any(|l| l["itemId"] == item.id()))
            })
        }
        "guide" => {
            let items = talk.items().await?;
            let item = items.first().ok_or(Stop::NotApplicable("no_item"))?;
            let answer = talk.get(format!("/v1/items/{}", item.id())).send().await?;
            answer.data()?;
            answer.holds("/data/item/itemId", &format!("\"{}\"", item.id()), |v| v == item.id())?;
            let version = item.text("version");
            answer.holds("/data/item/version", &format!("\"{version}\""), |v| v == version)?;
            answer.holds("/data/responsible", "zh-CN and en", rule::words)?;
            answer.holds("/data/phone", "1 to 32 characters", |v| rule::text(v, 1, 32))
        }
        "form" => {
            let item = talk.item_of_kind("application", "no_item").await?;
            let answer = talk.get(format!("/v1/items/{}/form", item.id())).send().await?;
            answer.data()?;
            answer.holds("/data/schema/type", "\"object\"", |v| v == "object")?;
            let mut fields = Vec::new();
            for step in answer.list("/data/steps")? {
                let of_step = step["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
                fields.extend(of_step.iter().filter_map(|field| field["field"].as_str()));
            }
            answer.holds("/data/schema/properties", "each field of steps", |v| {
                !fields.is_empty() && fields.iter().all(|field| v.get(*field).is_some_and(Value::is_object))
            })
        }
        "inquiry" => {
            let items = talk.items().await?;
            let asked = |i: &&crate::sim::conformance::item::Item| i.text("inquiry") == "ask_first";
            let item = items.iter().find(asked).or(items.first()).ok_or(Stop::NotApplicable("no_item"))?;
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let path = format!("/v1/items/{}/inquiry", item.id());
            let answer = talk.post(path, talk.body(json!({}))).token(&session.token).send().await?;
            answer.data()?;
            answer.holds("/data/state", "open | nothing_to_do", |v| v == "open" || v == "nothing_to_do")?;
            if answer.reply.json["data"]["state"] == "open" {
                return Ok(());
            }
            answer.holds("/data/validUntil", "YYYY-MM-DD", |v| rule::day(v).is_some())?;
            answer.holds("/data/message", "zh-CN and en", rule::words)
        }
        "prefill_only_asked" => {
            let answer = prefill(talk, &["phone"]).await?;
            answer.holds("/data/values", "nothing but the key `phone`", |v| {
                v.as_array().is_some_and(|values| values.iter().all(|value| value["key"] == "phone"))
            })
        }
        "prefill_unknown" => {
            let answer = prefill(talk, &["no_such_key"]).await?;
            answer.holds("/data/values", "an empty list", |v| v.as_array().is_some_and(Vec::is_empty))
        }
        "prefill_source" => {
            let answer = prefill(talk, &["phone", "bank_card"]).await?;
            if answer.list("/data/values")?.is_empty() {
                return Err(Stop::NotApplicable("nothing_shared"));
            }
            answer.holds("/data/values", "value, and source with zh-CN and en", |v| {
                let right =
                    |value: &Value| rule::text(&value["value"], 1, 10_000) && rule::words(&value["source"]);
                v.as_array().is_some_and(|values| values.iter().all(right))
            })
        }
        "suggestions" => {
            let items = talk.items().await?;
            let session = talk.session(&talk.bench.prepared.resident).await?;
            let answer =
                talk.post("/v1/suggestions", talk.body(json!({}))).token(&session.token).send().await?;
            answer.data()?;
            answer.holds("/data/suggestions", "items of the catalogue, reason with zh-CN and en", |v| {
                let right =
                    |s: &Value| items.iter().any(|i| s["itemId"] == i.id()) && rule::words(&s["reason"]);
                v.as_array().is_some_and(|all| all.iter().all(right))
            })
        }
        "directory" => {
            let item = talk.item_of_kind("directory", "no_directory").await?;
            let answer = talk.get(format!("/v1/items/{}/directory", item.id())).send().await?;
            answer.data()?;
            answer.holds("/data/asOf", "YYYY-MM-DD", |v| rule::day(v).is_some())?;
            answer.holds("/data/places", "each with name, address, hours (zh-CN and en)", |v| {
                let right = |p: &Value| ["name", "address", "hours"].iter().all(|key| rule::words(&p[*key]));
                v.as_array().is_some_and(|all| all.iter().all(right))
            })?;
            answer.holds("/data/places", "nearest first, by distanceMetres", |v| {
                let metres: Option<Vec<u64>> =
                    v.as_array().and_then(|all| all.iter().map(|p| p["distanceMetres"].as_u64()).collect());
                metres.is_some_and(|metres| metres.is_sorted())
            })
        }
        "certificate_digest" => {
            let answer = certificate(talk).await?;
            let file = STANDARD.decode(answer.text("/data/file/bytes")?).unwrap_or_default();
            let want = rule::hex(digest(&SHA256, &file).as_ref());
            answer.holds("/data/file/sha256", &format!("\"{want}\""), |v| v == &json!(want))
        }
        "certificate_media_type" => {
            certificate(talk).await?.holds("/data/file/mediaType", "application/ofd | application/pdf", |v| {
                v == "application/ofd" || v == "application/pdf"
            })
        }
        "certificate_pages" => {
            let page = |v: &Value| {
                let bytes = v.as_str().and_then(|text| STANDARD.decode(text).ok());
                bytes.is_some_and(|bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n"))
            };
            let is_right =
                |v: &Value| v.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(page));
            certificate(talk).await?.holds("/data/pages", "at least one PNG", is_right)
        }
        "certificate_needs_session" => {
            let item = talk.item_of_kind("certificate", "no_certificate_item").await?;
            let body = certificate_body(talk, item.answers().unwrap_or_default());
            let answer = talk.post(format!("/v1/items/{}/certificate", item.id()), body).send().await?;
            answer.refused(&[401], "session_required", "needs_user")
        }
        _ => Err(super::unknown(point)),
    }
}

async fn prefill(talk: &Talk<'_>, keys: &[&str]) -> Checked<Answer> {
    let item = talk.item_of_kind("application", "no_item").await?;
    let session = talk.session(&talk.bench.prepared.resident).await?;
    let body = talk.body(json!({"keys": keys}));
    let call = talk.post(format!("/v1/items/{}/prefill", item.id()), body).token(&session.token);
    let answer = call.send().await?;
    answer.data()?;
    answer.list("/data/values")?;
    Ok(answer)
}

fn certificate_body(talk: &Talk<'_>, answers: Vec<Value>) -> Value {
    let purpose = json!({"zh-CN": "符合性测试", "en": "conformance test"});
    talk.body(json!({"purpose": purpose, "locale": "zh-CN", "answers": answers}))
}

/// An issued certificate for the insured person.
async fn certificate(talk: &Talk<'_>) -> Checked<Answer> {
    let item = talk.item_of_kind("certificate", "no_certificate_item").await?;
    let answers = item.answers().ok_or(Stop::NotApplicable("no_certificate_item"))?;
    let session = talk.session(&talk.bench.prepared.insured).await?;
    let body = certificate_body(talk, answers);
    let call = talk.post(format!("/v1/items/{}/certificate", item.id()), body).token(&session.token);
    let answer = call.send().await?;
    answer.data()?;
    if answer.reply.json["data"]["state"] == "refused" {
        return Err(Stop::NotApplicable("no_certificate_issued"));
    }
    answer.holds("/data/state", "issued | refused", |v| v == "issued")?;
    Ok(answer)
}
