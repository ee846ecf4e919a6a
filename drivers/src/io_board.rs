//! Status lights, presence sensor, door and power contacts: a handful of inputs and outputs.
//!
//! Duty: which input or output is what, and one trait for what carries them: a serial board ([`modbus`]) or the kernel's
//! GPIO lines ([`gpio`]). Never: decide when a light is due.

pub mod gpio;
pub mod modbus;
mod wiring;

use std::io;
use std::path::Path;

use domain::device::Cause;

use gpio::GpioChip;
use modbus::ModbusBoard;

use crate::transport::{PortAddress, RecordingError, TransportError, TransportErrorKind, recorded_port};

pub use wiring::{Pin, Wiring, WiringError};

/// A light that shows a resident where (XFS4IoT Lights: `cardReader`, `receiptPrinter`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Light {
    /// Over the place for the card.
    CardArea,
    /// Over the paper's exit.
    PaperExit,
}

impl Light {
    /// Every light.
    pub const ALL: [Self; 2] = [Self::CardArea, Self::PaperExit];
}

/// Whether a light is lit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lit {
    /// Dark.
    Off,
    /// Lit.
    On,
}

/// Something that is closed or open, present or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Contact {
    /// Somebody stands before the terminal (XFS4IoT Auxiliaries `proximitySensor`).
    Presence,
    /// The cabinet stands open (`cabinetDoor`).
    DoorOpen,
    /// Mains are away: the first contact of a power supply (`uninterruptiblePowerSupply.engaged`).
    OnBattery,
    /// Its battery is nearly empty: the second (`uninterruptiblePowerSupply.low`).
    BatteryLow,
}

impl Contact {
    /// Every contact.
    pub const ALL: [Self; 4] = [Self::Presence, Self::DoorOpen, Self::OnBattery, Self::BatteryLow];
}

/// What the contacts say; none where nothing is wired.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contacts {
    states: [Option<bool>; Contact::ALL.len()],
}

impl Contacts {
    /// Whether it is so.
    pub const fn is(&self, contact: Contact) -> Option<bool> {
        self.states[contact as usize]
    }

    fn note(&mut self, contact: Contact, state: bool) {
        self.states[contact as usize] = Some(state);
    }

    /// What in them asks for somebody, the most urgent first.
    pub fn cause(&self) -> Option<Cause> {
        let causes = [
            (Contact::BatteryLow, Cause::BatteryLow),
            (Contact::OnBattery, Cause::OnBattery),
            (Contact::DoorOpen, Cause::DoorOpen),
        ];
        causes.into_iter().find(|(contact, _)| self.is(*contact) == Some(true)).map(|(_, cause)| cause)
    }
}

/// A board or a chip with inputs and outputs.
pub trait IoBoard: Send {
    /// Reads every contact that is wired.
    ///
    /// # Errors
    /// What broke.
    fn contacts(&mut self) -> Result<Contacts, IoBoardError>;

    /// Lights a light or puts it out; nothing where none is wired.
    ///
    /// # Errors
    /// What broke.
    fn light(&mut self, light: Light, lit: Lit) -> Result<(), IoBoardError>;

    /// How many answers were lost, garbled, or had something else before them since it was opened; none where there is no line.
    fn disturbed(&self) -> u32 {
        0
    }
}

/// Opens what is behind a port: `serial:` and `tcp:` are boards that speak Modbus RTU, `gpio:` is a chip of the kernel; or the
/// recording of one of them.
///
/// # Errors
/// Why it cannot be opened, or that such a port has no inputs and outputs.
pub fn open(address: &PortAddress, wiring: Wiring) -> Result<Box<dyn IoBoard>, IoBoardError> {
    match address {
        PortAddress::Gpio { path } => Ok(Box::new(GpioChip::open(path, wiring)?)),
        PortAddress::Replay { path } if is_chips(path)? => Ok(Box::new(GpioChip::replayed(path, wiring)?)),
        _ => Ok(Box::new(ModbusBoard::open(address, wiring)?)),
    }
}

/// The same, and what is asked and answered is written into a new file.
///
/// # Errors
/// As [`open`], or the file is there already or cannot be made.
pub fn open_recorded(
    address: &PortAddress,
    wiring: Wiring,
    file: &Path,
) -> Result<Box<dyn IoBoard>, IoBoardError> {
    match address {
        PortAddress::Gpio { path } => Ok(Box::new(GpioChip::open_recorded(path, wiring, file)?)),
        _ => {
            let board = ModbusBoard::open_recorded(address, wiring, file);
            Ok(Box::new(board.map_err(IoBoardError::Recording)?))
        }
    }
}

/// Whether a recording is one of a chip of the kernel.
fn is_chips(file: &Path) -> Result<bool, IoBoardError> {
    let port = recorded_port(file).map_err(IoBoardError::Recording)?;
    Ok(matches!(port, PortAddress::Gpio { .. }))
}

/// Why inputs and outputs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IoBoardError {
    /// The port failed.
    #[error("the port of the board failed")]
    Port(#[source] TransportError),
    /// It is not recorded.
    #[error("the board cannot be recorded")]
    Recording(#[source] RecordingError),
    /// Nothing came back, twice.
    #[error("the board does not answer: check its cable, power, speed and unit number")]
    NoAnswer,
    /// What came back was no answer, twice.
    #[error("what the board sent cannot be understood")]
    Garbled,
    /// The board refuses: it has no such input, output or function.
    #[error("the board refuses function {function:02x} (exception {exception})")]
    Refused {
        /// The function asked for.
        function: u8,
        /// Its reason: 1 function, 2 address, 3 value, 4 and more: itself.
        exception: u8,
    },
    /// The kernel refuses a line.
    #[error("{path} refuses line {line}")]
    Line {
        /// The chip's file.
        path: String,
        /// Its number.
        line: u16,
        /// The system's reason.
        source: io::Error,
    },
}

impl IoBoardError {
    /// What it says of the board.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Port(error) => error.kind().cause(),
            Self::Recording(error) => error.cause(),
            Self::NoAnswer => Cause::NoAnswer,
            Self::Garbled => Cause::BadLine,
            Self::Refused { .. } => Cause::Refused,
            Self::Line { source, .. } if source.kind() == io::ErrorKind::ResourceBusy => Cause::Busy,
            Self::Line { .. } => Cause::Refused,
        }
    }
}

impl RecordingError {
    /// What it says of the device that was to be recorded or played.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Opening(error) => error.kind().cause(),
            Self::Diverged { .. } | Self::OtherPort(_) => Cause::NotSupported,
            Self::Io(_) | Self::TooLong | Self::CutOff | Self::Line { .. } | Self::Port(_) => Cause::Port,
        }
    }
}

impl TransportErrorKind {
    /// What trouble with a port says of the device behind it.
    pub const fn cause(self) -> Cause {
        match self {
            Self::NotFound | Self::Io => Cause::Port,
            Self::Permission => Cause::Permission,
            Self::Busy => Cause::Busy,
            Self::TimedOut => Cause::NoAnswer,
            Self::Gone => Cause::Unplugged,
            Self::Diverged | Self::Unsupported => Cause::NotSupported,
        }
    }
}
