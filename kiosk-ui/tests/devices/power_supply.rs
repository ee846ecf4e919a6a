//! The power supply's own words reach the visit.

use super::{until, wait};
use domain::device::{Cause, PowerSource, TerminalDevice};
use domain::session::event::DeviceEvent;
use drivers::sim::power_supply::{self, PowerFault};
use kiosk_ui::device::Watch;
use kiosk_ui::inbox::Inbox;

#[track_caller]
fn check(fault: Option<PowerFault>, source: Option<PowerSource>, cause: Option<Cause>) {
    let (inbox, post) = Inbox::new(|| {});
    let watch = Watch::start(post).unwrap();
    let port = power_supply::start(fault).unwrap().parse().unwrap();
    kiosk_ui::device::power_supply::start(port, &watch).unwrap();
    if let Some(source) = source {
        let said = wait(&inbox, |event| match event {
            DeviceEvent::Power(source) => Some(source),
            _ => None,
        });
        assert_eq!(said, source, "{fault:?}");
    }
    let known =
        || watch.conditions().iter().any(|c| c.device == TerminalDevice::PowerSupply && c.cause == cause);
    until("its condition", known);
}

#[test]
fn mains_battery_and_a_service_that_knows_nothing() {
    check(None, Some(PowerSource::Mains), None);
    check(Some(PowerFault::OnBattery), Some(PowerSource::Battery), Some(Cause::OnBattery));
    check(Some(PowerFault::BatteryLow), Some(PowerSource::BatteryLow), Some(Cause::BatteryLow));
    check(Some(PowerFault::Stale), None, Some(Cause::DataStale));
}
