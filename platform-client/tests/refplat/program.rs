//! `yilin-province` as other people's scripts start it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::asking::{Shows, answer, appeal, client, with_json};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_yilin-province"))
}

fn serve(data: &Path, more: &[&str]) -> (Child, Value) {
    let mut child = program()
        .args(["serve", "--time", "2026-11-24T10:24:00+08:00", "--data"])
        .arg(data)
        .args(more)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

#[tokio::test]
async fn the_first_line_says_where_and_cases_lists_what_was_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, ready) = serve(folder.path(), &["--fault", "province.drop_after_commit_once"]);
    let credentials = folder.path().join("credentials");
    assert_eq!(ready["credentials"], json!(credentials));
    assert!(ready["admin_url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let client = client(&credentials, Shows::Certificate);
    let submit = || {
        let url = format!("{}/v1/cases", ready["url"].as_str().unwrap());
        with_json(client.post(url).header("idempotency-key", "01".repeat(16)), &appeal(1)).send()
    };
    assert!(submit().await.is_err());
    let (_, body) = answer(submit().await.unwrap()).await;
    child.kill().unwrap();
    child.wait().unwrap();

    let listed = program().args(["cases", "--data"]).arg(folder.path()).output().unwrap();
    assert!(listed.status.success());
    let lines: Vec<Value> =
        String::from_utf8(listed.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(
        lines,
        [json!({"submission_id": "01".repeat(16), "application_number": body["data"]["applicationNumber"],
                "case_number": null, "item": "appeal-12345", "state": "submitted",
                "filed_at": "2026-11-24T10:20:00+08:00", "received_at": "2026-11-24T10:24:00+08:00"})]
    );
}

#[test]
fn the_signal_ends_it_well() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, _) = serve(folder.path(), &[]);
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_is_wrong_is_said_and_told_by_the_exit() {
    let folder = tempfile::tempdir().unwrap();
    let check = |args: &[&str], exit: i32, words: &str| {
        let output = program().arg("serve").args(args).arg("--data").arg(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(exit), "{args:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{args:?}: {said}");
    };
    check(&["--dialect", "cases=klingon"], 2, "canonical|anhui");
    check(&["--dialect", "cases=national_rating"], 2, "ratings and nothing else");
    check(&["--fault", "province.sulks"], 2, "--fault list");
    check(&["--listen", "here"], 2, "no address");
    check(&["--catalogue", "/nowhere"], 1, "/nowhere");
    let none = program().args(["--json", "cases", "--data", "/nowhere"]).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    let object: Value = serde_json::from_slice(&none.stdout).unwrap();
    assert_eq!(object["error"]["kind"], "failed");
}

#[test]
fn wrong_usage_is_an_object_where_json_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("province.toml");
    std::fs::write(&file, "seed = 1\nseal = \"wax\"\ntoaster = 2\n").unwrap();
    let config = file.to_str().unwrap();
    for args in [
        &["--json", "dance"][..],
        &["--json", "cases"],
        &["--json", "verify", "YILIN:A."],
        &["--json", "serve", "--seed", "x"],
        &["--json", "serve", "--config", config],
        &["--json", "openapi", "--config", config],
        &["--json", "conformance", "https://localhost:1", "--credentials", "/nowhere"],
    ] {
        let output = program().args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(object["error"]["kind"], "usage", "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
    let mistakes = program().args(["serve", "--config", config]).output().unwrap();
    let words = String::from_utf8_lossy(&mistakes.stderr).into_owned();
    assert!(words.contains("province.toml:2: ") && words.contains("province.toml:3: "), "{words}");
}

#[test]
fn every_fault_is_listed() {
    let listed = program().args(["serve", "--fault", "list"]).output().unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.status.success() && text.contains("province.drop_after_commit") && text.contains("@STEP"));
}

#[test]
fn a_slip_is_proved_without_a_network() {
    use domain::paper::{Claim, ClaimState};
    use platform_client::entropy::SeededEntropy;
    use platform_client::slip::SlipSigner;
    use time::format_description::well_known::Rfc3339;
    let folder = tempfile::tempdir().unwrap();
    let now = time::macros::datetime!(2026-11-24 10:24:00 +8);
    let signer = |name: &str, seed| {
        SlipSigner::open(&folder.path().join(name), &SeededEntropy::new(seed), now).unwrap()
    };
    let (ours, other) = (signer("ours.keys", 7), signer("other.keys", 8));
    let public = |signer: &SlipSigner, days: i64| {
        let key = signer.public_keys().remove(0);
        let until = key.until() - time::Duration::days(days);
        format!(
            "{} {} {}\n",
            key.to_hex(),
            key.from().format(&Rfc3339).unwrap(),
            until.format(&Rfc3339).unwrap()
        )
    };
    let keys = folder.path().join("public");
    let claim = Claim {
        number: "SQ-20261124-0000001".into(),
        filed_at: now,
        state: ClaimState::Received,
        terminal: domain::terminal::TerminalId("T-1".into()),
    };
    let slip = ours.sign(&claim).unwrap();
    let changed = slip.replacen(&slip[20..21], if &slip[20..21] == "0" { "1" } else { "0" }, 1);
    let check = |text: &str, known: &str, exit: i32, outcome: &str| {
        std::fs::write(&keys, known).unwrap();
        let output = program().args(["--json", "verify", text, "--keys"]).arg(&keys).output().unwrap();
        let object: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &object["outcome"]), (Some(exit), &json!(outcome)), "{object}");
        object
    };
    assert_eq!(
        check(&slip, &format!("{}\n{}", public(&other, 0), public(&ours, 0)), 0, "valid"),
        json!({"outcome": "valid", "number": "SQ-20261124-0000001", "filed_at": "2026-11-24T10:24:00+08:00",
               "state": "received", "terminal": "T-1"})
    );
    assert_eq!(
        check(&changed, &public(&ours, 0), 1, "altered"),
        json!({"outcome": "altered", "number": null, "filed_at": null, "state": null, "terminal": null})
    );
    check(&slip, &public(&other, 0), 1, "unknown_key");
    check(&slip, &public(&ours, 366), 1, "key_expired");
    check("SQ-20261124-0000001", &public(&ours, 0), 1, "not_a_slip");
    let words = program().args(["verify", &slip, "--keys"]).arg(&keys).output().unwrap();
    assert!(
        String::from_utf8_lossy(&words.stdout)
            .starts_with("valid: SQ-20261124-0000001 2026-11-24T10:24:00+08:00")
    );
    std::fs::write(&keys, "04ab\n").unwrap();
    let bad = program().args(["verify", &slip, "--keys"]).arg(&keys).output().unwrap();
    assert_eq!(bad.status.code(), Some(2), "no key");
    assert_eq!(
        program().args(["verify", &slip]).output().unwrap().status.code(),
        Some(2),
        "no keys were given"
    );
}
