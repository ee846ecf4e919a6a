//! `yilin-province conformance` as a department starts it.

use std::process::Command;

use platform_client::sim::conformance::points;
use serde_json::Value;

use crate::town::Town;

fn pack(town: &Town, more: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yilin-province"));
    command.args(["conformance", town.platform.url(), "--credentials"]).arg(town.platform.credentials());
    command.args(more).output().unwrap()
}

#[test]
fn the_exit_tells_and_the_files_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let (html, junit) = (folder.path().join("r.html"), folder.path().join("r.xml"));
    let files = ["--html", html.to_str().unwrap(), "--junit", junit.to_str().unwrap()];
    let good = pack(&Town::new(None), &files);
    let said = String::from_utf8_lossy(&good.stdout).into_owned();
    assert_eq!(good.status.code(), Some(0), "{said}");
    let passed = points().len() - 5;
    assert!(said.contains(&format!("{passed} passed, 0 failed, 5 not applicable")), "{said}");
    assert!(std::fs::read_to_string(&html).unwrap().contains("符合性测试报告"));
    assert!(std::fs::read_to_string(&junit).unwrap().contains("failures=\"0\""));
}

#[test]
fn a_failure_is_exit_1_and_a_line_of_json() {
    let town = Town::new(Some("terminal.heartbeat".parse().unwrap()));
    let bad = pack(&town, &["--json", "--only", "terminal", "--seed", "7"]);
    assert_eq!(bad.status.code(), Some(1));
    let lines: Vec<Value> =
        String::from_utf8(bad.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let failed: Vec<&Value> = lines.iter().filter(|l| l["result"] == "fail").collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["id"], "terminal.heartbeat");
    assert_eq!(lines.last().unwrap()["failed"], 1);
    assert_eq!(lines.last().unwrap()["seed"], 7);
}

#[test]
fn what_is_wrong_with_the_call_is_said() {
    let town = Town::new(None);
    for (more, exit) in [(&["--only", "nothing"][..], 2), (&["--prepared", "/nowhere"][..], 2)] {
        assert_eq!(pack(&town, more).status.code(), Some(exit), "{more:?}");
    }
    // Before anything is asked: nothing is left behind at the platform for a report that nobody gets.
    let nowhere = pack(&town, &["--html", "/nowhere/r.html"]);
    assert_eq!((nowhere.status.code(), nowhere.stdout.len()), (Some(2), 0));
    let elsewhere = Command::new(env!("CARGO_BIN_EXE_yilin-province"))
        .args(["conformance", "http://127.0.0.1:1", "--credentials"])
        .arg(town.platform.credentials())
        .output()
        .unwrap();
    assert_eq!(elsewhere.status.code(), Some(2));
}
