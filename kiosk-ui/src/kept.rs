//! Small files of the terminal's folder: counts, settings, the last self-test.
//!
//! Duty: one that is read is bounded, one that is written is there whole or not at all, also when the power fails. Never:
//! hold anything of a resident, or hold anybody up: what cannot be kept is said in the log, and the terminal goes on.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Result, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// What was kept; none where nothing was, or where it cannot be understood.
pub(crate) fn read<T: DeserializeOwned>(file: &Path) -> Option<T> {
    let value = serde_json::from_slice(&bytes(file)?);
    value
        .map_err(|error| tracing::warn!(file = %file.display(), %error, "what was kept is not understood"))
        .ok()
}

/// The bytes that were kept; none where nothing was.
pub(crate) fn bytes(file: &Path) -> Option<Vec<u8>> {
    match try_read(file) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                tracing::warn!(file = %file.display(), %error, "what was kept cannot be read");
            }
            None
        }
    }
}

/// Keeps a value in the place of the one before.
pub(crate) fn write(file: &Path, value: &impl Serialize) {
    if let Err(error) = try_write(file, value) {
        tracing::warn!(file = %file.display(), %error, "it cannot be kept");
    }
}

fn try_read(file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}

fn try_write(file: &Path, value: &impl Serialize) -> Result<()> {
    let bytes = serde_json::to_vec(value)?;
    let fresh = file.with_extension("new");
    let mut open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    open.write_all(&bytes)?;
    open.sync_all()?;
    std::fs::rename(&fresh, file)?;
    File::open(file.parent().unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("count.json");
        assert_eq!(read::<u32>(&file), None);
        write(&file, &7);
        write(&file, &8);
        assert_eq!(read::<u32>(&file), Some(8));
        assert_eq!(read::<String>(&file), None, "another kind of value");
        // A draft that a power cut left behind is not what was kept.
        std::fs::write(file.with_extension("new"), b"9").expect("a file");
        assert_eq!(read::<u32>(&file), Some(8));
        std::fs::write(&file, vec![b' '; 2 << 20]).expect("a file");
        assert_eq!(read::<u32>(&file), None, "too long");
    }
}
