//! A serial line, 8N1 without flow control.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::time::Instant;

use serialport::{ClearBuffer, SerialPort as _, TTYPort};

use super::{Transport, TransportError};

/// What a device has when nobody says otherwise.
const DEFAULT_BAUD: u32 = 115_200;

pub(super) struct SerialTransport {
    port: TTYPort,
    name: String,
    baud: u32,
}

impl SerialTransport {
    pub(super) fn open(path: &Path, baud: Option<u32>) -> Result<Self, TransportError> {
        let name = path.display().to_string();
        let baud = baud.unwrap_or(DEFAULT_BAUD);
        let port = TTYPort::open(&serialport::new(name.as_str(), baud)).map_err(|e| opening(&name, e))?;
        Ok(Self { port, name, baud })
    }

    fn wait_until(&mut self, deadline: Instant) -> Result<(), TransportError> {
        let left = deadline.saturating_duration_since(Instant::now());
        // Zero would be a poll without a wait, which is what a deadline in the past asks for.
        self.port.set_timeout(left).map_err(|e| sorted(&self.name, e))
    }
}

impl Transport for SerialTransport {
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError> {
        loop {
            self.wait_until(deadline)?;
            match self.port.read(buffer) {
                Ok(0) => return Err(TransportError::Gone { port: self.name.clone() }),
                Ok(count) => return Ok(count),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(TransportError::from_io(&self.name, e)),
            }
        }
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError> {
        loop {
            self.wait_until(deadline)?;
            match self.port.write(bytes) {
                Ok(0) => return Err(TransportError::Gone { port: self.name.clone() }),
                Ok(count) => return Ok(count),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(TransportError::from_io(&self.name, e)),
            }
        }
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        self.port.clear(ClearBuffer::Input).map_err(|e| sorted(&self.name, e))
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.port.set_baud_rate(baud).map_err(|e| sorted(&self.name, e))?;
        self.baud = baud;
        Ok(())
    }

    fn baud(&self) -> Option<u32> {
        Some(self.baud)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

fn sorted(name: &str, error: serialport::Error) -> TransportError {
    TransportError::from_io(name, error.into())
}

/// `serialport` says "no device" for whatever could not be opened: the reason is in the file itself.
fn opening(name: &str, error: serialport::Error) -> TransportError {
    let port = name.to_owned();
    if error.kind() != serialport::ErrorKind::NoDevice {
        return sorted(name, error);
    }
    match std::fs::OpenOptions::new().read(true).write(true).open(name) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => TransportError::NotFound { port, source },
        Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
            TransportError::Permission { port, source }
        }
        _ => TransportError::Busy { port, source: error.into() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::TransportErrorKind;

    #[test]
    fn what_is_no_terminal_line_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = SerialTransport::open(file.path(), None).err().unwrap();
        assert!(
            matches!(error.kind(), TransportErrorKind::Io | TransportErrorKind::Unsupported),
            "{error:?}"
        );
    }
}
