// What the ICU crates of the tree are built with in place of their own `data/mod.rs` (ICU4X_DATA_DIR in .cargo/config.toml, their
// way to leave data out): all of it but the word lists and models of icu_segmenter_data. Why: docs/decisions/segmenter.md.
include!(concat!(env!("ICU4X_DATA_DIR"), "/", env!("CARGO_PKG_NAME"), ".rs"));
