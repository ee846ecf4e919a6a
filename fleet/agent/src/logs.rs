//! The last lines of the logs, fit to leave the machine.
//!
//! Duty: gather, scrub, bound. Logs hold nothing of a resident by themselves; this is the second fence. Never: send a line
//! that was not scrubbed.

mod secrets;

use crate::config::LogsConfig;
use fleet_api::ui::LogLines;
use std::fs::File;
use std::io::{Read, Seek as _, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};

/// The most lines of each log.
pub(crate) const LINES: u32 = 5000;
/// The most bytes of each log.
const BYTES: u64 = 1024 * 1024;
/// A run of so many digits may be somebody's number: a telephone's has 11, an identity card's 15 or 18, a bank card's 16 to
/// 19.
const NUMBER: usize = 11;
/// What stands in its place.
const MASK: &str = "[number]";

/// The last `lines` of each log, all or those of trouble among its last [`LINES`], each log under its name. Blocks.
pub(crate) fn gather(config: &LogsConfig, lines: u32, only: LogLines) -> String {
    let lines = lines.clamp(1, LINES);
    let (read, chosen): (u32, fn(String, u32) -> String) = match only {
        LogLines::Trouble => (LINES, troubles),
        LogLines::All | LogLines::Unrecognised => (lines, |text, _| text),
    };
    let mut all = String::new();
    for unit in &config.units {
        section(&mut all, unit, journal(unit, read).map(|text| chosen(text, lines)));
    }
    for file in &config.files {
        let text = tail(file, read).map_err(|error| error.to_string());
        section(&mut all, &file.display().to_string(), text.map(|text| chosen(text, lines)));
    }
    all
}

/// The last lines of trouble: warnings, errors, panics, as our programs say them in plain lines and in JSON.
fn troubles(text: String, lines: u32) -> String {
    const WORDS: [&str; 5] = [" WARN ", " ERROR ", "\"WARN\"", "\"ERROR\"", "panicked at"];
    let trouble = text.lines().rev().filter(|line| WORDS.iter().any(|word| line.contains(word)));
    let mut last: Vec<&str> = trouble.take(usize::try_from(lines).unwrap_or(usize::MAX)).collect();
    last.reverse();
    last.join("\n")
}

fn section(all: &mut String, name: &str, text: Result<String, String>) {
    all.push_str(&format!("== {name}\n"));
    match text {
        Ok(text) => all.push_str(&scrub(&text)),
        Err(why) => all.push_str(&format!("(not readable: {})", scrub(&why))),
    }
    if !all.ends_with('\n') {
        all.push('\n');
    }
}

fn journal(unit: &str, lines: u32) -> Result<String, String> {
    let mut child = Command::new("journalctl")
        .args([
            "--no-pager",
            "--quiet",
            "--output",
            "short-iso",
            "--lines",
            &lines.to_string(),
            "--unit",
            unit,
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("journalctl cannot be run: {error}"))?;
    let read = child.stdout.take().map(newest);
    // After an error it may not end by itself.
    let _ = child.kill();
    let _ = child.wait();
    match read {
        Some(Ok(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Some(Err(error)) => Err(error.to_string()),
        None => Err("journalctl says nothing".to_owned()),
    }
}

/// The last [`BYTES`] of what is said, from the beginning of a line.
fn newest(mut from: impl Read) -> std::io::Result<Vec<u8>> {
    let bound = usize::try_from(BYTES).unwrap_or(usize::MAX);
    let (mut bytes, mut cut) = (Vec::new(), false);
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut piece)?;
        bytes.extend_from_slice(&piece[..length]);
        // Seldom, so that little is moved.
        if bytes.len() > 2 * bound || length == 0 {
            let older = bytes.len().saturating_sub(bound);
            cut |= older > 0;
            bytes.drain(..older);
        }
        if length == 0 {
            break;
        }
    }
    if cut && let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
        bytes.drain(..=end);
    }
    Ok(bytes)
}

/// The last lines of a file.
fn tail(file: &Path, lines: u32) -> std::io::Result<String> {
    let mut open = File::open(file)?;
    let length = open.metadata()?.len();
    open.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
    let mut bytes = Vec::new();
    open.take(BYTES).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut last: Vec<&str> = text.lines().rev().take(usize::try_from(lines).unwrap_or(usize::MAX)).collect();
    last.reverse();
    Ok(last.join("\n"))
}

/// The text without secrets, e-mail addresses and long numbers.
pub(crate) fn scrub(text: &str) -> String {
    numbers(&secrets::mask(text))
}

/// The text without long numbers: every run of 11 digits or more, also in full width or parted by single spaces, dots or
/// hyphens, and the X that may end an identity number.
fn numbers(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        if !is_digit(c) {
            clean.push(c);
            continue;
        }
        let (mut digits, mut end, mut parted) = (1, start + c.len_utf8(), false);
        while let Some((at, next)) = rest.peek().copied() {
            if is_digit(next) {
                (digits, end, parted) = (digits + 1, at + next.len_utf8(), false);
            } else if !parted && matches!(next, ' ' | '-' | '.' | '\u{3000}' | '\u{00A0}') {
                parted = true;
            } else {
                break;
            }
            rest.next();
        }
        let mut tail = &text[end..rest.peek().map_or(text.len(), |(at, _)| *at)];
        if digits >= NUMBER && !is_time(&text[start..end]) {
            clean.push_str(MASK);
            if tail.is_empty()
                && let Some((_, 'x' | 'X' | 'Ｘ' | 'ｘ')) = rest.peek()
            {
                rest.next();
                tail = "";
            }
        } else {
            clean.push_str(&text[start..end]);
        }
        clean.push_str(tail);
    }
    clean
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

/// `2026-11-28` and what may follow it in one run is a day, not a number: 4, 2, 2 digits parted by hyphens, then no more
/// than two.
fn is_time(run: &str) -> bool {
    let parts: Vec<&str> = run.split(['-', ' ']).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    run.is_ascii() && run.starts_with("20") && matches!(lengths.as_slice(), [4, 2, 2, 1 | 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_may_be_somebodys_number_is_masked() {
        let rows = [
            ("token=x for 13900000000", "token=[secret] for [number]"),
            ("id=110101194903071234 ok", "id=[number] ok"),
            ("11010119490307123X.", "[number]."),
            ("ID11010119490307123x", "ID[number]"),
            ("13900000000", "[number]"),
            ("139 0000 0000!", "[number]!"),
            ("139-0000-0000 then", "[number] then"),
            ("１３９００００００００号", "[number]号"),
            ("6222 0000 0000 0000 123", "[number]"),
            ("took 1234567890 ns", "took 1234567890 ns"),
            ("2026-11-28 06:00:00 ready", "2026-11-28 06:00:00 ready"),
            ("2026-11-28T06:00:00+0800 host", "2026-11-28T06:00:00+0800 host"),
            ("a1 b2 c3", "a1 b2 c3"),
            ("127.0.0.1:8443", "127.0.0.1:8443"),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(scrub(text), expected);
        }
    }

    #[test]
    fn of_a_long_journal_the_newest_lines_are_kept() {
        let text: String = (0..60_000).map(|i| format!("line {i} {}\n", "x".repeat(50))).collect();
        let kept = String::from_utf8(newest(text.as_bytes()).unwrap()).unwrap();
        assert!(kept.len() as u64 <= BYTES && kept.len() as u64 > BYTES - 100, "{}", kept.len());
        assert!(
            text.ends_with(&kept) && kept.starts_with("line "),
            "from the beginning of a line to the last"
        );
        assert_eq!(newest(&b"short\n"[..]).unwrap(), b"short\n");
    }

    #[test]
    fn files_are_bounded_and_a_missing_one_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.log");
        let text: String = (0..10_000).map(|i| format!("line {i}, 13900000000\n")).collect();
        std::fs::write(&file, text).unwrap();
        let config = LogsConfig { units: Vec::new(), files: vec![file, folder.path().join("b.log")] };
        let all = gather(&config, 3, LogLines::All);
        let lines: Vec<&str> = all.lines().collect();
        assert_eq!(lines[1..4], ["line 9997, [number]", "line 9998, [number]", "line 9999, [number]"]);
        assert!(lines[4].starts_with("== ") && lines[5].starts_with("(not readable"), "{all}");
    }

    proptest! {
        #[test]
        fn no_long_run_of_digits_is_left(text in "[0-9０-９ xX年a.-]{0,60}") {
            let clean = scrub(&text);
            let longest = clean.split(|c: char| !is_digit(c)).map(|run| run.chars().count()).max().unwrap_or(0);
            prop_assert!(longest < NUMBER, "{text} → {clean}");
        }
    }
}
