//! Makes `MessageId` and its texts from `messages/zh-CN.toml` and `messages/en.toml`.

#[path = "build/table.rs"]
mod table;

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    let (zh, en) = table::both();
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
