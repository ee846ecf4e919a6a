//! `yilin-device card`, `sim card` and `list`, as scripts call them.
#![cfg(feature = "sim")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod command;

use command::{Simulator, device, device_json};
use serde_json::{Value, json};

fn simulator(arguments: &[&str]) -> Simulator {
    Simulator::start(&[&["card"], arguments].concat())
}

/// The one line of JSON that a command prints, read too, and its exit code.
fn json(arguments: &[&str]) -> (String, Value, Option<i32>) {
    let (line, code) = device_json(arguments);
    let value = serde_json::from_str(&line).unwrap();
    (line, value, code)
}

const MASKED: &str = concat!(
    r#"{"kind":"resident","name":"张**","name_units":null,"english_name":null,"sex":"1","nation":"01","#,
    r#""nationality":null,"birth":"1940-**-**","address":"示例省样本市测试区***","#,
    r#""newest_address":"示例省样本市测试区***","number":"9900************14","pass_number":null,"#,
    r#""issue_count":null,"issuer":"样本市公安局测试分局","valid_from":"2020-01-01","valid_to":"2040-01-01","#,
    r#""photo_bytes":1024,"fingerprints":0,"#,
    r#""chip_number":"C1C1**************************************************C1","#,
    r#""sam_id":"05.01-20150101-0000000001-0000000002","warnings":["unknown_region"]}"#,
    "\n"
);

#[test]
fn a_card_is_masked_unless_it_is_revealed() {
    let simulator = simulator(&[]);
    let (line, _, code) = json(&["card", "read", "--port", &simulator.port]);
    assert_eq!((line.as_str(), code), (MASKED, Some(0)));

    // The hand lifts the card and places it again.
    let (_, card, code) = json(&["card", "read", "--port", &simulator.port, "--reveal"]);
    assert_eq!(code, Some(0));
    assert_eq!(card["name"], "张示例");
    assert_eq!(card["name_units"], "5F20793A4F8B");
    assert_eq!(card["birth"], "1940-01-01");
    assert_eq!(card["number"], "990000194001010014");
    assert_eq!(card["address"], "示例省样本市测试区样本街道1号");
    assert_eq!(card["newest_address"], "示例省样本市测试区新样本街道2号");
}

#[test]
fn words_are_masked_too_and_revealing_is_logged() {
    let simulator = simulator(&["--card", "private_use_name"]);
    let output = device(&["card", "read", "--port", &simulator.port]);
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.contains("name: 王**") && !words.contains("测试\u{4DAE}"), "{words}");
    assert!(output.stderr.is_empty());

    let output = device(&["card", "read", "--reveal", "--port", &simulator.port]);
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(
        words.contains("name: 王测试\u{4DAE}") && words.contains("name units: 738B6D4B8BD5E863"),
        "{words}"
    );
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(log.starts_with("audit: ") && !log.contains('王'), "{log}");
}

#[test]
fn every_kind_has_its_fields() {
    let check = |kind: &str, want: Value| {
        let simulator = simulator(&["--card", kind]);
        let (_, card, code) = json(&["card", "read", "--reveal", "--port", &simulator.port]);
        assert_eq!(code, Some(0));
        assert_eq!(card["kind"], kind);
        for (key, value) in want.as_object().unwrap() {
            assert_eq!(&card[key], value, "{kind}.{key}");
        }
        assert_eq!(card.as_object().unwrap().len(), 21);
    };
    check("hmt_residence", json!({"nation": null, "pass_number": "H00000000", "issue_count": "01"}));
    check(
        "permanent_residence_2017",
        json!({"english_name": "SAMPLE, TEST PERSON", "nationality": "XXX", "address": null, "issuer": "9900"}),
    );
    check(
        "permanent_residence_2023",
        json!({"english_name": "SAMPLE, TEST PERSON WITH A LONG NAME", "number": "999999198001010011", "issuer": null}),
    );
}

#[test]
fn a_card_without_end_and_one_with_fingerprints() {
    let long = simulator(&["--card", "long_term"]);
    assert_eq!(json(&["card", "read", "--port", &long.port]).1["valid_to"], Value::Null);
    let fingers = simulator(&["--card", "with_fingerprints"]);
    assert_eq!(json(&["card", "read", "--port", &fingers.port]).1["fingerprints"], 2);
}

#[test]
fn trouble_has_its_kind_and_exit_code() {
    let check = |arguments: &[&str], kind: &str, sw3: Value| {
        let simulator = simulator(arguments);
        let (_, error, code) = json(&["card", "read", "--timeout", "0.5", "--port", &simulator.port]);
        assert_eq!(code, Some(1));
        assert_eq!((&error["error"]["kind"], &error["error"]["sw3"]), (&json!(kind), &sw3), "{arguments:?}");
        assert!(error["error"]["message"].as_str().is_some_and(|m| !m.is_empty()));
    };
    check(&["--card", "none"], "no_card", json!("80"));
    check(&["--fault", "card.removed@read"], "card_removed", json!("41"));
    check(&["--fault", "card.wrong_card"], "invalid_card", json!("40"));
    check(&["--fault", "card.security"], "security", json!("31"));
    check(&["--fault", "card.bad_text"], "invalid_data", Value::Null);
    check(&["--fault", "card.self_test"], "hardware", json!("60"));
    check(&["--fault", "card.checksum"], "communication", Value::Null);
    check(&["--fault", "card.silent"], "timeout", Value::Null);
}

#[test]
fn a_reader_that_is_unplugged_and_comes_back_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("reader");
    let simulator = simulator(&["--fault", "card.unplugged@read", "--link", link.to_str().unwrap()]);
    assert_eq!(simulator.port, format!("serial:{}", link.display()));
    let (_, card, code) = json(&["card", "read", "--timeout", "20", "--port", &simulator.port]);
    assert_eq!((&card["kind"], code), (&json!("resident"), Some(0)));
    // Without time it is a port that has gone.
    let gone = crate::simulator(&["--fault", "card.unplugged@find"]);
    let (_, error, code) = json(&["card", "read", "--timeout", "0", "--port", &gone.port]);
    assert_eq!((&error["error"]["kind"], code), (&json!("port"), Some(1)));
}

#[test]
fn a_visit_is_recorded_and_replayed() {
    let simulator = simulator(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("visit.jsonl");
    let record = ["card", "read", "--port", &simulator.port, "--record", file.to_str().unwrap()];
    let (_, card, code) = json(&record);
    assert_eq!((&card["name"], code), (&json!("张**"), Some(0)));
    let replay = format!("replay:{}", file.display());
    let (_, card, code) = json(&["card", "read", "--port", &replay, "--reveal"]);
    assert_eq!(
        (&card["name"], &card["number"], code),
        (&json!("替代人"), &json!("990000197001019995"), Some(0))
    );
    let (_, error, code) = json(&record);
    assert_eq!((&error["error"]["kind"], code), (&json!("port"), Some(1)));
}

#[test]
fn an_absent_port_is_trouble_and_a_wrong_one_wrong_usage() {
    let (_, error, code) = json(&["card", "read", "--port", "serial:/dev/no-such-port"]);
    assert_eq!((&error["error"]["kind"], code), (&json!("port"), Some(1)));
    let (_, error, code) = json(&["card", "read", "--port", "pcsc:READER"]);
    assert_eq!((&error["error"]["kind"], code), (&json!("port"), Some(1)));
    for wrong in [
        &["card", "read", "--port", "ttyS0"][..],
        &["card", "read"],
        &["card", "read", "--port", "serial:/dev/ttyS0", "--timeout", "-1"],
        &["sim", "card", "--fault", "card.burnt"],
        &["sim", "card", "--card", "passport"],
        &["--config", "/no/such/file", "list"],
        &["toast"],
    ] {
        assert_eq!(device(wrong).status.code(), Some(2), "{wrong:?}");
        let (_, error, code) = json(wrong);
        assert_eq!((&error["error"]["kind"], code), (&json!("usage"), Some(2)), "{wrong:?}");
    }
}

#[test]
fn status_tells_state_module_and_speed() {
    let simulator = simulator(&["--baud", "19200"]);
    let (line, _, code) = json(&["card", "status", "--port", &simulator.port]);
    let want =
        r#"{"state":"online","sam_id":"05.01-20150101-0000000001-0000000002","baud":19200,"error":null}"#;
    assert_eq!((line.trim_end(), code), (want, Some(0)));
    drop(simulator);
    let (_, status, code) = json(&["card", "status", "--port", "serial:/dev/no-such-port"]);
    assert_eq!(
        (&status["state"], &status["error"]["kind"], code),
        (&json!("offline"), &json!("port"), Some(1))
    );
}

#[test]
fn the_port_may_stand_in_a_file() {
    let simulator = simulator(&[]);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("[card_reader]\nport = \"{}\"\ntimeout = 5\n", simulator.port))
        .unwrap();
    let path = file.path().to_str().unwrap();
    assert_eq!(json(&["--config", path, "card", "status"]).2, Some(0));
    std::fs::write(file.path(), "[card_reader]\nprot = \"serial:/dev/ttyS0\"\n").unwrap();
    let output = device(&["--config", path, "card", "status"]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(&format!("{path}:2: `card_reader` has no `prot`")), "{text}");
}

#[test]
fn list_names_what_answers() {
    let simulator = simulator(&[]);
    let (_, found, code) = json(&["list", "--port", "serial:/dev/no-such-port", "--port", &simulator.port]);
    assert_eq!((&found["device"], code), (&json!("id_card_reader"), Some(0)));
    assert_eq!(found["port"], simulator.port);
}

#[test]
fn all_faults_are_listed() {
    let output = device(&["sim", "card", "--fault", "list"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    for fault in ["card.silent", "card.removed@read", "card.checksum"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{fault}: "))), "{fault} in {text}");
    }
}
