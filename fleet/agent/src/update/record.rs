//! An update as it is kept on disk.

use super::table::State;
use fleet_api::release::ReleaseVersion;
use serde::{Deserialize, Serialize};

/// An update under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) state: State,
    pub(crate) source: Source,
    /// The action's id on the update server, or the name of the stick's release.
    pub(crate) action: String,
    /// What is to be installed; none where the offer could not even be read.
    pub(crate) target: Option<Target>,
    /// The slot that ran when it began.
    pub(crate) from_slot: String,
    /// The kernel's boot id when the state was written down.
    pub(crate) boot_id: String,
    /// How often the state's work was tried.
    pub(crate) attempts: u32,
    /// Whether the old version heard the server in the day before.
    pub(crate) server_was_heard: bool,
    /// The server said that its maintenance window is open, or is not; none where the terminal decides.
    pub(crate) window_open: Option<bool>,
    /// What a technician should know.
    pub(crate) detail: Option<String>,
}

/// Where an update comes from, and who is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub(crate) enum Source {
    /// The update server.
    Server {
        /// The address of the bundle.
        download: String,
        /// The address of `deploymentBase/{action}`, without its query.
        deployment: String,
    },
    /// A stick; the bundle is copied before it is begun.
    Stick,
}

/// What is to be installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) version: ReleaseVersion,
    pub(crate) size: u64,
    /// 64 lower-case hexadecimal digits.
    pub(crate) sha256: String,
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ending {
    pub(crate) version: Option<ReleaseVersion>,
    pub(crate) good: bool,
    pub(crate) detail: Option<String>,
}

impl Record {
    /// The version in words; `-` where the offer could not be read.
    pub(crate) fn version(&self) -> String {
        self.target.as_ref().map_or_else(|| "-".to_owned(), |target| target.version.to_string())
    }
}
