//! A code scanner that types: a keyboard of the kernel (linux/input.h), taken for ourselves, so that no keystroke of it
//! reaches the screen.

use std::ffi::c_int;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::keys::{Key, Keys};
use super::line::ScannerLine;
use super::{Code, CodeScanner, ScanError};
use crate::transport::{PortAddress, TransportError};

/// A scanner that types no end types its code in one go.
const SILENCE: Duration = Duration::from_millis(250);
/// `struct input_event` of a 64-bit kernel: two numbers of eight bytes for the time, then kind, code and value.
const EVENT: usize = 24;

/// An open scanner that types.
pub struct KeyboardScanner {
    events: File,
    port: String,
    /// What has come of the next event.
    part: Vec<u8>,
    keys: Keys,
    line: ScannerLine,
}

impl KeyboardScanner {
    /// Opens `/dev/input/eventN` and takes it away from everybody else, the screen and the console among them, until it is
    /// dropped.
    ///
    /// # Errors
    /// Why it cannot be opened, or not be taken: a scanner that also types into the screen is none.
    pub fn open(path: &Path) -> Result<Self, ScanError> {
        let port = PortAddress::Input { path: path.to_owned() }.to_string();
        let opened = File::open(path).map_err(|source| TransportError::opening(&port, source))?;
        grab::exclusively(&opened).map_err(|error| match error {
            Errno::BUSY => TransportError::Busy { port: port.clone(), source: error.into() },
            _ => TransportError::Unsupported { port: port.clone(), operation: "a keyboard" },
        })?;
        Ok(Self::of(opened.into(), port))
    }

    /// Reads events from anything that gives them: a recording, or a device that somebody else has opened and taken.
    pub fn of(events: OwnedFd, port: String) -> Self {
        Self {
            events: events.into(),
            port,
            part: Vec::new(),
            keys: Keys::default(),
            line: ScannerLine::new(),
        }
    }

    /// Waits for bytes; gives whether some came.
    fn wait(&self, deadline: Instant) -> Result<bool, ScanError> {
        loop {
            let left = Timespec::try_from(deadline.saturating_duration_since(Instant::now())).ok();
            let mut watched = [PollFd::from_borrowed_fd(self.events.as_fd(), PollFlags::IN)];
            match poll(&mut watched, left.as_ref()) {
                Ok(0) => return Ok(false),
                Ok(_) => return Ok(true),
                Err(Errno::INTR) => {}
                Err(error) => return Err(TransportError::from_io(&self.port, error.into()).into()),
            }
        }
    }

    /// Takes what is there, up to the end of a code.
    fn take(&mut self) -> Result<Option<Code>, ScanError> {
        // One event at a time, so that nothing of the next code is lost with this one.
        let mut buffer = [0; EVENT];
        let missing = EVENT - self.part.len();
        match self.events.read(&mut buffer[..missing]) {
            Ok(0) => return Err(TransportError::Gone { port: self.port.clone() }.into()),
            Ok(count) => self.part.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(TransportError::from_io(&self.port, error).into()),
        }
        let Some(event) = self.part.first_chunk::<EVENT>().copied() else { return Ok(None) };
        self.part.clear();
        Ok(match self.keys.event(&event) {
            Key::Nothing => None,
            Key::Bytes(bytes) => bytes.iter().find_map(|byte| self.line.push(*byte)),
            Key::Lost => {
                self.line.spoil();
                None
            }
        })
    }
}

impl CodeScanner for KeyboardScanner {
    fn scan(&mut self, deadline: Instant) -> Result<Code, ScanError> {
        loop {
            let until = if self.line.has_begun() { deadline.min(Instant::now() + SILENCE) } else { deadline };
            if self.wait(until)? {
                if let Some(code) = self.take()? {
                    return Ok(code);
                }
            } else if let Some(code) = self.line.line_is_silent() {
                return Ok(code);
            } else if Instant::now() >= deadline {
                return Err(ScanError::Nothing);
            }
        }
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
