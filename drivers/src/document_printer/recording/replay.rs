//! A recording as a way to a printer.
//!
//! Duty: the answer that came, once the same was asked; time passes as it did then. Never: wait, or ask a printer.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::super::carrier::Carrier;
use super::super::http::{Patience, PostError, Sent};
use super::redaction::redacted;
use super::{Event, Failed, Line};
use crate::transport::{Lines, PortAddress, RecordingError, TransportError};

pub(in super::super) struct Replay {
    uri: String,
    port: String,
    events: Vec<(u64, Event)>,
    /// The event that is next.
    at: usize,
    /// What may stand in a request, as for the recorder.
    ours: Vec<String>,
    /// Jobs as they were called then.
    names: VecDeque<String>,
    time: Duration,
    diverged: Option<usize>,
}

impl Replay {
    /// # Errors
    /// There is no such file, or it is no recording of a document printer.
    pub(in super::super) fn open(user: &str, path: &Path) -> Result<Self, RecordingError> {
        let Lines { port, outgoing: _, events } = Lines::<Line>::read(path)?;
        let PortAddress::Ipp { uri } = port else { return Err(RecordingError::OtherPort(port)) };
        let mut names = VecDeque::new();
        for (_, event) in &events {
            if let Event::Asked(request) = event
                && let Some(name) = job_name(request)
                && names.back() != Some(&name)
            {
                names.push_back(name);
            }
        }
        let ours = [uri.clone(), user.to_owned()].into_iter().chain(names.iter().cloned()).collect();
        let port = path.display().to_string();
        let time = Duration::ZERO;
        Ok(Self { uri, port, events, at: 0, ours, names, time, diverged: None })
    }

    fn next(&self) -> Option<&Event> {
        self.events.get(self.at).map(|(_, event)| event)
    }

    /// Goes on to the next event; it is then as late as it was.
    fn advance(&mut self) {
        if let Some((us, _)) = self.events.get(self.at) {
            self.time = Duration::from_micros(*us);
            self.at += 1;
        }
    }

    fn diverges(&mut self) -> PostError {
        // The head is the first line.
        let line = self.at + 2;
        self.diverged.get_or_insert(line);
        TransportError::Diverged { port: self.port.clone(), line }.into()
    }

    fn answer(&mut self) -> Result<Vec<u8>, PostError> {
        let mut answer = Vec::new();
        while let Some(Event::Answered(piece)) = self.next() {
            answer.extend_from_slice(piece);
            self.advance();
        }
        if !answer.is_empty() {
            return Ok(answer);
        }
        let error = match self.next() {
            Some(Event::Status(status)) => PostError::Status(*status),
            Some(Event::Failed(failed)) => failed.error(&self.port),
            // It was cut off here.
            None => TransportError::TimedOut { port: self.port.clone() }.into(),
            Some(Event::Asked(_) | Event::Document(_) | Event::Answered(_) | Event::End) => {
                return Err(self.diverges());
            }
        };
        self.advance();
        Err(error)
    }
}

impl Carrier for Replay {
    fn uri(&self) -> &str {
        &self.uri
    }

    fn post(
        &mut self,
        request: &[u8],
        document: &[u8],
        _: Patience,
        progress: &mut dyn FnMut(usize),
    ) -> (Sent, Result<Vec<u8>, PostError>) {
        let nothing = Sent { bytes: 0, whole: false };
        let asked = redacted(request, &self.ours);
        if !matches!(self.next(), Some(Event::Asked(recorded)) if *recorded == asked) {
            return (nothing, Err(self.diverges()));
        }
        self.advance();
        let followed = match self.next() {
            Some(Event::Document(followed)) => Some(*followed),
            _ => None,
        };
        if followed.is_some() == document.is_empty() {
            return (nothing, Err(self.diverges()));
        }
        let sent = match followed {
            None => Sent { bytes: 0, whole: true },
            // The document of then is nowhere: another stands for it, and all of that or a part went.
            Some(followed) => {
                self.advance();
                let whole = followed.bytes == followed.of;
                let bytes = if whole { document.len() } else { followed.bytes.min(document.len()) };
                progress(bytes);
                Sent { bytes, whole }
            }
        };
        (sent, self.answer())
    }

    fn time(&self) -> Duration {
        self.time
    }

    fn pause(&mut self, length: Duration) {
        self.time += length;
    }

    fn job_name(&mut self) -> String {
        // One that was not made then shows at the next request.
        self.names.pop_front().unwrap_or_default()
    }

    fn finish(self: Box<Self>) -> Result<(), RecordingError> {
        self.diverged.map_or(Ok(()), |line| Err(RecordingError::Diverged { line }))
    }
}

impl Failed {
    fn error(self, port: &str) -> PostError {
        let port = port.to_owned();
        let as_recorded = || io::Error::other("as it was recorded");
        match self {
            Self::Malformed => return PostError::Malformed,
            Self::NotFound => TransportError::NotFound { port, source: as_recorded() },
            Self::Permission => TransportError::Permission { port, source: as_recorded() },
            Self::Busy => TransportError::Busy { port, source: as_recorded() },
            Self::TimedOut => TransportError::TimedOut { port },
            Self::Gone => TransportError::Gone { port },
            Self::Io => TransportError::Io { port, source: as_recorded() },
        }
        .into()
    }
}

/// The job's name in a request of ours (RFC 8010, 3.1.4: tag, length and name, length and value).
fn job_name(request: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"\x42\x00\x08job-name";
    let at = request.windows(NAME.len()).position(|window| window == NAME)? + NAME.len();
    let (length, rest) = request.get(at..)?.split_first_chunk()?;
    let name = rest.get(..usize::from(u16::from_be_bytes(*length)))?;
    std::str::from_utf8(name).ok().map(str::to_owned)
}
