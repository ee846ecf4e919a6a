//! A sheet of paper under a camera as a picture of the page alone.
//!
//! Duty: find the sheet, straighten it, even its light, pack it small enough for a thin line; or say what is in the way.
//! Never: keep a picture, or read what is on it.

mod edges;
mod light;
mod outline;
mod page;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::camera::{Frame, Mirror, PixelFormat, Size};

/// The largest file: many pictures go over a thin line.
pub const MOST_BYTES: usize = 500_000;
/// Qualities of JPEG, the best first; print stays readable at the last one.
const QUALITIES: [u8; 4] = [85, 70, 55, 40];

/// A place in a frame, pixels from its upper left corner.
pub type Point = (f32, f32);

/// A page, straight and evenly lit. Its bytes are wiped when it is dropped, and `Debug` shows none of them.
pub struct CapturedPage {
    /// Columns and rows of the picture.
    pub size: Size,
    /// Where the sheet's corners were in the frame: upper left, upper right, lower right, lower left as the camera sees it.
    pub corners: [Point; 4],
    /// A JPEG file of at most [`MOST_BYTES`].
    pub jpeg: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for CapturedPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CapturedPage")
            .field("size", &self.size)
            .field("corners", &self.corners)
            .finish_non_exhaustive()
    }
}

/// What is in the way of a picture that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum PageProblem {
    /// Nothing in the picture is a sheet of paper.
    #[error("there is no sheet of paper in the picture")]
    NoSheet,
    /// The sheet reaches beyond the picture.
    #[error("a part of the sheet is outside the picture")]
    CutOff,
    /// Too little light.
    #[error("there is too little light")]
    TooDark,
    /// Out of focus, or moved.
    #[error("the picture is not sharp")]
    NotSharp,
    /// So little of the frame is sheet that its print cannot be read.
    #[error("the sheet is too far away")]
    TooFar,
}

impl PageProblem {
    /// The word in JSON and in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoSheet => "no_sheet",
            Self::CutOff => "cut_off",
            Self::TooDark => "too_dark",
            Self::NotSharp => "not_sharp",
            Self::TooFar => "too_far",
        }
    }
}

/// Takes the page out of a frame.
///
/// # Errors
/// What is in the way.
pub fn capture(frame: &Frame) -> Result<CapturedPage, PageProblem> {
    let size = frame.size();
    let converted;
    let rgb = match frame.format() {
        PixelFormat::Rgb => frame.pixels(),
        PixelFormat::Grey | PixelFormat::Yuyv => {
            let mut pixels = Zeroizing::new(vec![0; size.pixels() * 3]);
            frame.preview_into(size, Mirror::AsSeen, &mut pixels);
            converted = pixels;
            &converted[..]
        }
    };
    let outline = outline::found(frame)?;
    let corners = edges::refined(rgb, size, outline)?;
    let (size, mut page) = page::straightened(rgb, size, &corners)?;
    light::evened(size, &mut page);
    let jpeg = packed(&page, size).ok_or(PageProblem::NoSheet)?;
    Ok(CapturedPage { size, corners, jpeg })
}

/// The best quality that is small enough.
fn packed(rgb: &[u8], size: Size) -> Option<Zeroizing<Vec<u8>>> {
    QUALITIES.into_iter().find_map(|quality| {
        // Room from the start: a buffer that grows leaves copies behind that nobody wipes.
        let mut file = Zeroizing::new(Vec::with_capacity(2 * MOST_BYTES));
        let encoded = JpegEncoder::new_with_quality(&mut *file, quality).encode(
            rgb,
            size.width,
            size.height,
            ExtendedColorType::Rgb8,
        );
        (encoded.is_ok() && file.len() <= MOST_BYTES).then_some(file)
    })
}
