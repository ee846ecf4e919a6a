//! A code scanner on a serial line, or one that looks like it over USB (CDC).

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::line::ScannerLine;
use super::silence::Silence;
use super::{Code, CodeScanner, ScanError};
use crate::transport::{Transport, TransportErrorKind};

/// A scanner that sends no end sends its code in one go.
const SILENCE: Duration = Duration::from_millis(120);

/// An open serial scanner.
pub struct SerialScanner {
    port: Box<dyn Transport>,
    line: ScannerLine,
    silence: Silence,
    /// What has come and was not looked at, from `next` on.
    came: Zeroizing<[u8; 256]>,
    next: usize,
    end: usize,
}

impl SerialScanner {
    /// Reads the codes that come over a port.
    pub fn over(port: Box<dyn Transport>) -> Self {
        let (line, silence) = (ScannerLine::new(), Silence::of(SILENCE));
        Self { port, line, silence, came: Zeroizing::new([0; 256]), next: 0, end: 0 }
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
            let wait = self.silence.wait(self.line.has_begun(), deadline);
            match self.port.read(&mut *self.came, wait.until) {
                Ok(count) => {
                    self.silence.broken();
                    (self.next, self.end) = (0, count);
                }
                Err(error) if error.kind() == TransportErrorKind::TimedOut => {
                    if wait.was_cut() {
                        return Err(ScanError::Nothing);
                    }
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
