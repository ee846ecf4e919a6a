//! `cargo xtask pictures`: takes the pictures of docs/pictures again.

/// Why there are no pictures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PicturesError {}

/// Takes every picture of docs/pictures.
pub(crate) fn take() -> Result<(), PicturesError> {
    Ok(())
}
