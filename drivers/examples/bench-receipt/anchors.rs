//! The other drivers: python-escpos in its own Python, and the crate escpos in a program of its own.

use super::pictures::CODE;
use domain::paper::document::GreyPicture;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const PYTHON: &str = "python-escpos 3.1";
pub(crate) const CRATE: &str = "escpos 0.20.1";

/// One receipt made by another driver.
pub(crate) struct Sample {
    pub(crate) milliseconds: f64,
    pub(crate) bytes: f64,
}

#[derive(Deserialize)]
struct Told {
    samples: Vec<f64>,
    bytes: f64,
}

pub(crate) fn python_escpos(picture: &GreyPicture, lines: &[String], runs: usize) -> Vec<Sample> {
    let python = environment();
    let folder = tempfile::tempdir().unwrap();
    let (grey, words) = (folder.path().join("picture.grey"), folder.path().join("lines.txt"));
    std::fs::write(&grey, picture.pixels()).unwrap();
    std::fs::write(&words, lines.join("\n")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/bench-receipt/anchors.py");
    let numbers =
        [picture.width().to_string(), picture.height().to_string(), CODE.to_owned(), runs.to_string()];
    let output = Command::new(python).arg(script).args(numbers).args([grey, words]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    samples(&output.stdout)
}

/// A Python with python-escpos, made where it is not there yet.
fn environment() -> PathBuf {
    let folder = std::env::temp_dir().join("yilin-bench-python-escpos-3.1");
    let python = folder.join("bin/python");
    let has = |python: &Path| {
        let import = "import escpos, sys; sys.exit(escpos.__version__ != '3.1')";
        Command::new(python).args(["-c", import]).output().is_ok_and(|output| output.status.success())
    };
    if !has(&python) {
        let run = |command: &mut Command| {
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "python-escpos==3.1"]));
    }
    python
}

pub(crate) fn crate_escpos(png: &[u8], lines: &[String], runs: usize) -> Vec<Sample> {
    let folder = tempfile::tempdir().unwrap();
    let (picture, words) = (folder.path().join("picture.png"), folder.path().join("lines.txt"));
    std::fs::write(&picture, png).unwrap();
    std::fs::write(&words, lines.join("\n")).unwrap();
    let output =
        Command::new(program()).args([CODE, &runs.to_string()]).args([picture, words]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    samples(&output.stdout)
}

/// The program with the crate escpos, built where it is not there yet.
fn program() -> PathBuf {
    let folder = std::env::temp_dir().join("yilin-bench-escpos-0.20.1");
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("Cargo.toml"), include_str!("anchor-crate.toml")).unwrap();
    std::fs::write(folder.join("src/main.rs"), include_str!("anchor-crate.rs")).unwrap();
    let built = Command::new("cargo")
        .args(["build", "--quiet", "--release"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    folder.join("target/release/anchor-crate")
}

fn samples(told: &[u8]) -> Vec<Sample> {
    let told: Told = serde_json::from_slice(told).unwrap();
    told.samples.into_iter().map(|milliseconds| Sample { milliseconds, bytes: told.bytes }).collect()
}
