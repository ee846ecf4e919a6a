//! A code scanner on a serial line, or one that looks like it over USB (CDC).

use std::time::{Duration, Instant};

use super::line::ScannerLine;
use super::{Code, CodeScanner, ScanError};
use crate::transport::{self, PortAddress, Transport, TransportErrorKind};

/// A scanner that sends no end sends its code in one go.
const SILENCE: Duration = Duration::from_millis(120);

/// An open serial scanner.
pub struct SerialScanner {
    port: Box<dyn Transport>,
    line: ScannerLine,
    /// What came after the code that was handed over last.
    rest: Vec<u8>,
}

impl SerialScanner {
    /// Opens its port. What it sent before is thrown away: nobody waited for that.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn open(address: &PortAddress) -> Result<Self, ScanError> {
        let mut port = transport::open(address)?;
        port.discard_input()?;
        Ok(Self { port, line: ScannerLine::new(), rest: Vec::new() })
    }
}

impl CodeScanner for SerialScanner {
    fn scan(&mut self, deadline: Instant) -> Result<Code, ScanError> {
        let mut buffer = [0; 256];
        loop {
            let mut rest = std::mem::take(&mut self.rest).into_iter();
            let code = rest.by_ref().find_map(|byte| self.line.push(byte));
            self.rest = rest.collect();
            if let Some(code) = code {
                return Ok(code);
            }
            let until = if self.line.has_begun() { deadline.min(Instant::now() + SILENCE) } else { deadline };
            match self.port.read(&mut buffer, until) {
                Ok(count) => self.rest.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == TransportErrorKind::TimedOut => {
                    match self.line.line_is_silent() {
                        Some(code) => return Ok(code),
                        None if Instant::now() >= deadline => return Err(ScanError::Nothing),
                        None => {}
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
