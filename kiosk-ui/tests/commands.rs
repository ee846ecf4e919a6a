//! `yilin-terminal` as a script calls it: its lines, its files, its exit codes.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use domain::case::{Applicant, Submission, SubmissionId};
use domain::form::FieldId;
use domain::form::answer::{Answer, AnswerSource, Answered, FormAnswers};
use domain::identity::{Assurance, Consent, FaceConsent, IdentityWay, SharedDataConsent};
use domain::locale::Locale;
use domain::personal::Personal;
use domain::service_item::{ItemId, Queueing};
use domain::terminal::TerminalId;
use platform_client::clock::FixedClock;
use platform_client::entropy::SystemEntropy;
use platform_client::outbox::{Outbox, OutboxConfig};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use time::macros::datetime;

const NAME: &str = "张示例";
const NUMBER: &str = "990000194001010014";
const ID: &str = "0123456789abcdef0123456789abcdef";

fn terminal(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yilin-terminal"));
    command.args(arguments).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("RUST_LOG");
    command.output().unwrap()
}

/// The objects of standard output, one a line.
fn objects(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it was not killed")
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A terminal's folder with one submission in its outbox.
fn with_outbox() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = datetime!(2026-11-24 10:24:07 +8);
    let config = OutboxConfig::in_folder(folder.path(), TerminalId("T-1".into()));
    let outbox = Outbox::open(config, Arc::new(FixedClock(at)), Arc::new(SystemEntropy::new())).unwrap();
    let mut answers = FormAnswers::default();
    let answer = Answer::Text(Personal::new(NAME));
    answers.set(FieldId::from("remark"), Answered { answer, source: AnswerSource::Resident });
    let submission = Submission {
        id: SubmissionId::try_from(ID.to_owned()).unwrap(),
        item: ItemId("old-age-allowance".into()),
        item_version: "2026.11.1".into(),
        filed_at: at,
        terminal: TerminalId("T-1".into()),
        locale: Locale::ZhCn,
        applicant: Applicant {
            name: Personal::new(NAME),
            number: Personal::new(NUMBER),
            way: IdentityWay::Card,
            assurance: Assurance::CardOrQr,
            face: None,
        },
        agent: None,
        consent: Consent {
            item_version: "2026.11.1".into(),
            at,
            face: FaceConsent::NotAsked,
            shared_data: SharedDataConsent::Refused,
        },
        answers,
        provided: Vec::new(),
        queueing: Queueing::MayQueue,
    };
    outbox.commit(&submission).unwrap();
    folder
}

#[test]
fn the_outbox_is_listed_without_anything_of_a_resident() {
    let folder = with_outbox();
    let listed = terminal(&["outbox", "list", "--json", "--data", path(folder.path())]);
    assert_eq!(code(&listed), 0, "{listed:?}");
    let entries = objects(&listed);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["submission_id"], ID);
    assert_eq!((&entries[0]["state"], &entries[0]["kind"]), (&json!("saved"), &json!("case")));
    assert_eq!(entries[0]["filed_at"], "2026-11-24T10:24:07+08:00");
    assert_eq!(entries[0]["case_number"], Value::Null, "keys are always there");
    let words = terminal(&["outbox", "list", "--data", path(folder.path())]);
    for output in [&listed, &words] {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(ID) && !text.contains(NAME) && !text.contains(NUMBER), "{text}");
    }
}

#[test]
fn an_entry_is_masked_unless_it_is_asked_for_and_that_is_on_record() {
    let folder = with_outbox();
    let data = path(folder.path());
    let masked = terminal(&["outbox", "show", ID, "--json", "--data", data]);
    assert_eq!(objects(&masked)[0]["name"], "张**");
    assert_eq!(objects(&masked)[0]["number"], "9900************14");
    assert!(!folder.path().join("audit.jsonl").exists());

    let whole = terminal(&["outbox", "show", ID, "--reveal", "--json", "--data", data]);
    assert_eq!((&objects(&whole)[0]["name"], &objects(&whole)[0]["number"]), (&json!(NAME), &json!(NUMBER)));
    let record = std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    let record: Value = serde_json::from_str(record.trim()).unwrap();
    assert_eq!((&record["event"], &record["submission_id"]), (&json!("outbox_reveal"), &json!(ID)));

    // What cannot be put on record is not shown.
    std::fs::remove_file(folder.path().join("audit.jsonl")).unwrap();
    std::fs::create_dir(folder.path().join("audit.jsonl")).unwrap();
    let refused = terminal(&["outbox", "show", ID, "--reveal", "--json", "--data", data]);
    assert_eq!((code(&refused), &objects(&refused)[0]["error"]["kind"]), (1, &json!("record")));
    assert!(!String::from_utf8_lossy(&refused.stdout).contains(NAME));
}

#[test]
fn only_what_was_set_aside_waits_for_a_decision() {
    let folder = with_outbox();
    let data = path(folder.path());
    let refused = terminal(&["outbox", "retry", ID, "--json", "--data", data]);
    assert_eq!((code(&refused), &objects(&refused)[0]["error"]["kind"]), (1, &json!("not_set_aside")));
    let nobody = terminal(&["outbox", "retry", &"0".repeat(32), "--json", "--data", data]);
    assert_eq!((code(&nobody), &objects(&nobody)[0]["error"]["kind"]), (1, &json!("no_such_entry")));
}

#[test]
fn a_new_key_is_made_beside_the_old_one() {
    let folder = with_outbox();
    let data = path(folder.path());
    let made = terminal(&["outbox", "rotate-key", "--json", "--data", data]);
    assert_eq!((code(&made), objects(&made)), (0, vec![json!({"current": 2, "keys": [1, 2]})]));
    // What is sealed with the old key is still read, until a terminal has sealed it anew.
    let shown = terminal(&["outbox", "show", ID, "--json", "--data", data]);
    assert_eq!(code(&shown), 0);
    let at = datetime!(2026-11-24 10:30:00 +8);
    let config = OutboxConfig::in_folder(folder.path(), TerminalId("T-1".into()));
    let outbox = Outbox::open(config, Arc::new(FixedClock(at)), Arc::new(SystemEntropy::new())).unwrap();
    drop(outbox);
    let shown = terminal(&["outbox", "show", ID, "--json", "--data", data]);
    assert_eq!(code(&shown), 0);
    let nowhere = tempfile::tempdir().unwrap();
    let none = terminal(&["outbox", "rotate-key", "--json", "--data", path(nowhere.path())]);
    assert_eq!((code(&none), &objects(&none)[0]["error"]["kind"]), (1, &json!("no_outbox")));
}

#[test]
fn an_export_is_sealed() {
    let folder = with_outbox();
    let out = folder.path().join("export");
    let exported =
        terminal(&["outbox", "export", "--out", path(&out), "--json", "--data", path(folder.path())]);
    assert_eq!(objects(&exported)[0]["entries"], 1);
    let entries = std::fs::read_to_string(out.join("entries.jsonl")).unwrap();
    assert!(entries.contains(ID) && !entries.contains(NAME) && !entries.contains(NUMBER));
}

#[test]
fn a_folder_without_an_outbox_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let none = terminal(&["outbox", "list", "--json", "--data", path(folder.path())]);
    assert_eq!((code(&none), &objects(&none)[0]["error"]["kind"]), (1, &json!("no_outbox")));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made by looking");
}

#[test]
fn a_catalogue_is_checked_as_a_whole() {
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalogue");
    let good = terminal(&["catalogue", "check", shipped, "--json"]);
    assert_eq!(code(&good), 0, "{good:?}");
    assert_eq!(objects(&good)[0]["items"].as_array().unwrap().len(), 7);

    let broken = tempfile::tempdir().unwrap();
    let items = broken.path().join("items");
    std::fs::create_dir(&items).unwrap();
    for entry in std::fs::read_dir(Path::new(shipped).join("items")).unwrap() {
        let file = entry.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap().replace("minutes = 2\n", "minutes = \"two\"\n");
        std::fs::write(items.join(file.file_name().unwrap()), text).unwrap();
    }
    std::fs::copy(Path::new(shipped).join("catalogue.toml"), broken.path().join("catalogue.toml")).unwrap();
    let bad = terminal(&["catalogue", "check", path(broken.path()), "--json"]);
    assert_eq!(code(&bad), 1);
    let lines = objects(&bad);
    let (error, mistakes) = lines.split_last().unwrap();
    assert_eq!(error["error"]["kind"], "mistakes");
    assert!(!mistakes.is_empty());
    for mistake in mistakes {
        assert!(mistake["line"].as_u64().unwrap() > 1 && !mistake["remedy"].as_str().unwrap().is_empty());
        let file = mistake["path"].as_str().unwrap();
        let line = usize::try_from(mistake["line"].as_u64().unwrap()).unwrap();
        let text = std::fs::read_to_string(file).unwrap();
        assert_eq!(text.lines().nth(line - 1), Some("minutes = \"two\""), "{mistake}");
    }
    let nowhere = terminal(&["catalogue", "check", "/nowhere", "--json"]);
    assert_eq!((code(&nowhere), &objects(&nowhere)[0]["error"]["kind"]), (1, &json!("unreadable")));
}

#[test]
fn every_fault_of_every_simulator_is_listed() {
    let listed = terminal(&["visit", "--fault", "list", "--json"]);
    assert_eq!(code(&listed), 0);
    let names: Vec<_> = objects(&listed).iter().map(|o| o["fault"].as_str().unwrap().to_owned()).collect();
    for name in ["card.removed@read", "printer.paper_out@lineN", "camera.dark", "province.drop_after_commit"]
    {
        assert!(names.iter().any(|n| n == name), "{name} is not in {names:?}");
    }
}

#[test]
fn wrong_usage_is_said_with_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("terminal.toml");
    std::fs::write(&file, "[camera]\nport = 1\n\n[toaster]\n").unwrap();
    for arguments in [
        vec!["visit", "--json"],
        vec!["visit", "--item", "x", "--fault", "toaster.burnt", "--json"],
        vec!["outbox", "show", "12", "--json"],
        vec!["dance", "--json"],
        vec!["outbox", "list", "--json", "--config", path(&file)],
        vec!["outbox", "list", "--json", "--config", "/nowhere/terminal.toml"],
    ] {
        let output = terminal(&arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {output:?}");
        assert_eq!(objects(&output)[0]["error"]["kind"], "usage", "{arguments:?}");
        assert!(!output.stderr.is_empty());
    }
    let mistakes = terminal(&["outbox", "list", "--config", path(&file)]);
    let words = String::from_utf8_lossy(&mistakes.stderr).into_owned();
    assert!(words.contains("terminal.toml:2: camera.port") && words.contains("terminal.toml:4: "), "{words}");
    for asked in ["--help", "--version"] {
        assert_eq!(code(&terminal(&[asked])), 0);
    }
}
