//! A recording as a port.
//!
//! Duty: give what came, once what was sent is sent again. Never: wait; the time of a recording is over, so a silence is a
//! time-out at once.

use std::io;
use std::path::Path;
use std::time::Instant;

use super::{Event, Outgoing, Recording};
use crate::transport::{PortTrouble, Transport, TransportError};

/// A transport that plays a recording back.
#[derive(Debug)]
pub struct Replay {
    recording: Recording,
    /// The event that is next, and how many of its bytes have been played.
    at: usize,
    played: usize,
    baud: Option<u32>,
    name: String,
}

impl Replay {
    /// Opens the recording in a file.
    ///
    /// # Errors
    /// There is none, or it is none.
    pub fn open(path: &Path) -> Result<Self, TransportError> {
        let name = path.display().to_string();
        match Recording::read(path) {
            Ok(recording) => Ok(Self::of(recording, name)),
            Err(super::RecordingError::Io(source)) => Err(TransportError::from_io(&name, source)),
            Err(error) => Err(TransportError::Io { port: name, source: io::Error::other(error) }),
        }
    }

    /// Plays a recording under a name.
    pub fn of(recording: Recording, name: impl Into<String>) -> Self {
        Self { recording, at: 0, played: 0, baud: None, name: name.into() }
    }

    /// The recording itself.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    fn next(&self) -> &Event {
        self.recording.events.get(self.at).map_or(&Event::End, |timed| &timed.event)
    }

    fn advance(&mut self) {
        self.at += 1;
        self.played = 0;
    }

    /// What had come and was not read before the host went on is lost, as it was then.
    fn skip_input(&mut self) {
        while matches!(self.next(), Event::In(_) | Event::Silent) {
            self.advance();
        }
    }

    fn gone(&self) -> TransportError {
        TransportError::Gone { port: self.name.clone() }
    }

    fn diverged(&self) -> TransportError {
        // The head is the first line.
        TransportError::Diverged { port: self.name.clone(), line: self.at + 2 }
    }
}

impl Transport for Replay {
    fn read(&mut self, buffer: &mut [u8], _deadline: Instant) -> Result<usize, TransportError> {
        match self.recording.events.get(self.at).map(|timed| &timed.event) {
            Some(Event::In(bytes)) => {
                let rest = bytes.get(self.played..).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                let whole = count == rest.len();
                self.played += count;
                if whole {
                    self.advance();
                }
                Ok(count)
            }
            Some(Event::Silent) => {
                self.advance();
                Err(TransportError::TimedOut { port: self.name.clone() })
            }
            Some(Event::Gone) => Err(self.gone()),
            Some(Event::Out(_) | Event::Baud(_) | Event::Trouble(_) | Event::End) | None => {
                Err(TransportError::TimedOut { port: self.name.clone() })
            }
        }
    }

    fn write(&mut self, bytes: &[u8], _deadline: Instant) -> Result<usize, TransportError> {
        self.skip_input();
        let rest = match self.next() {
            Event::Out(recorded) => recorded.get(self.played..).unwrap_or_default(),
            Event::Gone => return Err(self.gone()),
            Event::Baud(_) | Event::In(_) | Event::Trouble(_) | Event::Silent | Event::End => {
                return Err(self.diverged());
            }
        };
        let count = rest.len().min(bytes.len());
        if self.recording.outgoing == Outgoing::Kept && rest[..count] != bytes[..count] {
            return Err(self.diverged());
        }
        let whole = count == rest.len();
        self.played += count;
        if whole {
            self.advance();
        }
        Ok(count)
    }

    fn discard_input(&mut self) -> Result<(), TransportError> {
        self.skip_input();
        match self.next() {
            Event::Gone => Err(self.gone()),
            _ => Ok(()),
        }
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), TransportError> {
        self.skip_input();
        match self.next() {
            Event::Baud(recorded) if *recorded == baud => {
                self.advance();
                self.baud = Some(baud);
                Ok(())
            }
            Event::Gone => Err(self.gone()),
            _ => Err(self.diverged()),
        }
    }

    fn baud(&self) -> Option<u32> {
        self.baud
    }

    fn trouble(&mut self) -> Option<PortTrouble> {
        self.skip_input();
        let Event::Trouble(told) = *self.next() else { return None };
        self.advance();
        told
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::TransportErrorKind as Kind;

    fn replay(lines: &[&str], outgoing: &str) -> Replay {
        let head = format!(r#"{{"recording":1,"port":"tcp:127.0.0.1:9100","outgoing":"{outgoing}"}}"#);
        let text = [&[head.as_str()], lines].concat().join("\n");
        Replay::of(Recording::parse(&text).unwrap(), "replay")
    }

    #[test]
    fn bytes_come_once_theirs_are_sent() {
        let lines = [
            r#"{"us":0,"out":"0102"}"#,
            r#"{"us":1,"in":"0A0B0C"}"#,
            r#"{"us":1,"in":"0D"}"#,
            r#"{"us":2,"baud":9600}"#,
            r#"{"us":3,"out":"03"}"#,
            r#"{"us":4,"gone":true}"#,
        ];
        let mut port = replay(&lines, "kept");
        let now = Instant::now();
        let mut buffer = [0; 2];
        assert_eq!(port.read(&mut buffer, now).unwrap_err().kind(), Kind::TimedOut);
        assert_eq!(port.write(&[1], now).unwrap(), 1);
        assert_eq!(port.read(&mut buffer, now).unwrap_err().kind(), Kind::TimedOut);
        assert_eq!(port.write(&[2, 9], now).unwrap(), 1);
        assert_eq!((port.read(&mut buffer, now).unwrap(), buffer), (2, [0x0A, 0x0B]));
        assert_eq!((port.read(&mut buffer, now).unwrap(), buffer[0]), (1, 0x0C));
        // The last byte is not read.
        assert_eq!(port.set_baud(115_200).unwrap_err().kind(), Kind::Diverged);
        port.set_baud(9600).unwrap();
        assert_eq!(port.baud(), Some(9600));
        let error = port.write(&[4], now).unwrap_err();
        assert!(matches!(error, TransportError::Diverged { line: 6, .. }), "{error:?}");
        assert_eq!(port.write(&[3], now).unwrap(), 1);
        assert_eq!(port.read(&mut buffer, now).unwrap_err().kind(), Kind::Gone);
        assert_eq!(port.discard_input().unwrap_err().kind(), Kind::Gone);
    }

    #[test]
    fn a_silence_is_waited_in_vain_once() {
        let lines = [r#"{"us":0,"in":"41"}"#, r#"{"us":1,"silent":true}"#, r#"{"us":2,"in":"42"}"#];
        let mut port = replay(&lines, "kept");
        let mut next = || port.read(&mut [0; 4], Instant::now()).map_err(|error| error.kind());
        assert_eq!(
            [next(), next(), next(), next()],
            [Ok(1), Err(Kind::TimedOut), Ok(1), Err(Kind::TimedOut)]
        );
    }

    #[test]
    fn what_is_hidden_is_compared_by_its_length() {
        let mut port = replay(&[r#"{"us":0,"out":"0000"}"#, r#"{"us":1,"in":"10"}"#], "hidden");
        assert_eq!(port.write(&[7, 8], Instant::now()).unwrap(), 2);
        assert_eq!(port.read(&mut [0; 4], Instant::now()).unwrap(), 1);
        assert_eq!(port.write(&[7], Instant::now()).unwrap_err().kind(), Kind::Diverged);
    }
}
