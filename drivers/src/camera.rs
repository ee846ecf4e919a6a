//! Cameras: one frame at a time, whatever delivers it.
//!
//! Duty: open a port, hand over frames whose pixels wipe themselves, turn a frame into what a screen, a detector
//! or a code reader needs. Never: keep a frame, write one to a file or a log, or decide who is in it.

mod error;
mod frame;
mod frames_dir;
mod resample;

use std::time::{Duration, Instant};

pub use error::{CameraError, CameraErrorKind};
pub use frame::{Area, Frame, FrameError, GreyPicture, PixelFormat, Size};
pub use frames_dir::FramesDir;
pub use resample::Mirror;

use crate::transport::PortAddress;

/// A source of frames.
///
/// A camera that reports [`CameraErrorKind::NoDevice`] is gone: drop it and [`open`] the port again, which
/// succeeds once the device is back. After any other error the next call may succeed.
pub trait Camera: Send {
    /// The next frame that the camera delivers, waiting for it no longer than until `deadline`.
    ///
    /// # Errors
    /// [`CameraErrorKind::Timeout`] when none came in time, else the state of the device.
    fn frame(&mut self, deadline: Instant) -> Result<Frame, CameraError>;
}

/// When frames become due.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// One whenever it is asked for, dated as if fifteen came each second: the same input gives the same run.
    AsAsked,
    /// So many a second, by the clock.
    PerSecond(f32),
}

/// What a camera delivers when nobody said otherwise, frames a second.
pub const USUAL_RATE: f32 = 15.0;

/// Opens a camera: `frames:DIR`, pictures in name order at [`USUAL_RATE`], again and again.
///
/// # Errors
/// [`CameraErrorKind::Port`] when nothing can be opened there, [`CameraErrorKind::NotSupported`] for a port that
/// this build has no camera driver for.
pub fn open(port: &PortAddress) -> Result<Box<dyn Camera>, CameraError> {
    match port {
        PortAddress::Frames { dir } => Ok(Box::new(FramesDir::open(dir, Pace::PerSecond(USUAL_RATE))?)),
        _ => Err(CameraError::NotSupported { port: port.to_string() }),
    }
}

/// The clock of a source that makes its own frames: when the next is due, and how to date it.
#[derive(Debug)]
pub(crate) struct Pacer {
    pace: Pace,
    begun: Instant,
    next: Instant,
    count: u64,
}

impl Pacer {
    pub(crate) fn new(pace: Pace) -> Self {
        let now = Instant::now();
        Self { pace, begun: now, next: now, count: 0 }
    }

    /// Waits for the next frame's moment plus `late`; gives its number and its date since the start.
    pub(crate) fn next(&mut self, late: Duration, deadline: Instant) -> Result<(u64, Duration), CameraError> {
        let taken_at = match self.pace {
            Pace::AsAsked => Duration::from_secs_f64(self.count as f64 / f64::from(USUAL_RATE)) + late,
            Pace::PerSecond(rate) => {
                let due = self.next + late;
                let now = Instant::now();
                if due > deadline {
                    std::thread::sleep(deadline.saturating_duration_since(now));
                    return Err(CameraError::Timeout);
                }
                std::thread::sleep(due.saturating_duration_since(now));
                // A caller that was away gets the newest frame and not the backlog, as from a real device.
                self.next = due.max(now) + Duration::from_secs_f32(1.0 / rate);
                self.begun.elapsed()
            }
        };
        let number = self.count;
        self.count += 1;
        Ok((number, taken_at))
    }
}
