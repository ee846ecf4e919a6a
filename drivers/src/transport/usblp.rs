//! A printer of the USB printer class as the kernel's usblp driver shows it: `/dev/usb/lpN`.
//!
//! Duty: move bytes without ever blocking, and hand on what the port's status lines say where that can be believed. Never:
//! take a constant for a status. Reference page "receipt printer", section "Kiosk models".

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use super::{PortTrouble, Transport, TransportError};

pub(super) struct UsbPrinterTransport {
    file: File,
    name: String,
}

/// A printer without a way back ends every read at once; between two looks at it time has to pass.
const EMPTY_READ: Duration = Duration::from_millis(5);

/// How much may be thrown away: a device that never stops talking must not hold the program.
const MOST_DISCARDED: usize = 64 * 1024;

impl UsbPrinterTransport {
    pub(super) fn open(path: &Path) -> Result<Self, TransportError> {
        let name = path.display().to_string();
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        let flags = i32::try_from(flags.bits()).unwrap_or_default();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(flags)
            .open(path)
            .map_err(|e| TransportError::from_io(&name, e))?;
        Ok(Self { file, name })
    }

    /// Waits until the port can be read or written.
    fn wait(&self, what: PollFlags, deadline: Instant) -> Result<(), TransportError> {
        let sorted = |e: io::Error| TransportError::from_io(&self.name, e);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).map_err(|e| sorted(io::Error::other(e)))?;
            let mut fds = [PollFd::from_borrowed_fd(self.file.as_fd(), what)];
            match poll(&mut fds, Some(&left)) {
                Ok(0) => return Err(TransportError::TimedOut { port: self.name.clone() }),
                Ok(_) => {
                    let seen = fds[0].revents();
                    // What has come before a hang-up is read first.
                    return match seen.intersects(what) || !seen.intersects(PollFlags::HUP | PollFlags::ERR) {
                        true => Ok(()),
                        false => Err(TransportError::Gone { port: self.name.clone() }),
                    };
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(e) => return Err(sorted(e.into())),
            }
        }
    }

    fn retried<T>(
        &mut self,
        what: PollFlags,
        deadline: Instant,
        mut act: impl FnMut(&mut File) -> io::Result<T>,
    ) -> Result<T, TransportError> {
        loop {
            self.wait(what, deadline)?;
            match act(&mut self.file) {
                Err(e) if matches!(e.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
                done => return done.map_err(|e| TransportError::from_io(&self.name, e)),
            }
        }
    }
}

impl Transport for UsbPrinterTransport {
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError> {
        loop {
            match self.retried(PollFlags::IN, deadline, |file| file.read(buffer))? {
                // An empty packet, not the end: usblp says ENODEV when a printer was pulled.
                0 if Instant::now() >= deadline => {
                    return Err(TransportError::TimedOut { port: self.name.clone() });
                }
                0 => {
                    std::thread::sleep(EMPTY_READ.min(deadline.saturating_duration_since(Instant::now())));
                }
                count => return Ok(count),
            }
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError> {
        match self.retried(PollFlags::OUT, deadline, |file| file.write(bytes))? {
            0 => Err(TransportError::Gone { port: self.name.clone() }),
            count => Ok(count),
        }
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        let mut sink = [0; 1024];
        let mut discarded = 0;
        while discarded < MOST_DISCARDED {
            match self.file.read(&mut sink) {
                Ok(0) => break,
                Ok(count) => discarded += count,
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(TransportError::from_io(&self.name, e)),
            }
        }
        Ok(())
    }

    fn trouble(&mut self) -> Option<PortTrouble> {
        trouble_of(status_lines::read(&self.file)?)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

/// What the status lines say: 08h no error, 10h selected, 20h paper empty. 18h is what a well printer says and what a
/// clone says whatever happens, so it is no word.
const fn trouble_of(lines: u8) -> Option<PortTrouble> {
    match lines {
        0x18 => None,
        lines if lines & 0x20 != 0 => Some(PortTrouble::PaperEmpty),
        _ => Some(PortTrouble::Other),
    }
}

/// The one call that only the kernel's own number reaches.
mod status_lines {
    #![allow(unsafe_code, reason = "an ioctl has no safe form")]

    use std::ffi::c_int;
    use std::fs::File;

    use rustix::ioctl::{Getter, Opcode, ioctl};

    /// `LPGETSTATUS` of `linux/lp.h`.
    const LPGETSTATUS: Opcode = 0x060B;

    /// The status lines; none on a port that has none.
    pub(super) fn read(file: &File) -> Option<u8> {
        // SAFETY: usblp answers LPGETSTATUS by writing one int at the pointer (drivers/usb/class/usblp.c, usblp_ioctl),
        // and other drivers refuse the number.
        let lines: c_int = unsafe { ioctl(file, Getter::<LPGETSTATUS, c_int>::new()) }.ok()?;
        u8::try_from(lines & 0xFF).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::TransportErrorKind;

    #[test]
    fn a_constant_is_not_believed() {
        for (lines, trouble) in [
            (0x18, None),
            (0x38, Some(PortTrouble::PaperEmpty)),
            (0x30, Some(PortTrouble::PaperEmpty)),
            (0x10, Some(PortTrouble::Other)),
            (0x08, Some(PortTrouble::Other)),
            (0x00, Some(PortTrouble::Other)),
        ] {
            assert_eq!(trouble_of(lines), trouble, "{lines:02x}");
        }
    }

    /// A pty stands in for usblp: it can be opened, polled and hung up in the same way, and has no status lines.
    #[cfg(feature = "sim")]
    #[test]
    fn bytes_cross_without_blocking_and_a_full_port_is_a_time_out() {
        let device = crate::sim::pty::Pty::open().unwrap();
        let mut port = UsbPrinterTransport::open(device.path()).unwrap();
        let soon = || Instant::now() + Duration::from_secs(5);

        assert_eq!(port.read(&mut [0; 8], Instant::now()).unwrap_err().kind(), TransportErrorKind::TimedOut);
        port.write_all(&[0x10, 0x04, 0x01], soon()).unwrap();
        let mut got = [0; 8];
        assert_eq!(device.read(&mut got, Duration::from_secs(5)).unwrap(), 3);
        assert_eq!(got[..3], [0x10, 0x04, 0x01]);

        device.write_all(&[0x12]).unwrap();
        assert_eq!(port.read(&mut got, soon()).unwrap(), 1);
        device.write_all(b"late").unwrap();
        port.wait(PollFlags::IN, soon()).unwrap();
        port.discard_input().unwrap();
        assert_eq!(port.read(&mut got, Instant::now()).unwrap_err().kind(), TransportErrorKind::TimedOut);
        assert_eq!(port.trouble(), None);

        // Nobody reads: what the line holds is taken, then nothing more.
        let full = std::iter::repeat_with(|| port.write(&[b'x'; 4096], Instant::now())).find_map(Result::err);
        assert_eq!(full.unwrap().kind(), TransportErrorKind::TimedOut);
    }
}
