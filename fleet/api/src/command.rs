//! What the desk asks of one terminal.
//!
//! Each command is signed by the role `commands`, names its terminal, has an id, a last moment and at most one result. A
//! terminal that has done one and loses power answers the second offer with the result that it kept.

use crate::Timestamp;
use crate::keys::Role;
use crate::signed::{Ordered, Signed};
use domain::terminal::TerminalId;
use serde::{Deserialize, Serialize};

/// The most bytes that a command may send up.
pub const ATTACHMENT_BYTES: usize = 8 * 1024 * 1024;
/// The longest that a command may wait, in seconds: seven days.
pub const LONGEST_LIFE_SECONDS: i64 = 7 * 24 * 3600;

/// A command's id: 32 hexadecimal digits, never used twice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct CommandId(pub String);

impl std::fmt::Display for CommandId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The answer of [`crate::path::COMMANDS`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CommandList {
    /// The list's version: what `?after=` and the heartbeat's answer carry.
    pub version: u64,
    /// Those without a result, oldest first.
    pub commands: Vec<Signed<Command>>,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Command {
    /// Its id.
    pub id: CommandId,
    /// The terminal that it is for; any other refuses it.
    pub terminal: TerminalId,
    /// When it was signed.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub issued_at: Timestamp,
    /// From here on it is not begun any more.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub expires_at: Timestamp,
    /// What is to be done.
    #[serde(flatten)]
    pub order: Order,
}

impl Ordered for Command {
    const ROLE: Role = Role::Commands;
}

/// What can be asked: a closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// Starts the terminal's program again, when nobody is there.
    RestartProgram,
    /// Starts the machine again, when nobody is there.
    Reboot,
    /// Tests one device, or all of them, when nobody is there.
    SelfTest {
        /// [`domain::device::TerminalDevice::word`]; null for all.
        device: Option<String>,
    },
    /// Prints the test page, when nobody is there.
    TestPrint,
    /// Sends the last lines of the logs, scrubbed.
    Logs {
        /// At most this many lines of each log.
        lines: u32,
    },
    /// Sends a picture of the screen, only while it shows the idle page.
    ScreenPicture,
    /// Sends the outbox as it lies there, sealed: the desk cannot read it.
    OutboxExport,
    /// Opens a debug shell. Two people have approved it.
    Shell {
        /// It ends after so many seconds, at most 3600.
        seconds: u32,
        /// Who asked, by account name.
        asked_by: String,
        /// Who approved, by account name: another person.
        approved_by: String,
    },
    /// Starts the other slot, when nobody is there: a rollback by hand.
    GoBack {
        /// Why, for the terminal's own log.
        reason: String,
    },
    /// A word of a later version: refused as `not_supported`.
    #[serde(other)]
    Unrecognised,
}

impl Order {
    /// The word on the wire.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::RestartProgram => "restart_program",
            Self::Reboot => "reboot",
            Self::SelfTest { .. } => "self_test",
            Self::TestPrint => "test_print",
            Self::Logs { .. } => "logs",
            Self::ScreenPicture => "screen_picture",
            Self::OutboxExport => "outbox_export",
            Self::Shell { .. } => "shell",
            Self::GoBack { .. } => "go_back",
            Self::Unrecognised => "unrecognised",
        }
    }
}

/// The body of [`crate::path::COMMAND_RESULT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CommandResult {
    /// How it ended.
    pub outcome: Outcome,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub at: Timestamp,
    /// What a technician should know: at most 4,000 characters.
    pub detail: Option<String>,
    /// The SHA-256 of what was sent to [`crate::path::COMMAND_ATTACHMENT`] before, 64 hexadecimal digits.
    pub attachment_sha256: Option<String>,
}

open_enum! {
    /// How a command ended.
    Outcome {
        /// It was done.
        Done = "done",
        /// It was tried and failed.
        Failed = "failed",
        /// Its last moment passed before it could be begun.
        Expired = "expired",
        /// Somebody is being served, until its last moment.
        Busy = "busy",
        /// Signature, terminal or time did not fit.
        NotAuthentic = "not_authentic",
        /// This version, or this unit, cannot.
        NotSupported = "not_supported",
        /// Power or program failed in the middle of it: whether it was done is not known.
        Unknown = "unknown",
    }
}
