//! Every fuzz entry over its corpus and over seeded changes of it: what CI runs of the fuzzing, without its toolchain.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

#[path = "../fuzz/entries.rs"]
mod entries;
#[path = "../../tests/fuzzing/seeded_changes.rs"]
mod seeded_changes;

use std::path::Path;

/// Changed inputs for each entry: two or three seconds of two slow cores.
const CHANGES: u32 = 20_000;

#[test]
fn every_entry_answers_its_corpus_and_changes_of_it() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    seeded_changes::check(&corpus, &entries::ENTRIES, CHANGES);
}
