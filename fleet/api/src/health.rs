//! How a terminal is: numbers and words about the machine, nothing of a resident.

use crate::Timestamp;
use domain::device::{DeviceState, PaperSupply, PowerSource, TerminalDevice};
use serde::{Deserialize, Serialize};

/// The longest list of devices, supplies or disks.
pub const LIST: usize = 32;

/// The body of [`crate::path::HEARTBEAT`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Heartbeat {
    /// The terminal's clock.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub at: Timestamp,
    /// Changes with each start of the machine: the kernel's boot id.
    pub boot_id: String,
    /// Seconds since the machine started.
    pub uptime_seconds: u64,
    /// Starts after an unclean end, ever.
    pub brownouts: u32,
    /// What runs.
    pub versions: Versions,
    /// How the machine is.
    pub machine: Machine,
    /// The screen's own word; null while it is not connected to the agent.
    pub screen: Option<ScreenHealth>,
    /// The number of the configuration in use, 0 for the built-in one.
    pub configuration: u64,
    /// The number of the key ring in use.
    pub key_ring: u64,
}

/// What runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Versions {
    /// The system image.
    pub image: String,
    /// The agent.
    pub agent: String,
    /// The slot that was started: `A` or `B`; null on a developer's machine.
    pub slot: Option<String>,
    /// What the image was built for; an update names the same.
    pub compatible: String,
    /// The model of the kiosk, as its configuration names it.
    pub model: String,
}

/// How the machine is. What cannot be read is null, never a made-up number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Machine {
    /// The terminal's clock less the server's, by the last exchange, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// Whether the clock is kept by a time server now.
    pub clock_synchronised: Option<bool>,
    /// The hottest sensor, in degrees Celsius.
    pub temperature_celsius: Option<f32>,
    /// Free on the data partition, in bytes.
    pub disk_free_bytes: Option<u64>,
    /// Its size, in bytes.
    pub disk_total_bytes: Option<u64>,
    /// Memory that programs could still get, in bytes.
    pub memory_available_bytes: Option<u64>,
    /// The processor's load over a minute, in thousandths of one core.
    pub load_millis: Option<u32>,
    /// Which way to the network is in use.
    pub network: Option<NetworkPath>,
    /// The data partition was mounted read-only after a fault.
    pub data_read_only: bool,
}

open_enum! {
    /// A way to the network.
    NetworkPath {
        /// A cable.
        Ethernet = "ethernet",
        /// Wi-Fi.
        Wifi = "wifi",
        /// A modem, by an approved APN or tunnel.
        Modem = "modem",
    }
}

/// What the terminal's screen says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScreenHealth {
    /// The version of the terminal's program.
    pub version: String,
    /// Whether somebody is being served.
    pub phase: ScreenPhase,
    /// Why it is out of service, one word (`hours`, `power`, `card_reader`, …); null while it serves.
    pub out_of_service: Option<String>,
    /// When a frame was last painted.
    #[serde(with = "time::serde::rfc3339::option", default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::Moment>"))]
    pub painted_at: Option<Timestamp>,
    /// Whether the outbox's database opened.
    pub database_open: bool,
    /// Whether the province answered at the last call.
    pub province_reachable: bool,
    /// The version of the catalogue in use.
    pub catalogue: String,
    /// What waits for the province: counts only.
    pub outbox: OutboxDepth,
    /// Each device that this unit has.
    pub devices: Vec<DeviceReport>,
    /// What runs out.
    pub supplies: Vec<SupplyLevel>,
    /// Where the current comes from.
    #[serde(deserialize_with = "crate::open_enum::lenient")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub power: PowerSource,
    /// The last self-test; null before the first one.
    pub self_test: Option<SelfTestSummary>,
}

open_enum! {
    /// What the screen is doing, as far as the fleet may know.
    ScreenPhase {
        /// It starts.
        Starting = "starting",
        /// Nobody is there.
        Idle = "idle",
        /// Somebody is being served: nothing may be installed, restarted or looked at.
        Visit = "visit",
        /// A keeper or technician has signed in.
        Upkeep = "upkeep",
        /// Out of service.
        OutOfService = "out_of_service",
    }
}

/// The outbox in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutboxDepth {
    /// Submissions on their way.
    pub waiting: u32,
    /// Submissions that a person has to look at.
    pub needs_person: u32,
    /// The age of the oldest one that waits, in seconds.
    pub oldest_seconds: Option<u64>,
}

/// How one device is ([`domain::device::DeviceCondition`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeviceReport {
    /// Which: `id_card_reader`, `receipt_printer`, … ([`TerminalDevice::word`]).
    pub device: String,
    /// `online`, `offline`, `hardware_error`, … ([`DeviceState`]).
    pub state: String,
    /// Why, in one word; null when nothing is wrong.
    pub cause: Option<String>,
    /// Who is needed: `ready`, `attention`, `media`, `keeper`, `technician`. On the wire `needs`: in an event,
    /// `kind` says what the event is.
    #[serde(rename = "needs")]
    pub kind: String,
    /// The model as the device or its profile says, short; null where nobody says.
    pub model: Option<String>,
}

impl DeviceReport {
    /// The device, where this version knows it.
    pub fn known_device(&self) -> Option<TerminalDevice> {
        TerminalDevice::ALL.into_iter().find(|device| device.word() == self.device)
    }

    /// The state, where this version knows it.
    pub fn known_state(&self) -> Option<DeviceState> {
        serde_json::from_value(serde_json::Value::String(self.state.clone())).ok()
    }
}

/// Something that runs out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SupplyLevel {
    /// `receipt_paper`, `document_paper`, `toner`.
    pub supply: String,
    /// What the sensor says.
    #[serde(deserialize_with = "crate::open_enum::lenient")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub level: PaperSupply,
    /// What is left by count, in thousandths of a full one; null where nothing is counted.
    pub remaining_permille: Option<u16>,
    /// Millimetres or sheets used since the terminal was set up: a forecast is made of it.
    pub used_total: Option<u64>,
}

/// How the last self-test ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelfTestSummary {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub at: Timestamp,
    /// The devices that did not pass.
    pub failed: Vec<String>,
}

/// The answer of [`crate::path::HEARTBEAT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeartbeatAnswer {
    /// The server's clock.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "schema", schemars(with = "crate::Moment"))]
    pub at: Timestamp,
    /// When to send the next one, in seconds.
    pub next_seconds: u32,
    /// Rises when a command for this terminal was added.
    pub commands: u64,
    /// The number of the configuration that this terminal is to use; 0 for none.
    pub configuration: u64,
    /// The number of the newest key ring.
    pub key_ring: u64,
    /// The highest event number that the server has: everything up to it can be forgotten.
    pub events_through: u64,
}
