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
mod plain;
mod redaction;
mod region;
mod relief;
mod segments;
mod serial;
mod silence;
mod threshold;

use std::path::Path;
use std::time::Instant;

use thiserror::Error;

use domain::device::Cause;
use domain::personal::Personal;

pub use keyboard::KeyboardScanner;
pub use ladder::{Effort, LadderReader};
pub use line::ScannerLine;
pub use payload::qr_text;
pub use redaction::{KeyRedaction, LineRedaction};
pub use serial::SerialScanner;

use crate::camera::{self, Camera, CameraError, CameraErrorKind, GreyPicture, USUAL_SIZE};
use crate::transport::{
    self, PortAddress, RecordingError, Redaction, Transport, TransportError, TransportErrorKind,
    recorded_port,
};

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
    /// It is not recorded, or its recording cannot be played.
    #[error("the code scanner's recording failed")]
    Recording(#[from] RecordingError),
}

impl ScanError {
    /// The same among the causes of all devices; no code in time is a scanner that does not answer.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Nothing => Cause::NoAnswer,
            Self::Camera(error) => error.cause(),
            Self::Scanner(error) => error.kind().cause(),
            Self::Recording(error) => error.cause(),
        }
    }

    /// The condition that this error reports; no code in time is a time-out.
    pub fn kind(&self) -> CameraErrorKind {
        match self {
            Self::Nothing => CameraErrorKind::Timeout,
            Self::Camera(error) => error.kind(),
            Self::Recording(RecordingError::Diverged { .. }) => CameraErrorKind::HardwareError,
            Self::Recording(_) => CameraErrorKind::Port,
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

/// Opens what shows codes on that port: `serial:`, `tcp:` and `input:` a scanner of its own, anything else a camera; or the
/// recording of one of them.
///
/// # Errors
/// Why it cannot be opened.
pub fn open(port: &PortAddress) -> Result<Box<dyn CodeScanner>, ScanError> {
    let recorded = match port {
        PortAddress::Replay { path } => Some(recorded_port(path)?),
        _ => None,
    };
    let of = recorded.as_ref().unwrap_or(port);
    if !is_scanner(of) {
        return Ok(through(camera::open(port)?));
    }
    let mut opened = transport::open(port)?;
    if recorded.is_none() {
        forget(of, opened.as_mut())?;
    }
    Ok(over(of, opened))
}

/// The same, and what comes is written into a new file, with a code of nobody in place of each that was shown; of a camera's
/// pictures only how they were.
///
/// # Errors
/// Why it cannot be opened, or not be recorded.
pub fn open_recorded(port: &PortAddress, file: &Path) -> Result<Box<dyn CodeScanner>, ScanError> {
    if !is_scanner(port) {
        return Ok(through(camera::open_recorded(port, USUAL_SIZE, file)?));
    }
    let redaction: Box<dyn Redaction> = match port {
        PortAddress::Input { .. } => Box::new(KeyRedaction::default()),
        _ => Box::new(LineRedaction),
    };
    let recorded = transport::open_recorded(port, redaction, file);
    let mut opened = recorded.map_err(|error| match error {
        RecordingError::Opening(error) => ScanError::Scanner(error),
        other => ScanError::Recording(other),
    })?;
    forget(port, opened.as_mut())?;
    Ok(over(port, opened))
}

const fn is_scanner(port: &PortAddress) -> bool {
    matches!(port, PortAddress::Serial { .. } | PortAddress::Tcp { .. } | PortAddress::Input { .. })
}

/// What a line brought before somebody waited for it is thrown away; a device of the kernel begins with its opening.
fn forget(port: &PortAddress, opened: &mut dyn Transport) -> Result<(), TransportError> {
    if matches!(port, PortAddress::Input { .. }) { Ok(()) } else { opened.discard_input() }
}

fn over(port: &PortAddress, opened: Box<dyn Transport>) -> Box<dyn CodeScanner> {
    match port {
        PortAddress::Input { .. } => Box::new(KeyboardScanner::over(opened)),
        _ => Box::new(SerialScanner::over(opened)),
    }
}

fn through(camera: Box<dyn Camera>) -> Box<dyn CodeScanner> {
    Box::new(CameraScanner::new(camera, LadderReader::new(Effort::Live)))
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
