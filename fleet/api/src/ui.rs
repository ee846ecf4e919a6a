//! What the terminal's screen and its agent say to each other: JSON lines over one Unix socket, which the agent makes.
//!
//! The agent checks the user of who connects, and the screen the user of who answers (SO_PEERCRED). The list of what can be
//! asked is closed, the screen may refuse, and it always does in a visit.

use crate::assist::{MirrorPage, WorkerAction};
use crate::configuration::Settings;
use crate::event::StopCount;
use crate::health::{ScreenHealth, SelfTestSummary};
use domain::service_item::ItemId;
use serde::{Deserialize, Serialize};

/// Where the agent listens on a kiosk.
pub const SOCKET: &str = "/run/yilin/agent.sock";
/// The longest line, in bytes (a picture of an idle screen is the longest).
pub const LINE_BYTES: usize = 8 * 1024 * 1024;

/// A line from the screen to the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "from_screen", rename_all = "snake_case")]
pub enum FromScreen {
    /// The first line.
    Hello {
        /// [`crate::version::this`].
        api: String,
        /// The version of the terminal's program.
        version: String,
    },
    /// How the screen is: on every change, and every 30 s.
    Health(ScreenHealth),
    /// The answer to [`FromAgent::Ask`] of the same id.
    Answer {
        /// The question's id.
        id: u64,
        /// The answer.
        answer: Answer,
    },
    /// People stopped here, by count; sent when the hour is over or nobody is there.
    Stops {
        /// [`crate::event::What::Stops`], by the full hour in seconds of Unix time.
        hour: i64,
        /// The counts.
        counts: Vec<StopCount>,
    },
    /// A resident asks for the desk.
    Help {
        /// The call's id: 32 random hexadecimal digits.
        call: String,
        /// The page, by its name.
        page: String,
        /// The item, where one was chosen.
        item: Option<ItemId>,
        /// No form first.
        urgent: bool,
    },
    /// The resident lets the worker see the page without its values.
    Mirror {
        /// The call.
        call: String,
        /// The page.
        page: MirrorPage,
    },
    /// The call is over, by the resident or with the visit.
    HelpEnded {
        /// The call.
        call: String,
    },
    /// A keeper or technician did something.
    Upkeep {
        /// `roll_changed`, `daily_check`, `fault_reported`, `test_print`, …
        action: String,
        /// Their badge.
        badge: String,
    },
    /// What became of [`FromAgent::Settings`]: the answer to each.
    SettingsTaken {
        /// Why the screen does not follow them, one sentence; null when it does.
        error: Option<String>,
    },
    /// A technician at the terminal asks the agent for something.
    Technician(TechnicianAsk),
    /// A word of a later version: ignored.
    #[serde(other)]
    Unrecognised,
}

/// What a technician at the terminal may ask of the agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum TechnicianAsk {
    /// Looks for an update now, without waiting for the next poll.
    CheckForUpdate,
    /// Installs the signed bundle of the stick that is plugged in.
    UpdateFromStick,
    /// Writes scrubbed logs to the stick that is plugged in, where it holds a release of ours.
    LogsToStick,
    /// The last lines of the terminal's logs.
    Log {
        /// At most so many lines.
        lines: u32,
        /// Which of them; all where it is not said.
        #[serde(default, skip_serializing_if = "LogLines::is_all")]
        only: LogLines,
    },
    /// Starts the machine again with the version of the other slot.
    OtherSlot,
    /// A word of a later version: refused.
    #[serde(other)]
    Unrecognised,
}

/// A line from the agent to the screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "from_agent", rename_all = "snake_case")]
pub enum FromAgent {
    /// The first line.
    Hello {
        /// [`crate::version::this`].
        api: String,
        /// The version of the agent.
        version: String,
    },
    /// A question; one [`FromScreen::Answer`] follows.
    Ask {
        /// Counts up.
        id: u64,
        /// What is asked.
        ask: Ask,
    },
    /// How the agent is: for the technician's pages.
    Status(AgentStatus),
    /// Settings from the desk; [`FromScreen::SettingsTaken`] follows.
    Settings(Settings),
    /// The worker who took the call; null while nobody has.
    Worker {
        /// The call.
        call: String,
        /// The worker's name, as a resident may read it.
        worker: Option<String>,
        /// What they did.
        actions: Vec<WorkerAction>,
        /// Whether they ended the call, or the desk cannot be reached.
        ended: bool,
    },
    /// The answer to [`FromScreen::Technician`].
    Technician {
        /// What was asked, in its word.
        ask: String,
        /// What came of it.
        outcome: TechnicianOutcome,
        /// A line for each thing to be read; for a log its lines.
        lines: Vec<String>,
    },
    /// A word of a later version: ignored.
    #[serde(other)]
    Unrecognised,
}

open_enum! {
    /// Which lines of a log.
    #[derive(Default)]
    LogLines {
        /// All.
        #[default]
        All = "all",
        /// Warnings and errors.
        Trouble = "trouble",
    }
}

impl LogLines {
    const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

open_enum! {
    /// What came of a technician's wish.
    TechnicianOutcome {
        /// It is done.
        Done = "done",
        /// It is under way; [`FromAgent::Status`] tells how far.
        Begun = "begun",
        /// There is no stick, or nothing of ours on it.
        NoStick = "no_stick",
        /// What is on the stick is not signed, or too old.
        NotAuthentic = "not_authentic",
        /// There is nothing newer.
        UpToDate = "up_to_date",
        /// It failed; the lines say why.
        Failed = "failed",
        /// The agent cannot.
        NotSupported = "not_supported",
    }
}

/// What the agent may ask of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// May a slot be written now? Allowed while nobody is there.
    Install,
    /// May the machine be started again now? The screen goes out of service until then.
    Reboot,
    /// May the terminal's program be started again now?
    Restart,
    /// The machine is not started again after all: serve.
    Resume,
    /// Test devices.
    SelfTest {
        /// One device's word; null for all.
        device: Option<String>,
    },
    /// Print the test page.
    TestPrint,
    /// A picture of the idle page.
    Picture,
    /// The sealed outbox into a file that the agent may read.
    OutboxExport,
    /// A word of a later version: refused.
    #[serde(other)]
    Unrecognised,
}

/// What the screen answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// It may be done, or was done.
    Done,
    /// Not now.
    Refused {
        /// Why.
        why: Refused,
    },
    /// It was tried and failed.
    Failed {
        /// For the technician, bounded; nothing of a resident.
        detail: String,
    },
    /// How the self-test ended.
    SelfTest(SelfTestSummary),
    /// PNG, base64.
    Picture {
        /// The picture of the idle page.
        png: String,
    },
    /// Where the sealed outbox lies.
    File {
        /// Its path.
        path: String,
    },
    /// A word of a later version: taken as a failure.
    #[serde(other)]
    Unrecognised,
}

open_enum! {
    /// Why the screen refuses.
    Refused {
        /// Somebody is being served.
        Visit = "visit",
        /// A keeper or technician is signed in.
        Upkeep = "upkeep",
        /// The screen still starts.
        Starting = "starting",
        /// It is no such page.
        NotIdle = "not_idle",
        /// This unit cannot.
        NotSupported = "not_supported",
    }
}

/// How the agent is, for the technician's pages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AgentStatus {
    /// Whether the terminal has a certificate.
    pub enrolled: bool,
    /// When the fleet server last answered.
    #[serde(with = "time::serde::rfc3339::option", default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::Moment>"))]
    pub server_answered_at: Option<crate::Timestamp>,
    /// Why it does not answer now, one sentence; null while it does.
    pub server_error: Option<String>,
    /// The last day of the certificate.
    #[serde(with = "time::serde::rfc3339::option", default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::Moment>"))]
    pub certificate_until: Option<crate::Timestamp>,
    /// The version of the image that runs.
    pub image: String,
    /// The slot that runs.
    pub slot: Option<String>,
    /// The update that is under way; null when there is none.
    pub update: Option<UpdateProgress>,
    /// How the last update ended, one sentence.
    pub last_update: Option<String>,
    /// The number of the configuration in use.
    pub configuration: u64,
    /// Events that wait for the server.
    pub events_waiting: u32,
    /// Interfaces with their addresses and state, a line each.
    pub network: Vec<String>,
}

/// An update under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UpdateProgress {
    /// The version that is to be installed.
    pub version: String,
    /// The state of the update table, in one word.
    pub state: String,
    /// How far, 0–100, where it can be told.
    pub percent: Option<u8>,
}
