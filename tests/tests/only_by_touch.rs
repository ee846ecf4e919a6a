//! A visit acts only on what can be touched: where the page's one button cannot be, it fails and says so.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::Visit;

#[test]
fn a_button_that_cannot_be_touched_ends_the_visit() {
    let folder = tempfile::tempdir().unwrap();
    // At night the canteens are closed, and the guide's button is off.
    let arguments = ["--item", "meal-booking", "--time", "2026-11-24T23:10:00+08:00"];
    let visit = Visit::play(folder.path(), &arguments);
    assert_eq!(visit.output.status.code(), Some(1));
    let line = visit.last_line();
    assert_eq!(line["error"]["kind"], "no_control", "{line}");
}

#[test]
fn wrong_usage_is_told_from_failure() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["--item", "x", "--card", "paper"][..], &["--card", "none"], &["--item", "x", "--fault", "a.b"]]
    {
        assert_eq!(Visit::play(folder.path(), arguments).output.status.code(), Some(2), "{arguments:?}");
    }
    let visit = Visit::play(folder.path(), &["--item", "no-such-item"]);
    assert_eq!(
        (visit.output.status.code(), &visit.last_line()["error"]["kind"]),
        (Some(1), &"no_item".into())
    );
}
