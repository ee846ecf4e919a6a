//! Makes `MessageId` and its texts from `messages/zh-CN.toml` and `messages/en.toml`.
//!
//! Both files hold the same ids; one that is missing, empty or has other `{arguments}` in one language stops the build
//! with the id's name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let zh = table("messages/zh-CN.toml");
    let en = table("messages/en.toml");
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
    let mut out = String::from(
        "/// The id of every message; the text of each is in `messages/`.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]\n#[allow(missing_docs, reason = \"an id's meaning is its text\")]\npub enum MessageId {\n",
    );
    for id in zh.keys() {
        let _ = writeln!(out, "    {},", variant(id));
    }
    let _ = writeln!(
        out,
        "}}\n\n/// Every message, in the order of its id.\npub const ALL: [MessageId; {}] = [",
        zh.len()
    );
    for id in zh.keys() {
        let _ = writeln!(out, "    MessageId::{},", variant(id));
    }
    out.push_str("];\n\n/// Id, Simplified Chinese, English: in the order of `ALL`.\nstatic TABLE: [(&str, &str, &str); ALL.len()] = [\n");
    for (id, text) in &zh {
        let _ = writeln!(out, "    ({id:?}, {text:?}, {:?}),", en[id]);
    }
    out.push_str("];\n");
    let dir = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&dir).join("messages.rs"), out).expect("the output folder is writable");
    println!("cargo::rerun-if-changed=messages");
}

/// `section.name` → text, from a file with one level of sections.
fn table(path: &str) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let file: toml::Table = text.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut flat = BTreeMap::new();
    for (section, entries) in file {
        let entries = entries.as_table().unwrap_or_else(|| panic!("{path}: `{section}` is no section"));
        for (name, text) in entries {
            let text = text.as_str().unwrap_or_else(|| panic!("{path}: `{section}.{name}` is no text"));
            flat.insert(format!("{section}.{name}"), text.to_owned());
        }
    }
    flat
}

/// `idle.touch_to_start` → `IdleTouchToStart`.
fn variant(id: &str) -> String {
    id.split(['.', '_', '-'])
        .map(|word| {
            let mut chars = word.chars();
            chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
        })
        .collect()
}

fn arguments(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}
