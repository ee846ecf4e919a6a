//! What a chip of inputs and outputs was asked and what it answered, as a file of JSON lines.
//!
//! Duty: the words of such a recording; making one and playing it. Never: change what is asked. Lights and contacts are
//! nobody's, so all of it is there.
//!
//! # The lines
//! Those of every recording of calls (`drivers/src/transport/recording`): a call of the GPIO character device, an error by its
//! number (`errno`); `flags` are those of `linux/gpio.h`.
//! ```text
//! {"recording":1,"port":"gpio:/dev/gpiochip0","outgoing":"kept"}
//! {"us":40,"ask":"lines","told":{"lines":54}}
//! {"us":61,"ask":{"take":{"line":17,"flags":4}},"told":"done"}
//! {"us":90,"ask":{"read":17},"told":"active"}
//! {"us":121,"ask":{"write":{"line":22,"active":true}},"told":{"errno":19}}
//! {"us":140,"end":true}
//! ```

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::chip::Chip;
use crate::transport::{
    CallJournal, CallReplay, Outgoing, PortAddress, RecordingError, check_calls, recorded_port,
};

/// Of an error without a number: `EIO`.
const IO: i32 = 5;

/// What the driver asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Ask {
    Lines,
    Take { line: u16, flags: u64 },
    Read(u16),
    Write { line: u16, active: bool },
}

/// What the chip told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Told {
    Lines(u32),
    Done,
    Active,
    Inactive,
    Errno(i32),
}

impl Told {
    fn of<T>(answer: &io::Result<T>, told: impl FnOnce(&T) -> Self) -> Self {
        match answer {
            Ok(value) => told(value),
            Err(error) => Self::Errno(error.raw_os_error().unwrap_or(IO)),
        }
    }
}

/// A chip of which every call is written down.
pub(super) struct Recorder {
    chip: Box<dyn Chip>,
    journal: CallJournal,
}

impl Recorder {
    /// Records `chip`, which is the port `port`, into a new file that only its owner may read.
    pub(super) fn create(
        chip: Box<dyn Chip>,
        port: &PortAddress,
        path: &Path,
    ) -> Result<Self, RecordingError> {
        Ok(Self { chip, journal: CallJournal::create(port, Outgoing::Kept, path)? })
    }
}

impl Chip for Recorder {
    fn lines(&mut self) -> io::Result<u32> {
        let answer = self.chip.lines();
        self.journal.note(Ask::Lines, Told::of(&answer, |lines| Told::Lines(*lines)));
        answer
    }

    fn take(&mut self, line: u16, flags: u64) -> io::Result<()> {
        let answer = self.chip.take(line, flags);
        self.journal.note(Ask::Take { line, flags }, Told::of(&answer, |()| Told::Done));
        answer
    }

    fn read(&mut self, line: u16) -> io::Result<bool> {
        let answer = self.chip.read(line);
        let told = |active: &bool| if *active { Told::Active } else { Told::Inactive };
        self.journal.note(Ask::Read(line), Told::of(&answer, told));
        answer
    }

    fn write(&mut self, line: u16, active: bool) -> io::Result<()> {
        let answer = self.chip.write(line, active);
        self.journal.note(Ask::Write { line, active }, Told::of(&answer, |()| Told::Done));
        answer
    }
}

/// A recording as a chip.
pub(super) struct Replay(CallReplay<Ask, Told>);

impl Replay {
    /// # Errors
    /// There is no such file, or it is no recording of a chip.
    pub(super) fn open(path: &Path) -> Result<Self, RecordingError> {
        // Whose it is comes first: lines of another port are none of a chip's.
        match recorded_port(path)? {
            PortAddress::Gpio { .. } => Ok(Self(CallReplay::open(path)?)),
            other => Err(RecordingError::OtherPort(other)),
        }
    }

    fn told<T>(&mut self, ask: &Ask, read: impl FnOnce(&Told) -> Option<T>) -> io::Result<T> {
        let answer = match self.0.told(ask) {
            Some(Told::Errno(error)) => return Err(io::Error::from_raw_os_error(*error)),
            Some(told) => read(told),
            None => return Err(self.diverged()),
        };
        answer.ok_or_else(|| {
            self.0.disagrees();
            self.diverged()
        })
    }

    fn diverged(&self) -> io::Error {
        io::Error::other(self.0.diverged().unwrap_or(RecordingError::CutOff))
    }

    fn done(&mut self, ask: &Ask) -> io::Result<()> {
        self.told(ask, |told| (*told == Told::Done).then_some(()))
    }
}

impl Chip for Replay {
    fn lines(&mut self) -> io::Result<u32> {
        self.told(&Ask::Lines, |told| match told {
            Told::Lines(lines) => Some(*lines),
            _ => None,
        })
    }

    fn take(&mut self, line: u16, flags: u64) -> io::Result<()> {
        self.done(&Ask::Take { line, flags })
    }

    fn read(&mut self, line: u16) -> io::Result<bool> {
        self.told(&Ask::Read(line), |told| match told {
            Told::Active => Some(true),
            Told::Inactive => Some(false),
            _ => None,
        })
    }

    fn write(&mut self, line: u16, active: bool) -> io::Result<()> {
        self.done(&Ask::Write { line, active })
    }
}

/// Whether a text is the recording of a chip.
///
/// # Errors
/// The first line that is not as the format says.
pub fn check(text: &str) -> Result<(), RecordingError> {
    check_calls::<Ask, Told>(text)
}

#[cfg(test)]
mod tests;
