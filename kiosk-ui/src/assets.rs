//! What comes with the program besides the pages: typeface and models, handed to drivers as parameters.

use drivers::receipt_printer::{FontError, PaperFonts};
use typeface::{Typeface, TypefaceError};

/// A network's manifest and its weights.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// What the weights are.
    pub manifest: &'static [u8],
    /// The weights.
    pub weights: &'static [u8],
}

/// Finds faces. Licence and origin: `assets/models/README.md`.
pub static FACE_DETECTOR: Model = Model {
    manifest: include_bytes!(
        "../../assets/models/tiny_face_detector/tiny_face_detector_model-weights_manifest.json"
    ),
    weights: include_bytes!("../../assets/models/tiny_face_detector/tiny_face_detector_model.bin"),
};

/// Places eyes and nose on a face.
pub static FACE_LANDMARKS: Model = Model {
    manifest: include_bytes!(
        "../../assets/models/face_landmark_68_tiny/face_landmark_68_tiny_model-weights_manifest.json"
    ),
    weights: include_bytes!("../../assets/models/face_landmark_68_tiny/face_landmark_68_tiny_model.bin"),
};

/// Why nothing can be drawn on paper.
#[derive(Debug, thiserror::Error)]
pub enum PaperFontsError {
    /// The typeface is not where it belongs.
    #[error(transparent)]
    Absent(#[from] TypefaceError),
    /// It is damaged.
    #[error(transparent)]
    Damaged(#[from] FontError),
}

/// The typeface of papers, the same as that of the screen.
///
/// # Errors
/// It is not where it belongs, or damaged.
pub fn paper_fonts() -> Result<PaperFonts<'static>, PaperFontsError> {
    let Typeface { regular, bold } = Typeface::open()?;
    Ok(PaperFonts::new(regular, bold)?)
}
