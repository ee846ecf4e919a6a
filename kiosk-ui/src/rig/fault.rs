//! Faults of every simulator by the names of command lines.

use drivers::sim::fault as device;
use platform_client::sim::fault as province;
use std::str::FromStr;

/// A fault of a device or of the province.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RigFault {
    /// `card.…`, `printer.…`, `camera.…`
    Device(device::Fault),
    /// `province.…`
    Province(province::Fault),
}

/// The name is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no fault here: `--fault list` prints them all")]
pub struct UnknownFault(pub String);

impl FromStr for RigFault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        let fault = if name.starts_with("province.") {
            name.parse().map(Self::Province).ok()
        } else {
            name.parse().ok().filter(is_of_a_visit).map(Self::Device)
        };
        fault.ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

/// Every fault with what then happens, the devices' first. Those of the province may end in `_once` and `@STEP`.
pub fn list() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_a_visit = |name: &str| name.replace('N', "1").parse().is_ok_and(|fault| is_of_a_visit(&fault));
    let devices = device::list().filter(move |fault| of_a_visit(fault.name));
    let devices = devices.map(|fault| (fault.name, fault.meaning));
    devices.chain(province::list().map(|fault| (fault.name, fault.meaning)))
}

/// The rig has the devices of which a visit asks something.
fn is_of_a_visit(fault: &device::Fault) -> bool {
    use device::Fault::{Camera, Card, DocumentPrinter, Printer};
    matches!(fault, Card(_) | Printer(_) | DocumentPrinter(_) | Camera(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_fault_is_one() {
        for (name, meaning) in list() {
            assert!(name.replace('N', "3").parse::<RigFault>().is_ok(), "{name}");
            assert!(!meaning.is_empty(), "{name}");
        }
        for name in ["province.down_once@submit", "printer.paper_out@line3", "card.removed@read"] {
            assert!(name.parse::<RigFault>().is_ok(), "{name}");
        }
        for name in ["", "list", "province.", "province.drunk", "toaster.burnt"] {
            assert_eq!(name.parse::<RigFault>(), Err(UnknownFault(name.to_owned())));
        }
    }
}
