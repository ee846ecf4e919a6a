//! The bundle, from where it was left to its last byte.
//!
//! Duty: fetch by Range, no faster than allowed, no longer than signed, and give out only what has the signed digest. Never:
//! name a file as the server does.

use super::record::Target;
use crate::digest;
use crate::server::{CallError, Server};
use reqwest::StatusCode;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;

/// Left free on the data partition for everything else.
const KEPT_FREE: u64 = 64 * 1024 * 1024;
/// A line that brings nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(60);

/// Why the bundle is not here.
#[derive(Debug, thiserror::Error)]
pub(super) enum DownloadError {
    /// The line; the rest comes later.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The line broke or fell silent in the middle; the rest comes later.
    #[error("the download broke off at byte {at}")]
    Cut { at: u64 },
    /// What an earlier try left here and what came now do not make the signed file: power may fail before a disk has all of what was
    /// written. It is thrown away, and fetched from the first byte.
    #[error("what was left of an earlier try is not of the file that was signed")]
    Mixed,
    /// The disk.
    #[error("{file}: cannot be written")]
    Disk {
        file: PathBuf,
        #[source]
        cause: io::Error,
    },
    /// There is no room.
    #[error("the bundle needs {needs} bytes, and {free} may be used")]
    NoRoom { needs: u64, free: u64 },
    /// It is not what was signed.
    #[error("the file is not the one that was signed: {0}")]
    NotAuthentic(&'static str),
}

impl DownloadError {
    /// Whether trying again may help.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Call(error) => !error.status().is_some_and(|status| {
                status.is_client_error()
                    && !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
            }),
            Self::Cut { .. } | Self::Mixed | Self::Disk { .. } | Self::NoRoom { .. } => true,
            Self::NotAuthentic(_) => false,
        }
    }
}

/// Where bundles lie.
pub(super) fn folder(data: &Path) -> PathBuf {
    data.join("bundles")
}

/// Where that bundle lies when it is whole.
pub(super) fn whole(data: &Path, target: &Target) -> PathBuf {
    folder(data).join(format!("{}.raucb", target.sha256))
}

/// Throws every bundle away.
pub(super) fn discard(data: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder(data)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Fetches it; `told` hears how many bytes are here.
pub(super) async fn fetch(
    server: &Server,
    link: &str,
    data: &Path,
    target: &Target,
    bytes_per_second: impl Fn() -> Option<u64>,
    told: impl Fn(u64),
) -> Result<PathBuf, DownloadError> {
    let whole = whole(data, target);
    let part = whole.with_extension("part");
    let disk = |cause| DownloadError::Disk { file: part.clone(), cause };
    if whole.exists() {
        return Ok(whole);
    }
    tokio::fs::create_dir_all(folder(data)).await.map_err(disk)?;
    let mut file = OpenOptions::new().create(true).append(true).open(&part).await.map_err(disk)?;
    let mut here = file.metadata().await.map_err(disk)?.len();
    if here > target.size {
        file.set_len(0).await.map_err(disk)?;
        here = 0;
    }
    let resumed = here > 0;
    room(data, target.size - here)?;
    if here < target.size {
        here = rest(server, link, target, &mut file, here, &part, &bytes_per_second, &told).await?;
    }
    file.sync_all().await.map_err(disk)?;
    drop(file);
    debug_assert_eq!(here, target.size, "rest() gives out the whole alone");
    told(here);
    let found = tokio::task::spawn_blocking({
        let part = part.clone();
        move || digest::sha256_of_file(&part)
    });
    let found = found.await.map_err(|error| disk(io::Error::other(error)))?.map_err(disk)?;
    if found != target.sha256 {
        // Nothing of it is used again, be it a mixture of two files or a forged one.
        tokio::fs::remove_file(&part).await.map_err(disk)?;
        return Err(match resumed {
            true => DownloadError::Mixed,
            false => DownloadError::NotAuthentic("its SHA-256 is another"),
        });
    }
    std::fs::rename(&part, &whole).map_err(disk)?;
    std::fs::File::open(folder(data)).and_then(|folder| folder.sync_all()).map_err(disk)?;
    Ok(whole)
}

#[allow(clippy::too_many_arguments, reason = "one download, in two functions for their length")]
async fn rest(
    server: &Server,
    link: &str,
    target: &Target,
    file: &mut File,
    mut here: u64,
    part: &Path,
    bytes_per_second: &impl Fn() -> Option<u64>,
    told: &impl Fn(u64),
) -> Result<u64, DownloadError> {
    let disk = |cause| DownloadError::Disk { file: part.to_owned(), cause };
    let mut response = server.open("download", link, here).await?;
    if here > 0 && (response.status() != StatusCode::PARTIAL_CONTENT || starts_at(&response) != Some(here)) {
        // The server has no ranges: from the beginning.
        file.set_len(0).await.map_err(disk)?;
        here = 0;
        if response.status() == StatusCode::PARTIAL_CONTENT {
            response = server.open("download", link, 0).await?;
        }
    }
    let (began, from) = (Instant::now(), here);
    loop {
        let piece = match tokio::time::timeout(SILENCE, response.chunk()).await {
            Ok(Ok(Some(piece))) => piece,
            Ok(Ok(None)) if here == target.size => break,
            _ => {
                file.sync_all().await.map_err(disk)?;
                return Err(DownloadError::Cut { at: here });
            }
        };
        if here + piece.len() as u64 > target.size {
            file.set_len(0).await.map_err(disk)?;
            return Err(DownloadError::NotAuthentic("it is longer"));
        }
        file.write_all(&piece).await.map_err(disk)?;
        here += piece.len() as u64;
        told(here);
        if let Some(allowed) = bytes_per_second() {
            #[allow(clippy::cast_precision_loss, reason = "seconds of a download")]
            let due = Duration::from_secs_f64((here - from) as f64 / allowed.max(1) as f64);
            tokio::time::sleep_until(began + due).await;
        }
    }
    Ok(here)
}

/// The first byte of `Content-Range: bytes FIRST-LAST/LENGTH` (RFC 9110, 14.4).
fn starts_at(response: &reqwest::Response) -> Option<u64> {
    let value = response.headers().get("content-range")?.to_str().ok()?;
    value.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

fn room(data: &Path, needs: u64) -> Result<(), DownloadError> {
    let Ok(disk) = rustix::fs::statvfs(data) else { return Ok(()) };
    let free = (disk.f_bavail * disk.f_frsize).saturating_sub(KEPT_FREE);
    if needs > free { Err(DownloadError::NoRoom { needs, free }) } else { Ok(()) }
}
