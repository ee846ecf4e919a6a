//! Whoever writes slots and chooses the one that is started.
//!
//! Duty: one face for RAUC and for the folder that stands in for it. Never: decide when.

use fleet_api::release::ReleaseVersion;
use std::path::PathBuf;

/// Where a bundle is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleAt {
    /// A file here.
    File(PathBuf),
    /// An address that the installer reads by itself.
    Url(String),
}

/// The two slots, as the boot loader and the installer know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slots {
    /// The name of the slot that runs.
    pub running: String,
    /// The slot that does not run.
    pub other: OtherSlot,
    /// Whether a slot is being written now.
    pub busy: bool,
}

/// The slot that does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherSlot {
    /// Its name.
    pub name: String,
    /// The version in it, where it is whole.
    pub version: Option<ReleaseVersion>,
    /// Whether the boot loader or the installer gave it up.
    pub bad: bool,
    /// Whether it is started next.
    pub next: bool,
}

/// Why the installer did not do it.
#[derive(Debug, thiserror::Error)]
pub enum InstallerError {
    /// Its program cannot be run.
    #[error("{program} cannot be run")]
    Program {
        /// Which.
        program: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It says no.
    #[error("{doing}: {said}")]
    Refused {
        /// What it was asked.
        doing: &'static str,
        /// Its own last words, bounded.
        said: String,
    },
    /// What it says cannot be understood.
    #[error("{doing}: the answer is not understood: {what}")]
    Answer {
        /// What it was asked.
        doing: &'static str,
        /// What is wrong with the answer.
        what: String,
    },
    /// A file of it cannot be read or written.
    #[error("{file}: cannot be read or written")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

/// What a bundle says of itself, after its signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleSays {
    /// What it is built for.
    pub compatible: String,
    /// Its version.
    pub version: String,
}

/// The slots, where the other one was not given up: the machine would be started again for nothing.
///
/// # Errors
/// It was given up, or the slots cannot be told.
pub(crate) fn that_may_leave(installer: &dyn Installer) -> Result<Slots, InstallerError> {
    let slots = installer.slots()?;
    if slots.other.bad {
        let said = "it was given up".to_owned();
        return Err(InstallerError::Refused { doing: "choosing the other slot", said });
    }
    Ok(slots)
}

/// Writes slots. Every call blocks and can be repeated after a loss of power.
pub trait Installer: Send + Sync {
    /// How the slots are.
    ///
    /// # Errors
    /// It cannot be told.
    fn slots(&self) -> Result<Slots, InstallerError>;

    /// What the bundle is, if it is ours.
    ///
    /// # Errors
    /// It is not ours, or cannot be read.
    fn inspect(&self, bundle: &BundleAt) -> Result<BundleSays, InstallerError>;

    /// Writes the other slot and makes it the next one; `progress` is told per cent.
    ///
    /// # Errors
    /// It was not written, and is not the next one.
    fn install(&self, bundle: &BundleAt, progress: &dyn Fn(u8)) -> Result<(), InstallerError>;

    /// Marks the slot that runs as good.
    ///
    /// # Errors
    /// It is not marked.
    fn mark_good(&self) -> Result<(), InstallerError>;

    /// Marks the slot that runs as bad and makes the other one the next.
    ///
    /// # Errors
    /// It is not done.
    fn give_up(&self) -> Result<(), InstallerError>;

    /// Makes the other slot the next one with all its tries: a rollback by hand.
    ///
    /// # Errors
    /// There is no whole one, or it is not done.
    fn go_back(&self) -> Result<(), InstallerError>;
}
