//! The platform's own items, and a case that can be filed of one.

use serde_json::{Value, json};
use time::Duration;

use super::rule;
use super::talk::{Checked, Stop, Talk, fails, written};

/// One item of the catalogue.
pub(super) struct Item {
    pub(super) file: String,
    pub(super) toml: toml::Table,
}

impl Item {
    pub(super) fn text(&self, key: &str) -> &str {
        self.toml.get(key).and_then(toml::Value::as_str).unwrap_or_default()
    }

    pub(super) fn id(&self) -> &str {
        self.text("id")
    }

    pub(super) fn words(&self, key: &str) -> bool {
        let words = self.toml.get(key).and_then(toml::Value::as_table);
        words.is_some_and(|w| {
            ["zh-CN", "en"].iter().all(|l| w.get(*l).is_some_and(|t| t.as_str() != Some("")))
        })
    }

    /// The answers of its sample; `None` where it needs a picture or an answer that its sample does not have.
    pub(super) fn answers(&self) -> Option<Vec<Value>> {
        let sample = self.toml.get("sample")?.as_table()?;
        let mut answers = Vec::new();
        for step in tables(&self.toml, "form") {
            if !applies(step, sample) {
                continue;
            }
            for field in tables(step, "fields").into_iter().filter(|field| applies(field, sample)) {
                let word = |key: &str| field.get(key).and_then(toml::Value::as_str);
                let (id, kind) = (word("id")?, word("kind")?);
                let picture = matches!(kind, "photo" | "signature");
                match (picture, word("necessity") == Some("optional")) {
                    (true, true) => continue,
                    (true, false) => return None,
                    (false, _) => {}
                }
                let value = match sample.get(id)? {
                    toml::Value::String(text) => json!(text),
                    toml::Value::Integer(number) => json!(number),
                    _ => return None,
                };
                answers.push(json!({"field": id, "kind": kind, "value": value, "source": "resident"}));
            }
        }
        Some(answers)
    }
}

fn tables<'t>(table: &'t toml::Table, key: &str) -> Vec<&'t toml::Table> {
    let list = table.get(key).and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(toml::Value::as_table).collect()
}

/// Whether a step or a field is shown with these answers.
fn applies(part: &toml::Table, sample: &toml::Table) -> bool {
    let Some(when) = part.get("when").and_then(toml::Value::as_table) else { return true };
    let given = when.get("field").and_then(toml::Value::as_str).and_then(|field| sample.get(field));
    let values = when.get("is").and_then(toml::Value::as_array);
    given.is_some_and(|given| values.is_some_and(|values| values.contains(given)))
}

impl Talk<'_> {
    /// The items of the catalogue.
    pub(super) async fn items(&self) -> Checked<Vec<Item>> {
        let answer = self.get("/v1/catalogue").send().await?;
        answer.data()?;
        let mut items = Vec::new();
        for file in answer.list("/data/items")? {
            let name = file["name"].as_str().unwrap_or_default().to_owned();
            let text = file["toml"].as_str().unwrap_or_default();
            let toml = text
                .parse::<toml::Table>()
                .map_err(|error| fails(format!("data.items: {name}"), "TOML", error.message().to_owned()))?;
            items.push(Item { file: name, toml });
        }
        Ok(items)
    }

    /// The first item of one of these kinds.
    pub(super) async fn item_of_kind(&self, kind: &str, reason: &'static str) -> Checked<Item> {
        let items = self.items().await?;
        items.into_iter().find(|item| item.text("kind") == kind).ok_or(Stop::NotApplicable(reason))
    }

    /// A case of the first item that can be applied for with words alone, appeals first: they may come as often as they like.
    pub(super) async fn case(&self, n: u32) -> Checked<Value> {
        let mut items = self.items().await?;
        items.retain(|item| item.text("kind") == "application");
        items.sort_by_key(|item| (item.text("theme") != "appeals", item.text("queueing") != "may_queue"));
        let found = items.iter().find_map(|item| Some((item, item.answers()?)));
        let (item, answers) = found.ok_or(Stop::NotApplicable("no_simple_item"))?;
        Ok(self.case_of(item, answers, n))
    }

    pub(super) fn case_of(&self, item: &Item, answers: Vec<Value>, n: u32) -> Value {
        let version = item.text("version");
        let at = |minutes: i64| written(self.bench.began - Duration::minutes(minutes));
        let person = &self.bench.prepared.resident;
        json!({
            "submissionId": self.id(n),
            "itemId": item.id(),
            "itemVersion": version,
            "filedAt": at(1),
            "terminalId": self.terminal(),
            "locale": "zh-CN",
            "applicant": {"name": person.name, "number": person.number, "way": "card", "assurance": "card_or_qr",
                          "face": null},
            "agent": null,
            "consent": {"itemVersion": version, "at": at(2), "face": "not_asked", "sharedData": "given"},
            "answers": answers,
            "materials": [],
        })
    }

    /// Files a case under its own key.
    pub(super) fn file(&self, case: &Value) -> super::talk::Call<'_> {
        let key = case["submissionId"].as_str().unwrap_or_default().to_owned();
        self.post("/v1/cases", case.clone()).key(&key)
    }

    /// A smallest picture: a PNG of one grey pixel (ISO/IEC 15948), its text chunk made by the point's key, so that no two
    /// are the same file.
    pub(super) fn picture(&self, n: u32) -> Vec<u8> {
        let chunk = |kind: &[u8; 4], data: &[u8]| {
            let mut out = u32::try_from(data.len()).unwrap_or(0).to_be_bytes().to_vec();
            let body = [kind.as_slice(), data].concat();
            out.extend(&body);
            out.extend(rule::crc32(&body).to_be_bytes());
            out
        };
        let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
        png.extend(chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
        png.extend(chunk(b"tEXt", format!("Comment\0{}", self.id(n)).as_bytes()));
        // One stored block of zlib: filter 0, grey 0x80; Adler-32 behind it.
        png.extend(chunk(b"IDAT", &[0x78, 1, 1, 2, 0, 0xFD, 0xFF, 0, 0x80, 0, 0x82, 0, 0x81]));
        png.extend(chunk(b"IEND", &[]));
        png
    }
}
