//! The same seed and time give the same pictures and the same bytes of paper.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::Visit;

#[test]
fn a_visit_repeats_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let play = |name: &str, seed: &str| {
        let arguments = ["--item", "pension-certification", "--seed", seed, "--size", "800x1280"];
        Visit::play(&folder.path().join(name), &arguments)
    };
    let (first, second, other) = (play("first", "7"), play("second", "7"), play("other", "8"));
    assert_eq!(first.last_line(), second.last_line());
    assert_eq!(first.files(), second.files());
    for name in first.files() {
        let bytes = |visit: &Visit| std::fs::read(visit.out.join(&name)).unwrap();
        assert!(bytes(&first) == bytes(&second), "{name} differs");
    }
    assert_ne!(first.last_line()["submission_id"], other.last_line()["submission_id"]);
}
