//! A frame as a file: the picture of a paper or a place.

use domain::form::PhotoSubject;
use domain::material::Picture;
use domain::session::event::PhotoProblem;
use drivers::camera::{Frame, Mirror, Size};
use drivers::document_capture::{self, PageProblem};
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use zeroize::Zeroizing;

/// The largest file: many pictures go over a thin line.
const MOST_BYTES: usize = document_capture::MOST_BYTES;
/// Qualities of JPEG, the best first; a sheet of paper stays readable at the last one.
const QUALITIES: [u8; 4] = [85, 70, 55, 40];
/// Longest edges that are tried, the whole frame first.
const EDGES: [u32; 3] = [u32::MAX, 1280, 640];

/// A picture of what a frame shows, a JPEG file of at most [`MOST_BYTES`].
///
/// # Errors
/// What would make it a good one.
pub(super) fn of(frame: &Frame, subject: PhotoSubject) -> Result<Picture, PhotoProblem> {
    match subject {
        PhotoSubject::Paper => match document_capture::capture(frame) {
            Ok(page) => Ok(Picture::new(page.jpeg.to_vec())),
            Err(problem) => Err(self::problem(problem)),
        },
        PhotoSubject::Anything => whole(frame).ok_or(PhotoProblem::NoCamera),
    }
}

const fn problem(problem: PageProblem) -> PhotoProblem {
    match problem {
        PageProblem::NoSheet => PhotoProblem::NoSheet,
        PageProblem::CutOff => PhotoProblem::CutOff,
        PageProblem::TooDark => PhotoProblem::MoreLight,
        PageProblem::NotSharp => PhotoProblem::HoldStill,
        PageProblem::TooFar => PhotoProblem::ComeCloser,
    }
}

/// The frame as it is: as good as fits, and smaller only when no quality does.
fn whole(frame: &Frame) -> Option<Picture> {
    EDGES.into_iter().find_map(|edge| {
        let size = fitted(frame.size(), edge);
        let mut rgb = Zeroizing::new(vec![0; size.pixels() * 3]);
        frame.preview_into(size, Mirror::AsSeen, &mut rgb);
        QUALITIES.into_iter().find_map(|quality| jpeg(&rgb, size, quality))
    })
}

fn jpeg(rgb: &[u8], size: Size, quality: u8) -> Option<Picture> {
    // Room from the start: a buffer that grows leaves copies behind that nobody wipes.
    let mut file = Vec::with_capacity(2 * MOST_BYTES);
    let encoded = JpegEncoder::new_with_quality(&mut file, quality).encode(
        rgb,
        size.width,
        size.height,
        ExtendedColorType::Rgb8,
    );
    // What does not fit is wiped as a picture, too.
    let picture = Picture::new(file);
    (encoded.is_ok() && picture.bytes().len() <= MOST_BYTES).then_some(picture)
}

/// A size of the same shape whose longer edge is at most so many pixels.
pub(super) fn fitted(size: Size, edge: u32) -> Size {
    let longer = size.width.max(size.height).max(1);
    let edge = edge.min(longer);
    let side = |side: u32| {
        let scaled = u64::from(side) * u64::from(edge) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(edge).max(1)
    };
    Size::new(side(size.width), side(size.height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use drivers::camera::PixelFormat;
    use std::time::Duration;

    #[test]
    fn sizes_keep_their_shape() {
        for (size, edge, want) in [
            (Size::new(1280, 720), 480, Size::new(480, 270)),
            (Size::new(720, 1280), 480, Size::new(270, 480)),
            (Size::new(320, 240), 480, Size::new(320, 240)),
            (Size::new(4000, 1), 480, Size::new(480, 1)),
        ] {
            assert_eq!(fitted(size, edge), want);
        }
    }

    /// Noise is the picture that no encoder makes small.
    #[test]
    fn the_file_is_never_too_large() {
        let size = Size::new(1920, 1080);
        let mut state = 1_u32;
        let noise = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let pixels = (0..size.pixels() * 3).map(noise).collect();
        let frame = Frame::new(size, PixelFormat::Rgb, 0, Duration::ZERO, pixels).unwrap();
        let picture = of(&frame, PhotoSubject::Anything).unwrap();
        assert!(picture.bytes().len() <= MOST_BYTES, "{}", picture.bytes().len());
        assert_eq!(picture.media_type(), "image/jpeg");
        assert!(image::load_from_memory(picture.bytes()).is_ok());
    }
}
