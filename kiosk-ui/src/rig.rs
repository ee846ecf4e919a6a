//! Everything that a terminal is connected to, simulated: card reader, printer and camera on their wires, the reference
//! platform over HTTPS.
//!
//! Duty: switch the simulators on, say where they are, and let a hand move them. Never: be in a kiosk's build (feature
//! `sim`); reach into the terminal, which meets a simulator only on its wire.

mod certificate;
mod fault;
mod people;

use crate::clock::TerminalClock;
use crate::config::{DevicePorts, IoBoardConfig, PrinterConfig, ProvinceAddress};
use crate::device::camera::Source;
pub use certificate::TerminalNameError;
use domain::terminal::Site;
use drivers::camera::{PAPER_SIZE, Pace, Size};
use drivers::io_board::{Contact, Light, Pin, Wiring};
use drivers::receipt_printer::PrinterProfile;
use drivers::sim::camera::{Scene, SimCamera};
use drivers::sim::code_scanner::SimScanner;
use drivers::sim::document_printer::{DocumentPrinterSimulator, OnDocument, RunningDocumentPrinter};
use drivers::sim::id_card::{FictitiousCard, ReaderOptions, SimulatedCardReader};
use drivers::sim::io_board::{Input, SimulatedIoBoard};
use drivers::sim::printer::{OnPaper, PrinterSimulator, RunningPrinter, Speed};
use drivers::transport::{PortAddress, PortAddressError};
pub use fault::{RigFault, UnknownFault, list as faults};
use platform_client::credentials::CredentialsError;
use platform_client::dialect::config::DialectsError;
use platform_client::http::SetupError;
use platform_client::sim::{Admin, CatalogueSource, Options, ReferencePlatform, StartError, TimeSource};
use shipped::{AssetError, Typeface};
use std::path::PathBuf;
use std::time::Duration;

/// The picture of the simulated camera: drawn in software, and still fifteen times a second while it is searched for a code.
const CAMERA: Size = Size::new(960, 540);

/// What the simulated printer is like.
const PRINTER: &str = "epson_80";

/// A page of the simulated document printer at a real pace.
const PAGE_TIME: Duration = Duration::from_secs(3);

/// How a rig is to be.
pub struct RigOptions {
    /// Its folder: the platform keeps cases and certificates in it.
    pub data: PathBuf,
    /// What city, cards, faces and noise grow from.
    pub seed: u64,
    /// The terminal's clock, which [`Rig::forward`] moves together with the platform's.
    pub clock: TerminalClock,
    /// The platform's clock.
    pub time: TimeSource,
    /// How fast the devices are.
    pub pace: RigPace,
    /// The province.
    pub province: RigProvince,
    /// Called with each paper that comes out of the printer.
    pub on_paper: Option<OnPaper>,
    /// Called with each document that comes out of the document printer.
    pub on_document: Option<OnDocument>,
}

/// How fast the devices are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RigPace {
    /// As real ones: fifteen frames a second, paper at 200 mm/s.
    Real,
    /// Paper at once, frames as they are asked for: the same in each run.
    AtOnce,
}

/// The province of a rig.
#[derive(Debug, Clone)]
pub enum RigProvince {
    /// The reference platform, started with the rig, offering these items.
    Here(CatalogueSource),
    /// One that runs elsewhere.
    At(ProvinceAddress),
}

/// Why a rig does not start.
#[derive(Debug, thiserror::Error)]
pub enum RigError {
    /// A simulated device.
    #[error("a simulated {device} cannot be started")]
    Device {
        /// Which.
        device: &'static str,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// What the printer's interpreter and the province draw with.
    #[error(transparent)]
    Typeface(#[from] AssetError),
    /// A simulator gave a port that is none.
    #[error(transparent)]
    Port(#[from] PortAddressError),
    /// The reference platform.
    #[error("the reference platform cannot be started")]
    Province(#[from] StartError),
    /// The terminal's certificate for a province elsewhere.
    #[error("the terminal's certificate names no terminal")]
    Name(#[from] TerminalNameError),
    /// The credentials for a province elsewhere.
    #[error("the credentials cannot be used")]
    Credentials(#[from] CredentialsError),
    /// How the interfaces of a province elsewhere are spoken to.
    #[error("the dialects cannot be used")]
    Dialects(#[from] DialectsError),
    /// The way to a province elsewhere.
    #[error("the way to the province cannot be set up")]
    Setup(#[from] SetupError),
    /// A province elsewhere did not say where the terminal stands.
    #[error("the province does not say where this terminal stands")]
    Site(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Running simulators; they end when this is dropped.
pub struct Rig {
    reader: SimulatedCardReader,
    printer: RunningPrinter,
    printer_port: PortAddress,
    document_printer: RunningDocumentPrinter,
    document_printer_port: PortAddress,
    camera: SimCamera,
    /// What a unit may have besides; only a rig at a real pace has it.
    besides: Option<Besides>,
    devices: DevicePorts,
    platform: Option<ReferencePlatform>,
    province: ProvinceAddress,
    site: Site,
    clock: TerminalClock,
    seed: u64,
}

/// What not every unit has.
struct Besides {
    board: SimulatedIoBoard,
    scanner: SimScanner,
}

impl Besides {
    fn start() -> Result<Self, RigError> {
        let device = |device| move |cause| RigError::Device { device, cause };
        let board = SimulatedIoBoard::start(None).map_err(device("board of lights and contacts"))?;
        // Whoever starts it stands before it.
        board.set(Input::Presence, true);
        Ok(Self { board, scanner: SimScanner::open().map_err(device("code scanner"))? })
    }

    fn ports(&self) -> Result<DevicePorts, PortAddressError> {
        let pin = |number| Pin { number, inverted: false };
        let wiring = Wiring::default()
            .with_light(Light::CardArea, pin(0))
            .with_light(Light::PaperExit, pin(1))
            .with_contact(Contact::Presence, pin(Input::Presence as u16))
            .with_contact(Contact::DoorOpen, pin(Input::Door as u16))
            .with_contact(Contact::OnBattery, pin(Input::OnBattery as u16))
            .with_contact(Contact::BatteryLow, pin(Input::BatteryLow as u16));
        Ok(DevicePorts {
            io_board: Some(IoBoardConfig { port: self.board.port().parse()?, wiring }),
            scanner: Some(format!("serial:{}", self.scanner.path().display()).parse()?),
            ..DevicePorts::default()
        })
    }
}

impl std::fmt::Debug for Rig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rig").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Rig {
    /// Switches everything on, without a fault: [`Self::inject`] them when the terminal is ready.
    ///
    /// # Errors
    /// What cannot be started.
    pub fn start(options: RigOptions) -> Result<Self, RigError> {
        let RigOptions { data, seed, clock, time, pace, province, on_paper, on_document } = options;
        let device = |device| move |cause| RigError::Device { device, cause };
        let reader = SimulatedCardReader::start(ReaderOptions { seed, ..ReaderOptions::default() })
            .map_err(device("card reader"))?;
        let speed = match pace {
            RigPace::Real => Speed::MillimetresPerSecond(200),
            RigPace::AtOnce => Speed::AtOnce,
        };
        let Typeface { regular, bold } = shipped::typeface()?;
        let printer = PrinterSimulator { speed, on_paper, ..PrinterSimulator::new(regular, bold) }
            .start()
            .map_err(device("receipt printer"))?;
        let page_time = match pace {
            RigPace::Real => PAGE_TIME,
            RigPace::AtOnce => Duration::ZERO,
        };
        let document_printer = DocumentPrinterSimulator { page_time, on_document, ..Default::default() }
            .start()
            .map_err(device("document printer"))?;
        let frames = match pace {
            RigPace::Real => Pace::PerSecond(drivers::camera::USUAL_RATE),
            RigPace::AtOnce => Pace::AsAsked,
        };
        let besides = match pace {
            RigPace::Real => Some(Besides::start()?),
            RigPace::AtOnce => None,
        };
        let printer_port: PortAddress = printer.address().parse()?;
        let document_printer_port: PortAddress = document_printer.address().parse()?;
        let devices = DevicePorts {
            card_reader: Some(reader.port().parse()?),
            printer: PrinterProfile::built_in(PRINTER).map(|profile| PrinterConfig {
                port: printer_port.clone(),
                profile,
                roll_mm: None,
            }),
            document_printer: Some(document_printer_port.clone()),
            ..besides.as_ref().map(Besides::ports).transpose()?.unwrap_or_default()
        };
        let (platform, province, site) = match province {
            RigProvince::Here(catalogue) => {
                let options =
                    Options { seed, time, catalogue, ..Options::new(data.join("province"), regular) };
                let platform = ReferencePlatform::start(options)?;
                let province =
                    ProvinceAddress::new(platform.url().to_owned(), platform.credentials().to_owned());
                let site = platform.admin().site().clone();
                (Some(platform), province, site)
            }
            RigProvince::At(province) => {
                let site = certificate::site_of(&province, &clock)?;
                (None, province, site)
            }
        };
        Ok(Self {
            reader,
            printer_port,
            printer,
            document_printer_port,
            document_printer,
            besides,
            devices,
            camera: SimCamera::new(CAMERA, frames, Scene::face(seed)),
            platform,
            province,
            site,
            clock,
            seed,
        })
    }

    /// What a terminal is told of the simulated devices; the camera has no port.
    pub fn devices(&self) -> DevicePorts {
        self.devices.clone()
    }

    /// Where the receipt printer is.
    pub fn printer_port(&self) -> &PortAddress {
        &self.printer_port
    }

    /// Where the document printer is.
    pub fn document_printer_port(&self) -> &PortAddress {
        &self.document_printer_port
    }

    /// Opens the camera.
    pub fn camera_source(&self) -> Source {
        let camera = self.camera.clone();
        Box::new(move |size| if size == PAPER_SIZE { camera.open_at(size) } else { camera.open() })
    }

    /// Where the province is.
    pub fn province(&self) -> &ProvinceAddress {
        &self.province
    }

    /// Where the terminal stands.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The card reader's hand.
    pub fn reader(&self) -> &SimulatedCardReader {
        &self.reader
    }

    /// The receipt printer's hand.
    pub fn printer(&self) -> &RunningPrinter {
        &self.printer
    }

    /// The document printer's hand.
    pub fn document_printer(&self) -> &RunningDocumentPrinter {
        &self.document_printer
    }

    /// The board of lights and contacts, where the rig has one.
    pub fn io_board(&self) -> Option<&SimulatedIoBoard> {
        self.besides.as_ref().map(|besides| &besides.board)
    }

    /// The code scanner, where the rig has one.
    pub fn scanner(&self) -> Option<&SimScanner> {
        self.besides.as_ref().map(|besides| &besides.scanner)
    }

    /// The camera's stage.
    pub fn camera(&self) -> &SimCamera {
        &self.camera
    }

    /// The other side of the counter; none where the province is elsewhere.
    pub fn admin(&self) -> Option<&Admin> {
        self.platform.as_ref().map(ReferencePlatform::admin)
    }

    /// The province's live page, on this machine only; none where it is elsewhere.
    pub fn admin_url(&self) -> Option<&str> {
        self.platform.as_ref().map(ReferencePlatform::admin_url)
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Lays a card on the reader.
    pub fn place(&self, card: FictitiousCard) {
        self.reader.place(card);
    }

    /// Moves the clocks of terminal and province.
    pub fn forward(&self, by: Duration) {
        self.clock.forward(by);
        if let Some(admin) = self.admin() {
            admin.advance_clock(time::Duration::try_from(by).unwrap_or(time::Duration::MAX));
        }
    }

    /// Makes something go wrong from now on.
    ///
    /// # Errors
    /// The fault is one of a province that is elsewhere.
    pub fn inject(&self, fault: RigFault) -> Result<(), UnknownFault> {
        match fault {
            RigFault::Device(drivers::sim::fault::Fault::Card(fault)) => self.reader.inject(fault),
            RigFault::Device(drivers::sim::fault::Fault::Printer(fault)) => self.printer.set_fault(fault),
            RigFault::Device(drivers::sim::fault::Fault::Camera(fault)) => self.camera.set_fault(Some(fault)),
            RigFault::Device(drivers::sim::fault::Fault::DocumentPrinter(fault)) => {
                self.document_printer.set_fault(fault);
            }
            // Their names are refused before.
            RigFault::Device(other) => return Err(UnknownFault(format!("{other:?}"))),
            RigFault::Province(fault) => match self.admin() {
                Some(admin) => admin.set_fault(fault),
                None => return Err(UnknownFault(fault.to_string())),
            },
        }
        Ok(())
    }
}
