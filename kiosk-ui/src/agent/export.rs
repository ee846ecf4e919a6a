//! The outbox, sealed as it is, in one file.

use crate::outbox_desk;
use fleet_api::ui::Answer;
use platform_client::outbox::OpenError;
use platform_client::outbox::inspect::InspectError;
use std::fs::File;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use zip::write::SimpleFileOptions;

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    #[error("the outbox cannot be opened")]
    Open(#[from] OpenError),
    #[error("the outbox cannot be read")]
    Inspect(#[from] InspectError),
    #[error("the file cannot be written")]
    Io(#[from] std::io::Error),
    #[error("the file cannot be packed")]
    Pack(#[from] zip::result::ZipError),
}

/// Packs what waits, sealed as it is, into `outbox-export.zip` in the folder of exports. Its group, which is that folder's,
/// may read it: the agent takes it away.
pub(super) fn sealed(data: &Path, exports: &Path) -> Result<Answer, ExportError> {
    let folder = data.join("outbox-export");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    outbox_desk::open(data)?.export(&folder)?;
    let path = exports.join("outbox-export.zip");
    let file = File::options().write(true).create(true).truncate(true).mode(0o640).open(&path)?;
    // The mode of a file that was there already is as it was.
    file.set_permissions(std::fs::Permissions::from_mode(0o640))?;
    let mut zip = zip::ZipWriter::new(file);
    let mut names: Vec<_> = std::fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
    names.sort_by_key(std::fs::DirEntry::file_name);
    for entry in names {
        // Sealed bytes do not shrink.
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(entry.file_name().to_string_lossy(), options)?;
        std::io::copy(&mut File::open(entry.path())?, &mut zip)?;
    }
    zip.finish()?.sync_all()?;
    std::fs::remove_dir_all(&folder)?;
    Ok(Answer::File { path: path.display().to_string() })
}
