//! A large material in pieces, so that a line that breaks costs one piece and not the file.
//!
//! Announce (length and digest) → pieces, each with its offset and digest → complete, when the last piece is here and the
//! digest of the whole fits. What the province has is asked by GET; the terminal goes on from there. The shape is that of
//! tus 1.0 (creation, offset, 409 where the offset is another) and of the IETF's resumable uploads for HTTP; the bytes go
//! as parts of a multipart body and not under `PATCH`, so that every dialect signs and carries them as it does any
//! material. What comes of it is a material as any other: the case names it by the same id.

use super::material::MaterialId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};

/// The body of [`super::path::UPLOADS`]. The same id with the same length and digest is the same upload, however often it
/// is announced; with others it is refused (`key_reused`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UploadRequest {
    /// Where.
    pub terminal_id: TerminalId,
    /// The material that it becomes.
    pub id: MaterialId,
    /// SHA-256 of the whole file, 64 lower-case hexadecimal digits.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub sha256: String,
    /// `image/jpeg`, `image/png` or `application/pdf`.
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["image/jpeg", "image/png", "application/pdf"])))]
    pub media_type: String,
    /// How many bytes the whole file has.
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = LONGEST_UPLOAD)))]
    pub length: u64,
}

/// The longest file that goes in pieces: 64 MiB.
pub const LONGEST_UPLOAD: u64 = 64 << 20;
/// The longest piece: 1 MiB.
pub const LONGEST_PIECE: usize = 1 << 20;

/// The answer of [`super::path::UPLOADS`] and [`super::path::UPLOAD`]: how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Upload {
    /// The material.
    pub id: MaterialId,
    /// So many bytes are here, from the first on without a gap: the next piece begins there.
    pub offset: u64,
    /// So many it will be.
    pub length: u64,
    /// Whether it is a material by now.
    pub state: UploadState,
    /// From then on an upload that is not complete is forgotten.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub expires_at: Timestamp,
}

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UploadState {
    /// Pieces are missing.
    Open,
    /// Whole, and what its digest says: a material.
    Complete,
}

/// The parts of the multipart body of a piece: POST to [`super::path::UPLOAD`].
pub mod part {
    /// Text: the offset of its first byte in the file, in decimal digits.
    pub const OFFSET: &str = "offset";
    /// Text: SHA-256 of the piece, 64 lower-case hexadecimal digits.
    pub const SHA256: &str = "sha256";
    /// The bytes, at most [`super::LONGEST_PIECE`].
    pub const PIECE: &str = "piece";
}
