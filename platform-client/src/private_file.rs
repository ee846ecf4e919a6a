//! Small files that one user may read: keys.
//!
//! Duty: make such a file whole or not at all, and refuse one that others may read. Never: overwrite one that is there.

use crate::entropy::{Entropy, NoEntropy};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Why a private file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// Others than its owner may read it.
    #[error("{0}: others than the owner may read it; set its mode to 0600")]
    OpenToOthers(PathBuf),
    /// It has another length than such a file has.
    #[error("{file}: {found} bytes long, {expected} expected")]
    Length {
        /// The file.
        file: PathBuf,
        /// How long it is.
        found: usize,
        /// How long it should be.
        expected: usize,
    },
    /// It is longer than such a file is.
    #[error("{file}: longer than {most} bytes")]
    TooLong {
        /// The file.
        file: PathBuf,
        /// How long it may be.
        most: usize,
    },
    /// It cannot be read or made.
    #[error("{file}: cannot be read or made")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// There are no random bytes to make it of.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

/// The bytes of the file, which is made of random bytes if it is not there yet.
pub(crate) fn read_or_make(
    file: &Path,
    length: usize,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<Vec<u8>>, PrivateFileError> {
    let io = |cause| PrivateFileError::Io { file: file.to_owned(), cause };
    match File::open(file) {
        Ok(open) => read(file, open, length),
        Err(e) if e.kind() == ErrorKind::NotFound => {
            let mut bytes = Zeroizing::new(vec![0; length]);
            entropy.fill(&mut bytes)?;
            make(file, &bytes).map_err(io)?;
            // Another process may have been first: what is there counts.
            read(file, File::open(file).map_err(io)?, length)
        }
        Err(e) => Err(io(e)),
    }
}

/// The text in a file that somebody else made, at most so many bytes.
pub(crate) fn read_text(file: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, PrivateFileError> {
    let io = |cause| PrivateFileError::Io { file: file.to_owned(), cause };
    let bytes = read_some(file, File::open(file).map_err(io)?, most)?;
    if bytes.len() <= most {
        Ok(bytes)
    } else {
        Err(PrivateFileError::TooLong { file: file.to_owned(), most })
    }
}

/// Makes the file with these bytes; one that is there already stays as it is.
pub(crate) fn keep(file: &Path, bytes: &[u8]) -> Result<(), PrivateFileError> {
    make(file, bytes).map_err(|cause| PrivateFileError::Io { file: file.to_owned(), cause })
}

fn read(file: &Path, open: File, length: usize) -> Result<Zeroizing<Vec<u8>>, PrivateFileError> {
    let bytes = read_some(file, open, length)?;
    if bytes.len() == length {
        Ok(bytes)
    } else {
        Err(PrivateFileError::Length { file: file.to_owned(), found: bytes.len(), expected: length })
    }
}

/// The bytes of a file that nobody else may read; at most one more than `most`.
fn read_some(file: &Path, mut open: File, most: usize) -> Result<Zeroizing<Vec<u8>>, PrivateFileError> {
    let io = |cause| PrivateFileError::Io { file: file.to_owned(), cause };
    if open.metadata().map_err(io)?.permissions().mode() & 0o077 != 0 {
        return Err(PrivateFileError::OpenToOthers(file.to_owned()));
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(most + 1));
    Read::by_ref(&mut open).take(most as u64 + 1).read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}

/// Makes the file whole or not at all; one that came into being meanwhile stays.
fn make(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let draft = file.with_extension(format!("draft-{}", std::process::id()));
    let mut open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    open.write_all(bytes)?;
    open.sync_all()?;
    let linked = match std::fs::hard_link(&draft, file) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(e),
        _ => File::open(folder)?.sync_all(),
    };
    std::fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn made_once_private_and_refused_when_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys/a.key");
        let first = read_or_make(&file, 32, &SeededEntropy::new(1)).unwrap();
        assert_eq!(first, read_or_make(&file, 32, &SeededEntropy::new(2)).unwrap());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no draft is left");
        assert!(matches!(
            read_or_make(&file, 16, &SeededEntropy::new(1)),
            Err(PrivateFileError::Length { found: 17, expected: 16, .. })
        ));
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = read_or_make(&file, 32, &SeededEntropy::new(1));
        assert!(matches!(refused, Err(PrivateFileError::OpenToOthers(_))));
    }
}
