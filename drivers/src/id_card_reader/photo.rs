//! The photo of a card as a picture, by the maker's own program.
//!
//! Duty: the agreement with that program, and what it says as values. Never: a decoder of our own: the format has no public
//! description (reference page, "Photo and fingerprint"), and whoever decodes it must answer for what it shows.
//!
//! # The agreement, version 1
//! - The program is started for each photo, with the arguments of the configuration, an environment that holds
//!   `YILIN_PHOTO_DECODER=1` (the version) and nothing else, and `/` as its working folder.
//! - Standard input is the chip's 1024 bytes, then its end.
//! - Standard output is the portrait as binary PPM: the 15 bytes `P6\n102 126\n255\n`, then 102 × 126 pixels of three
//!   bytes, red, green, blue, row by row from the top left. Nothing before and nothing after.
//! - Exit code 0 says that the output is whole. 3 says that this photo cannot be decoded, output ignored. Anything else, or
//!   a signal, is a crash.
//! - Standard error goes nowhere: it could hold a photo.
//! - Time, memory, processor time and the size of a file it writes are limited; it gets no core file. Its limits stand
//!   before the photo reaches it. When its time is over, it and all that it started are killed.
//! - It keeps nothing. A library that wants files gets them in memory (`memfd_create`), never on a disk.

mod program;

pub use program::PhotoProgram;

use std::io;
use std::process::ExitStatus;
use std::time::Instant;

use domain::device::Cause;
use domain::material::Picture;
use domain::resident_id::CardPhoto;
use zeroize::Zeroizing;

/// A photo on a chip has so many bytes.
pub const PHOTO_BYTES: usize = 1024;
/// What a photo on a chip begins with (reference page, "Photo and fingerprint").
pub(super) const PHOTO_HEAD: [u8; 8] = [0x57, 0x4C, 0x66, 0x00, 0x7E, 0x00, 0x32, 0x00];
/// Pixels across.
const WIDTH: u32 = 102;
/// Pixels down.
const HEIGHT: u32 = 126;
/// What the program's output begins with.
const HEAD: &[u8] = b"P6\n102 126\n255\n";
/// Bytes of the pixels.
const PIXELS: usize = 102 * 126 * 3;

/// A photo that shows nobody, for trying a decoder: the head of one, then zeros.
pub fn blank_photo() -> CardPhoto {
    let mut bytes = PHOTO_HEAD.to_vec();
    bytes.resize(PHOTO_BYTES, 0);
    CardPhoto::new(bytes)
}

/// Who makes a picture of a card's photo.
pub trait PhotoDecoder: Send {
    /// Decodes a photo; ends before `deadline` or soon after.
    ///
    /// # Errors
    /// The decoder failed; the visit goes on without a photo.
    fn decode(&mut self, photo: &CardPhoto, deadline: Instant) -> Result<DecodedPhoto, PhotoDecoderError>;
}

/// What became of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodedPhoto {
    /// The portrait.
    Portrait(Portrait),
    /// The decoder says that this photo cannot be decoded, or the card holds none.
    NotDecodable,
    /// This terminal has no decoder.
    NoDecoder,
}

/// A terminal without a decoder: every photo stays opaque, and that is no fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoPhotoDecoder;

impl PhotoDecoder for NoPhotoDecoder {
    fn decode(&mut self, _photo: &CardPhoto, _deadline: Instant) -> Result<DecodedPhoto, PhotoDecoderError> {
        Ok(DecodedPhoto::NoDecoder)
    }
}

/// A decoded photo of 102 × 126 pixels. Wiped when dropped; `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Portrait(Zeroizing<Vec<u8>>);

impl Portrait {
    /// Pixels across.
    pub const WIDTH: u32 = WIDTH;
    /// Pixels down.
    pub const HEIGHT: u32 = HEIGHT;

    /// Takes what the program wrote.
    ///
    /// # Errors
    /// [`PhotoDecoderError::Garbage`] where it is not what the agreement says.
    pub fn from_output(output: &[u8]) -> Result<Self, PhotoDecoderError> {
        let pixels = output.strip_prefix(HEAD).filter(|pixels| pixels.len() == PIXELS);
        let pixels = pixels.ok_or(PhotoDecoderError::Garbage)?;
        Ok(Self(Zeroizing::new(pixels.to_vec())))
    }

    /// Red, green, blue, row by row from the top left.
    pub fn rgb(&self) -> &[u8] {
        &self.0
    }

    /// The same as a PNG file, for an engine that compares faces.
    pub fn picture(&self) -> Picture {
        let mut file = io::Cursor::new(Vec::new());
        let encoder = image::codecs::png::PngEncoder::new(&mut file);
        let colour = image::ExtendedColorType::Rgb8;
        // Memory does not refuse bytes, and the size is right by construction.
        let _ = image::ImageEncoder::write_image(encoder, &self.0, WIDTH, HEIGHT, colour);
        Picture::new(file.into_inner())
    }
}

impl std::fmt::Debug for Portrait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Portrait(…)")
    }
}

/// Why a photo was not decoded.
#[derive(Debug, thiserror::Error)]
pub enum PhotoDecoderError {
    /// The program does not start.
    #[error("the photo decoder {program} cannot be started")]
    Unavailable {
        /// Its path.
        program: String,
        /// The system's reason.
        source: io::Error,
    },
    /// It was not done in time, and was killed.
    #[error("the photo decoder was not done in time")]
    Timeout,
    /// It ended with a code or a signal that the agreement does not know.
    #[error("the photo decoder crashed: {0}")]
    Crashed(ExitStatus),
    /// It wrote more than a portrait, and was killed.
    #[error("the photo decoder wrote more than a portrait")]
    Flooded,
    /// It wrote something else than a portrait.
    #[error("the photo decoder wrote something else than a portrait")]
    Garbage,
    /// The system failed between us and it.
    #[error("the photo decoder could not be spoken to")]
    Io(#[source] io::Error),
}

/// The kinds of [`PhotoDecoderError`], for deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhotoDecoderErrorKind {
    /// It is not there or does not start.
    Unavailable,
    /// It was not done in time.
    Timeout,
    /// It crashed.
    Crashed,
    /// It answers what the agreement does not know.
    InvalidData,
}

impl PhotoDecoderError {
    /// What kind of trouble it is.
    pub const fn kind(&self) -> PhotoDecoderErrorKind {
        match self {
            Self::Unavailable { .. } | Self::Io(_) => PhotoDecoderErrorKind::Unavailable,
            Self::Timeout => PhotoDecoderErrorKind::Timeout,
            Self::Crashed(_) => PhotoDecoderErrorKind::Crashed,
            Self::Flooded | Self::Garbage => PhotoDecoderErrorKind::InvalidData,
        }
    }

    /// What it says of the decoder.
    pub const fn cause(&self) -> Cause {
        match self.kind() {
            PhotoDecoderErrorKind::Unavailable => Cause::NotStarted,
            PhotoDecoderErrorKind::Timeout => Cause::Timeout,
            PhotoDecoderErrorKind::Crashed => Cause::Crashed,
            PhotoDecoderErrorKind::InvalidData => Cause::InvalidAnswer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(head: &[u8], pixels: usize) -> Vec<u8> {
        [head, &vec![0x7F; pixels]].concat()
    }

    #[test]
    fn only_the_agreed_picture_is_a_portrait() {
        let check = |what: &str, bytes: Vec<u8>, good: bool| {
            assert_eq!(Portrait::from_output(&bytes).is_ok(), good, "{what}");
        };
        check("whole", output(b"P6\n102 126\n255\n", 38_556), true);
        check("a byte short", output(b"P6\n102 126\n255\n", 38_555), false);
        check("a byte long", output(b"P6\n102 126\n255\n", 38_557), false);
        check("another size", output(b"P6\n126 102\n255\n", 38_556), false);
        check("another depth", output(b"P6\n102 126\n15\n", 38_556), false);
        check("grey", output(b"P5\n102 126\n255\n", 12_852), false);
        check("a comment", output(b"P6\n#\n102 126\n255\n", 38_556), false);
        check("nothing", Vec::new(), false);
    }

    #[test]
    fn a_portrait_is_a_png_and_debug_shows_nothing() {
        let portrait = Portrait::from_output(&output(HEAD, PIXELS)).unwrap();
        assert_eq!(portrait.picture().media_type(), "image/png");
        let png = image::load_from_memory(portrait.picture().bytes()).unwrap();
        assert_eq!((png.width(), png.height()), (102, 126));
        assert_eq!(format!("{portrait:?}"), "Portrait(…)");
    }
}
