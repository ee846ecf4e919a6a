//! What `list` says of the small devices of a kiosk.

use drivers::io_board::{self, Wiring};
use drivers::power_supply;
use drivers::speaker::Speaker;
use drivers::transport::PortAddress;

/// A board of inputs and outputs, by one that is read.
pub(crate) fn io_board(port: &PortAddress) -> Option<String> {
    // A question of Modbus is asked on a line; of a chip of the kernel there is one answer.
    let is_asked =
        matches!(port, PortAddress::Serial { .. } | PortAddress::Tcp { .. } | PortAddress::Gpio { .. });
    is_asked.then_some(())?;
    io_board::open(port, Wiring::default()).ok()?.contacts().ok()?;
    Some("inputs and outputs".to_owned())
}

/// A power supply behind its service.
pub(crate) fn power_supply(port: &PortAddress) -> Option<String> {
    let status = power_supply::status(port).ok()?;
    let mains = if status.on_battery { "on battery" } else { "on mains" };
    Some(status.charge_percent.map_or(mains.to_owned(), |percent| format!("{mains}, {percent} %")))
}

/// A control of a sound card.
pub(crate) fn speaker(port: &PortAddress) -> Option<String> {
    let volume = Speaker::new(port).ok()?.volume().ok()?;
    Some(format!("{} %{}", volume.percent, if volume.muted { ", muted" } else { "" }))
}
