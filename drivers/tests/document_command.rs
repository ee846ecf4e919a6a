//! `yilin-device print` on a document printer and `sim document-printer`, as scripts call them; the terminal's own form as
//! `qpdf` and `pdftotext` (Debian: qpdf, poppler-utils) read it.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod command;
mod peer;

use std::path::Path;
use std::process::Command;

use command::{Simulator, device, device_json};
use serde_json::{Value, json};

fn simulator(arguments: &[&str]) -> Simulator {
    Simulator::start(&[&["document-printer"], arguments].concat())
}

/// The one line of JSON that a command prints, and its exit code.
fn json_of(arguments: &[&str]) -> (Value, Option<i32>) {
    let (line, code) = device_json(arguments);
    (serde_json::from_str(&line).unwrap(), code)
}

/// What a peer says of a file; none where it is not installed.
fn peer(program: &str, package: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let output = Command::new(program).args(arguments).output();
    let there = peer::is_there(program, package, output.is_ok());
    let output = output.ok().filter(|_| there)?;
    let text = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_sample_is_a_form_that_others_read() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = simulator(&["--paper-out", text(folder.path())]);
    let (line, code) = json_of(&["print", "sample", "--port", &simulator.port]);
    let bytes = line["bytes"].as_u64().unwrap();
    let expected = json!({
        "outcome": "printed", "evidence": "impressions", "paper": "full", "state": "online", "cause": null,
        "bytes": bytes, "pages": 1, "pages_out": 1, "formats": null, "reasons": [],
    });
    assert_eq!((line, code), (expected, Some(0)));
    let file = folder.path().join("document-1.pdf");
    assert_eq!(std::fs::metadata(&file).unwrap().len(), bytes);

    if let Some((well, said)) = peer("qpdf", "qpdf", &["--check", text(&file)]) {
        assert!(well, "{said}");
    }
    archival(&std::fs::read(&file).unwrap());
    let plain = folder.path().join("plain.pdf");
    let unpacked =
        ["--qdf", "--object-streams=disable", "--stream-data=uncompress", text(&file), text(&plain)];
    if let Some((well, said)) = peer("qpdf", "qpdf", &unpacked) {
        assert!(well, "{said}");
        objects(&std::fs::read(&plain).unwrap());
    }
    if let Some((well, said)) = peer("pdftotext", "poppler-utils", &["-layout", text(&file), "-"]) {
        assert!(well, "{said}");
        for part in ["示例社区", "0123456789", "王测试䶮", "赵𠅤", "1.00"] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
    }
    if let Some((well, said)) = peer("pdffonts", "poppler-utils", &[text(&file)]) {
        // Every font is embedded, a subset, and has its way back to Unicode.
        let fonts: Vec<&str> = said.lines().skip(2).collect();
        assert!(well && fonts.len() == 2, "{said}");
        assert!(
            fonts.iter().all(|font| font.contains("YilinSans") && font.contains("yes yes yes")),
            "{said}"
        );
    }
}

fn has(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

/// What ISO 19005-2 asks of the file itself.
fn archival(file: &[u8]) {
    // 6.1.2: a header of a version, then a comment of four bytes above 127.
    assert!(file.starts_with(b"%PDF-1.7\n%"));
    assert!(file[10..14].iter().all(|byte| *byte > 127));
    // 6.6.2.1: metadata that can be found without unpacking; 6.6.4: part and conformance.
    for part in
        [&b"<?xpacket"[..], b"<pdfaid:part>2</pdfaid:part>", b"<pdfaid:conformance>U</pdfaid:conformance>"]
    {
        assert!(has(file, part), "{}", String::from_utf8_lossy(part));
    }
    // 6.1.3: nothing after the last end of file but its line's end.
    assert!(file.trim_ascii_end().ends_with(b"%%EOF"));
}

/// What it asks of the objects in it, unpacked.
fn objects(file: &[u8]) {
    // 6.1.3: an identifier in the trailer. 6.2.3: the colours' intent, with its profile. 6.2.11.4: fonts with their programs,
    // 6.2.11.7.2: and their way back to Unicode. 6.7.3: the language.
    for part in ["/ID [", "/S /GTS_PDFA1", "/DestOutputProfile", "/FontFile3", "/ToUnicode", "/Lang (zh-CN)"]
    {
        assert!(has(file, part.as_bytes()), "{part} is missing");
    }
    // 6.1.3 no encryption, 6.1.7.2 no LZW, 6.2.4.3 no colour of a device, 6.2.8 no alternate pictures, 6.5.1 no actions
    // that do something, 6.8 no files within, 6.2.10 no transparency that nobody asked for.
    for part in [
        "/Encrypt",
        "/LZWDecode",
        "/DeviceRGB",
        "/DeviceCMYK",
        "/DeviceGray",
        "/Alternates",
        "/JavaScript",
        "/Launch",
        "/AA",
        "/EmbeddedFiles",
        "/XFA",
        "/SMask",
        "/BM ",
    ] {
        assert!(!has(file, part.as_bytes()), "{part} is there");
    }
}

#[test]
fn a_file_arrives_byte_for_byte_and_what_is_none_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = simulator(&["--paper-out", text(folder.path()), "--model", "old"]);
    let certificate = folder.path().join("certificate");
    let pdf = b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj 2 0 obj << /Type /Pages /Kids [3 0 R] >> \
                endobj 3 0 obj << /Type /Page >> endobj trailer << /Root 1 0 R >>\n%%EOF\n";
    std::fs::write(&certificate, pdf).unwrap();
    let (line, code) = json_of(&["print", "file", text(&certificate), "--port", &simulator.port]);
    assert_eq!(
        (&line["outcome"], &line["evidence"], code),
        (&json!("printed"), &json!("job_completed"), Some(0))
    );
    assert_eq!(std::fs::read(folder.path().join("document-1.pdf")).unwrap(), pdf);

    let check = |content: &[u8], part: &str| {
        std::fs::write(&certificate, content).unwrap();
        let (line, code) = json_of(&["print", "file", text(&certificate), "--port", &simulator.port]);
        assert_eq!((&line["error"]["kind"], code), (&json!("file"), Some(1)), "{line}");
        assert!(line["error"]["message"].as_str().unwrap().ends_with(part), "{line}");
    };
    check(&pdf.map(|byte| if byte == b'K' { b'k' } else { byte }), "PDF: it has no page");
    check(b"%PDF-1.7\n<< /JS (x) >>", "PDF: it has no catalogue of pages");
    check(b"PK\x03\x04", "OFD: the archive has no end");
    check(b"\x89PNG\r\n\x1a\n", "a picture is not printed on a document printer");
    check(&[0xD6, 0xD0], "neither PDF nor OFD nor text in UTF-8");
}

#[test]
fn a_fault_is_told_by_its_word() {
    let simulator = simulator(&["--fault", "document_printer.paper_jam@page1"]);
    let (line, code) = json_of(&["print", "status", "--port", &simulator.port]);
    assert_eq!((&line["state"], &line["cause"], code), (&json!("online"), &json!(null), Some(0)));
    assert!(line["formats"].as_array().unwrap().contains(&json!("application/pdf")));
    let (line, code) = json_of(&["print", "sample", "--port", &simulator.port]);
    let said = [&line["outcome"], &line["evidence"], &line["cause"], &line["paper"]];
    assert_eq!(
        (said, code),
        ([&json!("not_printed"), &json!("none"), &json!("paper_jam"), &json!("jammed")], Some(1))
    );
    let (line, code) = json_of(&["list", "--port", &simulator.port]);
    assert_eq!((&line["device"], code), (&json!("document_printer"), Some(0)));
}

#[test]
fn a_job_is_recorded_and_played() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = simulator(&["--fault", "document_printer.paper_jam@page1"]);
    let file = folder.path().join("job.jsonl");
    let (line, code) = json_of(&["print", "sample", "--port", &simulator.port, "--record", text(&file)]);
    assert_eq!((&line["cause"], code), (&json!("paper_jam"), Some(1)));
    let replay = format!("replay:{}", file.display());
    let (mut again, code) = json_of(&["print", "sample", "--port", &replay]);
    // The sample has the time in it: this one has another length.
    again["bytes"] = line["bytes"].clone();
    assert_eq!((&again, code), (&line, Some(1)));

    let (status, code) = json_of(&["print", "status", "--port", &replay]);
    assert_eq!((&status["state"], code), (&json!("online"), Some(0)), "it was well before the job: {status}");
    let other = ["print", "file", text(&file), "--port", &format!("replay:{}", text(folder.path()))];
    assert_eq!(json_of(&other).1, Some(1));
    let there = ["print", "sample", "--port", &simulator.port, "--record", text(&file)];
    let (line, code) = json_of(&there);
    assert_eq!((&line["error"]["kind"], code), (&json!("file"), Some(1)), "not written over: {line}");
}

#[test]
fn a_printer_that_is_not_there_and_a_wrong_use() {
    let (line, code) = json_of(&["print", "status", "--port", "ipp://127.0.0.1:1/ipp/print"]);
    assert_eq!((&line["cause"], &line["state"], code), (&json!("port"), &json!("offline"), Some(1)));
    let wrong = ["print", "sample", "--port", "ipp://127.0.0.1:1/", "--profile", "epson_80"];
    assert_eq!(device(&wrong).status.code(), Some(2));
    let wrong = ["sim", "document-printer", "--fault", "card.removed@read"];
    assert_eq!(device(&wrong).status.code(), Some(2));
}
