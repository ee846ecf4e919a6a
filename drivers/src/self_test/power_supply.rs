//! The power supply: whether its service answers, and what it says.

use domain::device::TerminalDevice;

use super::{TestReport, Trial};
use crate::power_supply::{PowerStatus, PowerSupplyError};

/// Tests the power supply that `ask` asks.
pub fn power_supply(ask: impl FnOnce() -> Result<PowerStatus, PowerSupplyError>) -> TestReport {
    let mut trial = Trial::of(TerminalDevice::PowerSupply);
    match trial.step("status", ask) {
        Ok(status) => {
            let charge = status.charge_percent.map_or("unknown".to_owned(), |percent| format!("{percent} %"));
            trial.end(status.cause(), Some(format!("battery {charge}")))
        }
        Err(error) => {
            let cause = error.cause();
            trial.failed(cause, &error)
        }
    }
}
