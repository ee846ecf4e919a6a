//! A port whose bytes are written down as they go.
//!
//! Duty: everything that goes and comes, with its time, after the redaction. Never: the device's own bytes on the disk,
//! and never more of them in memory than one exchange.

use std::io;
use std::path::Path;
use std::time::Instant;

use zeroize::{Zeroize as _, Zeroizing};

use super::{Event, LONGEST_EVENT, LineFile, Outgoing, RecordingError, Timed, line_of};
use crate::transport::{PortAddress, PortTrouble, Transport, TransportError, TransportErrorKind};

/// Replaces what is a person's. Bytes are handed over burst by burst: all that went one way before something went the
/// other. What is given back has the same length, or is replaced by zeros.
pub trait Redaction: Send {
    /// What the recording says of bytes that the host sent.
    fn outgoing(&mut self, bytes: &[u8]) -> Vec<u8>;

    /// What the recording says of bytes that came.
    fn incoming(&mut self, bytes: &[u8]) -> Vec<u8>;

    /// Whether what was sent is in the recording.
    fn keeps_outgoing(&self) -> Outgoing;

    /// Whether a silence ends what the device says: a burst then ends with it, and it is written down.
    fn ends_with_silence(&self) -> bool {
        false
    }
}

/// For devices that take what is a person's and tell only how they are, such as printers: what is sent is hidden, what
/// comes is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutgoingHidden;

impl Redaction for OutgoingHidden {
    fn outgoing(&mut self, bytes: &[u8]) -> Vec<u8> {
        vec![0; bytes.len()]
    }

    fn incoming(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    fn keeps_outgoing(&self) -> Outgoing {
        Outgoing::Hidden
    }
}

/// For devices that neither take nor tell anything of a person, such as lights and contacts: all is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NothingPersonal;

impl Redaction for NothingPersonal {
    fn outgoing(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    fn incoming(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    fn keeps_outgoing(&self) -> Outgoing {
        Outgoing::Kept
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Out,
    In,
}

/// One way's bytes since the other way's, not redacted yet.
struct Burst {
    direction: Direction,
    bytes: Zeroizing<Vec<u8>>,
    /// Time and length of each piece.
    pieces: Vec<(u64, usize)>,
}

/// The file of a recording: bursts, redacted as they end. It is whole when it is dropped.
pub(crate) struct Journal {
    redaction: Box<dyn Redaction>,
    file: LineFile,
    burst: Burst,
    /// Nothing has come since a silence was noted.
    silent: bool,
}

impl Journal {
    /// A new file that only its owner may read.
    pub(crate) fn create(
        port: &PortAddress,
        redaction: Box<dyn Redaction>,
        path: &Path,
    ) -> Result<Self, RecordingError> {
        let file = LineFile::create(port, redaction.keeps_outgoing(), path)?;
        // Never grows: growing would leave an unwiped copy behind.
        let bytes = Zeroizing::new(Vec::with_capacity(LONGEST_EVENT));
        let burst = Burst { direction: Direction::Out, bytes, pieces: Vec::new() };
        Ok(Self { redaction, file, burst, silent: false })
    }

    /// The host sent these.
    pub(crate) fn went(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.passed(Direction::Out, bytes)
    }

    /// These came.
    pub(crate) fn came(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.passed(Direction::In, bytes)
    }

    fn passed(&mut self, direction: Direction, bytes: &[u8]) -> io::Result<()> {
        let us = self.file.us();
        self.silent = false;
        for piece in bytes.chunks(LONGEST_EVENT) {
            if self.burst.direction != direction || self.burst.bytes.len() + piece.len() > LONGEST_EVENT {
                self.settle()?;
                self.burst.direction = direction;
            }
            self.burst.bytes.extend_from_slice(piece);
            self.burst.pieces.push((us, piece.len()));
        }
        Ok(())
    }

    /// The burst is over: redacted, it goes to the file.
    fn settle(&mut self) -> io::Result<()> {
        if self.burst.pieces.is_empty() {
            return Ok(());
        }
        let redacted = match self.burst.direction {
            Direction::Out => self.redaction.outgoing(&self.burst.bytes),
            Direction::In => self.redaction.incoming(&self.burst.bytes),
        };
        let length = self.burst.bytes.len();
        let redacted = if redacted.len() == length { redacted } else { vec![0; length] };
        self.burst.bytes[..].zeroize();
        self.burst.bytes.truncate(0);
        let mut rest = &redacted[..];
        for (us, count) in std::mem::take(&mut self.burst.pieces) {
            let (piece, later) = rest.split_at(count.min(rest.len()));
            rest = later;
            let event = match self.burst.direction {
                Direction::Out => Event::Out(piece.to_vec()),
                Direction::In => Event::In(piece.to_vec()),
            };
            self.file.write(&line_of(&Timed { us, event }))?;
        }
        Ok(())
    }

    /// The host waited in vain. However often it does, a silence is one.
    fn waited(&mut self) -> io::Result<()> {
        if !self.redaction.ends_with_silence() || std::mem::replace(&mut self.silent, true) {
            return Ok(());
        }
        self.note(Event::Silent)
    }

    fn note(&mut self, event: Event) -> io::Result<()> {
        self.settle()?;
        let us = self.file.us();
        self.file.write(&line_of(&Timed { us, event }))
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Who needs to know whether it is whole reads it: a recording that failed has no end.
        let _ = self.note(Event::End);
    }
}

/// A transport that is recorded; the file is whole when it is dropped.
pub struct Recorder {
    transport: Box<dyn Transport>,
    journal: Journal,
    gone: bool,
}

impl Recorder {
    /// Records `transport`, which is the port `port`, into a new file that only its owner may read.
    ///
    /// # Errors
    /// The file is there already, or cannot be made.
    pub fn create(
        transport: Box<dyn Transport>,
        port: &PortAddress,
        redaction: Box<dyn Redaction>,
        path: &Path,
    ) -> Result<Self, RecordingError> {
        Ok(Self { transport, journal: Journal::create(port, redaction, path)?, gone: false })
    }

    /// A recording that cannot be written is the port's trouble: who asked for it wants to know.
    fn failed(&self, source: io::Error) -> TransportError {
        TransportError::Io { port: format!("the recording of {}", self.transport.name()), source }
    }

    /// Notes, once, that the device went.
    fn seen<T>(&mut self, result: Result<T, TransportError>) -> Result<T, TransportError> {
        if let Err(error) = &result
            && error.kind() == TransportErrorKind::Gone
            && !std::mem::replace(&mut self.gone, true)
        {
            self.journal.note(Event::Gone).map_err(|e| self.failed(e))?;
        }
        result
    }
}

impl Transport for Recorder {
    fn read(&mut self, buffer: &mut [u8], deadline: Instant) -> Result<usize, TransportError> {
        let result = self.transport.read(buffer, deadline);
        if result.as_ref().is_err_and(|error| error.kind() == TransportErrorKind::TimedOut) {
            self.journal.waited().map_err(|e| self.failed(e))?;
        }
        let count = self.seen(result)?;
        let came = buffer.get(..count).unwrap_or_default();
        self.journal.came(came).map_err(|e| self.failed(e))?;
        Ok(count)
    }

    fn write(&mut self, bytes: &[u8], deadline: Instant) -> Result<usize, TransportError> {
        let result = self.transport.write(bytes, deadline);
        let count = self.seen(result)?;
        let went = bytes.get(..count).unwrap_or_default();
        self.journal.went(went).map_err(|e| self.failed(e))?;
        Ok(count)
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        self.journal.settle().map_err(|e| self.failed(e))?;
        let result = self.transport.discard_input();
        self.seen(result)
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        let result = self.transport.set_baud(baud);
        self.seen(result)?;
        self.journal.note(Event::Baud(baud)).map_err(|e| self.failed(e))
    }

    fn baud(&self) -> Option<u32> {
        self.transport.baud()
    }

    fn trouble(&mut self) -> Option<PortTrouble> {
        let told = self.transport.trouble();
        // A recording that cannot be written shows at the next byte.
        let _ = self.journal.note(Event::Trouble(told));
        told
    }

    fn name(&self) -> &str {
        self.transport.name()
    }
}
