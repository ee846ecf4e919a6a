//! Files by their digest.
//!
//! Duty: take a file once, give any part of it. Never: make a path of a name that came from outside: a file lies under its
//! own SHA-256, which this module computed.

use crate::secret;
use crate::store::artifacts::File;
use md5::Digest as _;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use std::path::{Path, PathBuf};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

/// The largest file, in bytes.
pub const LARGEST: u64 = 8 * 1024 * 1024 * 1024;

/// Why a file is not taken or given.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The folder.
    #[error("{path}: the store of artifacts cannot be used")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is too long.
    #[error("the file has more than {LARGEST} bytes")]
    TooLarge,
    /// It was taken once and is gone or cut.
    #[error("the artifact {0} is not there as it was taken")]
    Lost(String),
    /// No random bytes for a name.
    #[error(transparent)]
    Entropy(#[from] secret::NoEntropy),
}

/// The folder.
#[derive(Debug, Clone)]
pub struct ArtifactStore(PathBuf);

impl ArtifactStore {
    /// The store under the server's data.
    pub fn of(data: &Path) -> Self {
        Self(data.join("artifacts"))
    }

    fn path(&self, sha256: &str) -> PathBuf {
        self.0.join(sha256)
    }

    /// Takes a file; one that is there already is not kept twice.
    ///
    /// # Errors
    /// It cannot be read or written, or is too long.
    pub async fn take(&self, mut from: impl AsyncRead + Unpin) -> Result<File, ArtifactError> {
        let part = self.0.join(format!("{}.part", secret::hex(&secret::random::<8>()?)));
        let taken = self.take_into(&mut from, &part).await;
        if taken.is_err() {
            // What is left of it is of no use, and its own removal failing changes nothing.
            let _ = tokio::fs::remove_file(&part).await;
        }
        taken
    }

    async fn take_into(
        &self,
        from: &mut (impl AsyncRead + Unpin),
        part: &Path,
    ) -> Result<File, ArtifactError> {
        let io = |source| ArtifactError::Io { path: part.to_owned(), source };
        tokio::fs::create_dir_all(&self.0).await.map_err(io)?;
        let mut to = tokio::fs::File::create(part).await.map_err(io)?;
        let (mut sha256, mut sha1, mut md5) =
            (Context::new(&SHA256), Context::new(&SHA1_FOR_LEGACY_USE_ONLY), md5::Md5::new());
        let mut size = 0;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let read = from.read(&mut buffer).await.map_err(io)?;
            if read == 0 {
                break;
            }
            let bytes = &buffer[..read];
            size += read as u64;
            if size > LARGEST {
                return Err(ArtifactError::TooLarge);
            }
            sha256.update(bytes);
            sha1.update(bytes);
            md5.update(bytes);
            to.write_all(bytes).await.map_err(io)?;
        }
        to.sync_all().await.map_err(io)?;
        let file = File {
            sha256: secret::hex(sha256.finish().as_ref()),
            sha1: secret::hex(sha1.finish().as_ref()),
            md5: secret::hex(&md5.finalize()),
            size,
        };
        tokio::fs::rename(part, self.path(&file.sha256)).await.map_err(io)?;
        Ok(file)
    }

    /// The file from byte `from` on.
    ///
    /// # Errors
    /// It is not there as it was taken.
    pub async fn open(&self, file: &File, from: u64) -> Result<tokio::fs::File, ArtifactError> {
        let path = self.path(&file.sha256);
        let io = |source| ArtifactError::Io { path: path.clone(), source };
        let mut open =
            tokio::fs::File::open(&path).await.map_err(|_| ArtifactError::Lost(file.sha256.clone()))?;
        if open.metadata().await.map_err(io)?.len() != file.size {
            return Err(ArtifactError::Lost(file.sha256.clone()));
        }
        open.seek(std::io::SeekFrom::Start(from)).await.map_err(io)?;
        Ok(open)
    }
}
