//! Yilin Sans, the typeface of screen and paper.
//!
//! Duty: hand out both weights, which are part of the program, or, with the feature `files`, two files of the firmware's root that all
//! its programs share and that an update of a program leaves as they are. Never: look for a font of the machine.

use std::io;
use std::path::PathBuf;

#[cfg(not(feature = "files"))]
mod embedded;
#[cfg(feature = "files")]
mod files;
#[cfg(not(feature = "files"))]
use embedded as faces;
#[cfg(feature = "files")]
use files as faces;

/// Both weights: OpenType files with the same characters.
#[derive(Debug, Clone, Copy)]
pub struct Typeface {
    /// Weight 400.
    pub regular: &'static [u8],
    /// Weight 700.
    pub bold: &'static [u8],
}

/// A face is not where it belongs.
#[derive(Debug, thiserror::Error)]
#[error("{} of the typeface cannot be read: the image is not whole, install it again", .file.display())]
pub struct TypefaceError {
    /// Which file.
    pub file: PathBuf,
    /// What the system says.
    #[source]
    pub cause: io::Error,
}

impl Typeface {
    /// The typeface, the same bytes each time.
    ///
    /// # Errors
    /// With the feature `files`: one of the two files is not there.
    pub fn open() -> Result<Self, TypefaceError> {
        faces::open()
    }
}
