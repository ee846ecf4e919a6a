//! Paper is never reported as printed when it is not, and what was done is done all the same.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::Visit;

#[track_caller]
fn check(fault: &str, paper: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec!["--item", "pension-certification"];
    if !fault.is_empty() {
        arguments.extend(["--fault", fault]);
    }
    let visit = Visit::play(folder.path(), &arguments);
    assert_eq!(visit.outcome(), "accepted", "{fault}");
    let told: Vec<String> =
        visit.journal().iter().filter_map(|line| line["paper"].as_str().map(str::to_owned)).collect();
    assert_eq!(told, [paper], "{fault}");
}

#[test]
fn a_whole_paper_is_printed() {
    check("", "printed");
}

#[test]
fn a_roll_that_ends_midway_is_not_printed() {
    check("printer.paper_out@line3", "not_printed");
}

#[test]
fn a_cover_opened_midway_is_not_printed() {
    check("printer.cover_open@line5", "not_printed");
}

#[test]
fn a_printer_that_loses_its_power_is_not_said_to_have_printed() {
    check("printer.no_answer@line3", "unknown");
}
