//! One thread for each device: the screen never waits for a wire.
//!
//! Duty: bring what a visit wants to a driver, and what a driver says to the visit. Never: decide what a visit does next.

pub mod camera;
pub mod document_printer;
pub mod face_engine;
pub mod io_board;
pub mod paper_count;
pub mod power_supply;
pub mod printer;
pub mod reader;
pub mod scanner;
pub mod speaker;
pub mod speech;
mod watch;

pub use watch::Watch;

use crate::assets::{self, ShippedError};
use crate::config::{DevicePorts, IoBoardConfig, PrinterConfig, SpeakerConfig};
use document_printer::DocumentPrinter;
use drivers::document_printer::IppPrinter;
use drivers::receipt_printer::EscPosPrinter;
use drivers::speaker::{Speaker, SpeakerError};
use io_board::IoBoardDesk;
use paper_count::PaperCount;
use printer::{Printer, PrinterModel};
use reader::{PhotoUse, Reader};
use scanner::Scanner;
use speaker::SpeakerDesk;
use speech::SpeechDesk;
use std::path::Path;

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
    /// The voice.
    pub speech: Option<SpeechDesk>,
}

/// Why a device's thread does not start.
#[derive(Debug, thiserror::Error)]
pub enum DeviceStartError {
    /// The typeface of papers.
    #[error("the typeface of papers cannot be used")]
    Fonts(#[from] ShippedError),
    /// The loudspeaker's port is none.
    #[error("the loudspeaker cannot be reached")]
    Speaker(#[from] SpeakerError),
    /// The machine gives no thread.
    #[error("a device's thread does not start")]
    Thread(#[from] std::io::Error),
}

impl Devices {
    /// Starts a thread for each; one that does not answer is no error but a state. `data` is the terminal's folder.
    ///
    /// # Errors
    /// What cannot be started.
    pub fn start(ports: DevicePorts, data: &Path, watch: &Watch) -> Result<Self, DeviceStartError> {
        if let Some(port) = ports.power {
            power_supply::start(port, watch)?;
        }
        let photo = if ports.face_engine.is_some() { PhotoUse::Kept } else { PhotoUse::Dropped };
        Ok(Self {
            reader: ports.card_reader.map(|port| Reader::start(port, photo, watch)).transpose()?,
            printer: ports.printer.map(|printer| start_printer(printer, data, watch)).transpose()?,
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
            speech: ports.speech.map(SpeechDesk::start).transpose()?,
        })
    }
}

fn start_printer(printer: PrinterConfig, data: &Path, watch: &Watch) -> Result<Printer, DeviceStartError> {
    let count = PaperCount::open(data, printer.profile.dpi, printer.roll_mm);
    let profile = &printer.profile;
    let model = PrinterModel { title: profile.title.clone(), dots: profile.dots, dpi: profile.dpi };
    let driver = EscPosPrinter::new(printer.port, printer.profile, assets::paper_fonts()?);
    Ok(Printer::start(Box::new(driver), model, count, watch)?)
}

fn start_speaker(config: &SpeakerConfig, watch: &Watch) -> Result<SpeakerDesk, DeviceStartError> {
    Ok(SpeakerDesk::start(Speaker::new(&config.port)?, config.volume, watch)?)
}
