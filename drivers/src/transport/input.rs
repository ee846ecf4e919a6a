//! `input:/dev/input/event0`: what a device types, as the kernel's events (linux/input.h), taken for ourselves, so that no
//! keystroke of it reaches the screen.

use std::ffi::c_int;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::{PortAddress, Transport, TransportError};

/// More than comes at once.
const CHUNK: usize = 4096;

/// An open device that types; a stream of events.
pub struct InputTransport {
    events: File,
    port: String,
}

impl InputTransport {
    /// Opens `/dev/input/eventN` and takes it away from everybody else, the screen and the console among them, until it is
    /// dropped.
    ///
    /// # Errors
    /// Why it cannot be opened, or not be taken: a scanner that also types into the screen is none.
    pub fn open(path: &Path) -> Result<Self, TransportError> {
        let port = PortAddress::Input { path: path.to_owned() }.to_string();
        let opened = File::open(path).map_err(|source| TransportError::opening(&port, source))?;
        grab::exclusively(&opened).map_err(|error| match error {
            Errno::BUSY => TransportError::Busy { port: port.clone(), source: error.into() },
            _ => TransportError::Unsupported { port: port.clone(), operation: "a keyboard" },
        })?;
        Ok(Self::of(opened.into(), port))
    }

    /// Reads events from anything that gives them, such as a device that somebody else has opened and taken.
    pub fn of(events: OwnedFd, port: String) -> Self {
        Self { events: events.into(), port }
    }

    /// Waits for bytes; gives whether some came, or the end.
    fn wait(&self, deadline: Instant) -> Result<bool, TransportError> {
        loop {
            let left = Timespec::try_from(deadline.saturating_duration_since(Instant::now())).ok();
            let mut watched = [PollFd::from_borrowed_fd(self.events.as_fd(), PollFlags::IN)];
            match poll(&mut watched, left.as_ref()) {
                Ok(0) => return Ok(false),
                Ok(_) => return Ok(true),
                Err(Errno::INTR) => {}
                Err(error) => return Err(TransportError::from_io(&self.port, error.into())),
            }
        }
    }
}

impl Transport for InputTransport {
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError> {
        while self.wait(deadline)? {
            match self.events.read(buffer) {
                Ok(0) => return Err(TransportError::Gone { port: self.port.clone() }),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(TransportError::from_io(&self.port, error)),
            }
        }
        Err(TransportError::TimedOut { port: self.port.clone() })
    }

    fn write(&mut self, _: &[u8], _: Instant) -> Result<usize, TransportError> {
        Err(TransportError::Unsupported { port: self.port.clone(), operation: "way to it" })
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        let mut thrown = zeroize::Zeroizing::new([0; CHUNK]);
        while self.wait(Instant::now())? {
            self.read(thrown.as_mut(), Instant::now())?;
        }
        Ok(())
    }

    fn name(&self) -> &str {
        &self.port
    }
}

/// The one call that only the kernel's own number reaches.
mod grab {
    #![allow(unsafe_code, reason = "an ioctl has no safe form")]

    use super::{Errno, File, c_int};
    use rustix::ioctl::{IntegerSetter, Opcode, ioctl, opcode};

    /// `EVIOCGRAB` of linux/input.h.
    const EVIOCGRAB: Opcode = opcode::write::<c_int>(b'E', 0x90);

    /// All events of this device to this file only, until it is closed.
    pub(super) fn exclusively(file: &File) -> Result<(), Errno> {
        // SAFETY: evdev takes the argument as yes or no and follows no pointer (drivers/input/evdev.c, evdev_do_ioctl); other
        // drivers refuse the number.
        unsafe { ioctl(file, IntegerSetter::<EVIOCGRAB>::new_usize(1)) }
    }
}
