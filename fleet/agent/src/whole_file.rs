//! Files that are there whole or not at all, also when the power fails.

use rustix::fs::{Mode, OFlags};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

/// Replaces `file` by `bytes`, readable by `mode`.
pub(crate) fn replace(file: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = folder.join(name);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mut open: File = rustix::fs::open(&beside, flags, Mode::from_raw_mode(mode))?.into();
    // It may have been left there by an end in the middle, with another mode.
    rustix::fs::fchmod(&open, Mode::from_raw_mode(mode))?;
    open.write_all(bytes)?;
    open.sync_all()?;
    std::fs::rename(&beside, file)?;
    File::open(folder)?.sync_all()
}

/// The bytes of a file of at most `most` bytes; none where there is no file.
pub(crate) fn read(file: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    use std::io::Read as _;
    let open = match File::open(file) {
        Ok(open) => open,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let mut bytes = Vec::new();
    open.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {most} bytes")));
    }
    Ok(Some(bytes))
}
