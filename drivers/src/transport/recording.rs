//! What went over a port, as a file of JSON lines.
//!
//! Duty: the format, read and written; making a recording ([`Recorder`]) and playing it back ([`Replay`]). Never: let a
//! byte that came from a device reach the disk before a [`Redaction`] has seen it.
//!
//! # The format, version 1
//! ```text
//! {"recording":1,"port":"serial:/dev/ttyS0","outgoing":"kept"}
//! {"us":104,"baud":115200}
//! {"us":312,"out":"AAAAAA9669000311FFED"}
//! {"us":2215,"in":"AAAAAA966900040000"}
//! {"us":2311,"in":"9094"}
//! {"us":90112,"end":true}
//! ```
//! One object a line. `us` is microseconds since the port was opened, `out` and `in` are bytes in hexadecimal as they went
//! and came, piece by piece; `baud` is a change of speed; `trouble` is what the port itself told when it was asked, `none`,
//! `paper_empty` or `other`; `silent` that nothing came for as long as the host waited, written down where a silence ends what
//! a device says; `gone` says that the device went; `end` that the recording is whole. A port that is opened
//! again is another recording. `outgoing` is `kept`, or `hidden` where what was sent is a person's and only its length is there.
//!
//! Ports that carry no stream have the same file with lines of their own: requests to a document printer
//! (`drivers/src/document_printer/recording.rs`), and calls with their answers (`recording/calls.rs`), of which a camera
//! (`drivers/src/camera/v4l/recording.rs`), a chip of inputs and outputs (`drivers/src/io_board/gpio/recording.rs`) and a
//! program of others (`drivers/src/limited_program/recording.rs`) have their own words.

mod calls;
mod lines;
mod recorder;
mod replay;

pub(crate) use calls::{CallJournal, CallReplay, check_calls};
pub(crate) use lines::{Line as RecordedLine, LineFile, Lines};
pub use lines::{recorded_port, recorded_whole};
pub(crate) use recorder::Journal;
pub use recorder::{NothingPersonal, OutgoingHidden, Recorder, Redaction};
pub use replay::Replay;

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{PortAddress, PortAddressError, PortTrouble, Transport, TransportError};

/// A recording of a visit is some kilobytes; more than this is none.
const LONGEST_FILE: u64 = 16 << 20;
/// Bytes of one event.
pub(crate) const LONGEST_EVENT: usize = 64 << 10;

/// A recording that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// The port that it was made on.
    pub port: PortAddress,
    /// Whether what was sent is there.
    pub outgoing: Outgoing,
    /// What happened, in order.
    pub events: Vec<Timed>,
}

/// Whether a recording holds what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outgoing {
    /// It does.
    Kept,
    /// Only how much it was.
    Hidden,
}

/// An event and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timed {
    /// Microseconds since the port was opened.
    pub us: u64,
    /// What happened.
    pub event: Event,
}

/// Something that happened on a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The host set a speed, bits a second.
    Baud(u32),
    /// The host sent bytes.
    Out(Vec<u8>),
    /// Bytes came.
    In(Vec<u8>),
    /// The host asked the port itself, which told this.
    Trouble(Option<PortTrouble>),
    /// Nothing came for as long as the host waited.
    Silent,
    /// The device went.
    Gone,
    /// The recording was closed.
    End,
}

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It cannot be read or written.
    #[error("the recording's file failed")]
    Io(#[from] io::Error),
    /// It is longer than a recording can be.
    #[error("this is no recording: longer than {LONGEST_FILE} bytes")]
    TooLong,
    /// It has no end: writing it failed.
    #[error("the recording is cut off")]
    CutOff,
    /// A line is not as the format says.
    #[error("line {line} of the recording is none: {what}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The port in its first line is none.
    #[error("the recording's port is none")]
    Port(#[from] PortAddressError),
    /// The port that is to be recorded cannot be opened.
    #[error("what is to be recorded cannot be opened")]
    Opening(#[source] TransportError),
    /// It is the recording of a port of another kind.
    #[error("this is a recording of {0}")]
    OtherPort(PortAddress),
    /// A replay was asked something else than was recorded.
    #[error("line {line} of the recording is about something else")]
    Diverged {
        /// Counted from 1.
        line: usize,
    },
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    us: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    baud: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    out: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    r#in: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trouble: Option<Told>,
    #[serde(default, skip_serializing_if = "is_false")]
    silent: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    gone: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    end: bool,
}

/// What a port told, as the file has it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    None,
    PaperEmpty,
    Other,
}

impl Told {
    const fn of(trouble: Option<PortTrouble>) -> Self {
        match trouble {
            None => Self::None,
            Some(PortTrouble::PaperEmpty) => Self::PaperEmpty,
            Some(PortTrouble::Other) => Self::Other,
        }
    }

    const fn trouble(self) -> Option<PortTrouble> {
        match self {
            Self::None => None,
            Self::PaperEmpty => Some(PortTrouble::PaperEmpty),
            Self::Other => Some(PortTrouble::Other),
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
pub(crate) const fn is_false(value: &bool) -> bool {
    !*value
}

impl Recording {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or is no recording.
    pub fn read(path: &Path) -> Result<Self, RecordingError> {
        Ok(Self::of(Lines::<Line>::read(path)?))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// The first line that is not as the format says.
    pub fn parse(text: &str) -> Result<Self, RecordingError> {
        Ok(Self::of(Lines::<Line>::parse(text)?))
    }

    fn of(Lines { port, outgoing, events }: Lines<Line>) -> Self {
        let events = events.into_iter().map(|(us, event)| Timed { us, event }).collect();
        Self { port, outgoing, events }
    }

    /// Whether it was closed: one that was cut off replays as far as it goes.
    pub fn is_whole(&self) -> bool {
        self.events.last().is_some_and(|last| last.event == Event::End)
    }
}

impl RecordedLine for Line {
    type Event = Event;

    fn us(&self) -> u64 {
        self.us
    }

    fn is_end(event: &Event) -> bool {
        *event == Event::End
    }

    fn event(self) -> Result<Event, &'static str> {
        let Self { us: _, baud, out, r#in, trouble, silent, gone, end } = self;
        match (baud, out, r#in, trouble, [silent, gone, end]) {
            (Some(baud), None, None, None, [false, false, false]) => Ok(Event::Baud(baud)),
            (None, Some(bytes), None, None, [false, false, false]) => bytes_of(&bytes).map(Event::Out),
            (None, None, Some(bytes), None, [false, false, false]) => bytes_of(&bytes).map(Event::In),
            (None, None, None, Some(told), [false, false, false]) => Ok(Event::Trouble(told.trouble())),
            (None, None, None, None, [true, false, false]) => Ok(Event::Silent),
            (None, None, None, None, [false, true, false]) => Ok(Event::Gone),
            (None, None, None, None, [false, false, true]) => Ok(Event::End),
            _ => Err("not exactly one event"),
        }
    }
}

fn line_of(Timed { us, event }: &Timed) -> Line {
    let mut line = Line { us: *us, ..Line::default() };
    match event {
        Event::Baud(baud) => line.baud = Some(*baud),
        Event::Out(bytes) => line.out = Some(hexadecimal(bytes)),
        Event::In(bytes) => line.r#in = Some(hexadecimal(bytes)),
        Event::Trouble(trouble) => line.trouble = Some(Told::of(*trouble)),
        Event::Silent => line.silent = true,
        Event::Gone => line.gone = true,
        Event::End => line.end = true,
    }
    line
}

/// Opens a port and records it into a new file that only its owner may read.
///
/// # Errors
/// The port cannot be opened ([`RecordingError::Opening`]), or the file is there already or cannot be made.
pub fn open_recorded(
    address: &PortAddress,
    redaction: Box<dyn Redaction>,
    path: &Path,
) -> Result<Box<dyn Transport>, RecordingError> {
    let transport = super::open(address).map_err(RecordingError::Opening)?;
    Ok(Box::new(Recorder::create(transport, address, redaction, path)?))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// The bytes of a text of hexadecimal digits.
pub(crate) fn bytes_of(hex: &str) -> Result<Vec<u8>, &'static str> {
    if hex.is_empty() || hex.len() > 2 * LONGEST_EVENT {
        return Err("no bytes, or too many");
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let bytes =
        pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect::<Option<_>>();
    bytes.filter(|_| rest.is_empty()).ok_or("no hexadecimal digits")
}

#[cfg(test)]
mod tests;
