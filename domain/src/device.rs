//! What the visit knows of the devices, in the words of XFS4IoT.

mod cause;
mod condition;

pub use cause::Cause;
pub use condition::{ConditionKind, DeviceCondition, MediaState, TerminalDevice};

use serde::{Deserialize, Serialize};

/// A class of device that a visit uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceClass {
    /// Reads identity cards.
    IdCardReader,
    /// Prints slips and receipts.
    ReceiptPrinter,
    /// Sees faces, codes and papers.
    Camera,
    /// Prints certificates.
    DocumentPrinter,
}

impl DeviceClass {
    /// Every class.
    pub const ALL: [Self; 4] =
        [Self::IdCardReader, Self::ReceiptPrinter, Self::Camera, Self::DocumentPrinter];
}

/// The state of a device (XFS4IoT Common.Status `device`). Of its words two are left out: `powerOff`, which no port tells
/// from `offline`, and `fraudAttempt`, for which no terminal has a sensor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Ready.
    Online,
    /// Switched off, unplugged or not answering.
    Offline,
    /// Present but defective.
    HardwareError,
    /// Waits for a hand: cover open, jam.
    UserError,
    /// Another program uses it.
    DeviceBusy,
    /// It may be tampered with: the cabinet stands open.
    PotentialFraud,
    /// Opened, and has not answered for the first time.
    Starting,
    /// This unit has none, or nothing is known yet.
    #[default]
    NoDevice,
}

/// The paper of a printer (XFS4IoT Printer `paper`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperSupply {
    /// Enough.
    Full,
    /// Near its end.
    Low,
    /// None.
    Out,
    /// Jammed.
    Jammed,
    /// The printer has no sensor or has not answered.
    #[default]
    Unknown,
}

/// What is known of all devices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Devices {
    /// The card reader.
    pub id_card_reader: DeviceState,
    /// The receipt printer.
    pub receipt_printer: DeviceState,
    /// Its paper.
    pub paper: PaperSupply,
    /// The camera.
    pub camera: DeviceState,
    /// The document printer.
    pub document_printer: DeviceState,
}

impl Devices {
    /// The state of one class.
    pub fn state(&self, class: DeviceClass) -> DeviceState {
        match class {
            DeviceClass::IdCardReader => self.id_card_reader,
            DeviceClass::ReceiptPrinter => self.receipt_printer,
            DeviceClass::Camera => self.camera,
            DeviceClass::DocumentPrinter => self.document_printer,
        }
    }

    /// Notes a new state of one class.
    pub fn set(&mut self, class: DeviceClass, state: DeviceState) {
        match class {
            DeviceClass::IdCardReader => self.id_card_reader = state,
            DeviceClass::ReceiptPrinter => self.receipt_printer = state,
            DeviceClass::Camera => self.camera = state,
            DeviceClass::DocumentPrinter => self.document_printer = state,
        }
    }

    /// Whether an issuer's document can be printed now.
    pub fn can_print_document(&self) -> bool {
        self.document_printer == DeviceState::Online
    }

    /// Whether a slip can be printed now.
    pub fn can_print(&self) -> bool {
        self.receipt_printer == DeviceState::Online
            && !matches!(self.paper, PaperSupply::Out | PaperSupply::Jammed)
    }
}
