//! The shape of files: which keys a section has, and what kind of value each takes.
//!
//! Duty: unknown, missing and mistyped keys, every one of them. Never: rules between two keys.

use super::language::{self, Role};
use super::mistake::Findings;
use super::node::Node;
use toml::de::DeValue;

/// What a value must be.
pub(super) enum Shape {
    /// A text of which the function approves; in words what that is, and an example.
    Text(fn(&str) -> bool, &'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number between two.
    Whole(i64, i64),
    /// A day of the calendar.
    Day,
    /// The same text in both languages.
    Localized(Role),
    /// A list of at least so many.
    List(usize, &'static Self),
    /// A table with these keys.
    Section(&'static Section),
    /// A table whose keys are checked elsewhere.
    Open,
}

/// A table with fixed keys.
pub(super) struct Section {
    /// What it is called in a sentence: `a field`.
    pub(super) name: &'static str,
    /// Its keys.
    pub(super) keys: &'static [Key],
    /// Further keys, by the word of its key `kind`.
    pub(super) by_kind: &'static [(&'static str, &'static [Key])],
}

/// A key of a section.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) need: Need,
    pub(super) shape: Shape,
}

/// Whether a key must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Must,
    May,
}

/// Checks a table against its section.
pub(super) fn check_section(node: Node<'_>, section: &Section, findings: &mut Findings<'_>) {
    let Some(table) = node.table() else { return };
    let kind = node.text_of("kind");
    let own = section.by_kind.iter().find(|(word, _)| Some(*word) == kind).map_or(&[][..], |(_, keys)| *keys);
    let keys = || section.keys.iter().chain(own);
    for (name, value) in table {
        let (name, at) = (name.get_ref().as_ref(), name.span().start);
        match keys().find(|k| k.name == name) {
            Some(key) => check_value(name, Node::new(value), &key.shape, findings),
            None => unknown_key(name, at, section, kind, keys().map(|k| k.name), findings),
        }
    }
    for key in keys().filter(|k| k.need == Need::Must && !table.contains_key(k.name)) {
        let what = format!("{} has no `{}`", section.name, key.name);
        let meaning = match key.shape {
            Shape::Text(_, words) => format!(": {words}"),
            _ => String::new(),
        };
        findings.note(node.at(), what, format!("add `{} = {}`{meaning}", key.name, example(&key.shape)));
    }
}

fn unknown_key<'k>(
    name: &str,
    at: usize,
    section: &Section,
    kind: Option<&str>,
    keys: impl Iterator<Item = &'k str> + Clone,
    findings: &mut Findings<'_>,
) {
    let other_kind = section.by_kind.iter().find(|(_, keys)| keys.iter().any(|k| k.name == name));
    let known_kind = section.by_kind.iter().any(|(word, _)| Some(*word) == kind);
    match (other_kind, kind.filter(|_| known_kind)) {
        (Some((other, _)), Some(kind)) => findings.note(
            at,
            format!("`{name}` is no key of {} of kind {kind}", section.name),
            format!("take it away, or write `kind = \"{other}\"`"),
        ),
        // The kind is missing or misspelt, which is said there.
        (Some(_), None) => {}
        (None, _) => {
            findings.note(at, format!("`{name}` is no key of {}", section.name), suggestion(name, keys));
        }
    }
}

fn check_value(name: &str, node: Node<'_>, shape: &Shape, findings: &mut Findings<'_>) {
    match shape {
        Shape::Text(approves, words) => match node.text() {
            Some(text) if approves(text) => {}
            Some(text) => {
                findings.note(node.at(), format!("`{name}` cannot be \"{text}\""), format!("write {words}"));
            }
            None => wrong_type(name, node, shape, findings),
        },
        Shape::Word(words) => match node.text() {
            Some(text) if words.contains(&text) => {}
            Some(text) => {
                let remedy = suggestion(text, words.iter().copied());
                findings.note(node.at(), format!("`{name}` cannot be \"{text}\""), remedy);
            }
            None => wrong_type(name, node, shape, findings),
        },
        Shape::Whole(least, most) => match node.whole() {
            Some(number) if (least..=most).contains(&&number) => {}
            Some(number) => findings.note(
                node.at(),
                format!("`{name}` cannot be {number}"),
                format!("write a whole number from {least} to {most}"),
            ),
            None => wrong_type(name, node, shape, findings),
        },
        Shape::Day => {
            let day = node.value().as_datetime().filter(|d| d.date.is_some() && d.time.is_none());
            if day.is_none() {
                wrong_type(name, node, shape, findings);
            }
        }
        Shape::Localized(role) => match node.table() {
            Some(_) => {
                check_section(node, &LOCALIZED, findings);
                language::check(node, *role, findings);
            }
            None => wrong_type(name, node, shape, findings),
        },
        Shape::List(at_least, of) => match node.value().as_array() {
            Some(list) if list.len() < *at_least => {
                findings.note(node.at(), format!("`{name}` is empty"), format!("write at least {at_least}"));
            }
            Some(_) => node.items().for_each(|item| check_value(name, item, of, findings)),
            None => wrong_type(name, node, shape, findings),
        },
        Shape::Section(section) => match node.table() {
            Some(_) => check_section(node, section, findings),
            None => wrong_type(name, node, shape, findings),
        },
        Shape::Open => {
            if node.table().is_none() {
                wrong_type(name, node, shape, findings);
            }
        }
    }
}

static LOCALIZED: Section = Section {
    name: "a text",
    keys: &[
        Key { name: "zh-CN", need: Need::Must, shape: Shape::Text(any, "the Chinese text") },
        Key { name: "en", need: Need::Must, shape: Shape::Text(any, "the English text") },
    ],
    by_kind: &[],
};

/// Any text at all: the language's own rules say what is wrong with an empty one.
fn any(_: &str) -> bool {
    true
}

fn wrong_type(name: &str, node: Node<'_>, shape: &Shape, findings: &mut Findings<'_>) {
    let is = match node.value() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    let remedy = match shape {
        Shape::Text(_, words) => format!("write {words}, in quotes"),
        _ => format!("write {}", example(shape)),
    };
    findings.note(node.at(), format!("`{name}` is {is}"), remedy);
}

fn example(shape: &Shape) -> String {
    match shape {
        Shape::Text(..) => "\"…\"".to_owned(),
        Shape::Word(words) => format!("\"{}\"", words.join("\" or \"")),
        Shape::Whole(least, _) => least.to_string(),
        Shape::Day => "2026-10-20".to_owned(),
        Shape::Localized(_) => "{ zh-CN = \"…\", en = \"…\" }".to_owned(),
        Shape::List(_, of) => format!("[ {} ]", example(of)),
        Shape::Section(section) => {
            let keys = section.keys.iter().filter(|k| k.need == Need::Must);
            let keys: Vec<String> = keys.map(|k| format!("{} = …", k.name)).collect();
            format!("{{ {} }}", keys.join(", "))
        }
        Shape::Open => "{ … }".to_owned(),
    }
}

/// "did you mean …" where a word is near, else the words that there are.
pub(super) fn suggestion<'w>(word: &str, words: impl Iterator<Item = &'w str> + Clone) -> String {
    let near = words
        .clone()
        .map(|w| (strsim::normalized_damerau_levenshtein(word, w), w))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((_, near)) => format!("did you mean `{near}`?"),
        None => format!("use one of {}", words.collect::<Vec<_>>().join(", ")),
    }
}
