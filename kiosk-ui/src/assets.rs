//! What is part of the program besides the pages: typeface and models, embedded once and handed to drivers as parameters.

use crate::fonts;
use drivers::receipt_printer::{FontError, PaperFonts};

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

/// The typeface of papers, the same as that of the screen.
///
/// # Errors
/// The embedded files are damaged.
pub fn paper_fonts() -> Result<PaperFonts<'static>, FontError> {
    PaperFonts::new(fonts::REGULAR, fonts::BOLD)
}
