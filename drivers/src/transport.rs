//! Bytes to and from a device, whatever carries them.
//!
//! Duty: open a port by its address, move bytes with a deadline, say what went wrong. Never: know what the bytes mean.

mod address;
mod input;
mod recording;
mod serial;
mod tcp;
mod usb;
mod usblp;

pub use address::{PortAddress, PortAddressError};
pub use input::InputTransport;
pub(crate) use recording::{
    CallJournal, CallReplay, Journal, LONGEST_EVENT, LineFile, Lines, RecordedLine, bytes_of, check_calls,
    hexadecimal, is_false,
};
pub use recording::{
    Event, NothingPersonal, Outgoing, OutgoingHidden, Recorder, Recording, RecordingError, Redaction, Replay,
    Timed, open_recorded, recorded_port, recorded_whole,
};
pub use usb::{UsbLayout, UsbPipes, UsbTransport};

use std::io;
use std::time::Instant;

/// An open port.
pub trait Transport: Send {
    /// Waits until at least one byte is there, then takes what is there; never returns 0.
    ///
    /// # Errors
    /// [`TransportErrorKind::TimedOut`] when nothing came before `deadline` (the port stays usable), otherwise what
    /// broke.
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError>;

    /// Hands over at least one byte of `bytes` (which must not be empty) and says how many.
    ///
    /// # Errors
    /// [`TransportErrorKind::TimedOut`] when the device took none before `deadline`, otherwise what broke.
    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError>;

    /// Throws away what has come and was not read.
    ///
    /// # Errors
    /// What broke.
    fn discard_input(&mut self) -> Result<(), TransportError>;

    /// Changes the speed, in bits a second.
    ///
    /// # Errors
    /// [`TransportErrorKind::Unsupported`] where the port has no such thing as a speed, as most have not.
    fn set_baud(&mut self, _baud: u32) -> Result<(), TransportError> {
        Err(TransportError::Unsupported { port: self.name().to_owned(), operation: "speed" })
    }

    /// The speed in bits a second, where there is one.
    fn baud(&self) -> Option<u32> {
        None
    }

    /// What a person calls this port: `/dev/ttyS0`, `127.0.0.1:9100`.
    fn name(&self) -> &str;

    /// What the port itself, not the device's protocol, tells of a device's trouble; none is no word, not "well".
    fn trouble(&mut self) -> Option<PortTrouble> {
        None
    }

    /// Hands over all of `bytes`.
    ///
    /// # Errors
    /// As [`write`](Self::write); how much had gone before is not told.
    fn write_all(&mut self, mut bytes: &[u8], deadline: Instant) -> Result<(), TransportError> {
        while !bytes.is_empty() {
            let taken = self.write(bytes, deadline)?;
            bytes = bytes.get(taken..).unwrap_or_default();
        }
        Ok(())
    }
}

/// Trouble that a port tells of by itself: a parallel printer's status lines, carried over USB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PortTrouble {
    /// No paper.
    PaperEmpty,
    /// Something else.
    Other,
}

/// Opens a port that carries a stream of bytes: serial, TCP, USB, a USB printer's `/dev/usb/lpN`, the events of a device
/// that types, or the recording of one.
///
/// # Errors
/// Why it cannot be opened; [`TransportErrorKind::Unsupported`] for a port that this build cannot open, or that carries
/// no stream of bytes.
pub fn open(address: &PortAddress) -> Result<Box<dyn Transport>, TransportError> {
    match address {
        PortAddress::Serial { path, baud } => Ok(Box::new(serial::SerialTransport::open(path, *baud)?)),
        PortAddress::Tcp { host, port } => Ok(Box::new(tcp::TcpTransport::open(host, *port)?)),
        PortAddress::Usb { vendor, product } => Ok(Box::new(usb::open(*vendor, *product)?)),
        PortAddress::Replay { path } => Ok(Box::new(Replay::open(path)?)),
        PortAddress::Lp { path } => Ok(Box::new(usblp::UsbPrinterTransport::open(path)?)),
        PortAddress::Input { path } => Ok(Box::new(InputTransport::open(path)?)),
        PortAddress::Pcsc { .. }
        | PortAddress::Ipp { .. }
        | PortAddress::V4l { .. }
        | PortAddress::Frames { .. }
        | PortAddress::Gpio { .. }
        | PortAddress::Nut { .. }
        | PortAddress::Alsa { .. }
        | PortAddress::Program { .. } => {
            Err(TransportError::Unsupported { port: address.to_string(), operation: "a stream of bytes" })
        }
    }
}

/// What went wrong on a port. The port's own name is in the text, the system's reason in the source.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// There is no such port.
    #[error("{port} does not exist: is the device plugged in and switched on?")]
    NotFound {
        /// Name of the port.
        port: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The user may not open it.
    #[error("{port} may not be opened by this user")]
    Permission {
        /// Name of the port.
        port: String,
        /// The system's reason.
        source: io::Error,
    },
    /// Another program has it.
    #[error("{port} is in use by another program")]
    Busy {
        /// Name of the port.
        port: String,
        /// The system's reason.
        source: io::Error,
    },
    /// Nothing happened before the deadline.
    #[error("{port} did not answer in time")]
    TimedOut {
        /// Name of the port.
        port: String,
    },
    /// It was there and is no longer: unplugged, switched off, connection closed.
    #[error("{port} is gone: the device was unplugged or switched off")]
    Gone {
        /// Name of the port.
        port: String,
    },
    /// The host asks what it did not ask when this was recorded.
    #[error("{port} has something else at line {line}: it was recorded in another course")]
    Diverged {
        /// The recording's file.
        port: String,
        /// The line that was next, counted from 1.
        line: usize,
    },
    /// Such a port has no such thing.
    #[error("{port} has no {operation} in this program")]
    Unsupported {
        /// Name of the port.
        port: String,
        /// What was asked of it.
        operation: &'static str,
    },
    /// Anything else.
    #[error("{port} failed")]
    Io {
        /// Name of the port.
        port: String,
        /// The system's reason.
        source: io::Error,
    },
}

/// The kinds of [`TransportError`], for deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransportErrorKind {
    /// There is no such port.
    NotFound,
    /// The user may not open it.
    Permission,
    /// Another program has it.
    Busy,
    /// Nothing happened before the deadline.
    TimedOut,
    /// It was there and is no longer.
    Gone,
    /// The host asks what it did not ask when this was recorded.
    Diverged,
    /// Such a port has no such thing.
    Unsupported,
    /// Anything else.
    Io,
}

impl TransportError {
    /// What kind of trouble it is.
    pub fn kind(&self) -> TransportErrorKind {
        match self {
            Self::NotFound { .. } => TransportErrorKind::NotFound,
            Self::Permission { .. } => TransportErrorKind::Permission,
            Self::Busy { .. } => TransportErrorKind::Busy,
            Self::TimedOut { .. } => TransportErrorKind::TimedOut,
            Self::Gone { .. } => TransportErrorKind::Gone,
            Self::Diverged { .. } => TransportErrorKind::Diverged,
            Self::Unsupported { .. } => TransportErrorKind::Unsupported,
            Self::Io { .. } => TransportErrorKind::Io,
        }
    }

    /// Sorts what the system said to opening the port of that name.
    pub(crate) fn opening(port: &str, source: io::Error) -> Self {
        match source.raw_os_error() {
            // ENXIO and ENODEV: the file is there, its device is not.
            Some(6 | 19) => Self::NotFound { port: port.to_owned(), source },
            _ => Self::from_io(port, source),
        }
    }

    /// Sorts the system's error on the port of that name.
    pub(crate) fn from_io(port: &str, source: io::Error) -> Self {
        use io::ErrorKind as K;
        let port = port.to_owned();
        match source.kind() {
            K::TimedOut | K::WouldBlock => Self::TimedOut { port },
            K::BrokenPipe
            | K::UnexpectedEof
            | K::ConnectionReset
            | K::ConnectionAborted
            | K::NotConnected => Self::Gone { port },
            K::NotFound | K::ConnectionRefused | K::HostUnreachable => Self::NotFound { port, source },
            K::PermissionDenied => Self::Permission { port, source },
            K::ResourceBusy | K::AddrInUse => Self::Busy { port, source },
            _ => match source.raw_os_error() {
                // ENXIO, EIO and ENODEV are what a tty says once its device was pulled.
                Some(5 | 6 | 19) => Self::Gone { port },
                _ => Self::Io { port, source },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_without_a_stream_of_bytes_are_refused_by_name() {
        for port in [
            "pcsc:READER 0",
            "ipp://h/ipp/print",
            "v4l:/dev/video0",
            "program:/usr/bin/engine",
            "gpio:/dev/gpiochip0",
        ] {
            let error = open(&port.parse().unwrap()).err().unwrap();
            assert_eq!(error.kind(), TransportErrorKind::Unsupported, "{port}");
            assert!(error.to_string().starts_with(port), "{error}");
        }
    }

    #[test]
    fn an_absent_port_is_named() {
        for port in ["serial:/dev/no-such-port", "lp:/dev/no-such-port", "tcp:127.0.0.1:1", "usb:ffff:ffff"] {
            let error = open(&port.parse().unwrap()).err().unwrap();
            assert_eq!(error.kind(), TransportErrorKind::NotFound, "{port}: {error:?}");
        }
    }
}
