//! A card that cannot count is refused with a calm sentence and nothing is filed; one that was taken away too early is read
//! when it lies there again.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use terminal_tests::{Visit, cases};

/// Plays a visit with this card and fault; what it came to, and how many cases the province has.
fn play(flags: &[&str]) -> (String, usize) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut arguments = vec!["--item", "old-age-allowance", "--data", data.to_str().unwrap()];
    arguments.extend(flags);
    let outcome = Visit::play(&folder.path().join("out"), &arguments).outcome();
    (outcome, cases(&data.join("province")).len())
}

#[test]
fn a_card_past_its_last_day_is_refused() {
    assert_eq!(play(&["--card", "expired"]), ("abandoned".to_owned(), 0));
}

#[test]
fn a_card_whose_number_fails_its_check_digit_is_refused() {
    assert_eq!(play(&["--card", "wrong_number"]), ("abandoned".to_owned(), 0));
}

#[test]
fn a_card_taken_away_midway_is_read_when_it_lies_there_again() {
    assert_eq!(play(&["--fault", "card.removed@read"]), ("received".to_owned(), 1));
}

#[test]
fn one_bad_answer_of_the_reader_does_no_harm() {
    assert_eq!(play(&["--fault", "card.checksum_once"]), ("received".to_owned(), 1));
}
