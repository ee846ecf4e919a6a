//! The points: what each is called, where it stands, how it is mended. The words are in `points.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Points that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Group {
    /// `cases`.
    pub id: String,
    /// What it is called.
    pub title: Words,
}

/// Where a point applies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// In every dialect.
    #[default]
    Contract,
    /// Only where the contract itself stands on the wire: HTTP, the envelope's bytes.
    Canonical,
}

/// What a point cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The platform knows a call again by its idempotency key.
    Key,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// `case.key_reused`; never given to another point.
    pub id: String,
    /// The group's id.
    pub group: String,
    /// Where the rule stands.
    pub clause: String,
    /// What must be so.
    pub title: Words,
    /// What to do where it is not.
    pub remedy: Words,
    /// Where it applies.
    #[serde(default)]
    pub scope: Scope,
    /// What it cannot do without.
    pub needs: Option<Need>,
}

#[derive(Deserialize)]
struct File {
    groups: Vec<Group>,
    points: Vec<Point>,
    reasons: BTreeMap<String, Words>,
}

fn file() -> &'static File {
    static FILE: OnceLock<File> = OnceLock::new();
    const TEXT: &str = include_str!("points.toml");
    FILE.get_or_init(|| match toml::from_str(TEXT) {
        Ok(file) => file,
        Err(error) => unreachable!("points.toml is read by a test: {error}"),
    })
}

/// Every point, in the order in which they are asked.
pub fn points() -> &'static [Point] {
    &file().points
}

pub(super) fn groups() -> &'static [Group] {
    &file().groups
}

/// Why a point does not apply.
pub(super) fn reason(id: &str) -> Words {
    file().reasons.get(id).cloned().unwrap_or(Words { zh: id.to_owned(), en: id.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn points_have_ids_of_their_own_and_all_their_words() {
        let mut seen = BTreeSet::new();
        let groups: BTreeSet<&str> = groups().iter().map(|g| g.id.as_str()).collect();
        for point in points() {
            assert!(seen.insert(point.id.as_str()), "{} twice", point.id);
            assert!(groups.contains(point.group.as_str()), "{}: no group {}", point.id, point.group);
            let texts = [&point.title.zh, &point.title.en, &point.remedy.zh, &point.remedy.en];
            assert!(texts.iter().all(|t| !t.is_empty()) && !point.clause.is_empty(), "{}", point.id);
        }
        assert!(seen.len() >= 60, "{}", seen.len());
    }
}
