//! Our programs in release, without simulators, the same bytes whichever folder they are built in.
//!
//! Duty: build them with names for the folders of this machine in place of the folders. Never: build into `target/release`, whose
//! programs have the folders' own names.

use super::{ImageError, copy};
use crate::program::output;
use crate::workspace::{self, Metadata};
use std::path::{Path, PathBuf};

/// Our programs: package, program, how it is built for a kiosk.
pub(super) const PROGRAMS: [(&str, &str, &[&str]); 3] = [
    ("kiosk-ui", "yilin-terminal", &["--no-default-features", "--features", "pkcs11,asset-files"]),
    ("drivers", "yilin-device", &["--no-default-features", "--features", "asset-files"]),
    ("fleet-agent", "yilin-agent", &["--no-default-features"]),
];

/// A program and where it lies beside its image.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) package: &'static str,
    pub(super) name: &'static str,
    pub(super) path: PathBuf,
}

/// Those of a folder, or built now, copied to a folder beside the image of which they are: the next build may make a program of the
/// same name otherwise, and other versions are made of them.
pub(super) fn programs(folder: Option<&Path>, kept: &Path) -> Result<Vec<Program>, ImageError> {
    let found = match folder {
        Some(folder) => folder.to_owned(),
        None => built()?,
    };
    let mut programs = Vec::new();
    for (package, name, _) in PROGRAMS {
        let (from, path) = (found.join(name), kept.join(name));
        if !from.exists() {
            return Err(ImageError::Absent(found, name));
        }
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        if real(&from) != real(&path) {
            copy(&from, &path)?;
        }
        programs.push(Program { package, name, path });
    }
    Ok(programs)
}

/// Builds them; the folder where they are.
fn built() -> Result<PathBuf, ImageError> {
    let target = Metadata::read()?.target_directory.join("image/build");
    let flags = remapped(&target);
    for (package, name, how) in PROGRAMS {
        let mut build = workspace::cargo();
        build.args(["build", "--quiet", "--locked", "--release", "--package", package, "--bin", name]);
        build.args(how).arg("--target-dir").arg(&target).env("CARGO_ENCODED_RUSTFLAGS", &flags);
        output(&mut build)?;
    }
    Ok(target.join("release"))
}

/// Flags of rustc that write a name for each folder of this machine: a panic says where it was, and a folder's name would make
/// other bytes of the same source. Of two that fit, rustc takes the later.
fn remapped(target: &Path) -> String {
    let home = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cargo = home("CARGO_HOME").or_else(|| Some(home("HOME")?.join(".cargo")));
    let folders =
        [(cargo, "/cargo"), (Some(workspace::root()), "/yilin"), (Some(target.to_owned()), "/target")];
    let flag = |(folder, name): (Option<PathBuf>, &str)| {
        folder.map(|folder| format!("--remap-path-prefix={}={name}", folder.display()))
    };
    folders.into_iter().filter_map(flag).collect::<Vec<_>>().join("\u{1f}")
}
