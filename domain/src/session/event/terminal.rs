//! What changes about the terminal itself.

use crate::form::DivisionName;
use crate::locale::Localized;
use crate::service_item::Catalogue;
use crate::terminal::Timestamp;
use std::sync::Arc;

/// What changed about the terminal.
#[derive(Debug, Clone)]
pub enum TerminalEvent {
    /// The province can be reached, or not.
    Network(Network),
    /// Whether a case can be kept safely.
    Storage(Storage),
    /// What the data partition is.
    DataPartition(DataPartition),
    /// Whether the clock can be believed.
    Clock(ClockTrust),
    /// A new catalogue.
    Catalogue(Arc<Catalogue>),
    /// The catalogue is the newest, says the province at this moment.
    CatalogueCurrent(Timestamp),
    /// The divisions of the city, of every level.
    Divisions(Arc<[DivisionName]>),
    /// The policy cards of the idle page.
    Notices(Vec<Notice>),
    /// A warning, or its end.
    Warning(Option<Warning>),
    /// A self-test was run.
    SelfTest(SelfTest),
    /// The machine is about to start again: nobody is served until it did, or it is called off.
    Restarting(Restarting),
    /// Without a touch for so long, a visit asks whether somebody is there.
    StillThereAfter(time::Duration),
    /// Whether the district's desk can be called from here.
    DeskReachable(Network),
}

/// Whether the machine is about to start again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Restarting {
    /// No.
    #[default]
    No,
    /// At any moment.
    Soon,
}

/// Whether the province can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Network {
    /// It answers.
    #[default]
    Online,
    /// It does not.
    Offline,
}

/// Whether a case can be kept safely.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Storage {
    /// Yes.
    #[default]
    Ready,
    /// The disk or the outbox is full.
    Full,
    /// The disk cannot be written.
    Failed,
}

/// What the data partition is, as the system found it at its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DataPartition {
    /// What is written stays.
    #[default]
    Kept,
    /// It is damaged: what is there can be read, and nothing new is kept.
    ReadOnly,
    /// A folder in memory stands in for it: what is written is gone with the next start.
    Volatile,
}

/// Whether the terminal's clock can be believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ClockTrust {
    /// A time server keeps it.
    #[default]
    Kept,
    /// One kept it since the start of the machine, a day ago at most.
    Held,
    /// Nobody has said since the start what time it is: nothing is signed with it.
    Unsure,
}

/// A policy card of the idle page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub title: Localized,
    /// Who says it.
    pub source: Localized,
    /// Since when.
    pub date: time::Date,
}

/// A warning that takes over the idle page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Its colour.
    pub level: WarningLevel,
    /// Its headline.
    pub title: Localized,
    /// What to do.
    pub advice: Localized,
    /// Who issued it.
    pub source: Localized,
    /// When.
    pub issued: Timestamp,
}

/// The four colours of the national warning system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningLevel {
    /// 蓝色
    Blue,
    /// 黄色
    Yellow,
    /// 橙色
    Orange,
    /// 红色
    Red,
}

/// When all devices were last tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelfTest {
    /// When.
    pub at: Timestamp,
    /// How it ended.
    pub result: SelfTestResult,
}

/// How a self-test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SelfTestResult {
    /// Every device answered.
    Passed,
    /// At least one did not.
    Failed,
}
