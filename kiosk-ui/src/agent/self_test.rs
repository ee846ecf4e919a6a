//! The self-test of the devices while they run: each one's thread asks its device all the time, and what it heard last is
//! the test. Opening a port a second time would break the driver that holds it.

use crate::kept;
use domain::device::DeviceCondition;
use domain::session::event::{SelfTest, SelfTestResult};
use domain::terminal::Timestamp;
use fleet_api::health::SelfTestSummary;
use std::path::Path;

const FILE: &str = "self-test.json";

pub(super) fn of(conditions: &[DeviceCondition], at: Timestamp) -> SelfTestSummary {
    let failed = conditions.iter().filter(|condition| !condition.kind().is_usable());
    let mut failed: Vec<String> = failed.map(|condition| condition.device.word().to_owned()).collect();
    failed.sort();
    SelfTestSummary { at, failed }
}

pub(super) fn event(summary: &SelfTestSummary) -> SelfTest {
    let result = if summary.failed.is_empty() { SelfTestResult::Passed } else { SelfTestResult::Failed };
    SelfTest { at: summary.at, result }
}

/// The last one before this start.
pub(super) fn kept(data: &Path) -> Option<SelfTestSummary> {
    kept::read(&data.join(FILE))
}

pub(super) fn keep(data: &Path, summary: &SelfTestSummary) {
    kept::write(&data.join(FILE), summary);
}
