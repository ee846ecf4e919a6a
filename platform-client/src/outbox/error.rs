//! Why something could not be kept, or the outbox not be used.

use crate::entropy::NoEntropy;
use crate::private_file::PrivateFileError;
use std::path::PathBuf;

/// Why a submission is not on disk. Nothing was sent and nothing may be promised.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// As many submissions wait as may wait, or as many bytes.
    #[error("the outbox is full: {0}")]
    Full(Bound),
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A picture is larger than a material may be.
    #[error("a material of {bytes} bytes is too large, at most {most}")]
    TooLarge {
        /// How large it is.
        bytes: u64,
        /// How large it may be.
        most: u64,
    },
    /// The disk or the database failed.
    #[error("it could not be written to disk")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a [`SaveError`] means for the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SaveErrorKind {
    /// There is no room: deliver what waits, or make room.
    Full,
    /// This one submission is too large; others are not.
    TooLarge,
    /// The disk failed.
    Failed,
}

impl SaveError {
    /// What it means.
    pub const fn kind(&self) -> SaveErrorKind {
        match self {
            Self::Full(_) | Self::DiskFull(_) => SaveErrorKind::Full,
            Self::TooLarge { .. } => SaveErrorKind::TooLarge,
            Self::Failed(_) => SaveErrorKind::Failed,
        }
    }

    pub(super) fn of_file(cause: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match cause.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::DiskFull(Box::new(cause))
            }
            _ => Self::Failed(Box::new(cause)),
        }
    }
}

impl From<StoreError> for SaveError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full(cause) => Self::DiskFull(Box::new(cause)),
            StoreError::NoEntropy(cause) => Self::Failed(Box::new(cause)),
            other => Self::Failed(Box::new(other)),
        }
    }
}

/// What the outbox has only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Bound {
    /// Entries.
    #[error("too many entries wait")]
    Rows,
    /// Bytes.
    #[error("too many bytes wait")]
    Bytes,
}

/// Why the database did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk, or the database's own bound, is full.
    #[error("no room for the database")]
    Full(#[source] rusqlite::Error),
    /// The file is damaged, or no database of an outbox.
    #[error("the database is damaged")]
    Damaged(#[source] Option<rusqlite::Error>),
    /// The database was written by a newer program.
    #[error("the database has schema {found}; this program knows {known}")]
    Newer {
        /// Its schema.
        found: i64,
        /// The newest schema known.
        known: i64,
    },
    /// Anything else.
    #[error("the database failed")]
    Failed(#[source] rusqlite::Error),
    /// A file beside it failed.
    #[error("{file}: failed")]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// There are no random bytes.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// A key's file failed.
    #[error("a key of the outbox cannot be used")]
    Key(#[source] PrivateFileError),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(error),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(Some(error)),
            _ => Self::Failed(error),
        }
    }
}

/// Why an outbox cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another program delivers from it.
    #[error("{0}: another program delivers from this outbox")]
    InUse(PathBuf),
    /// The key cannot be read or made.
    #[error("the outbox's key cannot be used")]
    Key(#[source] PrivateFileError),
    /// A folder or file cannot be made.
    #[error("{file}: cannot be made")]
    Io {
        /// The folder or file.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The database cannot be used.
    #[error("the outbox's database cannot be used")]
    Store(#[from] StoreError),
}
