//! A code scanner that types: a keyboard of the kernel (linux/input.h), or the recording of one.

use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::keys::{EVENT, Key, Keys};
use super::line::ScannerLine;
use super::silence::Silence;
use super::{Code, CodeScanner, ScanError};
use crate::transport::{Transport, TransportErrorKind};

/// A scanner that types no end types its code in one go.
const SILENCE: Duration = Duration::from_millis(250);

/// An open scanner that types.
pub struct KeyboardScanner {
    port: Box<dyn Transport>,
    /// What has come of the next event.
    part: Zeroizing<[u8; EVENT]>,
    filled: usize,
    keys: Keys,
    line: ScannerLine,
    silence: Silence,
}

impl KeyboardScanner {
    /// Reads the events that a port gives.
    pub fn over(port: Box<dyn Transport>) -> Self {
        Self {
            port,
            part: Zeroizing::new([0; EVENT]),
            filled: 0,
            keys: Keys::default(),
            line: ScannerLine::new(),
            silence: Silence::of(SILENCE),
        }
    }

    /// Takes the event that has come, if it is whole; gives a code when it was its last.
    fn take(&mut self) -> Option<Code> {
        if self.filled < EVENT {
            return None;
        }
        self.filled = 0;
        match self.keys.event(&self.part) {
            Key::Nothing => None,
            Key::Bytes(bytes) => bytes.iter().find_map(|byte| self.line.push(*byte)),
            Key::Lost => {
                self.line.spoil();
                None
            }
        }
    }
}

impl CodeScanner for KeyboardScanner {
    fn scan(&mut self, deadline: Instant) -> Result<Code, ScanError> {
        loop {
            let wait = self.silence.wait(self.line.has_begun(), deadline);
            // One event at a time, so that nothing of the next code is lost with this one.
            match self.port.read(&mut self.part[self.filled..], wait.until) {
                Ok(count) => {
                    self.silence.broken();
                    self.filled += count;
                    if let Some(code) = self.take() {
                        return Ok(code);
                    }
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
