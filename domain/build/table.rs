//! A table of messages, `messages/zh-CN.toml` and `messages/en.toml`, as build scripts read it: the domain's for screen,
//! speech and paper, the fleet server's for its console.
//!
//! Duty: stop the build with the id's name where one is missing, empty or has other `{arguments}` in one language. Never:
//! say what becomes of the texts.

use std::collections::{BTreeMap, BTreeSet};

/// `section.name` → text.
pub(crate) type Texts = BTreeMap<String, String>;

/// Simplified Chinese and English: the same ids, each with the same arguments.
pub(crate) fn both() -> (Texts, Texts) {
    let zh = texts("messages/zh-CN.toml");
    let en = texts("messages/en.toml");
    for (id, text) in &zh {
        let other = en.get(id).unwrap_or_else(|| panic!("messages/en.toml has no `{id}`: add it"));
        assert!(!text.trim().is_empty() && !other.trim().is_empty(), "message `{id}` is empty");
        assert_eq!(
            arguments(text),
            arguments(other),
            "message `{id}`: the languages have different {{arguments}}"
        );
    }
    for id in en.keys() {
        assert!(zh.contains_key(id), "messages/zh-CN.toml has no `{id}`: add it");
    }
    println!("cargo::rerun-if-changed=messages");
    (zh, en)
}

/// A file with one level of sections.
fn texts(path: &str) -> Texts {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let file: toml::Table = text.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut flat = Texts::new();
    for (section, entries) in file {
        let entries = entries.as_table().unwrap_or_else(|| panic!("{path}: `{section}` is no section"));
        for (name, text) in entries {
            let text = text.as_str().unwrap_or_else(|| panic!("{path}: `{section}.{name}` is no text"));
            flat.insert(format!("{section}.{name}"), text.to_owned());
        }
    }
    flat
}

/// The names in braces, in their order.
pub(crate) fn arguments(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}
