//! RAUC with streaming: Debian 12 builds its own without.
//!
//! Duty: Debian's source of the version that packages.lock names, with one more option, built once. Never: change a line of it.

use super::lock::{Lock, Use};
use super::{Folders, ImageError, emptied};
use crate::program::output;
use std::path::PathBuf;
use std::process::Command;

/// How it is built; the rest of it is the package's.
const OPTIONS: [&str; 5] = [
    "--prefix=/usr",
    "--enable-network",
    "--enable-streaming",
    "--disable-manpages",
    "--disable-dependency-tracking",
];

/// The program, built where the cache has none of that source. Needs dpkg-dev, autoconf, automake, libtool, make, a C compiler, and
/// the packages that its source is built with, libnl-genl-3-dev among them (docs/firmware.md).
pub(super) fn built(folders: &Folders, lock: &Lock) -> Result<PathBuf, ImageError> {
    let absent = || ImageError::Absent(folders.board.join("packages.lock"), "source of RAUC");
    let source = lock.one(Use::Source, "rauc").ok_or_else(absent)?;
    let folder = folders.shared.join(format!("rauc-{}", source.version));
    let program = folder.join("rauc");
    if program.exists() {
        return Ok(program);
    }
    emptied(&folder)?;
    let tree = folder.join("tree");
    // It compares the files with the sums of the one that names them.
    let mut unpack = Command::new("dpkg-source");
    unpack.args(["--no-check", "--extract"]).arg(folders.packages().join(source.file())).arg(&tree);
    output(&mut unpack)?;
    // As Debian's build does: its patches change what the scripts are made of.
    output(Command::new("autoreconf").args(["--force", "--install"]).current_dir(&tree))?;
    let mut configure = Command::new("./configure");
    configure.args(OPTIONS).current_dir(&tree);
    // No folder of this machine in its bytes.
    configure.env("CFLAGS", format!("-O2 -ffile-prefix-map={}=/rauc", tree.display()));
    output(&mut configure)?;
    output(Command::new("make").args(["--silent", "rauc"]).current_dir(&tree))?;
    output(Command::new("strip").arg(tree.join("rauc")))?;
    std::fs::rename(tree.join("rauc"), &program).map_err(|e| ImageError::File(program.clone(), e))?;
    Ok(program)
}
