//! After a visit, and after one that was cut off, nothing of the resident is in any file outside the sealed outbox.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use terminal_tests::{CARD, RESIDENT, Visit, files_below, holds, program};

/// Everything that the terminal wrote: its folder without the province's, journals, the names of pictures.
fn check(data: &Path, out: &Path) {
    let province = data.join("province");
    let mut looked_at = 0;
    for path in files_below(data).into_iter().filter(|path| !path.starts_with(&province)) {
        let bytes = std::fs::read(&path).unwrap();
        for text in RESIDENT {
            assert!(!holds(&bytes, text), "{} holds the resident", path.display());
        }
        looked_at += 1;
    }
    assert!(looked_at >= 3, "{} holds almost nothing", data.display());
    for path in files_below(out) {
        let name = path.display().to_string();
        let journal = if name.ends_with(".jsonl") { std::fs::read(&path).unwrap() } else { Vec::new() };
        for text in RESIDENT {
            assert!(!name.contains(text) && !holds(&journal, text), "{name}");
        }
    }
}

#[test]
fn a_visit_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    for (item, fault) in
        [("old-age-allowance", "province.down@submit"), ("participation-certificate", "card.split")]
    {
        let arguments = ["--card", CARD, "--item", item, "--fault", fault, "--data", data.to_str().unwrap()];
        Visit::play(&out, &arguments).outcome();
        check(&data, &out);
    }
}

#[test]
fn a_visit_that_is_cut_off_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let mut running = program("yilin-terminal")
        .args([
            "visit",
            "--card",
            CARD,
            "--item",
            "old-age-allowance",
            "--data",
            data.to_str().unwrap(),
            "--out",
        ])
        .arg(&out)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let is_reviewing =
        || out.exists() && files_below(&out).iter().any(|p| p.to_string_lossy().contains("-review"));
    while !is_reviewing() {
        assert!(begun.elapsed() < Duration::from_secs(240), "the review was not reached");
        assert!(running.try_wait().unwrap().is_none(), "it has ended before the review");
        std::thread::sleep(Duration::from_millis(50));
    }
    running.kill().unwrap();
    running.wait().unwrap();
    check(&data, &out);
    let after = Visit::play(
        &out.join("after"),
        &["--item", "convenience-directory", "--data", data.to_str().unwrap()],
    );
    assert_eq!(after.outcome(), "served");
    check(&data, &out);
}
