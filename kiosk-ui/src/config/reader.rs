//! Tables of a file whose mistakes are collected, each with its line.

use super::Mistake;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
pub(super) type Value<'t> = &'t Spanned<DeValue<'t>>;

/// What was found wrong so far.
pub(super) struct Findings<'t> {
    text: &'t str,
    found: RefCell<Vec<Mistake>>,
}

impl<'t> Findings<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, found: RefCell::default() }
    }

    /// The file as a table; none where it is no TOML.
    pub(super) fn root(&self) -> Option<Spanned<DeTable<'t>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            self.note(error.span().map_or(0, |span| span.start), error.message());
        }
        errors.is_empty().then_some(table)
    }

    fn note(&self, at: usize, what: impl Into<String>) {
        let line = self.text.get(..at).unwrap_or(self.text).matches('\n').count() + 1;
        self.found.borrow_mut().push(Mistake { line, what: what.into() });
    }

    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        let mut found = self.found.into_inner();
        found.sort();
        found
    }
}

/// A table of the file. Each key that is asked for is known; what is left over at the end is a mistake.
pub(super) struct Table<'t> {
    path: String,
    at: usize,
    table: &'t DeTable<'t>,
    findings: &'t Findings<'t>,
    known: RefCell<Vec<&'static str>>,
}

impl<'t> Table<'t> {
    pub(super) fn root(table: &'t Spanned<DeTable<'t>>, findings: &'t Findings<'t>) -> Self {
        Self { path: String::new(), at: 0, table: table.get_ref(), findings, known: RefCell::default() }
    }

    /// The value of a key that may be absent.
    pub(super) fn optional<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(Value<'t>) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.value(key)?;
        read(value).map_err(|what| self.note(value.span().start, key, &what)).ok()
    }

    /// The value of a key that has to be there.
    pub(super) fn required<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(Value<'t>) -> Result<T, String>,
    ) -> Option<T> {
        if self.value(key).is_none() {
            self.note(self.at, key, "is missing");
        }
        self.optional(key, read)
    }

    /// A table inside this one; none where it is absent.
    pub(super) fn section(&self, key: &'static str) -> Option<Self> {
        self.inside(self.value(key)?, key)
    }

    /// A table inside this one that has to be there.
    pub(super) fn required_section(&self, key: &'static str) -> Option<Self> {
        if self.value(key).is_none() {
            self.note(self.at, key, "is missing");
        }
        self.section(key)
    }

    /// A list of at least one table.
    pub(super) fn required_sections(&self, key: &'static str) -> Vec<Self> {
        let Some(value) = self.value(key) else {
            self.note(self.at, key, "is missing");
            return Vec::new();
        };
        match value.get_ref().as_array() {
            Some(list) if !list.is_empty() => list.iter().filter_map(|v| self.inside(v, key)).collect(),
            _ => {
                self.note(value.span().start, key, &format!("write [[{}]] for each", self.named(key)));
                Vec::new()
            }
        }
    }

    /// Every key that was not asked for is a mistake.
    pub(super) fn nothing_else(&self) {
        let known = self.known.borrow();
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let what = format!("`{}` is unknown here; there is {}", self.named(name), known.join(", "));
                self.findings.note(key.span().start, what);
            }
        }
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// What is wrong with a key that is there.
    pub(super) fn note_at(&self, key: &str, what: &str) {
        self.note(self.table.get(key).map_or(self.at, |value| value.span().start), key, what);
    }

    fn value(&self, key: &'static str) -> Option<Value<'t>> {
        if !self.known.borrow().contains(&key) {
            self.known.borrow_mut().push(key);
        }
        self.table.get(key)
    }

    fn inside(&self, value: Value<'t>, key: &str) -> Option<Self> {
        let at = value.span().start;
        let Some(table) = value.get_ref().as_table() else {
            self.note(at, key, "is no section");
            return None;
        };
        let path = self.named(key);
        Some(Self { path, at, table, findings: self.findings, known: RefCell::default() })
    }

    fn note(&self, at: usize, key: &str, what: &str) {
        self.findings.note(at, format!("{}: {what}", self.named(key)));
    }

    fn named(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

/// A text that is not empty.
pub(super) fn text(value: Value<'_>) -> Result<String, String> {
    match value.get_ref().as_str() {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err("write a text in quotes".to_owned()),
    }
}

/// A text that is read as something.
pub(super) fn parsed<T>(value: Value<'_>) -> Result<T, String>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text(value)?.parse().map_err(|error: T::Err| error.to_string())
}

/// A whole number.
pub(super) fn whole(value: Value<'_>) -> Option<i64> {
    let number = value.get_ref().as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A number.
pub(super) fn number(value: Value<'_>) -> Option<f64> {
    let fraction = value.get_ref().as_float().and_then(|f| f.as_str().parse().ok());
    fraction.or_else(|| whole(value).and_then(|w| i32::try_from(w).ok()).map(f64::from))
}

/// Whatever serde reads.
pub(super) fn typed<T: DeserializeOwned>(value: Value<'_>) -> Result<T, String> {
    T::deserialize(toml::de::ValueDeserializer::from(value.clone()))
        .map_err(|error| error.message().to_owned())
}
