//! A release on a technician's stick, as a terminal's agent reads it: the signed manifest and the bundle that it names.
//!
//! Duty: leave both there, whole, on the stick itself. Never: sign; the release manager did when the release was added.

use crate::artifact_store::{ArtifactError, ArtifactStore};
use crate::store::artifacts::Release;
use fleet_api::release::STICK_MANIFEST;
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt as _;

/// Why a stick does not hold a release.
#[derive(Debug, thiserror::Error)]
pub enum StickError {
    /// No terminal would take it.
    #[error(
        "{0}: the release manager did not sign it, and a terminal takes it from no stick; add it with --release-key"
    )]
    NotSigned(String),
    /// The store of artifacts.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// The manifest is none that JSON can hold.
    #[error("the manifest cannot be written")]
    Manifest(#[from] serde_json::Error),
    /// The stick.
    #[error("{path}: cannot be written")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Writes the bundle, then the manifest; both are on the stick when it returns.
///
/// # Errors
/// The release is not signed, its file is lost, or the stick is full or cannot be written.
pub async fn write(artifacts: &ArtifactStore, release: &Release, folder: &Path) -> Result<(), StickError> {
    let name = || format!("{} {}", release.name, release.version);
    let manifest = release.manifest.as_ref().ok_or_else(|| StickError::NotSigned(name()))?;
    let mut bundle = artifacts.open(&release.file, 0).await?;
    put(&folder.join(&release.filename), &mut bundle).await?;
    let manifest = serde_json::to_vec_pretty(manifest)?;
    put(&folder.join(STICK_MANIFEST), &mut manifest.as_slice()).await?;
    // The files' names, too: who pulls the stick out next has waited for this.
    let io = |source| StickError::Io { path: folder.to_owned(), source };
    tokio::fs::File::open(folder).await.map_err(io)?.sync_all().await.map_err(io)
}

async fn put(path: &Path, from: &mut (impl tokio::io::AsyncRead + Unpin)) -> Result<(), StickError> {
    let io = |source| StickError::Io { path: path.to_owned(), source };
    let mut to = tokio::fs::File::create(path).await.map_err(io)?;
    tokio::io::copy(from, &mut to).await.map_err(io)?;
    // Only this tells of a write that failed after it was taken.
    to.flush().await.map_err(io)?;
    to.sync_all().await.map_err(io)
}
