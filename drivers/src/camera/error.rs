//! What can be wrong with a camera.

use std::path::PathBuf;

use domain::device::Cause;
use thiserror::Error;

use super::FrameError;
use crate::transport::RecordingError;

/// The condition of a camera, in the words of XFS4IoT (Common.Status `device`, Camera.TakePicture `errorCode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CameraErrorKind {
    /// The port cannot be opened: wrong words, nothing there, no right to use it.
    Port,
    /// It was there and is gone: unplugged, or its directory removed.
    NoDevice,
    /// Another program uses it.
    DeviceBusy,
    /// The device answers that it cannot work.
    HardwareError,
    /// No frame came in time.
    Timeout,
    /// What came is not a picture, or only a part of one.
    InvalidData,
    /// This build has no driver for such a port or format.
    NotSupported,
}

impl CameraErrorKind {
    /// The word in `yilin-device`'s JSON and in the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::NoDevice => "no_device",
            Self::DeviceBusy => "device_busy",
            Self::HardwareError => "hardware_error",
            Self::Timeout => "timeout",
            Self::InvalidData => "invalid_data",
            Self::NotSupported => "not_supported",
        }
    }
}

/// Why there is no frame.
#[derive(Debug, Error)]
pub enum CameraError {
    /// The port cannot be opened.
    #[error("camera port {port}: {reason}")]
    Port {
        /// As it was asked for.
        port: String,
        /// What is wrong with it.
        reason: &'static str,
        /// What the system said.
        source: Option<std::io::Error>,
    },
    /// It was there and is gone.
    #[error("the camera at {port} is gone")]
    NoDevice {
        /// Where it was.
        port: String,
    },
    /// Another program uses it.
    #[error("the camera at {port} is in use by another program")]
    DeviceBusy {
        /// Where it is.
        port: String,
    },
    /// The device answers that it cannot work.
    #[error("the camera at {port} reports a fault")]
    HardwareError {
        /// Where it is.
        port: String,
        /// What the system said.
        source: Option<std::io::Error>,
    },
    /// No frame came in time.
    #[error("no frame from the camera in time")]
    Timeout,
    /// A picture file that is broken, cut short, too large, or none at all.
    #[error("{} is not a whole picture", file.display())]
    Picture {
        /// The file.
        file: PathBuf,
        /// What the decoder said; none when the file ends before the picture does.
        source: Option<image::ImageError>,
    },
    /// A frame that is no whole JPEG picture.
    #[error("a picture from the camera at {port} that is not whole")]
    Jpeg {
        /// Where it is.
        port: String,
        /// What the decoder said; none when the picture has no end.
        source: Option<image::ImageError>,
    },
    /// A frame whose bytes do not fit its size and format.
    #[error("a frame that is not whole")]
    Frame(#[from] FrameError),
    /// The camera has no format that is known here.
    #[error("the camera at {port} gives neither MJPEG nor YUYV pictures")]
    Format {
        /// Where it is.
        port: String,
    },
    /// The recording that is made or played.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// This build has no driver for such a port.
    #[error("no driver for the camera port {port} in this build")]
    NotSupported {
        /// As it was asked for.
        port: String,
    },
}

impl CameraError {
    /// What it says to a technician.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Port { source: Some(source), .. }
                if source.kind() == std::io::ErrorKind::PermissionDenied =>
            {
                Cause::Permission
            }
            Self::Port { .. } | Self::Recording(_) => Cause::Port,
            Self::NoDevice { .. } => Cause::Unplugged,
            Self::DeviceBusy { .. } => Cause::Busy,
            Self::HardwareError { .. } => Cause::Hardware,
            Self::Timeout => Cause::NoAnswer,
            Self::Picture { .. } | Self::Jpeg { .. } | Self::Frame(_) => Cause::NoPicture,
            Self::Format { .. } | Self::NotSupported { .. } => Cause::NotSupported,
        }
    }

    /// The condition that this error reports.
    pub const fn kind(&self) -> CameraErrorKind {
        match self {
            Self::Port { .. } | Self::Recording(_) => CameraErrorKind::Port,
            Self::NoDevice { .. } => CameraErrorKind::NoDevice,
            Self::DeviceBusy { .. } => CameraErrorKind::DeviceBusy,
            Self::HardwareError { .. } => CameraErrorKind::HardwareError,
            Self::Timeout => CameraErrorKind::Timeout,
            Self::Picture { .. } | Self::Jpeg { .. } | Self::Frame(_) => CameraErrorKind::InvalidData,
            Self::NotSupported { .. } | Self::Format { .. } => CameraErrorKind::NotSupported,
        }
    }
}
