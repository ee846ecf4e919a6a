//! A code scanner on a serial line, or one that looks like it over USB (CDC).

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::line::ScannerLine;
use super::{Code, CodeScanner, ScanError};
use crate::transport::{self, PortAddress, Transport, TransportErrorKind};

/// A scanner that sends no end sends its code in one go.
const SILENCE: Duration = Duration::from_millis(120);

/// An open serial scanner.
pub struct SerialScanner {
    port: Box<dyn Transport>,
    line: ScannerLine,
    /// What has come and was not looked at, from `next` on.
    came: Zeroizing<[u8; 256]>,
    next: usize,
    end: usize,
}

impl SerialScanner {
    /// Opens its port. What it sent before is thrown away: nobody waited for that.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn open(address: &PortAddress) -> Result<Self, ScanError> {
        let mut port = transport::open(address)?;
        port.discard_input()?;
        Ok(Self { port, line: ScannerLine::new(), came: Zeroizing::new([0; 256]), next: 0, end: 0 })
    }

    /// The first code of what has come.
    fn first(&mut self) -> Option<Code> {
        let mut bytes = self.came[self.next..self.end].iter();
        let code = bytes.by_ref().find_map(|byte| self.line.push(*byte));
        self.next = self.end - bytes.len();
        code
    }
}

impl CodeScanner for SerialScanner {
    fn scan(&mut self, deadline: Instant) -> Result<Code, ScanError> {
        loop {
            if let Some(code) = self.first() {
                return Ok(code);
            }
            let until = if self.line.has_begun() { deadline.min(Instant::now() + SILENCE) } else { deadline };
            match self.port.read(&mut *self.came, until) {
                Ok(count) => (self.next, self.end) = (0, count),
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
