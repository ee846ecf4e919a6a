//! A broken catalogue is refused as a whole: the last good one stays, whether the province sends it or the disk holds it.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::path::Path;
use terminal_tests::{Visit, files_below};

/// What a visit comes to, of a terminal whose folder this is.
#[track_caller]
fn outcome(data: &Path, out: &Path, fault: &[&str]) -> String {
    let mut arguments = vec!["--item", "convenience-directory", "--data", data.to_str().unwrap()];
    arguments.extend(fault);
    Visit::play(out, &arguments).outcome()
}

/// The files of the catalogue that the terminal keeps.
fn kept(data: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let files = files_below(&data.join("catalogue")).into_iter();
    let mut kept: Vec<_> = files.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    kept.sort();
    kept
}

#[test]
fn the_province_sends_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert_eq!(outcome(&data, &folder.path().join("1"), &[]), "served");
    let good = kept(&data);
    assert!(!good.is_empty());
    assert_eq!(outcome(&data, &folder.path().join("2"), &["--fault", "province.catalogue_broken"]), "served");
    assert_eq!(kept(&data), good, "the last good one stays, byte for byte");
}

#[test]
fn the_disk_holds_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    assert_eq!(outcome(&data, &folder.path().join("1"), &[]), "served");
    let good = kept(&data);
    for (path, bytes) in &good {
        std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
    }
    assert_eq!(outcome(&data, &folder.path().join("2"), &[]), "served");
    assert_eq!(kept(&data), good, "the province's is taken again");
}
