//! The uninterruptible power supply's thread.

use super::Watch;
use domain::device::{DeviceCondition, PowerSource, TerminalDevice};
use domain::session::event::{DeviceEvent, EventKind};
use drivers::power_supply::{self, PowerStatus};
use drivers::transport::PortAddress;
use std::time::Duration;

/// How often it is asked: batteries of kiosks last minutes.
const EVERY: Duration = Duration::from_secs(5);
/// The longest that an answer takes.
const LIMIT: Duration = Duration::from_secs(10);

/// Starts to ask the power supply behind a `nut:` port; it ends with the watch.
///
/// # Errors
/// The machine gives no thread.
pub fn start(port: PortAddress, watch: &Watch) -> std::io::Result<()> {
    let (post, mut said) = (watch.post(), None);
    let ask = move || match power_supply::status(&port) {
        Ok(status) => {
            let source = source(&status);
            if said.replace(source) != Some(source) {
                post.put(EventKind::Device(DeviceEvent::Power(source)));
            }
            DeviceCondition::of(TerminalDevice::PowerSupply, status.cause())
        }
        // What it said last stays true until it says more: a silent service is no power cut.
        Err(error) => DeviceCondition::troubled(TerminalDevice::PowerSupply, error.cause()),
    };
    watch.run(TerminalDevice::PowerSupply, EVERY, LIMIT, ask)
}

const fn source(status: &PowerStatus) -> PowerSource {
    match (status.on_battery, status.battery_low) {
        (true, true) => PowerSource::BatteryLow,
        (true, false) => PowerSource::Battery,
        (false, _) => PowerSource::Mains,
    }
}
