//! The items of the site, and the divisions around it.

use std::collections::BTreeSet;

use crate::sim::conformance::item::Item;
use crate::sim::conformance::rule;
use crate::sim::conformance::talk::{Answer, Checked, Stop, Talk, fails};

pub(super) async fn check(point: &str, talk: &Talk<'_>) -> Checked {
    match point {
        "catalogue.files" => {
            let answer = catalogue(talk).await?;
            answer.holds("/data/version", "1 to 64 characters", |v| rule::text(v, 1, 64))?;
            answer.time("/data/publishedAt")?;
            answer.holds("/data/items", "at least one, each with name *.toml and toml", |v| {
                v.as_array().is_some_and(|items| {
                    let file =
                        |i: &serde_json::Value| i["name"].as_str().is_some_and(|n| n.ends_with(".toml"));
                    !items.is_empty() && items.iter().all(|i| file(i) && rule::text(&i["toml"], 1, 1 << 20))
                })
            })
        }
        "catalogue.items" => {
            let mut seen = BTreeSet::new();
            for item in talk.items().await? {
                if !seen.insert(item.id().to_owned()) || item.id().is_empty() {
                    return Err(fails(&item.file, "an id of its own", format!("id = \"{}\"", item.id())));
                }
                if !item.words("name") {
                    return Err(fails(&item.file, "name with zh-CN and en", "a language is missing"));
                }
            }
            Ok(())
        }
        "catalogue.item_code" => {
            let items = talk.items().await?;
            // A list to read is no 政务服务事项 and has none.
            let coded = |item: &&Item| matches!(item.text("kind"), "application" | "certificate");
            match items.iter().filter(coded).find(|item| !rule::item_code(item.text("code"))) {
                None => Ok(()),
                Some(item) => {
                    let expected = "31 characters, the 18th right by GB 32100";
                    Err(fails(&item.file, expected, format!("code = \"{}\"", item.text("code"))))
                }
            }
        }
        "catalogue.etag" => tag(&catalogue(talk).await?).map(drop),
        "catalogue.not_modified" => {
            let tag = tag(&catalogue(talk).await?)?;
            let answer = talk.get("/v1/catalogue").header("if-none-match", tag).send().await?;
            answer.status(&[304])?;
            match answer.reply.body.len() {
                0 => Ok(()),
                bytes => Err(answer.wrong("no body", format!("{bytes} bytes"))),
            }
        }
        "catalogue.other_tag" => {
            let answer = talk.get("/v1/catalogue").header("if-none-match", "\"another\"").send().await?;
            answer.status(&[200])?;
            answer.data().map(drop)
        }
        "catalogue.signed" => {
            let answer = catalogue(talk).await?;
            answer.holds("/data/signature/algorithm", "ed25519 | sm2_sm3", |v| {
                v == "ed25519" || v == "sm2_sm3"
            })?;
            answer.holds("/data/signature/keyId", "16 hexadecimal digits", |v| {
                v.as_str().is_some_and(|t| t.len() == 16 && t.bytes().all(|b| b.is_ascii_hexdigit()))
            })?;
            answer.holds("/data/signature/value", "a signature in Base64", |v| rule::text(v, 64, 512))
        }
        // Only the province can go back, so what is seen from outside is that it names no lower version to go back from.
        "catalogue.rolls_back" => {
            let answer = catalogue(talk).await?;
            let version = answer.text("/data/version")?;
            let expected = format!("null, or a version that is not below {version}");
            answer.holds("/data/signature/rollsBack", &expected, |v| {
                v.is_null() || v.as_str().is_some_and(|other| rule::is_at_least(other, &version))
            })
        }
        "catalogue.delta" => {
            let whole = catalogue(talk).await?;
            let version = whole.text("/data/version")?;
            let path = format!("/v1/catalogue/delta?from={}", rule::segment(&version));
            let answer = talk.get(path).send().await?;
            answer.data()?;
            answer.same("/data/version", &whole)?;
            answer.same("/data/signature", &whole)?;
            answer.holds("/data/changed", "an empty list: nothing differs", |v| {
                v.as_array().is_some_and(Vec::is_empty)
            })?;
            answer.holds("/data/digest", "64 hexadecimal digits", |v| {
                v.as_str().is_some_and(|t| t.len() == 64 && t.bytes().all(|b| b.is_ascii_hexdigit()))
            })?;
            let names: Vec<_> = whole.list("/data/items")?.iter().map(|item| item["name"].clone()).collect();
            answer.holds("/data/order", "the names of all files, in their order", |v| {
                v.as_array().is_some_and(|order| *order == names)
            })
        }
        "catalogue.delta_unknown" => {
            let answer = talk.get("/v1/catalogue/delta?from=no-such-version").send().await?;
            answer.refused(&[404], "not_found", "fatal")
        }
        "division.city" => {
            let answer = talk.get("/v1/divisions").send().await?;
            divisions(&answer, |_| true).map(drop)
        }
        "division.below" => {
            let city = talk.get("/v1/divisions").send().await?;
            let parent = divisions(&city, |_| true)?.ok_or(Stop::NotApplicable("no_division"))?;
            let answer = talk.get(format!("/v1/divisions?parent={parent}")).send().await?;
            divisions(&answer, |code| code.starts_with(&parent) && code.len() > parent.len()).map(drop)
        }
        // No division of the People's Republic begins with 00.
        "division.unknown" => {
            talk.get("/v1/divisions?parent=000001").send().await?.refused(&[404], "not_found", "fatal")
        }
        "division.malformed" => {
            talk.get("/v1/divisions?parent=x").send().await?.refused(&[400], "bad_request", "fatal")
        }
        _ => Err(super::unknown(point)),
    }
}

async fn catalogue(talk: &Talk<'_>) -> Checked<Answer> {
    let answer = talk.get("/v1/catalogue").send().await?;
    answer.data()?;
    Ok(answer)
}

/// An entity tag (RFC 9110 section 8.8.3).
fn tag(answer: &Answer) -> Checked<String> {
    let tag = answer.header("etag").unwrap_or_default();
    let opaque = tag.strip_prefix("W/").unwrap_or(tag);
    if opaque.len() > 2 && opaque.starts_with('"') && opaque.ends_with('"') {
        return Ok(tag.to_owned());
    }
    Err(answer.wrong("etag: \"…\"", format!("etag: {tag}")))
}

/// The first division's code.
fn divisions(answer: &Answer, is_right: impl Fn(&str) -> bool) -> Checked<Option<String>> {
    answer.data()?;
    let list = answer.list("/data/divisions")?;
    let right = |d: &serde_json::Value| {
        let code = d["code"].as_str().unwrap_or_default();
        matches!(code.len(), 6 | 9 | 12)
            && code.bytes().all(|b| b.is_ascii_digit())
            && is_right(code)
            && rule::words(&d["name"])
    };
    match list.iter().find(|d| !right(d)) {
        None => Ok(list.first().and_then(|d| d["code"].as_str()).map(str::to_owned)),
        Some(wrong) => {
            let expected = "code of 6, 9 or 12 digits inside the division asked for, name with zh-CN and en";
            Err(answer.wrong(expected, format!("code = {}", wrong["code"])))
        }
    }
}
