//! Codes that a person shows to the terminal.
//!
//! Duty: a picture's code as text with its format. Never: act on what it says, or keep it: what a code says may be a
//! person's (the province's identity code), so it is [`Personal`] and `Debug` shows none of it.

mod corners;
mod equalized;
mod equalizer;
mod finder;
mod grid;
mod ladder;
mod lines;
mod matched;
mod payload;
mod region;
mod relief;

use std::time::Instant;

use thiserror::Error;

use domain::personal::Personal;

pub use ladder::{Effort, LadderReader};
pub use payload::qr_text;

use crate::camera::{Camera, CameraError, CameraErrorKind, GreyPicture};

/// The symbology of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeFormat {
    /// QR code, ISO/IEC 18004.
    QrCode,
    /// Code 128, ISO/IEC 15417: the numbers of cases and letters.
    Code128,
}

impl CodeFormat {
    /// The word in `yilin-device`'s JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QrCode => "qr_code",
            Self::Code128 => "code_128",
        }
    }
}

/// A code that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// What it says.
    pub text: Personal,
    /// How it says it.
    pub format: CodeFormat,
}

/// Finds and decodes a code in a picture.
pub trait CodeReader: Send {
    /// The code in the picture, if one can be read. A reader may spread its heavier attempts over successive pictures
    /// of one scene.
    fn read(&mut self, picture: &GreyPicture) -> Option<Code>;
}

/// A device that gives one code after another: a camera with a [`CodeReader`], or a scanner with its own.
pub trait CodeScanner: Send {
    /// The next code that is shown, waiting for it no longer than until `deadline`.
    ///
    /// # Errors
    /// [`ScanError::Nothing`] when none was read in time, else the state of the device.
    fn scan(&mut self, deadline: Instant) -> Result<Code, ScanError>;
}

/// Why there is no code.
#[derive(Debug, Error)]
pub enum ScanError {
    /// None was read in time.
    #[error("no code was read in time")]
    Nothing,
    /// The camera gives no frames.
    #[error("the camera gives no pictures")]
    Camera(#[from] CameraError),
}

impl ScanError {
    /// The condition that this error reports; no code in time is a time-out.
    pub const fn kind(&self) -> CameraErrorKind {
        match self {
            Self::Nothing => CameraErrorKind::Timeout,
            Self::Camera(error) => error.kind(),
        }
    }
}

/// A camera whose frames are searched for codes.
pub struct CameraScanner<R> {
    camera: Box<dyn Camera>,
    reader: R,
}

impl<R: CodeReader> CameraScanner<R> {
    /// Looks through `camera` with `reader`.
    pub fn new(camera: Box<dyn Camera>, reader: R) -> Self {
        Self { camera, reader }
    }
}

impl<R: CodeReader> CodeScanner for CameraScanner<R> {
    /// A frame that is no whole picture is passed over: the next one may be.
    fn scan(&mut self, deadline: Instant) -> Result<Code, ScanError> {
        while Instant::now() < deadline {
            match self.camera.frame(deadline) {
                Ok(frame) => {
                    if let Some(code) = self.reader.read(&frame.grey()) {
                        return Ok(code);
                    }
                }
                Err(error) if error.kind() == CameraErrorKind::InvalidData => {}
                Err(error) if error.kind() == CameraErrorKind::Timeout => break,
                Err(error) => return Err(error.into()),
            }
        }
        Err(ScanError::Nothing)
    }
}
