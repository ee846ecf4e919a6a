//! The file of a recording, whatever was recorded: a head, then one JSON object a line.
//!
//! Duty: lines ↔ events, bounded and in the order of time; the file's rights. Never: know what an event means.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Instant;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{LONGEST_FILE, Outgoing, RecordingError};
use crate::transport::PortAddress;

/// The format's version.
const VERSION: u32 = 1;
/// Bytes of a head.
const LONGEST_HEAD: u64 = 4096;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    recording: u32,
    port: String,
    outgoing: Outgoing,
}

/// A line after the head.
pub(crate) trait Line: DeserializeOwned {
    /// What it says.
    type Event;

    /// Microseconds since the port was opened.
    fn us(&self) -> u64;

    /// What it says, or why it says nothing.
    fn event(self) -> Result<Self::Event, &'static str>;

    /// Whether this closes a recording.
    fn is_end(event: &Self::Event) -> bool;
}

/// A file that was read.
pub(crate) struct Lines<L: Line> {
    pub(crate) port: PortAddress,
    pub(crate) outgoing: Outgoing,
    /// Microseconds, and what happened then.
    pub(crate) events: Vec<(u64, L::Event)>,
}

impl<L: Line> Lines<L> {
    pub(crate) fn read(path: &Path) -> Result<Self, RecordingError> {
        if std::fs::metadata(path)?.len() > LONGEST_FILE {
            return Err(RecordingError::TooLong);
        }
        Self::parse(&std::fs::read_to_string(path)?)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, RecordingError> {
        let mut lines = text.lines().enumerate().map(|(index, text)| (index + 1, text));
        let (_, first) = lines.next().unwrap_or_default();
        let (port, outgoing) = head(first)?;
        let wrong = |line, what| RecordingError::Line { line, what };
        let mut events: Vec<(u64, L::Event)> = Vec::new();
        for (line, text) in lines {
            let read: L = serde_json::from_str(text).map_err(|_| wrong(line, "no event"))?;
            if events.last().is_some_and(|(_, last)| L::is_end(last)) {
                return Err(wrong(line, "an event after the end"));
            }
            let us = read.us();
            if events.last().is_some_and(|(last, _)| *last > us) {
                return Err(wrong(line, "time runs backwards"));
            }
            events.push((us, read.event().map_err(|what| wrong(line, what))?));
        }
        Ok(Self { port, outgoing, events })
    }
}

fn head(line: &str) -> Result<(PortAddress, Outgoing), RecordingError> {
    let wrong = |what| RecordingError::Line { line: 1, what };
    let head: Head = serde_json::from_str(line).map_err(|_| wrong("no head of a recording"))?;
    if head.recording != VERSION {
        return Err(wrong("another version of the format"));
    }
    Ok((head.port.parse()?, head.outgoing))
}

/// The port that a recording was made on.
///
/// # Errors
/// The file cannot be read, or does not begin as a recording does.
pub fn recorded_port(path: &Path) -> Result<PortAddress, RecordingError> {
    let mut first = String::new();
    BufReader::new(File::open(path)?.take(LONGEST_HEAD)).read_line(&mut first)?;
    Ok(head(first.trim_end())?.0)
}

/// Whether a recording is whole: writing it may have failed, of which the port that is recorded knows nothing.
///
/// # Errors
/// The file cannot be read, or has no end.
pub fn recorded_whole(path: &Path) -> Result<(), RecordingError> {
    #[derive(Deserialize)]
    struct Last {
        end: bool,
    }
    let text = std::fs::read_to_string(path)?;
    let last = text.lines().next_back().and_then(|line| serde_json::from_str(line).ok());
    if last.is_some_and(|Last { end }| end) { Ok(()) } else { Err(RecordingError::CutOff) }
}

/// The file of a recording that is being made.
pub(crate) struct LineFile {
    file: File,
    opened: Instant,
}

impl LineFile {
    /// A new file that only its owner may read, with its head.
    pub(crate) fn create(
        port: &PortAddress,
        outgoing: Outgoing,
        path: &Path,
    ) -> Result<Self, RecordingError> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let mut lines = Self { file, opened: Instant::now() };
        lines.write(&Head { recording: VERSION, port: port.to_string(), outgoing })?;
        Ok(lines)
    }

    /// Microseconds since it was made.
    pub(crate) fn us(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// One line more.
    pub(crate) fn write(&mut self, line: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(line).map_err(io::Error::other)?;
        writeln!(self.file, "{text}")
    }
}
