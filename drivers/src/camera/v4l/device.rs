//! The calls that a camera is asked with, whoever answers them.
//!
//! Duty: the seam between the driver and the kernel, at which recordings are made and played. Never: decide what to ask.

use std::fs::File;
use std::os::fd::AsFd as _;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::kernel::{self, Buffer, Control, PictureFormat, Shared};
use crate::transport::RecordingError;

/// What a call gives.
pub(super) type Answer<T> = Result<T, Errno>;

/// Whether a buffer is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waited {
    Ready,
    TimedOut,
}

/// A camera as the kernel has it.
pub(super) trait Device: Send {
    /// What it can do: `device_caps`.
    fn capability(&mut self) -> Answer<u32>;

    /// The formats that it offers, as four letters.
    fn formats(&mut self) -> Vec<u32>;

    /// Asks for a format; gives what the camera made of it.
    fn set_format(&mut self, format: PictureFormat) -> Answer<PictureFormat>;

    /// Asks for so many frames a second.
    fn set_rate(&mut self, frames: u32) -> Answer<()>;

    /// Its controls.
    fn controls(&mut self) -> Vec<Control>;

    fn set_control(&mut self, id: u32, value: i32) -> Answer<()>;

    /// Asks for so many buffers; gives how many there are.
    fn request_buffers(&mut self, count: u32) -> Answer<u32>;

    /// Makes the buffer of that number this program's too.
    fn map(&mut self, index: u32) -> Answer<()>;

    /// Hands a buffer to the camera.
    fn queue(&mut self, index: u32) -> Answer<()>;

    fn stream_on(&mut self) -> Answer<()>;

    fn stream_off(&mut self) -> Answer<()>;

    /// Waits until a buffer is filled or it is too late.
    fn wait(&mut self, deadline: Instant) -> Answer<Waited>;

    /// Whether it is too late.
    fn is_late(&mut self, deadline: Instant) -> bool;

    /// Takes the oldest filled buffer; [`Errno::AGAIN`] when none is filled.
    fn dequeue(&mut self) -> Answer<Buffer>;

    /// A copy of what is in a buffer that was taken and not handed back; none where there is no such buffer.
    fn bytes(&mut self, buffer: &Buffer) -> Option<Zeroizing<Vec<u8>>>;

    /// Why a replay cannot go on, where it is one that was asked something else.
    fn diverged(&self) -> Option<RecordingError> {
        None
    }
}

/// The kernel's own.
pub(super) struct KernelDevice {
    file: File,
    buffers: Vec<Shared>,
}

impl KernelDevice {
    /// A device file that was opened without waiting.
    pub(super) const fn new(file: File) -> Self {
        Self { file, buffers: Vec::new() }
    }
}

impl Device for KernelDevice {
    fn capability(&mut self) -> Answer<u32> {
        kernel::capability(&self.file).map(|capability| capability.device)
    }

    fn formats(&mut self) -> Vec<u32> {
        kernel::formats(&self.file)
    }

    fn set_format(&mut self, format: PictureFormat) -> Answer<PictureFormat> {
        kernel::set_format(&self.file, format)
    }

    fn set_rate(&mut self, frames: u32) -> Answer<()> {
        kernel::set_rate(&self.file, frames)
    }

    fn controls(&mut self) -> Vec<Control> {
        kernel::controls(&self.file)
    }

    fn set_control(&mut self, id: u32, value: i32) -> Answer<()> {
        kernel::set_control(&self.file, id, value)
    }

    fn request_buffers(&mut self, count: u32) -> Answer<u32> {
        kernel::request_buffers(&self.file, count)
    }

    fn map(&mut self, index: u32) -> Answer<()> {
        self.buffers.push(Shared::map(&self.file, index)?);
        Ok(())
    }

    fn queue(&mut self, index: u32) -> Answer<()> {
        kernel::queue(&self.file, index)
    }

    fn stream_on(&mut self) -> Answer<()> {
        kernel::stream_on(&self.file)
    }

    fn stream_off(&mut self) -> Answer<()> {
        kernel::stream_off(&self.file)
    }

    fn wait(&mut self, deadline: Instant) -> Answer<Waited> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = Timespec::try_from(left).ok();
            let mut watched = [PollFd::from_borrowed_fd(self.file.as_fd(), PollFlags::IN)];
            match poll(&mut watched, timeout.as_ref()) {
                Ok(0) => return Ok(Waited::TimedOut),
                // An error shows when a buffer is taken.
                Ok(_) => return Ok(Waited::Ready),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn is_late(&mut self, deadline: Instant) -> bool {
        Instant::now() >= deadline
    }

    fn dequeue(&mut self) -> Answer<Buffer> {
        kernel::dequeue(&self.file)
    }

    fn bytes(&mut self, buffer: &Buffer) -> Option<Zeroizing<Vec<u8>>> {
        let shared = usize::try_from(buffer.index).ok().and_then(|index| self.buffers.get(index))?;
        Some(Zeroizing::new(shared.copied(usize::try_from(buffer.used).unwrap_or(0))))
    }
}
