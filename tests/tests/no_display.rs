//! Without a display the program says so, plays the sample visits, names the folder of their pictures, and ends well.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::{files_below, program};

#[test]
fn the_sample_visits_are_played() {
    let folder = tempfile::tempdir().unwrap();
    let output = program("yilin-terminal").arg("--json").arg("--data").arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains("\"visit\"")).count(), 7, "{text}");
    let named = folder.path().join("sample-visits");
    assert!(text.contains(named.to_str().unwrap()), "{text}");
    let pictures =
        files_below(&named).iter().filter(|path| path.extension().is_some_and(|e| e == "png")).count();
    assert!(pictures > 60, "{pictures} pictures");
}
