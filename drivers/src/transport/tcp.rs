//! A TCP connection, as network printers (port 9100) and simulators have it.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use super::{Transport, TransportError};

/// A device on the same network answers in milliseconds, or not at all.
const CONNECT: Duration = Duration::from_secs(3);

pub(super) struct TcpTransport {
    stream: TcpStream,
    name: String,
}

impl TcpTransport {
    pub(super) fn open(host: &str, port: u16) -> Result<Self, TransportError> {
        let name = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let sorted = |e| TransportError::from_io(&name, e);
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in (host, port).to_socket_addrs().map_err(sorted)? {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(sorted)?;
                    return Ok(Self { stream, name });
                }
                Err(e) => last = e,
            }
        }
        Err(sorted(last))
    }

    /// A socket takes zero for "for ever", so a deadline in the past becomes the shortest wait there is.
    fn left(deadline: Instant) -> Option<Duration> {
        Some(deadline.saturating_duration_since(Instant::now()).max(Duration::from_micros(1)))
    }

    fn sorted(&self, error: io::Error) -> TransportError {
        TransportError::from_io(&self.name, error)
    }
}

impl Transport for TcpTransport {
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError> {
        loop {
            self.stream.set_read_timeout(Self::left(deadline)).map_err(|e| self.sorted(e))?;
            match self.stream.read(buffer) {
                Ok(0) => return Err(TransportError::Gone { port: self.name.clone() }),
                Ok(count) => return Ok(count),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.sorted(e)),
            }
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError> {
        loop {
            self.stream.set_write_timeout(Self::left(deadline)).map_err(|e| self.sorted(e))?;
            match self.stream.write(bytes) {
                Ok(0) => return Err(TransportError::Gone { port: self.name.clone() }),
                Ok(count) => return Ok(count),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.sorted(e)),
            }
        }
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        self.stream.set_nonblocking(true).map_err(|e| self.sorted(e))?;
        let mut sink = [0; 1024];
        let end = loop {
            match self.stream.read(&mut sink) {
                Ok(0) => break Err(TransportError::Gone { port: self.name.clone() }),
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => break Ok(()),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => break Err(self.sorted(e)),
            }
        };
        self.stream.set_nonblocking(false).map_err(|e| self.sorted(e))?;
        end
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::TransportErrorKind;
    use std::net::TcpListener;

    #[test]
    fn bytes_cross_and_an_end_is_seen() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut port = TcpTransport::open("127.0.0.1", listener.local_addr().unwrap().port()).unwrap();
        let (mut device, _) = listener.accept().unwrap();
        let soon = || Instant::now() + Duration::from_secs(5);

        port.write_all(b"request", soon()).unwrap();
        let mut got = [0; 7];
        device.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"request");

        device.write_all(b"answer").unwrap();
        let mut got = Vec::new();
        while got.len() < 6 {
            let mut part = [0; 4];
            let count = port.read(&mut part, soon()).unwrap();
            got.extend_from_slice(&part[..count]);
        }
        assert_eq!(got, b"answer");

        let error = port.read(&mut [0; 4], Instant::now()).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::TimedOut);
        drop(device);
        let error = port.read(&mut [0; 4], soon()).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Gone);
        assert_eq!(port.discard_input().unwrap_err().kind(), TransportErrorKind::Gone);
    }
}
