//! A material as it is handed in: read while it is sent, never held whole.

use super::filing::Material;
use crate::contract::material::MaterialId;
use std::io::{Cursor, Read};

/// A material on its way out.
pub struct MaterialUpload {
    /// Its id, the same in every attempt.
    pub id: MaterialId,
    /// Its digest, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Its media type.
    pub media_type: String,
    /// How many bytes `content` gives.
    pub length: u64,
    /// Its bytes; read on a thread that may wait for the disk.
    pub content: Box<dyn Read + Send>,
}

impl std::fmt::Debug for MaterialUpload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MaterialUpload({}, {} bytes)", self.id.0, self.length)
    }
}

impl From<Material> for MaterialUpload {
    fn from(material: Material) -> Self {
        let bytes = material.picture.bytes();
        Self {
            media_type: material.picture.media_type().to_owned(),
            length: bytes.len() as u64,
            content: Box::new(Cursor::new(zeroize::Zeroizing::new(bytes.to_vec()))),
            id: material.id,
            sha256: material.sha256,
        }
    }
}
