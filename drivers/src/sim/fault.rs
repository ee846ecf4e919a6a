//! The names of everything that a simulated device can do wrong.
//!
//! Duty: `DEVICE.FAULT[@STEP]` ↔ value, and the list of all. Never: act; each device's simulator does that.

use std::str::FromStr;

use super::camera::{self, CameraFault};
use super::document_printer::{self, DocumentPrinterFault};
use super::face_engine::{self, FaceEngineFault};
use super::id_card::{self, CardFault};
use super::io_board::{self, IoBoardFault};
use super::power_supply::{self, PowerFault};
use super::printer::{self, PrinterFault};

/// A fault as a command line names it, and what then happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultName {
    /// `card.removed@read`; a part in capitals stands for a value: `printer.paper_out@lineN`.
    pub name: &'static str,
    /// What the device does then, one line.
    pub meaning: &'static str,
}

/// A fault of any device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Of the identity-card reader.
    Card(CardFault),
    /// Of the camera.
    Camera(CameraFault),
    /// Of the receipt printer.
    Printer(PrinterFault),
    /// Of the board of lights and contacts.
    IoBoard(IoBoardFault),
    /// Of the power supply.
    Power(PowerFault),
    /// Of the face engine.
    FaceEngine(FaceEngineFault),
    /// Of the document printer.
    DocumentPrinter(DocumentPrinterFault),
}

/// Every fault of every device: what `--fault list` prints.
pub fn list() -> impl Iterator<Item = FaultName> {
    let engine = face_engine::FAULTS.into_iter().map(|(name, meaning, _)| FaultName { name, meaning });
    [camera::FAULTS, id_card::FAULTS]
        .into_iter()
        .flatten()
        .copied()
        .chain(printer::fault_names())
        .chain(document_printer::fault_names())
        .chain(io_board::fault_names())
        .chain(power_supply::fault_names())
        .chain(engine)
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        let fault = match name.split_once('.') {
            Some(("card", _)) => CardFault::from_name(name).map(Self::Card),
            Some(("camera", _)) => CameraFault::from_name(name).map(Self::Camera),
            Some(("printer", _)) => PrinterFault::from_name(name).map(Self::Printer),
            Some(("io_board", _)) => IoBoardFault::from_name(name).map(Self::IoBoard),
            Some(("power", _)) => PowerFault::from_name(name).map(Self::Power),
            Some(("face_engine", _)) => FaceEngineFault::from_name(name).map(Self::FaceEngine),
            Some(("document_printer", _)) => DocumentPrinterFault::from_name(name).map(Self::DocumentPrinter),
            _ => None,
        };
        fault.ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

/// The name is no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no fault: `--fault list` prints them all")]
pub struct UnknownFault(pub String);

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_listed_name_is_a_fault_of_its_own() {
        let mut seen = BTreeSet::new();
        for FaultName { name, meaning } in list() {
            assert!(seen.insert(name), "{name} is listed twice");
            assert!(!meaning.is_empty(), "{name}");
            // A capital stands for a number.
            let example = name.replace('N', "3");
            assert!(example.parse::<Fault>().is_ok(), "{name}");
        }
    }

    #[test]
    fn what_is_not_listed_is_refused() {
        for name in ["", "card", "card.", "card.removed@", "card.removed@moon", "toaster.burnt"] {
            assert_eq!(name.parse::<Fault>(), Err(UnknownFault(name.to_owned())));
        }
    }
}
