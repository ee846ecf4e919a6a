//! A picture of every page.

use crate::cli::GalleryOptions;
use crate::output::Output;

/// Why there is no gallery.
#[derive(Debug, thiserror::Error)]
pub enum GalleryError {
    /// This build does not draw galleries yet.
    #[error("this build does not draw galleries yet")]
    NotBuilt,
}

impl GalleryError {
    /// The word on a command line.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::NotBuilt => "not_built",
        }
    }
}

/// Draws it; names of pages and files go to the output.
///
/// # Errors
/// Why there is none.
pub fn run(_options: GalleryOptions, _output: Output) -> Result<(), GalleryError> {
    Err(GalleryError::NotBuilt)
}
