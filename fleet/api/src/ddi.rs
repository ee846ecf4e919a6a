//! hawkBit's Direct Device Integration, version 1, as its clients use it.
//!
//! Field names are hawkBit's. A client follows the links that it gets.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The answer of `GET /{tenant}/controller/v1/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Controller {
    /// How often to come.
    pub config: Config,
    /// What there is to do: `deploymentBase`, `cancelAction`, `configData`.
    #[serde(rename = "_links", default)]
    pub links: BTreeMap<String, Link>,
}

/// How often to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Config {
    /// How often to come.
    pub polling: Polling,
}

/// How often to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Polling {
    /// `HH:MM:SS`, never zero.
    pub sleep: String,
}

/// A link, absolute or relative to the server's root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Link {
    /// The address.
    pub href: String,
}

/// The answer of `deploymentBase/{action}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeploymentBase {
    /// The action's id: decimal, at most 2147483647.
    pub id: String,
    /// What to install and when.
    pub deployment: Deployment,
}

/// The answer of `cancelAction/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CancelBase {
    /// The id that feedback on the cancelling carries.
    pub id: String,
    /// What is to be given up.
    pub cancel_action: CancelAction,
}

/// What is to be given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CancelAction {
    /// The id of the action, as its `deploymentBase` says it.
    pub stop_id: String,
}

/// What to install and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// `forced`, `attempt` or `skip`.
    pub download: String,
    /// `forced`, `attempt` or `skip`.
    pub update: String,
    /// `available` or `unavailable`; absent where the server leaves the time to the terminal.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub maintenance_window: Option<String>,
    /// What.
    pub chunks: Vec<Chunk>,
}

/// A software module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Chunk {
    /// `os`.
    pub part: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its files.
    pub artifacts: Vec<Artifact>,
    /// What the server says of it beside that; [`crate::release::METADATA_KEY`] is one.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub metadata: Vec<Metadata>,
}

/// A key and a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Metadata {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Artifact {
    /// Its name.
    pub filename: String,
    /// Its size, in bytes.
    pub size: u64,
    /// Its digests.
    pub hashes: Hashes,
    /// Where it is: `download`, `download-http`, `md5sum`, `md5sum-http`.
    #[serde(rename = "_links", default)]
    pub links: BTreeMap<String, Link>,
}

/// The digests of a file, lower-case hexadecimal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Hashes {
    /// SHA-1, which some clients want.
    pub sha1: String,
    /// MD5, which some clients want.
    pub md5: String,
    /// SHA-256, the one that this terminal checks.
    pub sha256: String,
}

/// What a client says of its action. Read leniently: ids are numbers or texts, unknown fields are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Feedback {
    /// The action's id, a number or a text.
    #[serde(default)]
    pub id: serde_json::Value,
    /// How far it is.
    pub status: Status,
}

/// How far an action is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Status {
    /// `proceeding`, `download`, `downloaded`, `scheduled`, `canceled`, `rejected`, `closed`, `resumed`.
    pub execution: Execution,
    /// What came of it.
    pub result: FeedbackResult,
    /// Sentences for the technician.
    #[serde(default)]
    pub details: Vec<String>,
}

open_enum! {
    /// How far an action is.
    Execution {
        /// At work.
        Proceeding = "proceeding",
        /// It downloads.
        Download = "download",
        /// It has the files.
        Downloaded = "downloaded",
        /// It waits for its time.
        Scheduled = "scheduled",
        /// Given up as asked.
        Canceled = "canceled",
        /// It will not.
        Rejected = "rejected",
        /// Over.
        Closed = "closed",
        /// Goes on after a break.
        Resumed = "resumed",
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FeedbackResult {
    /// `none` until it is over.
    pub finished: Finished,
    /// `{}`, `{cnt, of}` or `{percentage}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<Progress>,
}

open_enum! {
    /// What came of an action.
    Finished {
        /// Not over.
        None = "none",
        /// It was installed.
        Success = "success",
        /// It was not.
        Failure = "failure",
    }
}

/// How far, where the client says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Progress {
    /// Steps done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnt: Option<u32>,
    /// Of so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// In a hundred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentage: Option<u8>,
}

/// The body of `PUT configData`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigData {
    /// `merge`, `replace` or `remove`; absent means replace.
    #[serde(default)]
    pub mode: Option<String>,
    /// Attribute → value.
    pub data: BTreeMap<String, String>,
}
