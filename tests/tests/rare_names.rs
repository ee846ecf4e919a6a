//! A name with 䶮, also where the card still holds U+E863, and one beyond the basic plane: right at the province.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::{Visit, files_below, holds};

#[track_caller]
fn check(card: &str, name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // No paper is photographed for a household of this city: a picture has any two bytes in it.
    let answers = folder.path().join("answers.toml");
    std::fs::write(&answers, "household = \"this_city\"\nhousehold_division = \"990001001001\"\n").unwrap();
    let [answers, kept] = [&answers, &data].map(|path| path.to_str().unwrap());
    let visit = Visit::play(
        &folder.path().join("out"),
        &["--item", "disability-subsidies", "--card", card, "--answers", answers, "--data", kept],
    );
    assert_eq!(visit.outcome(), "received", "{}", visit.last_line());
    assert!(visit.files().contains(&"paper-1.png".to_owned()));
    let kept: Vec<Vec<u8>> =
        files_below(&data.join("province")).iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert!(kept.iter().any(|bytes| holds(bytes, name)), "{name} is not at the province");
    assert!(!kept.iter().any(|bytes| holds(bytes, "\u{E863}")), "a private character went to the province");
}

#[test]
fn a_private_character_becomes_todays() {
    check("private_use_name", "王测试䶮");
}

#[test]
fn a_character_beyond_the_basic_plane_stays() {
    check("name_beyond_bmp", "李𠅤样本");
}
