//! `cargo xtask image`: the reference image, of Debian's packages and our release programs.
//!
//! Duty: a root under dm-verity, a boot slot, a disk with two slots of each, and a signed bundle for RAUC; the same bytes from
//! the same commit, packages, version and keyring. Never: install anything on this machine, or be made for a kiosk: its board is
//! QEMU (docs/firmware.md).

mod boot_slot;
mod bundle;
mod keys;
mod lock;
mod packages;
mod programs;
mod rauc;
mod root;
mod sbom;
mod twice;

pub(crate) use bundle::COMPATIBLE;

use crate::program::{ProgramError, output};
use crate::say;
use crate::workspace::{self, CargoError};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// What is to be made.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Where the image is left; target/image/out.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// What it calls itself.
    #[arg(long, default_value = env!("CARGO_PKG_VERSION"))]
    pub(crate) version: String,
    /// A folder of our programs, built before; without it they are built.
    #[arg(long)]
    pub(crate) programs: Option<PathBuf>,
    /// A fault that an update must survive.
    #[arg(long, value_enum)]
    pub(crate) fault: Option<Fault>,
    /// The next signer signs the bundle.
    #[arg(long)]
    pub(crate) next_signer: bool,
    /// Makes it once more, from a clone in another folder, and compares the two.
    #[arg(long)]
    pub(crate) twice: bool,
    /// Resolves packages.list into packages.lock anew, with what the mirror has today, and makes nothing.
    #[arg(long)]
    pub(crate) relock: bool,
    /// Makes a bundle of a few blocks, and sees that RAUC takes it and none of its forgeries. Makes no image.
    #[arg(long)]
    pub(crate) check_bundle: bool,
}

/// What may be wrong with a version, for trials of falling back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Fault {
    /// The terminal ends before it has painted.
    NoPaint,
    /// The first program panics the kernel.
    Panic,
    /// A block of the kernel is not what it was.
    BrokenKernel,
    /// Its rules for the network shut the fleet server out.
    NoNetwork,
}

/// Why there is no image.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImageError {
    #[error(transparent)]
    Cargo(#[from] CargoError),
    #[error(transparent)]
    Program(#[from] ProgramError),
    #[error("{0}")]
    File(PathBuf, #[source] std::io::Error),
    #[error("{0}, line {1}: {2}")]
    List(PathBuf, usize, &'static str),
    #[error(
        "{0} is not what packages.lock names: the mirror has moved on; YILIN_DEBIAN_MIRROR may name an archive of that day, or take today's by --relock"
    )]
    Package(String),
    #[error("{0}: its sum is not that of packages.lock")]
    Sum(PathBuf),
    #[error("two builds of one commit differ: {}", .0.join(", "))]
    Differ(Vec<&'static str>),
    #[error("files differ from the commit: what two builds of it have in common would say nothing")]
    Changed,
    #[error("RAUC took {0}")]
    Taken(&'static str),
    #[error("{0} holds no {1}")]
    Absent(PathBuf, &'static str),
}

/// Where the files of a task lie.
pub(crate) struct Folders {
    /// The lists and scripts of the board.
    board: PathBuf,
    /// What all builds share: packages, keys.
    shared: PathBuf,
    /// What one build leaves.
    pub(crate) out: PathBuf,
}

impl Folders {
    pub(crate) fn new(out: Option<&Path>) -> Result<Self, ImageError> {
        let root = workspace::root();
        let shared = workspace::Metadata::read()?.target_directory.join("image");
        let out = out.map_or_else(|| shared.join("out"), |out| root.join(out));
        Ok(Self { board: root.join("buildroot/board/qemu-x86_64/debian"), shared, out })
    }

    fn packages(&self) -> PathBuf {
        self.shared.join("packages")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.shared.join("keys")
    }

    fn programs(&self) -> PathBuf {
        self.out.join("programs")
    }

    fn made(&self, name: &str) -> Result<PathBuf, ImageError> {
        let folder = self.out.join(name);
        std::fs::create_dir_all(&folder).map_err(|e| ImageError::File(folder.clone(), e))?;
        Ok(folder)
    }
}

/// Makes it.
pub(crate) fn make(options: &Options) -> Result<(), ImageError> {
    let folders = Folders::new(options.out.as_deref())?;
    if options.relock {
        return packages::relock(&folders);
    }
    if options.check_bundle {
        return bundle::check(&folders);
    }
    let begun = Instant::now();
    let step = |what: &str| say(&format!("{:5.0} s  {what}", begun.elapsed().as_secs_f64()));
    step("our programs");
    let programs = programs::programs(options.programs.as_deref(), &folders.programs())?;
    step("packages");
    let lock = lock::Lock::read(&folders.board)?;
    let debs = packages::fetched(&folders, &lock)?;
    let keys = keys::kept(&folders)?;
    step("the root");
    let made = root::make(&folders, options, &programs, &lock, &debs, &keys)?;
    step("the boot slot");
    let boot = boot_slot::make(&folders, options, &made)?;
    step("the bundle");
    let bundle = bundle::make(&folders, options, &keys)?;
    step("the disk");
    boot_slot::disk(&folders, &boot)?;
    for file in [&made.image, &boot.image, &bundle] {
        let size = std::fs::metadata(file).map_err(|e| ImageError::File(file.clone(), e))?.len();
        #[allow(clippy::cast_precision_loss, reason = "megabytes for a reader")]
        let megabytes = size as f64 / 1e6;
        say(&format!("{}: {megabytes:.1} MB", file.display()));
    }
    say(&format!("root hash: {}", made.root_hash));
    step("done");
    if options.twice { twice::compare(&folders, options) } else { Ok(()) }
}

/// The time that every file of the image has: that of the commit.
fn source_date() -> Result<String, ImageError> {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%ct"]).current_dir(workspace::root());
    Ok(output(&mut git)?.trim().to_owned())
}

/// The lines of a list that say something, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn read(path: &Path) -> Result<String, ImageError> {
    std::fs::read_to_string(path).map_err(|e| ImageError::File(path.to_owned(), e))
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), ImageError> {
    path.parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|e| ImageError::File(path.to_owned(), e))
}

fn copy(from: &Path, to: &Path) -> Result<(), ImageError> {
    to.parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| std::fs::copy(from, to).map(|_| ()))
        .map_err(|e| ImageError::File(from.to_owned(), e))
}

/// An empty folder.
fn emptied(folder: &Path) -> Result<(), ImageError> {
    let _old = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).map_err(|e| ImageError::File(folder.to_owned(), e))
}

/// The sum of a file, as sha256sum has it.
fn sha256(path: &Path) -> Result<String, ImageError> {
    let told = output(Command::new("sha256sum").arg(path))?;
    Ok(told.split_whitespace().next().unwrap_or_default().to_owned())
}
