//! The same image from another checkout, in another folder, and whether it is the same.
//!
//! Duty: name each file that differs. Never: take anything of the first build but packages and keys.

use super::{Folders, ImageError, Options, emptied, read, sha256};
use crate::program::{ProgramError, output};
use crate::say;
use crate::workspace;
use std::path::Path;
use std::process::Command;

/// What must be the same, byte for byte. The bundle is not among them: a signature of ECDSA has a random number in it.
const SAME: [&str; 4] = ["root.img", "boot.img", "disk.img", "sbom.cdx.json"];

/// Makes the image of the commit that is checked out again, and compares it with the one in `folders`.
pub(super) fn compare(folders: &Folders, options: &Options) -> Result<(), ImageError> {
    if crate::bench::machine::commit().ends_with('+') {
        return Err(ImageError::Changed);
    }
    let again = folders.shared.join("again");
    let (source, target) = (again.join("source"), again.join("target"));
    emptied(&again)?;
    output(Command::new("git").args(["clone", "--quiet", "--shared"]).arg(workspace::root()).arg(&source))?;
    let shared = target.join("image");
    emptied(&shared)?;
    for kept in [folders.packages(), folders.keys()] {
        output(Command::new("cp").args(["--recursive", "--link"]).arg(kept).arg(&shared))?;
    }
    say("once more, from a clone");
    let mut make = workspace::cargo();
    make.args(["run", "--quiet", "--locked", "--package", "xtask", "--", "image", "--version"]);
    make.arg(&options.version).current_dir(&source).env("CARGO_TARGET_DIR", &target);
    if let Some(programs) = &options.programs {
        make.arg("--programs").arg(std::path::absolute(programs).unwrap_or_else(|_| programs.clone()));
    }
    output(&mut make)?;
    let second = shared.join("out");
    let mut differ = Vec::new();
    for name in SAME {
        match (sha256(&folders.out.join(name))?, sha256(&second.join(name))?) {
            (first, second) if first == second => say(&format!("{name}: the same, {first}")),
            (first, second) => {
                say(&format!("{name}: {first} and {second}"));
                differ.push(name);
            }
        }
    }
    if differ.contains(&"root.img") {
        list(&folders.out.join("root.img"), &second.join("root.img"), &again)?;
    }
    match differ[..] {
        [] => {
            say(&format!("the root hash of two builds: {}", read(&second.join("root-hash"))?.trim()));
            Ok(())
        }
        _ => Err(ImageError::Differ(differ)),
    }
}

/// Says which files of two roots differ: in their bytes, or in owner, mode and time.
fn list(first: &Path, second: &Path, scratch: &Path) -> Result<(), ImageError> {
    let (one, two) = (scratch.join("first"), scratch.join("second"));
    for (image, tree) in [(first, &one), (second, &two)] {
        output(Command::new("unsquashfs").args(["-quiet", "-no-progress", "-d"]).arg(tree).arg(image))?;
        let listed = output(Command::new("unsquashfs").args(["-lln", "-d", ""]).arg(image))?;
        super::write(&tree.with_extension("list"), listed)?;
    }
    let lists = [one.with_extension("list"), two.with_extension("list")];
    for mut diff in [
        differences(&["--recursive", "--brief", "--no-dereference"], [one.as_path(), two.as_path()]),
        differences(&["--unified=0"], [lists[0].as_path(), lists[1].as_path()]),
    ] {
        let said = diff.output().map_err(|e| ProgramError::Start("diff".to_owned(), e))?;
        say(String::from_utf8_lossy(&said.stdout).trim());
    }
    Ok(())
}

fn differences(how: &[&str], of: [&Path; 2]) -> Command {
    let mut diff = Command::new("diff");
    diff.args(how).args(of);
    diff
}
