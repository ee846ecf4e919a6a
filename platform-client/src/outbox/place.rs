//! The folder of the outbox, and how a damaged one is set aside.
//!
//! `outbox.lock` is held by the program that delivers. `current/` holds the database and `materials/`, one sealed file for
//! each picture. What is damaged is renamed whole, in one step, to `set-aside-N/`; it is never written again.

use super::error::OpenError;
use crate::failpoint::{self, Point};
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
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

    /// Makes what is not there yet, for its owner only. The folders' own names are on disk when this returns: a file is no
    /// safer than the name of the folder that it is in.
    pub(super) fn make(&self) -> Result<(), OpenError> {
        let folder = self.materials();
        let io = |file: &Path, cause| OpenError::Io { file: file.to_owned(), cause };
        let missing = folder.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.exists()).count();
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|cause| io(&folder, cause))?;
        // The three of ours always: a program that was ended between making and syncing has made them, too.
        for inner in folder.ancestors().take(missing.max(3)) {
            let outer = inner.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            sync(outer).map_err(|cause| io(outer, cause))?;
        }
        Ok(())
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

    /// Writes a sealed material, whole and synced when it returns; its name is synced by [`Self::sync_materials`].
    pub(super) fn write_material(
        &self,
        id: &str,
        seal: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        self.write_sealed(&self.material(id), seal)
    }

    /// Writes a material sealed anew in the place of the old one: at every moment one of the two is there, whole.
    pub(super) fn replace_material(
        &self,
        id: &str,
        seal: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let draft = self.materials().join(format!("{id}.draft"));
        self.write_sealed(&draft, seal)?;
        failpoint::pass(Point::MaterialDraft);
        std::fs::rename(&draft, self.material(id))?;
        failpoint::pass(Point::MaterialResealed);
        Ok(())
    }

    fn write_sealed(
        &self,
        path: &Path,
        seal: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        let mut writer = BufWriter::with_capacity(64 << 10, file);
        seal(&mut writer)?;
        writer.flush()?;
        failpoint::pass(Point::MaterialWritten);
        writer.get_ref().sync_all()
    }

    /// The names of all materials are on disk when this returns.
    pub(super) fn sync_materials(&self) -> std::io::Result<()> {
        sync(&self.materials())
    }

    /// The names of the database's files are on disk when this returns.
    pub(super) fn sync_database(&self) -> std::io::Result<()> {
        sync(&self.current())
    }

    /// Whether something damaged lies here that a key may still have to open.
    pub(super) fn has_set_aside(&self) -> std::io::Result<bool> {
        let mut names = std::fs::read_dir(&self.folder)?.flatten().map(|f| f.file_name());
        Ok(names.any(|name| name.to_string_lossy().starts_with("set-aside")))
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

    /// Removes every file that is none of these materials: its entry was closed, or never came to be, or it is a draft.
    pub(super) fn keep_materials(&self, known: &[String]) {
        let known: HashSet<PathBuf> = known.iter().map(|id| self.material(id)).collect();
        let Ok(files) = std::fs::read_dir(self.materials()) else { return };
        for file in files.flatten().map(|f| f.path()).filter(|file| !known.contains(file)) {
            if let Err(error) = std::fs::remove_file(&file) {
                tracing::warn!(%error, file = %file.display(), "a left file could not be removed");
            }
        }
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
