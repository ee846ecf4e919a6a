//! The simulated printer's end of its port.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::Place;
use super::mechanism::Plug;
use super::usb_class::{HOST_SIDE, UsbClass};
use crate::sim::pty::Pty;

/// A pty, a TCP port with at most one client, or a USB cable of the kernel's own.
pub(super) enum Wire {
    Pty { pty: Pty, stopped: bool },
    Tcp { listener: TcpListener, client: Option<TcpStream>, plug: Plug },
    Usb(UsbClass),
}

/// Bytes in the buffer at which a serial printer says stop and go on.
const STOP_AT: usize = 12 * 1024;
const GO_ON_AT: usize = 4 * 1024;
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

impl Wire {
    pub(super) fn open(place: Place) -> io::Result<Self> {
        match place {
            Place::Pty => Ok(Self::Pty { pty: Pty::open()?, stopped: false }),
            Place::Tcp(address) => {
                let listener = TcpListener::bind(address)?;
                listener.set_nonblocking(true)?;
                Ok(Self::Tcp { listener, client: None, plug: Plug::In })
            }
            Place::UsbClass => Ok(Self::Usb(UsbClass::open()?)),
        }
    }

    pub(super) fn address(&self) -> String {
        match self {
            Self::Pty { pty, .. } => format!("serial:{}", pty.path().display()),
            Self::Tcp { listener, .. } => match listener.local_addr() {
                Ok(address) => format!("tcp:{address}"),
                Err(_) => String::new(),
            },
            Self::Usb(_) => format!("lp:{HOST_SIDE}"),
        }
    }

    /// Waits at most `wait` for bytes; 0 when none came.
    pub(super) fn read(&mut self, bytes: &mut [u8], wait: Duration) -> io::Result<usize> {
        match self {
            Self::Pty { pty, .. } => pty.read(bytes, wait),
            Self::Usb(usb) => usb.read(bytes, wait),
            Self::Tcp { listener, client, plug } => {
                if client.is_none() {
                    *client = accept(listener, wait)?.filter(|_| *plug == Plug::In);
                }
                let Some(stream) = client else { return Ok(0) };
                match stream.read(bytes) {
                    Ok(count) if count > 0 => return Ok(count),
                    Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                    // The client has left, one way or another: the next one is welcome.
                    Ok(_) | Err(_) => *client = None,
                }
                Ok(0)
            }
        }
    }

    pub(super) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Pty { pty, .. } => pty.write_all(bytes),
            Self::Usb(usb) => {
                usb.write_all(bytes);
                Ok(())
            }
            Self::Tcp { client, .. } => {
                if client.as_mut().is_some_and(|stream| stream.write_all(bytes).is_err()) {
                    *client = None;
                }
                Ok(())
            }
        }
    }

    /// Without its plug a network printer has no client, and no new one for long; a USB printer is none.
    pub(super) fn plug(&mut self, now: Plug) -> io::Result<()> {
        match self {
            Self::Pty { .. } => Ok(()),
            Self::Usb(usb) => usb.plug(now),
            Self::Tcp { client, plug, .. } => {
                *plug = now;
                if now == Plug::Pulled {
                    *client = None;
                }
                Ok(())
            }
        }
    }

    /// Status lines, where the port has such.
    pub(super) fn lines(&mut self, lines: u8) {
        if let Self::Usb(usb) = self {
            usb.lines(lines);
        }
    }

    /// Tells a serial host to stop and to go on, by how much waits in the buffer, or to stop for good.
    pub(super) fn flow(&mut self, waiting: usize, held: bool) -> io::Result<()> {
        let Self::Pty { pty, stopped } = self else { return Ok(()) };
        match (*stopped, if held { STOP_AT } else { waiting }) {
            (false, STOP_AT..) => {
                *stopped = true;
                pty.write_all(&[XOFF])
            }
            (true, ..=GO_ON_AT) => {
                *stopped = false;
                pty.write_all(&[XON])
            }
            _ => Ok(()),
        }
    }
}

fn accept(listener: &TcpListener, wait: Duration) -> io::Result<Option<TcpStream>> {
    match listener.accept() {
        Ok((stream, _)) => {
            stream.set_nonblocking(false)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(wait))?;
            Ok(Some(stream))
        }
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
            std::thread::sleep(wait);
            Ok(None)
        }
        Err(e) => Err(e),
    }
}
