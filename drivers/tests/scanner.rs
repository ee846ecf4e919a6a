//! Code scanners on a serial line and scanners that type.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

use std::io::Write as _;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use drivers::camera::CameraErrorKind;
use drivers::code_scanner::{self, CodeFormat, CodeScanner, KeyboardScanner, ScanError, SerialScanner};
use drivers::sim::code_scanner::{SimScanner, Suffix, typed};
use drivers::transport::InputTransport;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(10)
}

/// A keyboard whose events come out of a pipe.
fn keyboard(events: std::io::PipeReader) -> KeyboardScanner {
    KeyboardScanner::over(Box::new(InputTransport::of(events.into(), "input:pipe".to_owned())))
}

fn text(scanner: &mut dyn CodeScanner) -> String {
    scanner.scan(soon()).unwrap().text.reveal().to_owned()
}

#[test]
fn a_serial_scanners_codes_come_one_by_one_however_they_end() {
    let device = SimScanner::open().unwrap();
    let port = format!("serial:{}?baud=9600", device.path().display()).parse().unwrap();
    let mut scanner = code_scanner::open(&port).unwrap();
    device.read_code(b"]Q1BJ-0001", Suffix::CrLf).unwrap();
    device.read_code("示例样本".as_bytes(), Suffix::Cr).unwrap();
    let code = scanner.scan(soon()).unwrap();
    assert_eq!((code.text.reveal(), code.format), ("BJ-0001", CodeFormat::QrCode));
    assert_eq!(text(scanner.as_mut()), "示例样本");
    device.read_code(b"no end", Suffix::None).unwrap();
    assert_eq!(text(scanner.as_mut()), "no end");
    // 示例 in GB 18030.
    device.read_code(&[0xCA, 0xBE, 0xC0, 0xFD], Suffix::Cr).unwrap();
    assert_eq!(text(scanner.as_mut()), "示例");
    let none = scanner.scan(Instant::now() + Duration::from_millis(50)).unwrap_err();
    assert!(matches!(none, ScanError::Nothing));
}

#[test]
fn a_serial_scanner_that_is_pulled_out_is_gone() {
    let device = SimScanner::open().unwrap();
    let port = format!("serial:{}", device.path().display()).parse().unwrap();
    let mut scanner = code_scanner::open(&port).unwrap();
    drop(device);
    assert_eq!(scanner.scan(soon()).unwrap_err().kind(), CameraErrorKind::NoDevice);
    assert_eq!(code_scanner::open(&port).err().unwrap().kind(), CameraErrorKind::Port);
}

#[test]
fn what_is_typed_is_read_in_pieces_of_any_length() {
    let words = ["BJ-20261124-0000012", "https://example.invalid/case?id=7&t=A_b+c", "示例样本 Code"];
    for piece in [1, 7, 24, 4096] {
        let (events, mut typist) = std::io::pipe().unwrap();
        let bytes: Vec<u8> = words.iter().flat_map(|text| typed(text)).collect();
        let typing =
            thread::spawn(move || bytes.chunks(piece).for_each(|part| typist.write_all(part).unwrap()));
        let mut scanner = keyboard(events);
        for word in words {
            assert_eq!(text(&mut scanner), word, "{piece} bytes at once");
        }
        typing.join().unwrap();
        assert_eq!(scanner.scan(soon()).unwrap_err().kind(), CameraErrorKind::NoDevice, "the pipe is closed");
    }
}

/// The terminal looks for a while and then does something else: a long code that is typed meanwhile is one code.
#[test]
fn a_look_that_ends_in_the_middle_of_a_code_does_not_cut_it() {
    let look = |scanner: &mut dyn CodeScanner| {
        let none = scanner.scan(Instant::now()).unwrap_err();
        assert!(matches!(none, ScanError::Nothing), "{none:?}");
    };
    let (events, mut typist) = std::io::pipe().unwrap();
    let mut scanner = keyboard(events);
    let bytes = typed("BJ-20261128-0000017");
    for piece in bytes.chunks(10 * 24) {
        look(&mut scanner);
        typist.write_all(piece).unwrap();
    }
    assert_eq!(text(&mut scanner), "BJ-20261128-0000017");

    // What is written into a pipe is there at once, which a pty does not promise.
    let (came, mut sent) = std::io::pipe().unwrap();
    let line = InputTransport::of(came.into(), "serial:pipe".to_owned());
    let mut scanner = SerialScanner::over(Box::new(line));
    for piece in ["BJ-20261128", "-0000", "017\r"] {
        look(&mut scanner);
        sent.write_all(piece.as_bytes()).unwrap();
    }
    assert_eq!(text(&mut scanner), "BJ-20261128-0000017");
}

#[test]
fn lost_events_are_no_code() {
    let (events, mut typist) = std::io::pipe().unwrap();
    let mut scanner = keyboard(events);
    let mut bytes = typed("BJ-1");
    // SYN_DROPPED in the middle: kind 0, code 3.
    let dropped = [[0; 16].as_slice(), &0_u16.to_ne_bytes(), &3_u16.to_ne_bytes(), &[0; 4]].concat();
    let middle = bytes.len() / 48 * 24;
    bytes.splice(middle..middle, dropped);
    bytes.extend(typed("BJ-2"));
    typist.write_all(&bytes).unwrap();
    assert_eq!(text(&mut scanner), "BJ-2");
}

#[test]
fn what_is_no_keyboard_is_refused() {
    for (path, kind) in
        [("/dev/null", CameraErrorKind::NotSupported), ("/dev/input/none", CameraErrorKind::Port)]
    {
        let error = code_scanner::open(&format!("input:{path}").parse().unwrap()).err().unwrap();
        assert_eq!(error.kind(), kind, "{error:?}");
    }
}

#[test]
fn the_command_prints_a_scanners_code() {
    let device = SimScanner::open().unwrap();
    let port = format!("serial:{}", device.path().display());
    let program = Command::new(env!("CARGO_BIN_EXE_yilin-device"))
        .args(["--json", "scan", "--timeout", "20", "--port", &port])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // What came before it opened the port is thrown away, so the code is shown until it is seen.
    let begun = Instant::now();
    let mut program = program;
    while program.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(30) {
        device.read_code("]C0BJ-示例".as_bytes(), Suffix::Cr).unwrap();
        thread::sleep(Duration::from_millis(100));
    }
    let output = program.wait_with_output().unwrap();
    let line = String::from_utf8(output.stdout).unwrap();
    assert_eq!(line, "{\"text\":\"BJ-示例\",\"format\":\"code_128\"}\n");
    assert!(output.status.success());
}
