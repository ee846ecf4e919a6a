//! Other decoders, in a program of their own: nobody else here needs them, and one of them wants cmake.

use super::set::Case;
use serde::Deserialize;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

/// What a decoder read of a set, picture by picture.
#[derive(Deserialize)]
pub(crate) struct Told {
    /// With its version.
    pub(crate) decoder: String,
    pub(crate) texts: Vec<Option<String>>,
    pub(crate) ms: Vec<f64>,
}

/// The program, built where it is not there yet.
pub(crate) struct Decoders(PathBuf);

impl Decoders {
    pub(crate) fn new() -> Self {
        let folder = std::env::temp_dir().join("yilin-bench-decoders-1");
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let files = [
            ("Cargo.toml", include_str!("anchor-crate.toml")),
            ("src/main.rs", include_str!("anchor-crate.rs")),
        ];
        for (name, text) in files {
            // What is the same is not written, and so not compiled again.
            if std::fs::read_to_string(folder.join(name)).ok().as_deref() != Some(text) {
                std::fs::write(folder.join(name), text).unwrap();
            }
        }
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--quiet", "--release"]).current_dir(&folder);
        cargo.env("CARGO_TARGET_DIR", folder.join("target"));
        if Command::new("cmake").arg("--version").output().is_ok_and(|output| output.status.success()) {
            cargo.args(["--features", "zxing-cpp"]);
        } else {
            eprintln!(
                "zxing-cpp is left out: there is no cmake (Debian: cmake, g++), and it is the best of them"
            );
        }
        let built = cargo.status().unwrap();
        assert!(built.success(), "the other decoders do not compile");
        Self(folder.join("target/release/anchor-crate"))
    }

    pub(crate) fn read(&self, cases: &[Case]) -> Vec<Told> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for case in cases {
            file.write_all(&case.luma).unwrap();
        }
        let output = Command::new(&self.0).arg(file.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}
