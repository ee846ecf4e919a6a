//! The whole terminal through its public faces: one file in `tests/` for each promise, each run on the programs as they are.
//!
//! The programs lie beside the tests: `cargo test --workspace` builds them first.

#![allow(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test that cannot be set up has failed")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A card whose holder no item's sample answers name, and what nobody may find of them.
pub const CARD: &str = "name_beyond_bmp";
/// Name and number of that card.
pub const RESIDENT: [&str; 2] = ["李\u{20164}样本", "990000196001010013"];

/// Where a program of the workspace lies.
pub fn program_path(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let path = here.parent().and_then(Path::parent).unwrap().join(name);
    assert!(path.exists(), "{} is not there: cargo test --workspace builds it", path.display());
    path
}

/// A program of the workspace, with a surrounding that shows no display.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(program_path(name));
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("RUST_LOG");
    command
}

/// A visit that was played.
pub struct Visit {
    /// How the program ended.
    pub output: Output,
    /// What it left.
    pub out: PathBuf,
}

impl Visit {
    /// Plays a visit; `arguments` are those of a command line, `out` is made.
    pub fn play(out: &Path, arguments: &[&str]) -> Self {
        let output = program("yilin-terminal")
            .arg("visit")
            .args(arguments)
            .arg("--json")
            .arg("--out")
            .arg(out)
            .output();
        Self { output: output.unwrap(), out: out.to_owned() }
    }

    /// The last line of its output.
    pub fn last_line(&self) -> Value {
        let text = String::from_utf8_lossy(&self.output.stdout);
        let line = text.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// What it came to; the visit must have come to an end.
    pub fn outcome(&self) -> String {
        let line = self.last_line();
        assert!(self.output.status.success(), "{line}");
        line["outcome"].as_str().unwrap_or_else(|| panic!("{line}")).to_owned()
    }

    /// The lines of its journal.
    pub fn journal(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.out.join("visit.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The characters of the `n`th paper, counted from 1, as the printer got them: commands between them are of no use here.
    pub fn paper_text(&self, n: usize) -> String {
        let bytes = std::fs::read(self.out.join(format!("paper-{n}.bin"))).unwrap();
        encoding_rs::GB18030.decode_without_bom_handling(&bytes).0.into_owned()
    }

    /// The names of the files that it left, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.out).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// What the reference platform kept, a line for each case.
pub fn cases(data: &Path) -> Vec<Value> {
    let output = program("yilin-province").args(["cases", "--json", "--data"]).arg(data).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}

/// Whether bytes hold a text in UTF-8 or in UTF-16 of either order.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    [text.as_bytes(), &little, &big]
        .iter()
        .any(|wanted| bytes.windows(wanted.len()).any(|part| part == *wanted))
}
