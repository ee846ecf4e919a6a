//! Values out of a table of TOML, and every mistake with its line.

use super::Mistake;
use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text, and what is wrong in it.
pub(super) struct Findings<'a> {
    text: &'a str,
    mistakes: RefCell<Vec<Mistake>>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, mistakes: RefCell::default() }
    }

    pub(super) fn root(&self) -> Option<Spanned<DeTable<'a>>> {
        match DeTable::parse(self.text) {
            Ok(root) => Some(root),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                self.note(at, error.message().to_owned());
                None
            }
        }
    }

    fn note(&self, at: usize, what: String) {
        let line = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        self.mistakes.borrow_mut().push(Mistake { line, what });
    }

    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort();
        mistakes
    }
}

/// A table and its name.
pub(super) struct Table<'a> {
    values: &'a DeTable<'a>,
    name: String,
    at: usize,
    findings: &'a Findings<'a>,
}

impl<'a> Table<'a> {
    pub(super) fn root(root: &'a Spanned<DeTable<'a>>, findings: &'a Findings<'a>) -> Self {
        Self { values: root.get_ref(), name: String::new(), at: 0, findings }
    }

    /// Every other key is a mistake.
    pub(super) fn only(&self, keys: &[&str]) {
        for (key, _) in self.values.iter() {
            if !keys.contains(&key.get_ref().as_ref()) {
                let name = self.called(key.get_ref());
                self.findings
                    .note(key.span().start, format!("`{name}` is not known; here stand {}", keys.join(", ")));
            }
        }
    }

    pub(super) fn wrong(&self, what: &str) {
        self.findings.note(self.at, what.to_owned());
    }

    pub(super) fn table(&self, key: &str, keys: &[&str]) -> Option<Table<'a>> {
        let (value, at) = self.value(key)?;
        let DeValue::Table(values) = value else {
            self.expected(key, at, "a table");
            return None;
        };
        let table = Table { values, name: self.called(key), at, findings: self.findings };
        table.only(keys);
        Some(table)
    }

    pub(super) fn text(&self, key: &str, into: &mut String) {
        if let Some((text, _)) = self.read_text(key) {
            *into = text.to_owned();
        }
    }

    pub(super) fn some_text(
        &self,
        key: &str,
        into: &mut Option<String>,
        check: impl FnOnce(&str) -> Result<(), &'static str>,
    ) {
        if let Some((text, at)) = self.read_text(key) {
            match check(text) {
                Ok(()) => *into = Some(text.to_owned()),
                Err(what) => self.expected(key, at, what),
            }
        }
    }

    pub(super) fn path(&self, key: &str, folder: &Path, into: &mut PathBuf) {
        if let Some((text, _)) = self.read_text(key) {
            *into = folder.join(text);
        }
    }

    pub(super) fn some_path(&self, key: &str, folder: &Path, into: &mut Option<PathBuf>) {
        if let Some((text, _)) = self.read_text(key) {
            *into = Some(folder.join(text));
        }
    }

    pub(super) fn parsed<T>(
        &self,
        key: &str,
        remedy: &str,
        into: &mut T,
        parse: impl FnOnce(&str) -> Option<T>,
    ) {
        if let Some((text, at)) = self.read_text(key) {
            match parse(text) {
                Some(value) => *into = value,
                None => self.expected(key, at, remedy),
            }
        }
    }

    pub(super) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)], into: &mut T) {
        let Some((text, at)) = self.read_text(key) else { return };
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => *into = *value,
            None => {
                let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                self.expected(key, at, &format!("write {}", words.join(" or ")));
            }
        }
    }

    pub(super) fn number(&self, key: &str, bounds: RangeInclusive<u64>, into: &mut u64) {
        let mut found = None;
        self.some_number(key, bounds, &mut found);
        *into = found.unwrap_or(*into);
    }

    pub(super) fn some_number(&self, key: &str, bounds: RangeInclusive<u64>, into: &mut Option<u64>) {
        let Some((value, at)) = self.value(key) else { return };
        let number = match value {
            DeValue::Integer(digits) => u64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        match number.filter(|number| bounds.contains(number)) {
            Some(number) => *into = Some(number),
            None => {
                self.expected(
                    key,
                    at,
                    &format!("write a number from {} to {}", bounds.start(), bounds.end()),
                );
            }
        }
    }

    pub(super) fn texts(&self, key: &str, into: &mut Vec<String>) {
        let Some((value, at)) = self.value(key) else { return };
        let DeValue::Array(values) = value else { return self.expected(key, at, "write a list of texts") };
        into.clear();
        for value in values.iter() {
            match value.get_ref() {
                DeValue::String(text) => into.push(text.to_string()),
                _ => self.expected(key, value.span().start, "write a list of texts"),
            }
        }
    }

    fn read_text(&self, key: &str) -> Option<(&'a str, usize)> {
        let (value, at) = self.value(key)?;
        let DeValue::String(text) = value else {
            self.expected(key, at, "write a text in quotes");
            return None;
        };
        if text.is_empty() {
            self.expected(key, at, "it is empty");
            return None;
        }
        Some((text.as_ref(), at))
    }

    fn value(&self, key: &str) -> Option<(&'a DeValue<'a>, usize)> {
        let (_, value) = self.values.iter().find(|(found, _)| found.get_ref() == key)?;
        Some((value.get_ref(), value.span().start))
    }

    fn expected(&self, key: &str, at: usize, remedy: &str) {
        self.findings.note(at, format!("`{}`: {remedy}", self.called(key)));
    }

    fn called(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}
