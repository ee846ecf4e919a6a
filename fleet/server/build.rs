//! Makes the console's `Words` from `messages/zh-CN.toml` and `messages/en.toml`, and the names of the items that the
//! catalogue of this repository has, which terminals tell by their ids alone.
//!
//! A text without arguments becomes a field, one with arguments a method that takes them in the order of their names.

#[path = "../../domain/build/table.rs"]
mod table;

use std::fmt::Write as _;
use std::path::Path;
use table::{Texts, arguments};

const ITEMS: &str = "../../catalogue/items";

/// Texts that are found by what a program says, never by their own name.
const FOUND_BY_FORM: &str = "told.";

fn main() {
    let (zh, en) = table::both();
    let dir = std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    std::fs::write(Path::new(&dir).join("words.rs"), source(&zh, &en) + &items())
        .expect("the output folder is writable");
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed={ITEMS}");
}

fn source(zh: &Texts, en: &Texts) -> String {
    let mut fields = String::new();
    let mut methods = String::new();
    let mut table = format!("static TABLE: [(&str, &str, &str); {}] = [\n", zh.len());
    let (mut chinese, mut english) = (String::new(), String::new());
    for (id, text) in zh {
        let _ = writeln!(table, "    ({id:?}, {text:?}, {:?}),", en[id]);
        let name = id.replace(['.', '-'], "_");
        let arguments = arguments(text);
        if arguments.is_empty() {
            let _ = writeln!(fields, "    pub(super) {name}: &'static str,");
            let _ = writeln!(chinese, "    {name}: {text:?},");
            let _ = writeln!(english, "    {name}: {:?},", en[id]);
        } else if !id.starts_with(FOUND_BY_FORM) {
            let parameters: Vec<String> =
                arguments.iter().map(|a| format!("{a}: impl std::fmt::Display")).collect();
            let pairs: Vec<String> = arguments.iter().map(|a| format!("({a:?}, {a}.to_string())")).collect();
            let _ = writeln!(
                methods,
                "    pub(super) fn {name}(&self, {}) -> String {{\n        fill(self.text({id:?}), &[{}])\n    }}",
                parameters.join(", "),
                pairs.join(", ")
            );
        }
    }
    format!(
        "/// Every text of one language.\n#[allow(dead_code, reason = \"what is found by its word alone is a field too\")]\n\
         pub(super) struct Words {{\n    pub(super) language: Language,\n{fields}}}\n\n\
         impl Words {{\n{methods}}}\n\n\
         static CHINESE: Words = Words {{\n    language: Language::Chinese,\n{chinese}}};\n\n\
         static ENGLISH: Words = Words {{\n    language: Language::English,\n{english}}};\n\n\
         /// Id, Simplified Chinese, English: in the order of the ids.\n{table}];\n"
    )
}

/// Id, Simplified Chinese, English of each item, in the order of the ids.
fn items() -> String {
    let mut files: Vec<_> = std::fs::read_dir(ITEMS)
        .expect("the catalogue's folder is there")
        .map(|entry| entry.expect("the catalogue's folder can be read").path())
        .collect();
    files.sort();
    let mut out = format!("\nstatic ITEMS: [(&str, &str, &str); {}] = [\n", files.len());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let item: toml::Table = text.parse().unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let text = |value: Option<&toml::Value>| {
            let text = value.and_then(toml::Value::as_str);
            text.unwrap_or_else(|| panic!("{}: no id, or no name in both languages", file.display()))
                .to_owned()
        };
        let name = |language: &str| text(item.get("name").and_then(|name| name.get(language)));
        let _ = writeln!(out, "    ({:?}, {:?}, {:?}),", text(item.get("id")), name("zh-CN"), name("en"));
    }
    out + "];\n"
}
