//! Recordings of code scanners: a replay has as many codes of the same kind, and none of them is one that was shown.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod command;

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use command::{Simulator, device_json};
use drivers::code_scanner::{self, CodeFormat, CodeScanner, KeyRedaction, KeyboardScanner, ScanError};
use drivers::sim::code_scanner::{SimScanner, Suffix, typed};
use drivers::transport::{InputTransport, PortAddress, Recorder, RecordingError, recorded_whole};

/// Codes of nobody that stand for a person's.
const SHOWN: [&str; 4] = ["]Q1BJ-20261128-0000017", "示例样本", "]C0AB 12", "HTTPS://EXAMPLE.INVALID/?t=Aq7"];

/// A scanner that is there is heard within this on any machine; a recording waits for nothing.
const ENOUGH: Duration = Duration::from_secs(60);

/// Letters and format of each code, and how it ended.
type Seen = (Vec<(usize, CodeFormat)>, &'static str);

/// Scans until there is no more.
fn scanned(scanner: &mut dyn CodeScanner, codes: usize, patience: Duration) -> Seen {
    let mut seen = Vec::new();
    loop {
        // The last wait is in vain: it need not be long.
        let patience = if seen.len() < codes { patience } else { Duration::from_millis(300) };
        match scanner.scan(Instant::now() + patience) {
            Ok(code) => seen.push((code.text.reveal().chars().count(), code.format)),
            Err(ScanError::Nothing) => return (seen, "nothing more"),
            Err(ScanError::Scanner(_)) => return (seen, "gone"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Nothing of what was shown is in the file: no four letters of it, in any writing.
fn holds_none(file: &Path) {
    let text = std::fs::read_to_string(file).unwrap();
    recorded_whole(file).unwrap();
    for shown in SHOWN {
        let shown = shown.trim_start_matches("]Q1").trim_start_matches("]C0");
        for run in shown.as_bytes().windows(4) {
            let hex: String = run.iter().map(|byte| format!("{byte:02X}")).collect();
            assert!(!text.contains(&hex), "{hex} of {shown} in {text}");
        }
    }
}

fn replay(file: &Path) -> Box<dyn CodeScanner> {
    code_scanner::open(&PortAddress::Replay { path: file.to_owned() }).unwrap()
}

#[test]
fn a_replay_of_a_line_has_the_same_codes_of_nobody() {
    let folder = tempfile::tempdir().unwrap();
    for (index, suffix) in [Suffix::Cr, Suffix::CrLf, Suffix::None].into_iter().enumerate() {
        let file = folder.path().join(format!("{index}.jsonl"));
        let device = SimScanner::open().unwrap();
        let port = format!("serial:{}?baud=9600", device.path().display()).parse().unwrap();
        let mut scanner = code_scanner::open_recorded(&port, &file).unwrap();
        let mut seen = Vec::new();
        for shown in SHOWN {
            device.read_code(shown.as_bytes(), suffix).unwrap();
            let code = scanner.scan(Instant::now() + ENOUGH).unwrap();
            assert_eq!(code.text.reveal(), shown.trim_start_matches("]Q1").trim_start_matches("]C0"));
            seen.push((code.text.reveal().chars().count(), code.format));
        }
        drop(device);
        let (more, ended) = scanned(scanner.as_mut(), 0, ENOUGH);
        drop(scanner);
        assert!(more.is_empty(), "{more:?}");
        holds_none(&file);
        assert_eq!(scanned(replay(&file).as_mut(), SHOWN.len(), ENOUGH), (seen, ended), "{suffix:?}");
    }
}

#[test]
fn a_replay_of_keystrokes_has_the_same_codes_of_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.jsonl");
    let (events, mut typist) = std::io::pipe().unwrap();
    let port: PortAddress = "input:/dev/input/event0".parse().unwrap();
    let keyboard = InputTransport::of(events.into(), port.to_string());
    let recorder =
        Recorder::create(Box::new(keyboard), &port, Box::new(KeyRedaction::default()), &file).unwrap();
    let mut scanner = KeyboardScanner::over(Box::new(recorder));
    // No key of this keyboard types a bracket with a capital letter behind it.
    let shown = ["BJ-20261128-0000017", "示例样本 7", "https://example.invalid/?t=Aq7"];
    let mut bytes: Vec<u8> = typed(shown[0]);
    // SYN_DROPPED, kind 0 and code 3: half a code is none, then as now.
    let half = typed("lost half");
    bytes.extend(&half[..half.len() / 48 * 24]);
    bytes.extend([&[0; 16][..], &0_u16.to_ne_bytes(), &3_u16.to_ne_bytes(), &[0; 4]].concat());
    bytes.extend(&half[half.len() / 48 * 24..]);
    bytes.extend(shown[1..].iter().flat_map(|text| typed(text)));
    typist.write_all(&bytes).unwrap();
    drop(typist);
    let seen = scanned(&mut scanner, shown.len(), ENOUGH);
    drop(scanner);
    let length = |text: &str| (text.chars().count(), CodeFormat::Unknown);
    assert_eq!(seen, (shown.map(length).to_vec(), "gone"));
    recorded_whole(&file).unwrap();
    assert_eq!(scanned(replay(&file).as_mut(), shown.len(), ENOUGH), seen);

    // Of all keys there are one letter, the end, and the digits of one character.
    let text = std::fs::read_to_string(&file).unwrap();
    let keys = text.lines().filter_map(|line| line.split_once(r#""in":""#)?.1.get(32..40));
    let mut codes: Vec<u16> = keys
        .filter(|event| event.starts_with("0100"))
        .map(|event| u16::from_str_radix(&event[4..8], 16).unwrap().swap_bytes())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    // KEY_RESERVED, KEY_ENTER, KEY_X, KEY_LEFTALT, and 4, 9, 4, 0, 5 on the number pad.
    assert_eq!(codes, [0, 28, 45, 56, 73, 75, 76, 82]);
}

#[test]
fn the_command_records_and_plays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("scan.jsonl");
    let (record, replay) = (file.to_str().unwrap(), format!("replay:{}", file.display()));
    let simulator = Simulator::start(&["scanner", "--text", SHOWN[0]]);
    let recorded = ["scan", "--port", &simulator.port, "--timeout", "60", "--record", record];
    let said = |text: &str| (format!("{{\"text\":\"{text}\",\"format\":\"qr_code\"}}\n"), Some(0));
    assert_eq!(device_json(&recorded), said("BJ-20261128-0000017"));
    holds_none(&file);
    assert_eq!(device_json(&["scan", "--port", &replay]), said(&"x".repeat(19)));
    // It is not written over.
    let (third, code) = device_json(&recorded);
    assert!(third.contains(r#""kind":"port""#) && code == Some(1), "{third}");
    let other = folder.path().join("other.jsonl");
    std::fs::write(&other, "no recording").unwrap();
    let error = code_scanner::open(&PortAddress::Replay { path: other }).err().unwrap();
    assert!(matches!(error, ScanError::Recording(RecordingError::Line { line: 1, .. })), "{error:?}");
}
