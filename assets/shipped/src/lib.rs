//! What comes with the programs and is none of their code: the typeface of screen and paper, the words of the pinyin pad, the models
//! that look at faces.
//!
//! Duty: hand out their bytes, which are part of the program, or, with the feature `files`, files of the firmware's root that all its
//! programs share and that an update of a program leaves as they are. Never: look for anything of the machine's own.

use std::io;
use std::path::PathBuf;

#[cfg(not(feature = "files"))]
mod embedded;
#[cfg(feature = "files")]
mod files;
#[cfg(not(feature = "files"))]
use embedded::bytes;
#[cfg(feature = "files")]
use files::bytes;

/// One of them; its file lies at the same place in `assets` and in the firmware's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asset {
    Regular,
    Bold,
    PinyinWords,
    DetectorManifest,
    DetectorWeights,
    LandmarksManifest,
    LandmarksWeights,
}

/// Something that comes with the program is not where it belongs.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read: the image is not whole, install it again", .file.display())]
pub struct AssetError {
    /// Which file.
    pub file: PathBuf,
    /// What the system says.
    #[source]
    pub cause: io::Error,
}

/// Yilin Sans in both weights: OpenType files with the same characters.
#[derive(Debug, Clone, Copy)]
pub struct Typeface {
    /// Weight 400.
    pub regular: &'static [u8],
    /// Weight 700.
    pub bold: &'static [u8],
}

/// A network of face-api: its manifest and its weights. Licence and origin: `assets/models/README.md`.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// What the weights are, JSON.
    pub manifest: &'static [u8],
    /// The weights.
    pub weights: &'static [u8],
}

/// The typeface, the same bytes each time.
///
/// # Errors
/// With the feature `files`: one of the two files is not there.
pub fn typeface() -> Result<Typeface, AssetError> {
    Ok(Typeface { regular: bytes(Asset::Regular)?, bold: bytes(Asset::Bold)? })
}

/// The words of the language, `KEY<tab>WORD<tab>FREQUENCY`, a line each, sorted by key in bytes; UTF-8 (`assets/input/README.md`).
///
/// # Errors
/// With the feature `files`: the file is not there.
pub fn pinyin_words() -> Result<&'static [u8], AssetError> {
    bytes(Asset::PinyinWords)
}

/// Finds faces in a frame.
///
/// # Errors
/// With the feature `files`: one of its files is not there.
pub fn face_detector() -> Result<Model, AssetError> {
    Ok(Model { manifest: bytes(Asset::DetectorManifest)?, weights: bytes(Asset::DetectorWeights)? })
}

/// Places eyes and nose on a face.
///
/// # Errors
/// With the feature `files`: one of its files is not there.
pub fn face_landmarks() -> Result<Model, AssetError> {
    Ok(Model { manifest: bytes(Asset::LandmarksManifest)?, weights: bytes(Asset::LandmarksWeights)? })
}
