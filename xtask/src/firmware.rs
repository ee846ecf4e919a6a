//! `cargo xtask firmware check`: what of buildroot/ can be proved without building an image.
//!
//! Duty: say which file is wrong and how. Never: mend anything, or fetch anything.

mod agreement;
mod buildroot;
mod clock;
mod network;
mod overlay;
mod post_image;
mod tree;
mod udev;

use crate::program::ProgramError;
use crate::say;
use crate::workspace::root;
use clap::Subcommand;
use std::path::{Path, PathBuf};

/// What can be done with the firmware's files.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Checks them. Needs the Debian packages that docs/firmware.md names; for the rest a Buildroot tree, make and python3.
    Check {
        /// A Buildroot tree (a release, unpacked). Without one, what needs it is named and left out.
        #[arg(long)]
        buildroot: Option<PathBuf>,
    },
}

/// Why the firmware's files are not in order.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FirmwareError {
    #[error("{0} cannot be read")]
    File(PathBuf, #[source] std::io::Error),
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("{0} faults in the firmware's files")]
    Faults(usize),
}

/// What was found, each with its file.
#[derive(Debug, Default)]
struct Report {
    faults: Vec<String>,
}

impl Report {
    fn fault(&mut self, place: impl AsRef<Path>, what: impl AsRef<str>) {
        let place = place.as_ref();
        let short = place.strip_prefix(root()).unwrap_or(place);
        self.faults.push(format!("{}: {}", short.display(), what.as_ref()));
    }

    fn check(&mut self, right: bool, place: impl AsRef<Path>, what: impl AsRef<str>) {
        if !right {
            self.fault(place, what);
        }
    }
}

/// Does it.
pub(crate) fn run(task: &Task) -> Result<(), FirmwareError> {
    let Task::Check { buildroot } = task;
    let external = root().join("buildroot");
    let mut report = Report::default();
    tree::check(&external, &mut report)?;
    agreement::check(&external, &mut report)?;
    let scratch = tempdir()?;
    let checked = overlay::check(&external, &scratch, &mut report)
        .and_then(|()| clock::check(&external, &scratch, &mut report))
        .and_then(|()| post_image::check(&external, &scratch, &mut report));
    let _removed = std::fs::remove_dir_all(&scratch);
    checked?;
    udev::check(&external, &mut report)?;
    match buildroot {
        Some(folder) => buildroot::check(folder, &external, &mut report)?,
        None => say("no Buildroot tree (--buildroot DIR): its configurations and packages are not checked"),
    }
    for fault in &report.faults {
        say(fault);
    }
    match report.faults.len() {
        0 => {
            say("firmware: in order");
            Ok(())
        }
        faults => Err(FirmwareError::Faults(faults)),
    }
}

/// A folder for what a check makes.
fn tempdir() -> Result<PathBuf, FirmwareError> {
    let folder = std::env::temp_dir().join(format!("yilin-firmware-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| FirmwareError::File(folder.clone(), e))?;
    Ok(folder)
}

fn read(path: &Path) -> Result<String, FirmwareError> {
    std::fs::read_to_string(path).map_err(|e| FirmwareError::File(path.to_owned(), e))
}

/// What lies in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, FirmwareError> {
    let file = |e| FirmwareError::File(folder.to_owned(), e);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(file)? {
        found.push(entry.map_err(file)?.path());
    }
    found.sort();
    Ok(found)
}

/// Every file below a folder; links are not followed.
fn files(folder: &Path) -> Result<Vec<PathBuf>, FirmwareError> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_symlink() || path.is_file() {
            found.push(path);
        } else {
            found.extend(files(&path)?);
        }
    }
    Ok(found)
}
