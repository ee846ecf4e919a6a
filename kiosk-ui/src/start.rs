//! A terminal from its parts: session, devices, province and outbox, ready for a screen.
//!
//! Duty: one way to put a terminal together, for a window, a kiosk and a visit without a display. Never: know whether a
//! device is simulated.

use crate::assets;
use crate::clock::TerminalClock;
use crate::config::{PrinterConfig, ProvinceAddress};
use crate::device::Watch;
use crate::device::camera::{self, CameraDesk, PreviewSlot};
use crate::device::document_printer::DocumentPrinter;
use crate::device::printer::Printer;
use crate::device::reader::Reader;
use crate::inbox::Inbox;
use crate::journal::Journal;
use crate::province::{DeskError, DeskOptions, News, ProvinceDesk, Randomness};
use crate::shell::{Shell, World};
use domain::session::{Facts, Session};
use domain::terminal::Site;
use drivers::document_printer::IppPrinter;
use drivers::receipt_printer::{EscPosPrinter, FontError};
use drivers::transport::PortAddress;
use platform_client::clock::Clock;
use platform_client::credentials::{Credentials, CredentialsError};
use platform_client::dialect::config::{DialectsConfig, DialectsError};
use platform_client::http::Timeouts;
use platform_client::province::ProvinceConfig;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What a terminal is made of.
pub struct Parts {
    /// Where it stands.
    pub site: Site,
    /// Its folder.
    pub data: PathBuf,
    /// Its clock.
    pub clock: TerminalClock,
    /// The card reader's port.
    pub card_reader: Option<PortAddress>,
    /// The receipt printer.
    pub printer: Option<PrinterConfig>,
    /// The document printer's port.
    pub document_printer: Option<PortAddress>,
    /// How the camera is opened.
    pub camera: Option<camera::Source>,
    /// The province.
    pub province: ProvinceAddress,
    /// Where ids and keys come from.
    pub randomness: Randomness,
    /// How often the province is asked for news.
    pub news: News,
    /// Where states and outcomes are written down.
    pub journal: Journal,
}

/// How a terminal wakes its screen, from any thread.
pub struct Wakers {
    /// An event is in the inbox.
    pub event: Box<dyn Fn() + Send + Sync>,
    /// A newer preview lies in the slot.
    pub preview: Box<dyn Fn() + Send>,
}

/// A terminal that is ready for a screen.
#[derive(Debug)]
pub struct Started {
    /// Session and world.
    pub shell: Shell,
    /// What devices and province say.
    pub inbox: Inbox,
    /// Where the camera's newest preview lies; none without a camera.
    pub preview: Option<PreviewSlot>,
}

/// Why a terminal does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder cannot be made.
    #[error("{folder}: cannot be made")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// Certificate, key or authority cannot be used.
    #[error("the credentials cannot be used")]
    Credentials(#[from] CredentialsError),
    /// How the province's interfaces are spoken to.
    #[error("the dialects cannot be used")]
    Dialects(#[from] DialectsError),
    /// Province and outbox.
    #[error("the way to the province does not open")]
    Desk(#[from] DeskError),
    /// The camera.
    #[error("the camera's thread does not start")]
    Camera(#[from] camera::StartError),
    /// The typeface of papers.
    #[error("the typeface of papers is damaged")]
    Fonts(#[from] FontError),
    /// Another device's thread.
    #[error("a device's thread does not start")]
    Thread(#[source] std::io::Error),
}

impl StartError {
    /// The word on a command line.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "folder",
            Self::Credentials(_) | Self::Dialects(_) => "credentials",
            Self::Desk(DeskError::InUse(_)) => "in_use",
            Self::Desk(_) => "province",
            Self::Camera(_) | Self::Fonts(_) | Self::Thread(_) => "device",
        }
    }
}

/// How long everything that a terminal asks for at its start may take, where it must be there before the first visit.
const FIRST_WORD: Duration = Duration::from_secs(60);
/// How long a terminal that never had a catalogue waits for one before it says so.
const FIRST_CATALOGUE: Duration = Duration::from_secs(5);

impl Parts {
    /// Starts devices, delivery and questions. With [`News::Once`] it returns when the first round of news is in the inbox.
    ///
    /// # Errors
    /// What cannot be started; a device or a province that does not answer is no error but a state.
    pub fn start(self, wakers: Wakers) -> Result<Started, StartError> {
        std::fs::create_dir_all(&self.data)
            .map_err(|cause| StartError::Folder { folder: self.data.clone(), cause })?;
        let (inbox, post) = Inbox::new(wakers.event);
        let clock = self.clock;
        let desk = DeskOptions {
            province: ProvinceConfig {
                url: self.province.url,
                credentials: Credentials::read(&self.province.credentials)?,
                terminal: self.site.terminal.clone(),
                dialects: DialectsConfig::read_beside(&self.province.credentials, &self.site.terminal)?,
                timeouts: Timeouts::default(),
            },
            data: self.data,
            randomness: self.randomness,
            news: self.news,
        };
        let province = ProvinceDesk::start(desk, Arc::new(clock.clone()), post.clone())?;
        let watch = Watch::start(post).map_err(StartError::Thread)?;
        let reader = self.card_reader.map(|port| Reader::start(port, &watch));
        let reader = reader.transpose().map_err(StartError::Thread)?;
        let printer = self.printer.map(|printer| start_printer(printer, &watch)).transpose()?;
        let document_printer = self.document_printer.map(|port| {
            DocumentPrinter::start(Box::new(IppPrinter::new(&port)), &watch).map_err(StartError::Thread)
        });
        let document_printer = document_printer.transpose()?;
        let camera =
            self.camera.map(|source| CameraDesk::start(source, &watch, wakers.preview)).transpose()?;
        let patience = match self.news {
            News::Once => Some(FIRST_WORD),
            News::Every(_) if province.kept_catalogue().items.is_empty() => Some(FIRST_CATALOGUE),
            News::Every(_) => None,
        };
        if patience.is_some_and(|patience| !province.wait_until_loaded(patience)) {
            tracing::warn!("the province has not answered yet");
        }
        let facts = Facts::new(Arc::new(self.site), province.kept_catalogue(), clock.now());
        let preview = camera.as_ref().map(CameraDesk::preview);
        let world = World { watch, reader, printer, document_printer, camera, province };
        let shell = Shell::new(Session::new(facts), clock, world, self.journal);
        Ok(Started { shell, inbox, preview })
    }
}

fn start_printer(printer: PrinterConfig, watch: &Watch) -> Result<Printer, StartError> {
    let driver = EscPosPrinter::new(printer.port, printer.profile, assets::paper_fonts()?);
    Printer::start(Box::new(driver), watch).map_err(StartError::Thread)
}
