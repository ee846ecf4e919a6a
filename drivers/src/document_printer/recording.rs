//! What a document printer was asked and what it answered, as a file of JSON lines.
//!
//! Duty: the lines of such a recording, read; making one ([`Recorder`]) and playing it ([`Replay`]). Never: let a document,
//! or a word of the printer that may be about somebody, reach the disk.
//!
//! # The lines
//! The head and the times are those of every recording (`drivers/src/transport/recording.rs`).
//! ```text
//! {"recording":1,"port":"ipp://192.0.2.7/ipp/print","outgoing":"kept"}
//! {"us":104,"out":"0200000B00000001…03"}
//! {"us":2311,"in":"020000000000000…03"}
//! {"us":90112,"out":"0200000600000004…03"}
//! {"us":91840,"document":{"bytes":48213,"of":48213}}
//! {"us":92311,"in":"020000000000000…03"}
//! {"us":98441,"out":"0200000900000005…03"}
//! {"us":103447,"failed":"timed_out"}
//! {"us":103460,"end":true}
//! ```
//! `out` is a request and `in` its answer, IPP messages (RFC 8010) in hexadecimal, an answer in several lines where it is
//! long; `document` is how much of a document followed the request, and its bytes are nowhere; `http` is another status than
//! 200 of the printer's web server, `failed` why there was no answer. In a message stand the attributes that printing needs
//! (`recording/redaction.rs`); names, words and addresses of others are crossed out with as many `x`.

mod recorder;
mod redaction;
mod replay;

pub(super) use recorder::Recorder;
pub(super) use replay::Replay;

use serde::{Deserialize, Serialize};

use crate::transport::{Lines, RecordedLine, RecordingError, bytes_of, is_false};

/// Something that happened between the terminal and a printer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Event {
    /// The terminal asked.
    Asked(Vec<u8>),
    /// So much of a document followed.
    Document(Followed),
    /// The printer answered, or went on answering.
    Answered(Vec<u8>),
    /// Its web server answered something else.
    Status(u16),
    /// There was no answer.
    Failed(Failed),
    /// The recording was closed.
    End,
}

/// How much of a document followed a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Followed {
    bytes: usize,
    of: usize,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Failed {
    NotFound,
    Permission,
    Busy,
    TimedOut,
    Gone,
    Io,
    /// What came was no HTTP.
    Malformed,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    us: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    out: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<Followed>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    r#in: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    http: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<Failed>,
    #[serde(default, skip_serializing_if = "is_false")]
    end: bool,
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
        let Self { us: _, out, document, r#in, http, failed, end } = self;
        match (out, document, r#in, http, failed, end) {
            (Some(bytes), None, None, None, None, false) => bytes_of(&bytes).map(Event::Asked),
            (None, Some(followed), None, None, None, false) if followed.bytes <= followed.of => {
                Ok(Event::Document(followed))
            }
            (None, None, Some(bytes), None, None, false) => bytes_of(&bytes).map(Event::Answered),
            (None, None, None, Some(status), None, false) => Ok(Event::Status(status)),
            (None, None, None, None, Some(failed), false) => Ok(Event::Failed(failed)),
            (None, None, None, None, None, true) => Ok(Event::End),
            _ => Err("not exactly one event"),
        }
    }
}

/// Reads the text of a recording of a document printer.
///
/// # Errors
/// The first line that is not as the format says.
pub fn check(text: &str) -> Result<(), RecordingError> {
    Lines::<Line>::parse(text).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_event_of_its_kind() {
        let check = |line: &str, want: Option<Event>| {
            let text = format!(r#"{{"recording":1,"port":"ipp://h/","outgoing":"kept"}}{}{line}"#, '\n');
            let got = Lines::<Line>::parse(&text).ok().and_then(|lines| lines.events.into_iter().next());
            assert_eq!(got.map(|(_, event)| event), want, "{line}");
        };
        check(r#"{"us":1,"out":"0200"}"#, Some(Event::Asked(vec![2, 0])));
        let followed = Followed { bytes: 3, of: 4 };
        check(r#"{"us":1,"document":{"bytes":3,"of":4}}"#, Some(Event::Document(followed)));
        check(r#"{"us":1,"document":{"bytes":5,"of":4}}"#, None);
        check(r#"{"us":1,"in":"03"}"#, Some(Event::Answered(vec![3])));
        check(r#"{"us":1,"http":426}"#, Some(Event::Status(426)));
        check(r#"{"us":1,"failed":"gone"}"#, Some(Event::Failed(Failed::Gone)));
        check(r#"{"us":1,"failed":"bored"}"#, None);
        check(r#"{"us":1,"end":true}"#, Some(Event::End));
        check(r#"{"us":1,"in":"03","http":200}"#, None);
        check(r#"{"us":1,"gone":true}"#, None);
    }
}
