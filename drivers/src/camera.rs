//! Cameras: one frame at a time, whatever delivers it.
//!
//! Duty: open a port, hand over frames whose pixels wipe themselves, turn a frame into what a screen, a detector
//! or a code reader needs. Never: keep a frame, write one to a file or a log, or decide who is in it.

mod error;
mod frame;
mod frames_dir;
mod jpeg;
mod resample;
mod v4l;

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

pub use error::{CameraError, CameraErrorKind};
pub use frame::{Area, Frame, FrameError, GreyPicture, PixelFormat, Size};
pub use frames_dir::FramesDir;
pub use jpeg::jpeg_pixels;
pub use resample::Mirror;
pub use v4l::{Control, Exposure, V4lCamera, recording};

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

/// What a camera is asked for: enough for a face and a code, and little to look through.
pub const USUAL_SIZE: Size = Size::new(1280, 720);
/// What it is asked for where the print of a sheet of A4 must be readable.
pub const PAPER_SIZE: Size = Size::new(1920, 1080);

/// Opens a camera at [`USUAL_SIZE`]; see [`open_at`].
///
/// # Errors
/// As [`open_at`].
pub fn open(port: &PortAddress) -> Result<Box<dyn Camera>, CameraError> {
    open_at(port, USUAL_SIZE)
}

/// Opens a camera, for frames of that size or the nearest that it has: `v4l:/dev/video0`, one that the kernel knows;
/// `frames:DIR`, pictures in name order at [`USUAL_RATE`], again and again; `replay:FILE`, one that was recorded.
///
/// # Errors
/// [`CameraErrorKind::Port`] when nothing can be opened there, [`CameraErrorKind::NotSupported`] for a port that
/// this build has no camera driver for.
pub fn open_at(port: &PortAddress, size: Size) -> Result<Box<dyn Camera>, CameraError> {
    match port {
        PortAddress::Frames { dir } => Ok(Box::new(FramesDir::open(dir, Pace::PerSecond(USUAL_RATE))?)),
        PortAddress::V4l { path } => Ok(Box::new(V4lCamera::open(path, size)?)),
        PortAddress::Replay { path } => Ok(Box::new(V4lCamera::replayed(path, size)?)),
        _ => Err(CameraError::NotSupported { port: port.to_string() }),
    }
}

/// Opens a camera that the kernel knows, and records it into a new file; see [`V4lCamera::open_recorded`].
///
/// # Errors
/// As [`open_at`], [`CameraError::NotSupported`] for every other port.
pub fn open_recorded(port: &PortAddress, size: Size, file: &Path) -> Result<Box<dyn Camera>, CameraError> {
    match port {
        PortAddress::V4l { path } => Ok(Box::new(V4lCamera::open_recorded(path, size, file)?)),
        _ => Err(CameraError::NotSupported { port: port.to_string() }),
    }
}

/// A camera of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCamera {
    /// Its port.
    pub port: PortAddress,
    /// What its driver calls it.
    pub name: String,
}

/// The cameras that the kernel knows, in the order of their numbers; not every one of them need give pictures.
pub fn list() -> Vec<FoundCamera> {
    found_in(Path::new("/sys/class/video4linux"), Path::new("/dev"))
}

/// A machine without a camera has no such directory.
fn found_in(class: &Path, dev: &Path) -> Vec<FoundCamera> {
    let entries = std::fs::read_dir(class).into_iter().flatten().flatten();
    let mut nodes: Vec<_> = entries.map(|entry| entry.file_name()).collect();
    nodes.sort_by_key(|node| (node.len(), node.clone()));
    let named = |node: &OsString| std::fs::read_to_string(class.join(node).join("name")).unwrap_or_default();
    nodes
        .iter()
        .map(|node| FoundCamera {
            port: PortAddress::V4l { path: dev.join(node) },
            name: named(node).trim().to_owned(),
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cameras_are_listed_by_number_with_their_names() {
        let class = tempfile::tempdir().unwrap();
        for (node, name) in [("video10", "Document Camera\n"), ("video2", "Face Camera\n")] {
            std::fs::create_dir(class.path().join(node)).unwrap();
            std::fs::write(class.path().join(node).join("name"), name).unwrap();
        }
        let found = found_in(class.path(), Path::new("/dev"));
        let found: Vec<_> = found.iter().map(|c| (c.port.to_string(), c.name.as_str())).collect();
        assert_eq!(
            found,
            [
                ("v4l:/dev/video2".to_owned(), "Face Camera"),
                ("v4l:/dev/video10".to_owned(), "Document Camera")
            ]
        );
        assert!(found_in(Path::new("/nowhere"), Path::new("/dev")).is_empty());
    }

    #[test]
    fn frames_as_asked_are_dated_by_their_number_and_those_by_the_clock_wait() {
        let mut pacer = Pacer::new(Pace::AsAsked);
        let now = Instant::now();
        assert_eq!(pacer.next(Duration::ZERO, now).unwrap(), (0, Duration::ZERO));
        assert_eq!(pacer.next(Duration::ZERO, now).unwrap(), (1, Duration::from_secs_f64(1.0 / 15.0)));

        let mut pacer = Pacer::new(Pace::PerSecond(50.0));
        let begun = Instant::now();
        for number in 0..4 {
            assert_eq!(pacer.next(Duration::ZERO, begun + Duration::from_secs(9)).unwrap().0, number);
        }
        assert!(begun.elapsed() >= Duration::from_millis(60), "three times a fiftieth");
        let late = pacer.next(Duration::from_secs(5), Instant::now() + Duration::from_millis(5));
        assert!(matches!(late, Err(CameraError::Timeout)));
    }
}
