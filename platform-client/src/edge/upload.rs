//! A material as it is handed in: read while it is sent, never held whole.

use super::filing::Material;
use crate::contract::material::MaterialId;
use crate::http::Content;
use domain::material::Picture;
use std::io::Cursor;
use std::sync::Arc;

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
    /// Its bytes.
    pub content: Content,
}

impl std::fmt::Debug for MaterialUpload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MaterialUpload({}, {} bytes)", self.id.0, self.length)
    }
}

impl From<Material> for MaterialUpload {
    fn from(material: Material) -> Self {
        let Material { id, sha256, picture } = material;
        let (media_type, length) = (picture.media_type().to_owned(), picture.bytes().len() as u64);
        let shared = Arc::new(picture);
        let content = Content::new(move || Ok(Box::new(Cursor::new(Bytes(Arc::clone(&shared))))));
        Self { id, sha256, media_type, length, content }
    }
}

struct Bytes(Arc<Picture>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes()
    }
}
