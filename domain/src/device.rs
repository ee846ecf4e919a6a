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
    /// Prints certificates, and slips where there is no receipt printer.
    DocumentPrinter,
    /// Reads codes by itself.
    CodeScanner,
}

impl DeviceClass {
    /// Every class.
    pub const ALL: [Self; 5] =
        [Self::IdCardReader, Self::ReceiptPrinter, Self::Camera, Self::DocumentPrinter, Self::CodeScanner];
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

/// Where the unit's current comes from (XFS4IoT Auxiliaries `uninterruptiblePowerSupply`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerSource {
    /// The mains, or a unit without a power supply that says more.
    #[default]
    Mains,
    /// The battery (`engaged`).
    Battery,
    /// The battery, and it is nearly empty (`low`).
    BatteryLow,
}

/// What the presence sensor says (XFS4IoT Auxiliaries `proximitySensor`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Somebody stands before the terminal.
    Present,
    /// Nobody does.
    NotPresent,
}

/// Which lights show a resident where (XFS4IoT Lights).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Lights {
    /// Over the place for the card (`cardReader`).
    pub card_area: bool,
    /// Over the paper's exit (`receiptPrinter`, `documentPrinter`).
    pub paper_exit: bool,
}

/// What prints a slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SlipPrinter {
    /// The receipt printer, on its roll.
    Receipt,
    /// The document printer, on A4.
    Document,
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
    /// The code scanner.
    pub code_scanner: DeviceState,
    /// Where the current comes from.
    pub power: PowerSource,
}

impl Devices {
    /// The state of one class.
    pub fn state(&self, class: DeviceClass) -> DeviceState {
        match class {
            DeviceClass::IdCardReader => self.id_card_reader,
            DeviceClass::ReceiptPrinter => self.receipt_printer,
            DeviceClass::Camera => self.camera,
            DeviceClass::DocumentPrinter => self.document_printer,
            DeviceClass::CodeScanner => self.code_scanner,
        }
    }

    /// Notes a new state of one class.
    pub fn set(&mut self, class: DeviceClass, state: DeviceState) {
        match class {
            DeviceClass::IdCardReader => self.id_card_reader = state,
            DeviceClass::ReceiptPrinter => self.receipt_printer = state,
            DeviceClass::Camera => self.camera = state,
            DeviceClass::DocumentPrinter => self.document_printer = state,
            DeviceClass::CodeScanner => self.code_scanner = state,
        }
    }

    /// Whether an issuer's document can be printed now.
    pub fn can_print_document(&self) -> bool {
        self.document_printer == DeviceState::Online
    }

    /// Whether a code that a person shows can be read now.
    pub fn can_read_codes(&self) -> bool {
        self.camera == DeviceState::Online || self.code_scanner == DeviceState::Online
    }

    /// What prints a slip now: the receipt printer, or A4 where that has none or cannot; none where neither can.
    pub fn slip_printer(&self) -> Option<SlipPrinter> {
        let has_paper = !matches!(self.paper, PaperSupply::Out | PaperSupply::Jammed);
        if self.receipt_printer == DeviceState::Online && has_paper {
            Some(SlipPrinter::Receipt)
        } else {
            self.can_print_document().then_some(SlipPrinter::Document)
        }
    }

    /// Whether a slip can be printed now.
    pub fn can_print(&self) -> bool {
        self.slip_printer().is_some()
    }
}
