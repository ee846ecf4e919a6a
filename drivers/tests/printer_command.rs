//! `yilin-device print` and `sim printer`, as scripts call them.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod command;

use std::path::Path;

use command::{Simulator, device, device_json};
use serde_json::{Value, json};

fn simulator(arguments: &[&str]) -> Simulator {
    Simulator::start(&[&["printer"], arguments].concat())
}

fn print(arguments: &[&str]) -> (String, Option<i32>) {
    device_json(&[&["print"], arguments].concat())
}

#[test]
fn a_sample_is_printed_and_its_paper_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let papers = folder.path().join("papers");
    let simulator = simulator(&["--paper-out", papers.to_str().unwrap()]);
    let (line, code) = print(&["status", "--port", &simulator.port]);
    let well = "{\"outcome\":null,\"evidence\":null,\"paper\":\"full\",\"state\":\"online\",\"cause\":null,\"bytes\":0,\"media\":\"not_supported\",\"presented\":null}\n";
    assert_eq!((line.as_str(), code), (well, Some(0)));

    let (line, code) = print(&["sample", "--port", &simulator.port]);
    let begin = concat!(
        "{\"outcome\":\"printed\",\"evidence\":\"process_id\",\"paper\":\"full\",",
        "\"state\":\"online\",\"cause\":null,\"bytes\":"
    );
    assert!(line.starts_with(begin), "{line}");
    assert_eq!(code, Some(0));
    // The paper is there before the printer says that it is out.
    let picture = image::open(papers.join("paper-1.png")).unwrap().to_luma8();
    assert_eq!(picture.width(), 576);
    let (width, height) = picture.dimensions();
    let format = Some(rxing::BarcodeFormat::QR_CODE);
    let code = rxing::helpers::detect_in_luma(picture.into_raw(), width, height, format).unwrap();
    assert_eq!(code.getText(), "Test page");
    let transcript = std::fs::read_to_string(papers.join("paper-1.txt")).unwrap();
    assert!(transcript.starts_with("测试页\n"), "{transcript}");
    assert!(std::fs::read(papers.join("paper-1.bin")).unwrap().starts_with(&[0x1B, b'@']));
}

#[test]
fn a_text_and_a_picture_are_printed_by_their_content() {
    let folder = tempfile::tempdir().unwrap();
    let address = "127.0.0.1:0";
    let papers = folder.path().join("papers");
    let arguments = ["--listen", address, "--model", "clone_80", "--paper-out", papers.to_str().unwrap()];
    let simulator = simulator(&arguments);
    assert!(simulator.port.starts_with("tcp:127.0.0.1:"), "{}", simulator.port);
    let file = |name: &str, content: &[u8]| {
        std::fs::write(folder.path().join(name), content).unwrap();
        let path = folder.path().join(name);
        print(&["file", path.to_str().unwrap(), "--port", &simulator.port, "--profile", "clone_80"])
    };
    let said = |n: u32| std::fs::read_to_string(papers.join(format!("paper-{n}.txt"))).unwrap();

    let (line, code) = file("notice", "今日停电\n明日来电\n".as_bytes());
    assert!(line.contains("\"printed\",\"evidence\":\"drained\",\"paper\":\"unknown\""), "{line}");
    assert_eq!((code, said(1).as_str()), (Some(0), "今日停电\n明日来电\n"));

    let mut png = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(64, 16).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let (_, code) = file("picture", png.get_ref());
    assert_eq!((code, said(2).as_str()), (Some(0), "[dots 64×16]\n"));

    let (line, code) = file("rubbish", &[0xFF, 0xFE, 0x00]);
    let error: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&error["error"]["kind"], code), (&json!("file"), Some(1)), "{line}");
    assert!(!Path::new(&papers.join("paper-3.txt")).exists());
}

#[test]
fn a_fault_is_told_with_its_cause_and_exit_code() {
    let cases = [
        ("printer.paper_out", "sample", "not_printed", "out", "user_error", "paper_out"),
        ("printer.paper_out@line3", "sample", "not_printed", "out", "user_error", "paper_out"),
        ("printer.cover_open@line3", "sample", "not_printed", "full", "user_error", "cover_open"),
        ("printer.cutter", "sample", "unknown", "full", "hardware_error", "cutter"),
        ("printer.mute", "sample", "not_printed", "unknown", "offline", "no_answer"),
        ("printer.no_answer@cut", "sample", "unknown", "unknown", "offline", "no_answer"),
    ];
    for (fault, command, outcome, paper, state, cause) in cases {
        let simulator = simulator(&["--fault", fault]);
        let (line, code) = print(&[command, "--port", &simulator.port]);
        let mut told: Value = serde_json::from_str(&line).unwrap();
        let keys = told.as_object_mut().unwrap();
        keys.remove("bytes").unwrap();
        keys.remove("media").unwrap();
        let expected = json!({"outcome": outcome, "evidence": "none", "paper": paper, "state": state, "cause": cause,
                "presented": null});
        assert_eq!((told, code), (expected, Some(1)), "{fault}");
    }
}

#[test]
fn a_status_is_truthful_and_only_silence_is_a_failure() {
    for (fault, cause, exit) in [
        ("printer.paper_low", "null", 0),
        ("printer.cover_open", "\"cover_open\"", 0),
        ("printer.no_answer", "\"no_answer\"", 1),
    ] {
        let simulator = simulator(&["--fault", fault]);
        let (line, code) = print(&["status", "--port", &simulator.port]);
        assert!(line.contains(&format!("\"cause\":{cause}")), "{fault}: {line}");
        assert_eq!(code, Some(exit), "{fault}");
    }
}

#[test]
fn a_wrong_command_line_is_exit_code_2() {
    for arguments in [
        &["print", "sample"][..],
        &["print", "sample", "--port", "ttyS0"],
        &["print", "sample", "--port", "tcp:127.0.0.1:1", "--profile", "laser"],
        &["sim", "printer", "--fault", "printer.on_fire"],
        &["sim", "printer", "--fault", "card.silent"],
    ] {
        let output = device(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?} says nothing");
    }
}

#[test]
fn a_profile_from_a_file_is_used_and_its_mistake_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.toml");
    let text = include_str!("../../assets/profiles/clone_80.toml");
    std::fs::write(&file, text.replace("head_mm_per_s = 150", "head_mm_per_s = 5000")).unwrap();
    let simulator = simulator(&["--model", "clone_80"]);
    let given = ["sample", "--port", &simulator.port, "--profile", file.to_str().unwrap()];
    let (line, code) = print(&given);
    assert!(line.contains("\"drained\""), "{line}");
    assert_eq!(code, Some(0));
    // The terminal's own file names it beside itself.
    let config = folder.path().join("terminal.toml");
    std::fs::write(&config, format!("[printer]\nport = \"{}\"\nprofile = \"mine.toml\"\n", simulator.port))
        .unwrap();
    let (line, code) = device_json(&["--config", config.to_str().unwrap(), "print", "sample"]);
    assert!(line.contains("\"drained\"") && code == Some(0), "{line}");

    std::fs::write(&file, text.replace("dots = 576", "dots = 577")).unwrap();
    let output = device(&[&["print"][..], &given].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said.contains("line 7: dots is 577, and must be a multiple of 8"), "{said}");
}
