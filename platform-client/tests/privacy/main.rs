//! Nothing of a resident is where it may not be: a terminal works in a process of its own, in good and bad weather, logs
//! everything there is to log, prints every error and value; then each byte that it left is searched.
//!
//! Where a resident's data may be: in requests' bodies and the province's data. Everywhere else none of it, in no spelling.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and this one prints whatever can be printed"
)]

#[allow(dead_code, reason = "the crash test needs more of it")]
#[path = "../plain_case/appeal.rs"]
mod answers;
#[path = "../crash/cases.rs"]
mod cases;
#[allow(dead_code, reason = "the crash test needs more of it")]
#[path = "../crash/gateway.rs"]
mod gateway;
mod marks;
#[path = "../plain_case/submission.rs"]
mod plain_case;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the process of its own works.
const FOLDER: &str = "YILIN_PRIVACY_FOLDER";

#[test]
fn nothing_of_a_resident_is_where_it_may_not_be() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        terminal::work(Path::new(&folder));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "nothing_of_a_resident_is_where_it_may_not_be"])
        .env(FOLDER, folder.path())
        .envs(["TMPDIR", "SQLITE_TMPDIR"].map(|name| (name, &temporary)))
        .env("RUST_BACKTRACE", "1")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{}", last_words(&text));
    // What was looked at is what was meant: the lowest level of ours and of the libraries, errors, and a panic.
    for word in ["TRACE", "rustls", "platform_client", "MALFUNCTION", "no answer came", "BODIES"] {
        assert!(text.contains(word), "nothing of {word} was said");
    }
    let mut found = marks::found_in("what was printed", &said);
    let mut searched = 0;
    for file in files(folder.path()) {
        // The province may know everybody, its certificates nobody.
        if !file.starts_with(folder.path().join("platform")) {
            searched += 1;
            found.extend(marks::found_in(&file.display().to_string(), &std::fs::read(&file).unwrap()));
            found.extend(marks::found_in("a file's name", file.display().to_string().as_bytes()));
        }
    }
    assert!(searched >= 5, "database, log, key, materials, heads of requests");
    assert!(found.is_empty(), "{}", found.join("\n"));
    // And the search finds what is there: the province's table has it.
    let platform = std::fs::read(folder.path().join("platform/platform.sqlite")).unwrap();
    let log = std::fs::read(folder.path().join("platform/platform.sqlite-wal")).unwrap_or_default();
    assert!(!marks::found_in("", &[platform, log].concat()).is_empty());
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// The last panic and what was said after it.
fn last_words(text: &str) -> String {
    let from = text.rfind("panicked at").unwrap_or(0);
    text[from..].chars().take(3000).collect()
}
