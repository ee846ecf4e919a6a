//! Recordings of what is asked call by call, and answers each call: a line for both.
//!
//! Duty: making and playing them, whatever the calls are. Never: know what a call means; words for them, and what of them may
//! be written down, are their driver's.
//!
//! ```text
//! {"us":52,"ask":"capability","told":{"number":69206017}}
//! {"us":99180,"end":true}
//! ```

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{LineFile, Lines, Outgoing, RecordedLine, RecordingError, is_false};
use crate::transport::PortAddress;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<A, T> {
    us: u64,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    ask: Option<A>,
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    told: Option<T>,
    #[serde(default, skip_serializing_if = "is_false")]
    end: bool,
}

/// Without this a default would be asked of the calls' words.
const fn none<W>() -> Option<W> {
    None
}

enum Event<A, T> {
    Call(A, T),
    /// The recording was closed.
    End,
}

impl<A: DeserializeOwned, T: DeserializeOwned> RecordedLine for Line<A, T> {
    type Event = Event<A, T>;

    fn us(&self) -> u64 {
        self.us
    }

    fn is_end(event: &Event<A, T>) -> bool {
        matches!(event, Event::End)
    }

    fn event(self) -> Result<Event<A, T>, &'static str> {
        match (self.ask, self.told, self.end) {
            (Some(ask), Some(told), false) => Ok(Event::Call(ask, told)),
            (None, None, true) => Ok(Event::End),
            _ => Err("neither a call with its answer nor the end"),
        }
    }
}

/// A recording that is being made; it is whole when it is dropped.
pub(crate) struct CallJournal {
    file: LineFile,
    /// The file could not be written: it has no end.
    failed: bool,
}

impl CallJournal {
    /// A new file that only its owner may read.
    pub(crate) fn create(
        port: &PortAddress,
        outgoing: Outgoing,
        path: &Path,
    ) -> Result<Self, RecordingError> {
        Ok(Self { file: LineFile::create(port, outgoing, path)?, failed: false })
    }

    /// A call and its answer. What was recorded must not change what happens: who needs to know whether it is whole reads it.
    pub(crate) fn note(&mut self, ask: impl Serialize, told: impl Serialize) {
        let line = Line { us: self.file.us(), ask: Some(ask), told: Some(told), end: false };
        self.failed = self.failed || self.file.write(&line).is_err();
    }
}

impl Drop for CallJournal {
    fn drop(&mut self) {
        if !self.failed {
            let end = Line::<(), ()> { us: self.file.us(), ask: None, told: None, end: true };
            // As with the other lines.
            let _ = self.file.write(&end);
        }
    }
}

/// A recording that is played: the answer that came, once the same is asked.
pub(crate) struct CallReplay<A, T> {
    events: Vec<Event<A, T>>,
    /// The event that is next.
    at: usize,
    diverged: Option<usize>,
}

impl<A: DeserializeOwned + PartialEq, T: DeserializeOwned> CallReplay<A, T> {
    /// The recording in a file.
    ///
    /// # Errors
    /// There is no such file, or it is no recording, or one of other calls.
    pub(crate) fn open(path: &Path) -> Result<Self, RecordingError> {
        let lines = Lines::<Line<A, T>>::read(path)?;
        let events = lines.events.into_iter().map(|(_, event)| event).collect();
        Ok(Self { events, at: 0, diverged: None })
    }

    /// What was told when this was asked; none, for ever, once something else is asked.
    pub(crate) fn told(&mut self, ask: &A) -> Option<&T> {
        self.told_by(|asked| asked == ask)
    }

    /// The same, where what was asked then need not be word for word what is asked now.
    pub(crate) fn told_by(&mut self, is_same: impl FnOnce(&A) -> bool) -> Option<&T> {
        match self.events.get(self.at) {
            Some(Event::Call(asked, told)) if self.diverged.is_none() && is_same(asked) => {
                self.at += 1;
                Some(told)
            }
            // The head is the first line.
            _ => {
                self.diverged.get_or_insert(self.at + 2);
                None
            }
        }
    }

    /// The last answer is none to what was asked.
    pub(crate) fn disagrees(&mut self) {
        self.diverged.get_or_insert(self.at + 1);
    }

    /// Why it cannot go on, once it was asked something else than was recorded.
    pub(crate) fn diverged(&self) -> Option<RecordingError> {
        self.diverged.map(|line| RecordingError::Diverged { line })
    }
}

/// Whether a text is a recording of such calls.
///
/// # Errors
/// The first line that is not as the format says.
pub(crate) fn check_calls<A: DeserializeOwned, T: DeserializeOwned>(
    text: &str,
) -> Result<(), RecordingError> {
    Lines::<Line<A, T>>::parse(text).map(drop)
}
