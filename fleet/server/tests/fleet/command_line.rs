//! What is done on the server's own machine is noted as what is done at the desk: who, what, why, in the same chain.

use crate::fixture::{on_both, planned};
use fleet_api::configuration::Settings;
use fleet_api::keys::Role;
use fleet_api::release::{ReleaseManifest, STICK_MANIFEST};
use fleet_api::signed::Signed;
use fleet_server::keys::KeyFolder;
use fleet_server::orders::configurations;
use fleet_server::selector::Selector;
use fleet_server::store::audit::Verdict;
use serde_json::json;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

/// The user who runs the test, as passwd(5) names them.
fn user() -> String {
    let number = rustix::process::getuid();
    if number.is_root()
        && let Ok(user) = std::env::var("SUDO_USER")
    {
        return format!("os:{user}");
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.split(':').nth(2) == Some(&number.as_raw().to_string()));
    format!("os:{}", line.unwrap().split(':').next().unwrap())
}

#[test]
fn a_command_line_is_audited() {
    on_both(async |fleet| {
        let file = |name: &str, text: &str| {
            let path = fleet.folder().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let terminals = file("terminals.jsonl", &serde_json::to_string(&planned("T-1")).unwrap());
        let bundle = file("b.raucb", "bundle");
        let offline = |role| KeyFolder::of(fleet.folder()).offline(role).to_str().unwrap().to_owned();
        let (release_key, root_key) = (offline(Role::Release), offline(Role::Root));
        let out = fleet.folder().join("copy").to_str().unwrap().to_owned();
        let stick = fleet.folder().join("stick");
        std::fs::create_dir(&stick).unwrap();
        let divisions = file(
            "divisions.jsonl",
            r#"{"code":"990101","parent":null,"level":"district","name_zh":"\u6837\u672c\u533a","name_en":"Sample","urban":false,"x":null,"y":null}"#,
        );
        let rows: &[(&[&str], &str, &str, &str)] = &[
            (&["division", "add", &divisions, "--why", "the city"], "division.add", "divisions", "the city"),
            (&["terminal", "add", &terminals, "--why", "new"], "terminal.add", "terminal:T-1", "new"),
            (&["terminal", "code", "T-1"], "terminal.code", "terminal:T-1", ""),
            (&["terminal", "token", "T-1"], "terminal.token", "terminal:T-1", ""),
            (&["gateway", "token", "--why", "a new gateway"], "gateway.token", "gateway", "a new gateway"),
            (
                &[
                    "artifact",
                    "add",
                    &bundle,
                    "--version",
                    "1.1.0",
                    "--compatible",
                    "yilin-k1",
                    "--release-key",
                    &release_key,
                    "--why",
                    "spring",
                ],
                "release.add",
                "release:yilin 1.1.0",
                "spring",
            ),
            (
                &["artifact", "stick", "1", stick.to_str().unwrap(), "--why", "no network there"],
                "release.stick",
                "release:yilin 1.1.0",
                "no network there",
            ),
            (
                &["rollout", "add", "--release", "1", "--name", "spring", "--why", "trial"],
                "rollout.add",
                "release:1",
                "trial",
            ),
            (&["rollout", "start", "1", "--why", "go"], "rollout.start", "rollout:1", "go"),
            (&["rollout", "pause", "1", "--why", "lunch"], "rollout.pause", "rollout:1", "lunch"),
            (&["rollout", "resume", "1", "--why", "on"], "rollout.resume", "rollout:1", "on"),
            (&["rollout", "rollback", "1", "--why", "bad"], "rollout.rollback", "rollout:1", "bad"),
            (&["key", "rotate", "commands", "--root-key", &root_key], "key.rotate", "key:commands", ""),
            (
                &["user", "add", "li", "--role", "viewer", "--why", "joined"],
                "account.add",
                "account:li",
                "joined",
            ),
            (&["terminal", "revoke", "T-1", "--why", "stolen"], "terminal.revoke", "terminal:T-1", "stolen"),
            (&["backup", &out, "--why", "friday"], "server.backup", "server", "friday"),
        ];
        for (words, ..) in rows {
            fleet.say(words).unwrap_or_else(|said| panic!("{words:?}: {said:?}"));
        }
        assert!(fleet.say(&["rollout", "abort", "1", "--why", "too late"]).is_err());
        assert!(fleet.say(&["terminal", "list"]).is_ok(), "reading is no order");

        let store = &fleet.server().store;
        let mut noted = store.audit_after(0, 1000).await.unwrap();
        let refused = noted.pop().unwrap();
        assert_eq!((refused.what.as_str(), refused.subject.as_str()), ("order.refused", "rollout:1"));
        assert!(refused.detail.starts_with("rollout.abort: "), "{}", refused.detail);
        assert_eq!(noted.pop().unwrap().what, "rollout.abort", "it was wanted");
        let user = user();
        let found: Vec<_> = noted
            .iter()
            .map(|row| (row.who.as_str(), row.what.as_str(), row.subject.as_str(), row.why.as_str()))
            .collect();
        let expected: Vec<_> =
            rows.iter().map(|(_, what, subject, why)| (user.as_str(), *what, *subject, *why)).collect();
        assert_eq!(found, expected);
        let Verdict::Whole { rows: length, .. } = store.verify_audit().await.unwrap() else {
            panic!("the chain is broken")
        };
        assert_eq!(length, i64::try_from(rows.len() + 2).unwrap());
        // The reason stands with the rollout too, and nothing secret in the chain.
        let all = serde_json::to_value(store.audit_after(0, 1000).await.unwrap()).unwrap().to_string();
        let code = fleet.say(&["terminal", "code", "T-1"]).unwrap()[0]["code"].as_str().unwrap().to_owned();
        assert!(!all.contains(&code));
        let list = fleet.say(&["rollout", "list"]).unwrap();
        assert_eq!(list[0]["rollout"]["created_by"], json!(user));
    });
}

#[test]
fn a_stick_holds_what_the_release_manager_signed() {
    on_both(async |fleet| {
        let (bundle, stick) = (fleet.folder().join("b.raucb"), fleet.folder().join("stick"));
        std::fs::write(&bundle, "bundle").unwrap();
        std::fs::create_dir(&stick).unwrap();
        let release_key = KeyFolder::of(fleet.folder()).offline(Role::Release).to_str().unwrap().to_owned();
        let add = ["artifact", "add", bundle.to_str().unwrap(), "--compatible", "yilin-k1", "--version"];
        fleet.say(&[&add[..], &["1.1.0", "--release-key", &release_key]].concat()).unwrap();
        fleet.say(&[&add[..], &["1.2.0"]].concat()).unwrap();
        let write = |release: &str| fleet.say(&["artifact", "stick", release, stick.to_str().unwrap()]);
        assert!(write("3").is_err(), "there are two");
        let unsigned = write("2").unwrap_err();
        assert!(format!("{unsigned:?}").contains("--release-key"), "{unsigned:?}");
        assert_eq!(std::fs::read_dir(&stick).unwrap().count(), 0);

        write("1").unwrap();
        let manifest = std::fs::read(stick.join(STICK_MANIFEST)).unwrap();
        let signed: Signed<ReleaseManifest> = serde_json::from_slice(&manifest).unwrap();
        let ring = fleet.server().store.ring().await.unwrap().unwrap();
        let ring = ring.open_with(&fleet.server().keys.root_public).unwrap();
        let manifest = signed.open(&ring).unwrap();
        let beside = std::fs::read(stick.join(&manifest.filename)).unwrap();
        assert_eq!((beside.as_slice(), manifest.size), (&b"bundle"[..], 6));
        assert_eq!(manifest.sha256, fleet_server::secret::sha256(&beside));
    });
}

#[test]
fn an_account_is_linked_to_the_console_of_the_file() {
    on_both(async |fleet| {
        let file = fleet.folder().join("fleet.toml");
        let file_name = file.display().to_string();
        for (n, (text, flags, begins)) in [
            ("", &[][..], "https://localhost:8443/"),
            ("console = \"127.0.0.1:9443\"", &[], "https://localhost:9443/"),
            ("console_origin = \"https://fleet.example\"", &[], "https://fleet.example/"),
            (
                "console_origin = \"https://fleet.example\"",
                &["--console-origin", "https://a.example"],
                "https://a.example/",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            std::fs::write(&file, text).unwrap();
            let name = format!("person-{n}");
            let words = ["--config", &file_name, "user", "add", &name, "--role", "viewer"];
            let said = fleet.say(&[&words, flags].concat()).unwrap();
            let link = said[0]["sign_up"].as_str().unwrap();
            assert!(link.starts_with(begins), "{link} with {text} and {flags:?}");
        }
    });
}

#[test]
fn no_link_is_left_in_a_journal() {
    let data = tempfile::tempdir().unwrap();
    let start = |json: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_yilin-fleet"))
            .args(json)
            .arg("--data")
            .arg(data.path())
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--console",
                "127.0.0.1:0",
                "--metrics",
                "127.0.0.1:0",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        for line in out.by_ref().lines() {
            said.push_str(&line.unwrap());
            if said.contains("user add") || said.contains("first_sign_up") {
                break;
            }
        }
        rustix::process::kill_process(
            rustix::process::Pid::from_child(&child),
            rustix::process::Signal::TERM,
        )
        .unwrap();
        out.read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success());
        said
    };
    // As systemd starts it, whose journal keeps what it says.
    let said = start(&[]);
    assert!(said.contains("user add NAME --role admin") && !said.contains("/join/"), "{said}");
    // A program that asked reads it once; the account was not made before.
    let said = start(&["--json"]);
    assert!(said.contains("/join/"), "{said}");
    assert!(!start(&["--json"]).contains("/join/"), "there is an account now");
}

#[test]
fn a_city_comes_in_one_file() {
    on_both(async |fleet| {
        let file = fleet.folder().join("city.jsonl");
        let division = |code: &str, parent: serde_json::Value, level: &str, x: serde_json::Value| {
            json!({"code": code, "parent": parent, "level": level, "name_zh": "样本", "name_en": "Sample",
                "urban": true, "x": x, "y": x})
        };
        let city = [
            division("990101", json!(null), "district", json!(null)),
            division("990101001", json!("990101"), "street", json!(null)),
            division("990101001001", json!("990101001"), "community", json!(0.2)),
            division("990101001002", json!("990101001"), "community", json!(null)),
            division("990101001003", json!("990101001"), "community", json!(1.0 / 3.0)),
        ];
        let text: Vec<String> = city.iter().map(ToString::to_string).collect();
        std::fs::write(&file, text.join("\n")).unwrap();
        fleet.say(&["division", "add", file.to_str().unwrap()]).unwrap();
        let mut said = fleet.say(&["division", "list"]).unwrap();
        said.sort_by_key(|division| division["code"].to_string());
        assert_eq!(said, city);
    });
}

#[test]
fn nothing_is_for_a_district_that_there_is_not() {
    on_both(async |fleet| {
        fleet.plan("T-1").await;
        let release = crate::updates::release(fleet, "1.1.0", b"bundle", "b.raucb").await.to_string();
        let add = ["rollout", "add", "--release", &release, "--name", "n", "--why", "w", "--district"];
        let refused = fleet.say(&[&add[..], &["990101,nowhere"]].concat()).unwrap_err();
        let message = refused[0]["error"]["message"].as_str().unwrap();
        assert!(message.contains("there is no district `nowhere`"), "{message}");
        assert!(fleet.say(&["rollout", "list"]).unwrap().is_empty());
        fleet.say(&[&add[..], &["990101"]].concat()).unwrap();

        let (settings, by) = (Settings::default(), crate::fixture::desk());
        let nowhere = Selector { districts: vec!["nowhere".into()], ..Selector::default() };
        let made = configurations::make(fleet.server(), &settings, &nowhere, 1, &by, "w").await;
        assert_eq!(made.unwrap_err().to_string(), "there is no district `nowhere`");
    });
}

#[test]
fn a_mistake_names_its_line_and_an_empty_file_is_no_release() {
    on_both(async |fleet| {
        let file = fleet.folder().join("terminals.jsonl");
        let wrong = fleet_server::store::terminals::NewTerminal { hours: "all day".into(), ..planned("T-2") };
        let lines = [planned("T-1"), wrong].map(|row| serde_json::to_string(&row).unwrap());
        std::fs::write(&file, lines.join("\n\n")).unwrap();
        let message = |said: Vec<serde_json::Value>| said[0]["error"]["message"].as_str().unwrap().to_owned();
        let said = message(fleet.say(&["terminal", "add", file.to_str().unwrap()]).unwrap_err());
        assert!(said.contains("terminals.jsonl:3: "), "{said}");
        assert!(fleet.say(&["terminal", "list"]).unwrap().is_empty(), "all of them, or none");

        let empty = fleet.folder().join("empty.raucb");
        std::fs::write(&empty, "").unwrap();
        let add = ["artifact", "add", empty.to_str().unwrap(), "--version", "1.1.0", "--compatible", "k"];
        let said = message(fleet.say(&add).unwrap_err());
        assert!(said.contains("is empty"), "{said}");
        assert!(fleet.say(&["artifact", "list"]).unwrap().is_empty());
    });
}
