//! What the system of a kiosk says in files, one word each: whether the clock can be believed, what the data partition is.
//!
//! Duty: read them, bounded, and take what is not understood for the worse. Never: ask the clock or the disk itself.
//!
//! The writers: `buildroot/board/common/rootfs-overlay/usr/lib/yilin/{clock,data}`.

use domain::session::event::{ClockTrust, DataPartition, TerminalEvent};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// No word is longer.
const LONGEST: u64 = 32;

/// Where the words are; a word without a place is taken for the good one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MachineWords {
    /// `kept`, `held`, `unsure`.
    pub clock: Option<PathBuf>,
    /// `encrypted`, `plain`, `read_only`, `volatile`.
    pub data: Option<PathBuf>,
}

impl MachineWords {
    /// Where a kiosk's image has them; a program with simulators runs on a desk, where nobody writes them.
    pub fn of_this_build() -> Self {
        if cfg!(feature = "sim") {
            return Self::default();
        }
        Self { clock: Some("/run/yilin-clock".into()), data: Some("/run/yilin-data".into()) }
    }

    /// Whether the clock can be believed; where nobody says so, it cannot.
    pub fn clock(&self) -> ClockTrust {
        self.clock.as_deref().map_or(ClockTrust::Kept, |file| clock_of(word(file).as_deref()))
    }

    /// What the data partition is; where nobody says so, nothing written to it is said to be kept.
    pub fn data(&self) -> DataPartition {
        self.data.as_deref().map_or(DataPartition::Kept, |file| data_of(word(file).as_deref()))
    }

    /// Both, for a session.
    pub(crate) fn events(&self) -> [TerminalEvent; 2] {
        [TerminalEvent::Clock(self.clock()), TerminalEvent::DataPartition(self.data())]
    }
}

/// What a word of the clock's file says; none where there is no such file.
pub fn clock_of(word: Option<&str>) -> ClockTrust {
    match word {
        Some("kept") => ClockTrust::Kept,
        Some("held") => ClockTrust::Held,
        _ => ClockTrust::Unsure,
    }
}

/// What a word of the partition's file says; none where there is no such file.
pub fn data_of(word: Option<&str>) -> DataPartition {
    match word {
        Some("encrypted" | "plain") => DataPartition::Kept,
        Some("read_only") => DataPartition::ReadOnly,
        _ => DataPartition::Volatile,
    }
}

fn word(file: &Path) -> Option<String> {
    let mut text = String::new();
    let read = File::open(file).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
    match read {
        Ok(_) => Some(text.trim_end().to_owned()),
        Err(error) => {
            tracing::debug!(file = %file.display(), %error, "the system says nothing");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_taken_for_the_worse() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("word");
        let words = MachineWords { clock: Some(file.clone()), data: Some(file.clone()) };
        assert_eq!((words.clock(), words.data()), (ClockTrust::Unsure, DataPartition::Volatile), "no file");
        let rows = [
            ("kept\n", ClockTrust::Kept, DataPartition::Volatile),
            ("held\n", ClockTrust::Held, DataPartition::Volatile),
            ("unsure\n", ClockTrust::Unsure, DataPartition::Volatile),
            ("encrypted\n", ClockTrust::Unsure, DataPartition::Kept),
            ("plain\n", ClockTrust::Unsure, DataPartition::Kept),
            ("read_only\n", ClockTrust::Unsure, DataPartition::ReadOnly),
            ("volatile\n", ClockTrust::Unsure, DataPartition::Volatile),
            ("", ClockTrust::Unsure, DataPartition::Volatile),
            ("kept kept kept kept kept kept kept kept kept", ClockTrust::Unsure, DataPartition::Volatile),
        ];
        for (text, clock, data) in rows {
            std::fs::write(&file, text).expect("a file");
            assert_eq!((words.clock(), words.data()), (clock, data), "{text:?}");
        }
        std::fs::write(&file, [0xff; 64]).expect("a file");
        assert_eq!((words.clock(), words.data()), (ClockTrust::Unsure, DataPartition::Volatile), "no text");
        let unasked = MachineWords::default();
        assert_eq!((unasked.clock(), unasked.data()), (ClockTrust::Kept, DataPartition::Kept));
    }
}
