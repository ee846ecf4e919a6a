//! The folder of the outbox, and how a damaged one is set aside.
//!
//! `outbox.lock` is held by the program that delivers. `current/` holds the database and `materials/`, one sealed file for
//! each picture. What is damaged is renamed whole, in one step, to `set-aside-N/`; it is never written again.

use super::error::OpenError;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The folder of the outbox.
#[derive(Debug, Clone)]
pub(super) struct Place {
    folder: PathBuf,
}

impl Place {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn database(&self) -> PathBuf {
        self.current().join("outbox.sqlite")
    }

    pub(super) fn material(&self, id: &str) -> PathBuf {
        self.materials().join(format!("{id}.sealed"))
    }

    pub(super) fn materials(&self) -> PathBuf {
        self.current().join("materials")
    }

    fn current(&self) -> PathBuf {
        self.folder.join("current")
    }

    /// Makes what is not there yet, for its owner only.
    pub(super) fn make(&self) -> Result<(), OpenError> {
        let folder = self.materials();
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|cause| OpenError::Io { file: folder, cause })
    }

    /// Locks the outbox for the program that delivers; until the file is closed, by the end of the program at the latest.
    pub(super) fn lock(&self) -> Result<File, OpenError> {
        use rustix::fs::{FlockOperation, flock};
        let path = self.folder.join("outbox.lock");
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(|cause| OpenError::Io { file: path.clone(), cause })?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(file),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(OpenError::InUse(path)),
            Err(errno) => Err(OpenError::Io { file: path, cause: errno.into() }),
        }
    }

    /// Renames what is there, whole, and gives its new name.
    pub(super) fn set_aside(&self) -> Result<PathBuf, OpenError> {
        let free = (1..).map(|n: u32| self.folder.join(format!("set-aside-{n}"))).find(|p| !p.exists());
        let aside = free.unwrap_or_else(|| self.folder.join("set-aside"));
        let renamed = std::fs::rename(self.current(), &aside).and_then(|()| sync(&self.folder));
        renamed.map_err(|cause| OpenError::Io { file: aside.clone(), cause })?;
        self.make()?;
        Ok(aside)
    }

    /// Writes sealed materials, synced when it returns; on failure none is left.
    pub(super) fn write_materials(&self, sealed: &[(String, Vec<u8>)]) -> std::io::Result<()> {
        if sealed.is_empty() {
            return Ok(());
        }
        let written = sealed.iter().try_for_each(|(id, bytes)| {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(self.material(id))?;
            file.write_all(bytes)?;
            file.sync_all()
        });
        let written = written.and_then(|()| sync(&self.materials()));
        if written.is_err() {
            self.remove_materials(sealed.iter().map(|(id, _)| id.as_str()));
        }
        written
    }

    /// Removes materials; one that is gone already is gone.
    pub(super) fn remove_materials<'a>(&self, ids: impl Iterator<Item = &'a str>) {
        for id in ids {
            match std::fs::remove_file(self.material(id)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    tracing::warn!(%error, id, "a material's file could not be removed");
                }
                _ => {}
            }
        }
    }

    /// Removes the materials of one entry, `ID-1`, `ID-2`, …: its content is wiped.
    pub(super) fn remove_materials_of(&self, id: &str) {
        let ids = (1..).map(|n: u32| format!("{id}-{n}"));
        for material in ids.take_while(|material| self.material(material).exists()) {
            self.remove_materials(std::iter::once(material.as_str()));
        }
    }

    /// Removes every material's file that is not among these: its entry was closed, or never came to be.
    pub(super) fn keep_materials(&self, known: &[String]) {
        let Ok(files) = std::fs::read_dir(self.materials()) else { return };
        let names = files.flatten().filter_map(|f| f.file_name().into_string().ok());
        let ids: Vec<String> = names.filter_map(|n| n.strip_suffix(".sealed").map(str::to_owned)).collect();
        self.remove_materials(ids.iter().filter(|id| !known.contains(id)).map(String::as_str));
    }

    /// Bytes that are free for this user on the disk of the folder.
    pub(super) fn free_bytes(&self) -> std::io::Result<u64> {
        let stat = rustix::fs::statvfs(&self.folder)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}

/// A new or renamed name is on disk only when its folder is.
fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}
