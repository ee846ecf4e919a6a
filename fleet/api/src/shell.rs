//! A debug shell that two people approved: both ends keep the same transcript, and it ends with time, cable or visit.

use serde::{Deserialize, Serialize};

/// The most bytes of one turn in each direction.
pub const TURN_BYTES: usize = 64 * 1024;

/// The body of [`crate::path::SHELL`]: what the shell said since the last turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShellTurn {
    /// Counts up by one from 0; the same number again is the same turn.
    pub number: u64,
    /// What it said, base64.
    pub output: String,
    /// Why it has ended; null while it goes on.
    pub ended: Option<ShellEnd>,
}

/// The answer to a [`ShellTurn`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShellReply {
    /// What the technician typed, base64.
    pub input: String,
    /// Whether the desk ended it.
    pub end: bool,
}

open_enum! {
    /// Why a shell ended.
    ShellEnd {
        /// The shell's own end.
        Exited = "exited",
        /// Its time was over.
        Time = "time",
        /// The desk ended it.
        Desk = "desk",
        /// Somebody came to the terminal.
        Visit = "visit",
        /// The network was away.
        Network = "network",
    }
}
