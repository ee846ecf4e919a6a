//! One thread for each device: the screen never waits for a wire.
//!
//! Duty: bring what a visit wants to a driver, and what a driver says to the visit. Never: decide what a visit does next.

pub mod camera;
pub mod document_printer;
pub mod io_board;
pub mod power_supply;
pub mod printer;
pub mod reader;
pub mod scanner;
pub mod speaker;
mod watch;

pub use watch::Watch;

use crate::assets;
use crate::config::{DevicePorts, IoBoardConfig, PrinterConfig, SpeakerConfig};
use document_printer::DocumentPrinter;
use drivers::document_printer::IppPrinter;
use drivers::receipt_printer::{EscPosPrinter, FontError};
use drivers::speaker::{Speaker, SpeakerError};
use io_board::IoBoardDesk;
use printer::Printer;
use reader::Reader;
use scanner::Scanner;
use speaker::SpeakerDesk;

/// The devices at ports; none where this terminal has none, and the visit knows by its state. The power supply only speaks.
#[derive(Debug)]
pub struct Devices {
    /// The card reader.
    pub reader: Option<Reader>,
    /// The receipt printer.
    pub printer: Option<Printer>,
    /// The document printer.
    pub document_printer: Option<DocumentPrinter>,
    /// The code scanner.
    pub scanner: Option<Scanner>,
    /// Lights and contacts.
    pub io_board: Option<IoBoardDesk>,
    /// The loudspeaker.
    pub speaker: Option<SpeakerDesk>,
}

/// Why a device's thread does not start.
#[derive(Debug, thiserror::Error)]
pub enum DeviceStartError {
    /// The typeface of papers.
    #[error("the typeface of papers is damaged")]
    Fonts(#[from] FontError),
    /// The loudspeaker's port is none.
    #[error("the loudspeaker cannot be reached")]
    Speaker(#[from] SpeakerError),
    /// The machine gives no thread.
    #[error("a device's thread does not start")]
    Thread(#[from] std::io::Error),
}

impl Devices {
    /// Starts a thread for each; one that does not answer is no error but a state.
    ///
    /// # Errors
    /// What cannot be started.
    pub fn start(ports: DevicePorts, watch: &Watch) -> Result<Self, DeviceStartError> {
        if let Some(port) = ports.power {
            power_supply::start(port, watch)?;
        }
        Ok(Self {
            reader: ports.card_reader.map(|port| Reader::start(port, watch)).transpose()?,
            printer: ports.printer.map(|printer| start_printer(printer, watch)).transpose()?,
            document_printer: ports
                .document_printer
                .map(|port| DocumentPrinter::start(Box::new(IppPrinter::new(&port)), watch))
                .transpose()?,
            scanner: ports.scanner.map(|port| Scanner::start(port, watch)).transpose()?,
            io_board: ports
                .io_board
                .map(|IoBoardConfig { port, wiring }| IoBoardDesk::start(port, wiring, watch))
                .transpose()?,
            speaker: ports.speaker.map(|speaker| start_speaker(&speaker, watch)).transpose()?,
        })
    }
}

fn start_printer(printer: PrinterConfig, watch: &Watch) -> Result<Printer, DeviceStartError> {
    let driver = EscPosPrinter::new(printer.port, printer.profile, assets::paper_fonts()?);
    Ok(Printer::start(Box::new(driver), watch)?)
}

fn start_speaker(config: &SpeakerConfig, watch: &Watch) -> Result<SpeakerDesk, DeviceStartError> {
    Ok(SpeakerDesk::start(Speaker::new(&config.port)?, config.volume, watch)?)
}
