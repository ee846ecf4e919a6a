//! Many files together: the folder of a catalogue, and the files that a province sends.

use super::mistake::{FileMistake, Findings};
use super::node::Node;
use super::schema::CATALOGUE;
use super::shape::check_section;
use super::{Mistake, parse, read_item};
use crate::division::DivisionCode;
use crate::service_item::{Catalogue, ItemId, ServiceItem};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::sync::Arc;
use time::{Date, Month};

/// The file of a folder that says which items there are, in which order, and where they are admitted.
pub const CATALOGUE_FILE: &str = "catalogue.toml";

/// Reads the items that a province sent for one site, in its order; all of them or none.
///
/// `version` is the version of the whole as the province gave it; `files` are pairs of a name and a text.
pub fn read_items<'f>(
    version: &str,
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> Result<Catalogue, Vec<FileMistake>> {
    let mut mistakes = Vec::new();
    let mut items: Vec<(&str, ServiceItem)> = Vec::new();
    for (path, text) in files {
        match read_item(text) {
            Err(found) => mistakes.extend(found.into_iter().map(|m| m.in_file(path))),
            Ok(item) => match items.iter().find(|(_, other)| other.id == item.id) {
                Some((other, _)) => mistakes.push(twice(&item.id, path, other, text)),
                None => items.push((path, item)),
            },
        }
    }
    if mistakes.is_empty() {
        let items = items.into_iter().map(|(_, item)| Arc::new(item)).collect();
        Ok(Catalogue { version: version.to_owned(), items })
    } else {
        Err(mistakes)
    }
}

/// A whole catalogue with its admissions (社区服务目录和准入制度).
#[derive(Debug, Clone, PartialEq)]
pub struct AdmittedCatalogue {
    /// The version of the whole.
    pub version: String,
    /// The items with their admissions, in the order of the screen.
    pub entries: Vec<AdmittedItem>,
}

/// An item and where it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct AdmittedItem {
    /// The item.
    pub item: Arc<ServiceItem>,
    /// Since when.
    pub admitted: Date,
    /// The divisions in which it is admitted; empty: everywhere.
    pub within: Vec<DivisionCode>,
}

impl AdmittedItem {
    /// Whether a site in `division` may show it on `day`.
    pub fn is_admitted(&self, division: &DivisionCode, day: Date) -> bool {
        let here = self.within.is_empty() || self.within.iter().any(|w| division.is_within(w));
        here && self.admitted <= day
    }
}

impl AdmittedCatalogue {
    /// What a site in `division` shows on `day`: an item that is not admitted there is not in it.
    pub fn for_site(&self, division: &DivisionCode, day: Date) -> Catalogue {
        let admitted = self.entries.iter().filter(|e| e.is_admitted(division, day));
        Catalogue { version: self.version.clone(), items: admitted.map(|e| e.item.clone()).collect() }
    }
}

/// Reads a folder: one file called `catalogue.toml`, the others item files named after their items; all or nothing.
///
/// `files` are pairs of a path, as mistakes shall name it, and a text. The file system is the caller's business.
pub fn read_folder<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> Result<AdmittedCatalogue, Vec<FileMistake>> {
    let mut mistakes = Vec::new();
    let mut catalogue = None;
    let mut items: BTreeMap<ItemId, (&str, &str, Arc<ServiceItem>)> = BTreeMap::new();
    for (path, text) in files {
        if file_name(path) == CATALOGUE_FILE {
            match read_admissions(text) {
                Ok(list) => catalogue = Some((path, text, list)),
                Err(found) => mistakes.extend(found.into_iter().map(|m| m.in_file(path))),
            }
            continue;
        }
        let stem = file_name(path).trim_end_matches(".toml");
        match read_item(text) {
            Err(found) => mistakes.extend(found.into_iter().map(|m| m.in_file(path))),
            Ok(item) if item.id.0 != stem => {
                let what = format!("the item `{}` in a file of another name", item.id);
                let remedy = format!("call the file {}.toml", item.id);
                mistakes.push(at_key(text, "id", what, remedy).in_file(path));
            }
            Ok(item) => {
                if let Some((other, _, _)) = items.get(&item.id) {
                    mistakes.push(twice(&item.id, path, other, text));
                }
                items.insert(item.id.clone(), (path, text, Arc::new(item)));
            }
        }
    }
    let Some((path, text, list)) = catalogue else {
        if mistakes.iter().all(|m| file_name(&m.path) != CATALOGUE_FILE) {
            let what = format!("the folder has no {CATALOGUE_FILE}");
            let remedy =
                "write one with schema, version and [[items]]: an item that is not listed is not admitted";
            mistakes.push(
                Mistake { line: 1, column: 1, what, remedy: remedy.to_owned() }.in_file(CATALOGUE_FILE),
            );
        }
        return Err(mistakes);
    };
    let whole = mistakes.is_empty();
    let mut entries = Vec::new();
    for admission in list.items {
        match items.remove(&admission.id) {
            Some((_, _, item)) => {
                entries.push(AdmittedItem { item, admitted: admission.admitted.0, within: admission.within });
            }
            // The file may be there and have mistakes of its own.
            None if whole => mistakes.push(no_file(&admission.id, text).in_file(path)),
            None => {}
        }
    }
    for (id, (item_path, item_text, _)) in &items {
        let what = format!("the item `{id}` is not admitted");
        let remedy = format!("add [[items]] with `id = \"{id}\"` to {path}, or take the file away");
        mistakes.push(at_key(item_text, "id", what, remedy).in_file(item_path));
    }
    if mistakes.is_empty() { Ok(AdmittedCatalogue { version: list.version, entries }) } else { Err(mistakes) }
}

/// `catalogue.toml`; its `schema` is read by the schema.
#[derive(Deserialize)]
struct Admissions {
    version: String,
    items: Vec<Admission>,
}

#[derive(Deserialize)]
struct Admission {
    id: ItemId,
    admitted: Day,
    #[serde(default)]
    within: Vec<DivisionCode>,
}

struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let day = toml::value::Datetime::deserialize(deserializer)?.date;
        day.and_then(|day| {
            let month = Month::try_from(day.month).ok()?;
            Date::from_calendar_date(i32::from(day.year), month, day.day).ok()
        })
        .map(Self)
        .ok_or_else(|| serde::de::Error::custom("no day of the calendar"))
    }
}

fn read_admissions(text: &str) -> Result<Admissions, Vec<Mistake>> {
    let root = parse(text)?;
    let node = Node::new(&root);
    let mut findings = Findings::new(text);
    check_section(node, &CATALOGUE, &mut findings);
    let mut seen = Vec::new();
    for id in node.list("items").filter_map(|n| n.get("id")) {
        let Some(word) = id.text() else { continue };
        if seen.contains(&word) {
            findings.note(id.at(), format!("`{word}` is listed twice"), "take one of the two away");
        }
        seen.push(word);
    }
    let read = node.read::<Admissions>();
    match read {
        Ok(admissions) if findings.is_empty() => return Ok(admissions),
        Err(error) if findings.is_empty() => {
            findings.note(error.span().map_or(0, |s| s.start), error.message(), "see docs/catalogue.md");
        }
        _ => {}
    }
    Err(findings.into_mistakes())
}

fn no_file(id: &ItemId, text: &str) -> Mistake {
    let quoted = format!("\"{id}\"");
    let mut findings = Findings::new(text);
    let remedy = format!("write {id}.toml, or take the entry away");
    findings.note(text.find(&quoted).unwrap_or(0), format!("no file for the item `{id}`"), remedy);
    findings.into_mistakes().remove(0)
}

fn twice(id: &ItemId, path: &str, other: &str, text: &str) -> FileMistake {
    let what = format!("the item `{id}` is also in {other}");
    at_key(text, "id", what, "give one of them another id".to_owned()).in_file(path)
}

/// A mistake at a key of a text that was read before.
fn at_key(text: &str, key: &str, what: String, remedy: String) -> Mistake {
    let at = parse(text).ok().and_then(|root| Some(Node::new(&root).get(key)?.at()));
    let mut findings = Findings::new(text);
    findings.note(at.unwrap_or(0), what, remedy);
    findings.into_mistakes().remove(0)
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
