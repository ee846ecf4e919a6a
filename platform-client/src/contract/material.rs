//! 申请材料 on the wire: multipart, each with its digest, handed in before the case that names it.

use serde::{Deserialize, Serialize};

/// The terminal's own id of a material: 1 to 64 of `a-z 0-9 -`, the same in every attempt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[a-z0-9-]{1,64}$")))]
#[serde(transparent)]
pub struct MaterialId(pub String);

/// The parts of the multipart body of [`super::path::MATERIALS`].
pub mod part {
    /// Text: the [`super::MaterialId`].
    pub const ID: &str = "id";
    /// Text: SHA-256 of the file, 64 lower-case hexadecimal digits.
    pub const SHA256: &str = "sha256";
    /// The file, with its media type (`image/jpeg` or `image/png`) and a file name that holds nothing of the person.
    pub const FILE: &str = "file";
    /// The picture of [`super::super::path::SESSION_FACE`], `image/jpeg` or `image/png`.
    pub const PICTURE: &str = "picture";
}

/// The answer of [`super::path::MATERIALS`]. The same id with the same digest is the same material, however often it
/// comes; with another digest it is refused (`key_reused`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MaterialReceipt {
    /// The material.
    pub id: MaterialId,
    /// The digest of what arrived.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub sha256: String,
}
