//! 申请材料: what has to be handed in with a case.

use crate::locale::Localized;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Where a material comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MaterialSource {
    /// A picture taken at the terminal.
    Upload,
    /// The province's library of electronic certificates.
    LicenceLibrary,
    /// Departments share it: the resident brings nothing.
    DataSharing,
    /// Made from the form.
    Form,
    /// Brought to the window later.
    Window,
    /// Sent by courier.
    Courier,
}

/// A material that an item asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaterialRequirement {
    /// Its id within the item.
    pub id: String,
    /// What it is called.
    pub name: Localized,
    /// Where it comes from.
    pub source: MaterialSource,
    /// The field of the form that holds it, for `upload`.
    #[serde(default)]
    pub field: Option<crate::form::FieldId>,
    /// Whether the case may be filed without it.
    #[serde(default)]
    pub necessity: Necessity,
}

/// Whether something must be given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Necessity {
    /// Must be given.
    #[default]
    Required,
    /// May be left out.
    Optional,
}

/// A picture of a paper or place that the resident took: wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Picture {
    file: Vec<u8>,
}

impl Picture {
    /// Takes the bytes of a JPEG or PNG file.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { file: bytes }
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.file
    }

    /// The file's MIME type by its first bytes.
    pub fn media_type(&self) -> &'static str {
        if self.file.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" }
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} bytes)", self.file.len())
    }
}
