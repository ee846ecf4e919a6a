//! `v4l:/dev/video0`: a camera that the kernel knows, by Video4Linux2 with buffers in shared memory.
//!
//! Duty: agree on a format, keep buffers going, hand over the newest whole frame. Never: wait for a camera that is gone; its
//! owner opens the port again.

mod device;
mod kernel;
pub mod recording;

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use rustix::io::Errno;
use zeroize::Zeroizing;

use device::{Device, KernelDevice, Waited};
pub use kernel::Control;
use kernel::{Buffer, PictureFormat};
use recording::{Recorder, Replay};

use super::jpeg::jpeg_pixels;
use super::{Camera, CameraError, Frame, PixelFormat, Size, USUAL_RATE};
use crate::transport::PortAddress;

/// Buffers that the camera fills in turn.
const BUFFERS: u32 = 4;

/// `V4L2_CAP_VIDEO_CAPTURE` and `V4L2_CAP_STREAMING`.
const CAPTURE_AND_STREAMING: u32 = 0x0400_0001;
/// `V4L2_FIELD_NONE`: whole pictures, not every other line.
const WHOLE_PICTURES: u32 = 1;
/// `V4L2_BUF_FLAG_ERROR`: the bytes may be damaged.
const DAMAGED: u32 = 0x40;

/// `V4L2_CID_EXPOSURE_AUTO`, `V4L2_CID_EXPOSURE_ABSOLUTE` (100 µs) and `V4L2_CID_EXPOSURE_AUTO_PRIORITY`.
const EXPOSURE_AUTO: u32 = 0x009A_0901;
const EXPOSURE_ABSOLUTE: u32 = 0x009A_0902;
const EXPOSURE_AUTO_PRIORITY: u32 = 0x009A_0903;
/// `V4L2_EXPOSURE_MANUAL`, and what cameras mean by automatic: `V4L2_EXPOSURE_APERTURE_PRIORITY` or `V4L2_EXPOSURE_AUTO`.
const MANUAL: i32 = 1;
const AUTOMATIC: [i32; 2] = [3, 0];

const MJPG: u32 = u32::from_le_bytes(*b"MJPG");
const YUYV: u32 = u32::from_le_bytes(*b"YUYV");
/// The first that a camera has: uncompressed pictures of this size come slowly over USB 2.
const FORMATS: [u32; 2] = [MJPG, YUYV];

/// A buffer that the camera has filled, and its bytes.
type Filled = (Buffer, Zeroizing<Vec<u8>>);

/// How long the sensor gathers light for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// The camera decides, but keeps its pace.
    Automatic,
    /// So long for each frame, in steps of 100 µs.
    Fixed(Duration),
}

/// An open camera. Dropped, it is dark.
pub struct V4lCamera {
    device: Box<dyn Device>,
    port: String,
    format: PictureFormat,
    /// Buffers go round, and its light is on.
    films: bool,
    /// The number of the last frame as the device counts it, and as it is told: the device's begins anew after 2³².
    sequence: Option<(u32, u64)>,
    /// The device's date of the first frame.
    begun: Option<Duration>,
}

impl V4lCamera {
    /// Opens a device file for pictures of that size, or the nearest that it has. It stays dark until the first is asked for.
    ///
    /// # Errors
    /// [`CameraError::Port`] when there is no such camera or it may not be used, [`CameraError::DeviceBusy`] when another
    /// program has it, [`CameraError::Format`] when it has no format that is known here.
    pub fn open(path: &Path, size: Size) -> Result<Self, CameraError> {
        let port = PortAddress::V4l { path: path.to_owned() }.to_string();
        let device = kernel_device(path, &port)?;
        Self::over(Box::new(device), port, size)
    }

    /// The same, every call and its answer being written into a new file that only its owner may read; of the pictures only
    /// how they were.
    ///
    /// # Errors
    /// As [`open`](Self::open), or [`CameraError::Recording`] when the file is there already or cannot be made.
    pub fn open_recorded(path: &Path, size: Size, recording: &Path) -> Result<Self, CameraError> {
        let address = PortAddress::V4l { path: path.to_owned() };
        let device = Box::new(kernel_device(path, &address.to_string())?);
        let recorder = Recorder::create(device, &address, recording)?;
        Self::over(Box::new(recorder), address.to_string(), size)
    }

    /// The camera of a recording: what was answered then, with test cards in place of the pictures, as fast as it is asked.
    ///
    /// # Errors
    /// [`CameraError::Recording`] when the file is no recording of a camera, or is about something else, such as another
    /// size; and what the recorded camera answered.
    pub fn replayed(recording: &Path, size: Size) -> Result<Self, CameraError> {
        let port = PortAddress::Replay { path: recording.to_owned() }.to_string();
        Self::over(Box::new(Replay::open(recording)?), port, size)
    }

    fn over(device: Box<dyn Device>, port: String, size: Size) -> Result<Self, CameraError> {
        let format = PictureFormat::default();
        let mut camera = Self { device, port, format, films: false, sequence: None, begun: None };
        let is_camera = |can: u32| can & CAPTURE_AND_STREAMING == CAPTURE_AND_STREAMING;
        match camera.device.capability() {
            Ok(can) if is_camera(can) => {}
            Err(Errno::NODEV) => return Err(CameraError::NoDevice { port: camera.port.clone() }),
            Ok(_) | Err(_) => {
                let none =
                    CameraError::Port { port: camera.port.clone(), reason: "it is no camera", source: None };
                return Err(camera.device.diverged().map_or(none, CameraError::Recording));
            }
        }
        camera.agree(size)?;
        // What the program before us left there is not what the next resident needs; a camera without it does without.
        let _no_such_control = camera.set_exposure(Exposure::Automatic);
        Ok(camera)
    }

    /// How long the sensor gathers light.
    ///
    /// # Errors
    /// [`CameraError::HardwareError`] when the camera has no such control or refuses the value.
    pub fn set_exposure(&mut self, exposure: Exposure) -> Result<(), CameraError> {
        let mut set = |id, value| self.device.set_control(id, value);
        let done = match exposure {
            Exposure::Automatic => {
                // Longer exposures in the dark would make a preview stutter.
                let _no_such_control = set(EXPOSURE_AUTO_PRIORITY, 0);
                set(EXPOSURE_AUTO, AUTOMATIC[0]).or_else(|_| set(EXPOSURE_AUTO, AUTOMATIC[1]))
            }
            Exposure::Fixed(time) => {
                let steps = i32::try_from(time.as_micros() / 100).unwrap_or(i32::MAX).max(1);
                set(EXPOSURE_AUTO, MANUAL).and_then(|()| set(EXPOSURE_ABSOLUTE, steps))
            }
        };
        done.map_err(|error| self.sorted(error))
    }

    /// The camera's controls, whatever its driver has.
    pub fn controls(&mut self) -> Vec<Control> {
        self.device.controls()
    }

    /// Sets one of them.
    ///
    /// # Errors
    /// What the driver says to it.
    pub fn set_control(&mut self, id: u32, value: i32) -> Result<(), CameraError> {
        self.device.set_control(id, value).map_err(|error| self.sorted(error))
    }

    fn agree(&mut self, size: Size) -> Result<(), CameraError> {
        let offered = self.device.formats();
        let none = || CameraError::Format { port: self.port.clone() };
        let wanted = FORMATS.into_iter().find(|format| offered.contains(format)).ok_or_else(none)?;
        let asked = PictureFormat {
            width: size.width,
            height: size.height,
            format: wanted,
            field: WHOLE_PICTURES,
            ..PictureFormat::default()
        };
        let format = self.device.set_format(asked).map_err(|error| self.sorted(error))?;
        let edges = 1..=Size::LARGEST_EDGE;
        if format.format != wanted || !edges.contains(&format.width) || !edges.contains(&format.height) {
            return Err(none());
        }
        #[allow(clippy::cast_possible_truncation, reason = "a handful of frames a second")]
        let rate = USUAL_RATE as u32;
        // A camera that has one pace only keeps it.
        let _one_pace = self.device.set_rate(rate);
        self.format = format;
        Ok(())
    }

    fn begin(&mut self) -> Result<(), CameraError> {
        let count = self.device.request_buffers(BUFFERS).map_err(|error| self.sorted(error))?;
        for index in 0..count {
            self.device.map(index).map_err(|error| self.sorted(error))?;
            self.device.queue(index).map_err(|error| self.sorted(error))?;
        }
        self.device.stream_on().map_err(|error| self.sorted(error))?;
        self.films = true;
        Ok(())
    }

    /// The newest filled buffer; the older ones go back unseen, as do damaged ones. Where a buffer is filled again before the
    /// next was looked at, as on a slow machine, there is always one more: no more are looked at than there are buffers.
    fn newest(&mut self) -> Result<Option<Filled>, CameraError> {
        let mut newest = None;
        for _ in 0..BUFFERS {
            let buffer = match self.device.dequeue() {
                Ok(buffer) => buffer,
                Err(Errno::AGAIN) => return Ok(newest),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(self.sorted(error)),
            };
            let whole = buffer.flags & DAMAGED == 0;
            let bytes = if whole { self.device.bytes(&buffer) } else { None };
            self.device.queue(buffer.index).map_err(|error| self.sorted(error))?;
            if let Some(bytes) = bytes {
                newest = Some((buffer, bytes));
            }
        }
        Ok(newest)
    }

    fn framed(&mut self, buffer: &Buffer, bytes: &[u8]) -> Result<Frame, CameraError> {
        let sequence = match self.sequence {
            None => u64::from(buffer.sequence),
            Some((device, told)) => told + u64::from(buffer.sequence.wrapping_sub(device)),
        };
        self.sequence = Some((buffer.sequence, sequence));
        let [seconds, micros] = buffer.time.map(|part| u64::try_from(part).unwrap_or(0));
        let date = Duration::from_secs(seconds) + Duration::from_micros(micros);
        let taken_at = date.saturating_sub(*self.begun.get_or_insert(date));
        let size = Size::new(self.format.width, self.format.height);
        if self.format.format == MJPG {
            let (size, rgb) =
                jpeg_pixels(bytes).map_err(|source| CameraError::Jpeg { port: self.port.clone(), source })?;
            return Ok(Frame::new(size, PixelFormat::Rgb, sequence, taken_at, rgb)?);
        }
        let pixels = rows(bytes, size, usize::try_from(self.format.bytes_per_line).unwrap_or(0));
        Ok(Frame::new(size, PixelFormat::Yuyv, sequence, taken_at, pixels)?)
    }

    fn sorted(&self, error: Errno) -> CameraError {
        if let Some(diverged) = self.device.diverged() {
            return diverged.into();
        }
        let port = self.port.clone();
        match error {
            Errno::NODEV | Errno::NXIO | Errno::PIPE => CameraError::NoDevice { port },
            Errno::BUSY => CameraError::DeviceBusy { port },
            other => CameraError::HardwareError { port, source: Some(other.into()) },
        }
    }
}

impl Camera for V4lCamera {
    /// The newest frame; a gap in its number is frames that were lost, damaged or passed over. With the first the camera begins to
    /// film; where another program has it, or it refuses to, it is to be opened again.
    fn frame(&mut self, deadline: Instant) -> Result<Frame, CameraError> {
        if !self.films {
            self.begin()?;
        }
        loop {
            match self.device.wait(deadline) {
                Ok(Waited::Ready) => {}
                Ok(Waited::TimedOut) => return Err(CameraError::Timeout),
                Err(error) => return Err(self.sorted(error)),
            }
            if let Some((buffer, bytes)) = self.newest()? {
                return self.framed(&buffer, &bytes);
            }
            if self.device.is_late(deadline) {
                return Err(CameraError::Timeout);
            }
        }
    }
}

impl Drop for V4lCamera {
    fn drop(&mut self) {
        if self.films {
            // A camera that is gone has stopped already.
            let _gone = self.device.stream_off();
        }
    }
}

/// Lines without the bytes that some devices leave between them; a frame that is too short stays so.
fn rows(bytes: &[u8], size: Size, stride: usize) -> Vec<u8> {
    let line = size.width as usize * PixelFormat::Yuyv.bytes();
    if stride <= line {
        return bytes[..bytes.len().min(line * size.height as usize)].to_vec();
    }
    let whole = bytes.chunks(stride).take(size.height as usize).filter_map(|row| row.get(..line));
    whole.flatten().copied().collect()
}

fn kernel_device(path: &Path, port: &str) -> Result<KernelDevice, CameraError> {
    let flags = i32::try_from((OFlags::NONBLOCK | OFlags::CLOEXEC).bits()).unwrap_or(0);
    let opened = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path);
    opened.map(KernelDevice::new).map_err(|source| opening(port, source))
}

fn opening(port: &str, source: std::io::Error) -> CameraError {
    let port = port.to_owned();
    let reason = match source.kind() {
        ErrorKind::NotFound => "there is no such device: is the camera plugged in?",
        ErrorKind::PermissionDenied => "this user may not use it: is it in the group video?",
        ErrorKind::ResourceBusy => return CameraError::DeviceBusy { port },
        _ => match source.raw_os_error().map(Errno::from_raw_os_error) {
            Some(Errno::NODEV | Errno::NXIO) => return CameraError::NoDevice { port },
            _ => "it cannot be opened",
        },
    };
    CameraError::Port { port, reason, source: Some(source) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::CameraErrorKind;

    #[test]
    fn what_is_no_camera_is_refused_by_name() {
        for (path, reason) in [("/dev/no-such-video", "plugged in"), ("/dev/null", "no camera")] {
            let error = V4lCamera::open(Path::new(path), Size::new(2, 2)).err().unwrap();
            assert_eq!(error.kind(), CameraErrorKind::Port, "{path}");
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn bytes_between_lines_are_left_out_and_missing_ones_are_missed() {
        let size = Size::new(2, 2);
        assert_eq!(rows(&[1, 2, 3, 4, 9, 9, 5, 6, 7, 8, 9, 9], size, 6), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(rows(&[1, 2, 3, 4, 5, 6, 7, 8, 9], size, 4), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(rows(&[1, 2, 3, 4, 9, 9, 5], size, 6).len(), 4);
    }
}
