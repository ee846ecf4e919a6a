//! A serial line whose other end is this program.
//!
//! Duty: open the pair, move bytes at the speed that the host set, at the pace of a real line. Never: know a protocol.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// The device's end of a pty. The host opens [`path`](Self::path) as it opens any serial port.
pub struct Pty {
    device: OwnedFd,
    /// Held open, so that a host may come and go without the device's end being told of a hang-up.
    _host: OwnedFd,
    path: PathBuf,
}

impl Pty {
    /// Opens a new pair, raw.
    ///
    /// # Errors
    /// The system has no more of them, or `/dev/pts` is not mounted.
    pub fn open() -> io::Result<Self> {
        let device = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&device)?;
        unlockpt(&device)?;
        let path = PathBuf::from(OsString::from_vec(ptsname(&device, Vec::new())?.into_bytes()));
        let host = open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
        let mut line = tcgetattr(&host)?;
        line.make_raw();
        tcsetattr(&host, OptionalActions::Now, &line)?;
        Ok(Self { device, _host: host, path })
    }

    /// The host's end, a device file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The speed that the host set, in bits a second.
    ///
    /// # Errors
    /// The pair is gone.
    pub fn host_baud(&self) -> io::Result<u32> {
        Ok(tcgetattr(&self.device)?.output_speed())
    }

    /// Waits at most `wait` for bytes of the host; 0 when none came.
    ///
    /// # Errors
    /// The pair is gone.
    pub fn read(&self, buffer: &mut [u8], wait: Duration) -> io::Result<usize> {
        let timeout = Timespec::try_from(wait).map_err(io::Error::other)?;
        let mut fds = [PollFd::from_borrowed_fd(self.device.as_fd(), PollFlags::IN)];
        if poll(&mut fds, Some(&timeout))? == 0 {
            return Ok(0);
        }
        Ok(rustix::io::read(&self.device, buffer)?)
    }

    /// Sends all of `bytes` at once.
    ///
    /// # Errors
    /// The pair is gone.
    pub fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let taken = rustix::io::write(&self.device, bytes)?;
            bytes = bytes.get(taken..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Lets bytes go no faster than a line of 8N1 carries them: ten bits a byte.
#[derive(Debug)]
pub struct Pace {
    started: Instant,
    sent: u32,
    byte: Duration,
}

impl Pace {
    /// A burst that began at `started`, on a line of `baud` bits a second.
    pub fn since(started: Instant, baud: u32) -> Self {
        Self { started, sent: 0, byte: Duration::from_secs(10) / baud.max(1) }
    }

    /// A pause in the burst, in which the device works.
    pub fn wait(&mut self, pause: Duration) {
        self.started += pause;
    }

    /// When the last of `count` further bytes has gone over the wire.
    pub fn after(&mut self, count: u32) -> Instant {
        self.sent += count;
        self.started + self.byte * self.sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_has_ten_bits() {
        let mut pace = Pace::since(Instant::now(), 9600);
        let start = pace.started;
        assert_eq!(pace.after(960).duration_since(start).as_millis(), 999);
        assert_eq!(pace.after(960).duration_since(start).as_millis(), 1999);
    }
}
