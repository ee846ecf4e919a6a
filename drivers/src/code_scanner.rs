//! Codes that a person shows to the terminal.
//!
//! Duty: a picture's code as text with its format. Never: act on what it says, or keep it: what a code says may be a
//! person's (the province's identity code), so it is [`Personal`] and `Debug` shows none of it.

mod corners;
mod equalized;
mod equalizer;
mod finder;
mod grid;
mod keyboard;
mod keys;
mod ladder;
mod line;
mod lines;
mod matched;
mod payload;
mod region;
mod relief;
mod serial;

use std::time::Instant;

use thiserror::Error;

use domain::device::Cause;
use domain::personal::Personal;

pub use keyboard::KeyboardScanner;
pub use ladder::{Effort, LadderReader};
pub use line::ScannerLine;
pub use payload::qr_text;
pub use serial::SerialScanner;

use crate::camera::{self, Camera, CameraError, CameraErrorKind, GreyPicture};
use crate::transport::{PortAddress, TransportError, TransportErrorKind};

/// The symbology of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeFormat {
    /// QR code, ISO/IEC 18004.
    QrCode,
    /// Code 128, ISO/IEC 15417: the numbers of cases and letters.
    Code128,
    /// A scanner that does not say.
    Unknown,
}

impl CodeFormat {
    /// The word in `yilin-device`'s JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::QrCode => "qr_code",
            Self::Code128 => "code_128",
            Self::Unknown => "unknown",
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
    /// The scanner's port is broken.
    #[error("the code scanner does not answer")]
    Scanner(#[from] TransportError),
}

impl ScanError {
    /// The same among the causes of all devices; no code in time is a scanner that does not answer.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Nothing => Cause::NoAnswer,
            Self::Camera(error) => error.cause(),
            Self::Scanner(error) => error.kind().cause(),
        }
    }

    /// The condition that this error reports; no code in time is a time-out.
    pub fn kind(&self) -> CameraErrorKind {
        match self {
            Self::Nothing => CameraErrorKind::Timeout,
            Self::Camera(error) => error.kind(),
            Self::Scanner(error) => match error.kind() {
                TransportErrorKind::TimedOut => CameraErrorKind::Timeout,
                TransportErrorKind::Gone => CameraErrorKind::NoDevice,
                TransportErrorKind::Busy => CameraErrorKind::DeviceBusy,
                TransportErrorKind::Unsupported => CameraErrorKind::NotSupported,
                TransportErrorKind::NotFound | TransportErrorKind::Permission => CameraErrorKind::Port,
                TransportErrorKind::Diverged | TransportErrorKind::Io => CameraErrorKind::HardwareError,
            },
        }
    }
}

/// Opens what shows codes on that port: `serial:` and `input:` a scanner of its own, anything else a camera.
///
/// # Errors
/// Why it cannot be opened.
pub fn open(port: &PortAddress) -> Result<Box<dyn CodeScanner>, ScanError> {
    match port {
        PortAddress::Serial { .. } | PortAddress::Tcp { .. } => Ok(Box::new(SerialScanner::open(port)?)),
        PortAddress::Input { path } => Ok(Box::new(KeyboardScanner::open(path)?)),
        camera => Ok(Box::new(CameraScanner::new(camera::open(camera)?, LadderReader::new(Effort::Live)))),
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
