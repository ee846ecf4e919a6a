//! A way to a printer on which everything is written down.
//!
//! Duty: requests and answers with their times, redacted before they are written. Never: change what goes, comes, or is told
//! of it; a disk that is full is said at the end.

use std::io;
use std::path::Path;
use std::time::Duration;

use super::super::carrier::Carrier;
use super::super::http::{Patience, PostError, Sent};
use super::redaction::redacted;
use super::{Failed, Followed, Line};
use crate::transport::{
    LONGEST_EVENT, LineFile, Outgoing, PortAddress, RecordingError, TransportErrorKind, hexadecimal,
};

pub(in super::super) struct Recorder {
    carrier: Box<dyn Carrier>,
    file: LineFile,
    /// What went wrong while writing, if anything.
    failed: Option<io::Error>,
    /// Words of the terminal itself, which may stand in a message.
    ours: Vec<String>,
    /// Moves with requests and pauses only, so that a replay can tell the same.
    time: Duration,
    closed: bool,
}

impl Recorder {
    /// Records `carrier` into a new file that only its owner may read.
    pub(in super::super) fn create(
        carrier: Box<dyn Carrier>,
        user: &str,
        path: &Path,
    ) -> Result<Self, RecordingError> {
        let port = PortAddress::Ipp { uri: carrier.uri().to_owned() };
        let file = LineFile::create(&port, Outgoing::Kept, path)?;
        let ours = vec![carrier.uri().to_owned(), user.to_owned()];
        Ok(Self { carrier, file, failed: None, ours, time: Duration::ZERO, closed: false })
    }

    fn note(&mut self, line: &Line) {
        if self.failed.is_none() {
            self.failed = self.file.write(line).err();
        }
    }

    fn close(&mut self) {
        if !std::mem::replace(&mut self.closed, true) {
            self.note(&Line { us: self.file.us(), end: true, ..Line::default() });
        }
    }
}

impl Carrier for Recorder {
    fn uri(&self) -> &str {
        self.carrier.uri()
    }

    fn post(
        &mut self,
        request: &[u8],
        document: &[u8],
        patience: Patience,
        progress: &mut dyn FnMut(usize),
    ) -> (Sent, Result<Vec<u8>, PostError>) {
        let out = Some(hexadecimal(&redacted(request, &self.ours)));
        self.note(&Line { us: self.file.us(), out, ..Line::default() });
        let file = &self.file;
        let mut gone = file.us();
        let (sent, result) = self.carrier.post(request, document, patience, &mut |bytes| {
            gone = file.us();
            progress(bytes);
        });
        if !document.is_empty() {
            let followed = Followed { bytes: sent.bytes, of: document.len() };
            self.note(&Line { us: gone, document: Some(followed), ..Line::default() });
        }
        let us = self.file.us();
        match &result {
            Ok(answer) if !answer.is_empty() => {
                for piece in redacted(answer, &self.ours).chunks(LONGEST_EVENT) {
                    self.note(&Line { us, r#in: Some(hexadecimal(piece)), ..Line::default() });
                }
            }
            // Nothing is no answer either.
            Ok(_) => self.note(&Line { us, failed: Some(Failed::Malformed), ..Line::default() }),
            Err(PostError::Status(status)) => {
                self.note(&Line { us, http: Some(*status), ..Line::default() });
            }
            Err(error) => self.note(&Line { us, failed: Some(Failed::of(error)), ..Line::default() }),
        }
        self.time = Duration::from_micros(us);
        (sent, result)
    }

    fn time(&self) -> Duration {
        self.time
    }

    fn pause(&mut self, length: Duration) {
        self.carrier.pause(length);
        self.time += length;
    }

    fn job_name(&mut self) -> String {
        let name = self.carrier.job_name();
        self.ours.push(name.clone());
        name
    }

    fn finish(mut self: Box<Self>) -> Result<(), RecordingError> {
        self.close();
        self.failed.take().map_or(Ok(()), |error| Err(error.into()))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.close();
    }
}

impl Failed {
    fn of(error: &PostError) -> Self {
        let PostError::Transport(error) = error else { return Self::Malformed };
        match error.kind() {
            TransportErrorKind::NotFound => Self::NotFound,
            TransportErrorKind::Permission => Self::Permission,
            TransportErrorKind::Busy => Self::Busy,
            TransportErrorKind::TimedOut => Self::TimedOut,
            TransportErrorKind::Gone => Self::Gone,
            TransportErrorKind::Diverged | TransportErrorKind::Unsupported | TransportErrorKind::Io => {
                Self::Io
            }
        }
    }
}
