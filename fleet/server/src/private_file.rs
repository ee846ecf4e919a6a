//! Small files that one user may read: keys.
//!
//! Duty: make such a file whole or not at all, refuse one that others may read. Never: overwrite one that is there.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// A key's file is shorter.
const MOST: u64 = 64 * 1024;

/// Why a private file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// Others than its owner may read it.
    #[error("{0}: others than the owner may read it; set its mode to 0600")]
    OpenToOthers(PathBuf),
    /// It cannot be read or made.
    #[error("{file}: cannot be read or made")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// The text of the file; none where there is no such file.
///
/// # Errors
/// Others may read it too, or it cannot be read.
pub fn read(file: &Path) -> Result<Option<String>, PrivateFileError> {
    let io = |source| PrivateFileError::Io { file: file.to_owned(), source };
    let open = match File::open(file) {
        Ok(open) => open,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    if open.metadata().map_err(io)?.permissions().mode() & 0o077 != 0 {
        return Err(PrivateFileError::OpenToOthers(file.to_owned()));
    }
    let mut text = String::new();
    open.take(MOST).read_to_string(&mut text).map_err(io)?;
    Ok(Some(text))
}

/// Makes a folder, and those that it lies in, for its owner alone; one that is there stays as it is.
///
/// # Errors
/// It cannot be made.
pub fn folder(folder: &Path) -> Result<(), PrivateFileError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|source| PrivateFileError::Io { file: folder.to_owned(), source })
}

/// Writes a file of mode 0600 that is there as a whole or not at all.
///
/// # Errors
/// It is there already, or cannot be written.
pub fn write(file: &Path, text: &str) -> Result<(), PrivateFileError> {
    let io = |source| PrivateFileError::Io { file: file.to_owned(), source };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(io)?;
    }
    let part = file.with_extension("part");
    let mut open =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).map_err(io)?;
    open.write_all(text.as_bytes()).map_err(io)?;
    open.sync_all().map_err(io)?;
    // A link, not a rename: it fails where the name is taken.
    let linked = std::fs::hard_link(&part, file);
    std::fs::remove_file(&part).map_err(io)?;
    linked.map_err(io)
}
