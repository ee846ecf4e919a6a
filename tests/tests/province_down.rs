//! Province down: what may wait is queued and delivered later exactly once, with the time when it was filed; what may not
//! is refused calmly and leaves nothing behind.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::{Visit, cases};

const MORNING: &str = "2026-11-24T10:24:00+08:00";
const LATER: &str = "2026-11-24T11:30:00+08:00";

/// The terminal is switched on again when the province is there: the case arrives once, with the time of its filing.
#[track_caller]
fn check(fault: &str, may_be_told: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let at = data.to_str().unwrap();
    let visit = Visit::play(
        &out.join("1"),
        &["--item", "old-age-allowance", "--fault", fault, "--data", at, "--time", MORNING],
    );
    let told = visit.outcome();
    assert!(may_be_told.contains(&told.as_str()), "{fault}: {}", visit.last_line());
    assert!(visit.last_line()["application_number"].is_null(), "{fault}: a number that nobody gave");
    assert_eq!(cases(&data.join("province")), [] as [serde_json::Value; 0], "{fault}");
    let id = visit.last_line()["submission_id"].clone();

    let next = ["--item", "convenience-directory", "--data", at, "--time", LATER];
    for run in 2..6 {
        assert_eq!(Visit::play(&out.join(run.to_string()), &next).outcome(), "served");
        if !cases(&data.join("province")).is_empty() {
            break;
        }
    }
    let cases = cases(&data.join("province"));
    assert_eq!(cases.len(), 1, "{fault}: {cases:?}");
    assert_eq!(cases[0]["submission_id"], id, "{fault}");
    assert!(cases[0]["filed_at"].as_str().unwrap().starts_with("2026-11-24T10:"), "{:?}", cases[0]);
    assert!(cases[0]["received_at"].as_str().unwrap().starts_with("2026-11-24T11:"), "{:?}", cases[0]);
}

#[test]
fn what_may_wait_is_queued_and_delivered_once() {
    check("province.down", &["queued"]);
}

/// The terminal cannot tell whether the case was kept before the connection broke: it must not say that it was.
#[test]
fn a_connection_that_breaks_before_the_commit_loses_nothing() {
    check("province.drop_before_commit@submit", &["queued", "unknown"]);
}

#[test]
fn a_province_that_answers_503_loses_nothing() {
    check("province.unavailable@submit", &["queued", "unknown"]);
}

#[test]
fn a_connection_that_breaks_after_the_commit_makes_no_second_case() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let visit = Visit::play(
        &folder.path().join("out"),
        &[
            "--item",
            "old-age-allowance",
            "--fault",
            "province.drop_after_commit_once@submit",
            "--data",
            data.to_str().unwrap(),
        ],
    );
    assert_eq!(visit.outcome(), "received", "{}", visit.last_line());
    let cases = cases(&data.join("province"));
    assert_eq!(cases.len(), 1, "{cases:?}");
    assert_eq!(cases[0]["submission_id"], visit.last_line()["submission_id"]);
}

#[test]
fn what_may_not_wait_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let visit = Visit::play(
        &folder.path().join("out"),
        &["--item", "meal-booking", "--fault", "province.down@submit", "--data", data.to_str().unwrap()],
    );
    assert!(["abandoned", "unknown"].contains(&visit.outcome().as_str()), "{}", visit.last_line());
    assert!(visit.last_line()["case_number"].is_null());
    assert_eq!(cases(&data.join("province")), [] as [serde_json::Value; 0]);
}
