//! A whole terminal without a display: pages on a stage, devices and province on a rig, one clock for all of it.
//!
//! Duty: bring what devices and province say to the session, one event at a time, and count the pages that are shown.
//! Never: touch a page other than by its stage.

use super::{Stage, StageError};
use crate::agent::Fleet;
use crate::assets::{Shipped, ShippedError};
use crate::clock::TerminalClock;
use crate::config::{DevicePorts, FaceEngineConfig};
use crate::device::camera::PreviewSlot;
use crate::inbox::Inbox;
use crate::journal::Journal;
use crate::preview;
use crate::profile::ScreenProfile;
use crate::province::{News, Randomness};
use crate::rig::{Rig, RigError, RigOptions, RigPace, RigProvince};
use crate::start::{Parts, StartError, Started, Wakers};
use crate::terminal::Terminal;
use domain::device::{DeviceClass, DeviceState};
use domain::session::event::EventKind;
use domain::session::page::Page;
use domain::terminal::Timestamp;
use drivers::sim::document_printer::OnDocument;
use drivers::sim::printer::OnPaper;
use platform_client::sim::{CatalogueSource, TimeSource};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};
use time::macros::datetime;

/// How long devices may take to say how they are before the first touch.
const READY: Duration = Duration::from_secs(15);

/// What a booth has.
const DEVICES: [DeviceClass; 4] = [
    DeviceClass::IdCardReader,
    DeviceClass::ReceiptPrinter,
    DeviceClass::Camera,
    DeviceClass::DocumentPrinter,
];

/// How a booth is to be.
pub struct BoothOptions {
    /// The screen.
    pub screen: ScreenProfile,
    /// What ids, cards, faces and noise grow from.
    pub seed: u64,
    /// The time, which stands until it is moved.
    pub time: Timestamp,
    /// The province.
    pub province: RigProvince,
    /// The folder of terminal and province.
    pub data: PathBuf,
    /// Where states and outcomes are written down.
    pub journal: Journal,
    /// Called with each paper that comes out of the printer.
    pub on_paper: Option<OnPaper>,
    /// Called with each document that comes out of the document printer.
    pub on_document: Option<OnDocument>,
    /// What compares faces in the booth; the province where there is none.
    pub face_engine: Option<FaceEngineConfig>,
    /// The fleet's agent and what hangs on it.
    pub fleet: Fleet,
}

impl BoothOptions {
    /// A booth on an upright screen on a Tuesday morning, with the sample city's province in it, watched by nobody.
    pub fn usual(data: &Path) -> Self {
        Self {
            screen: ScreenProfile::UPRIGHT,
            seed: 1,
            time: datetime!(2026-11-24 10:24 +8),
            province: RigProvince::Here(CatalogueSource::Embedded),
            data: data.to_owned(),
            journal: Journal::none(),
            on_paper: None,
            on_document: None,
            face_engine: None,
            fleet: Fleet::default(),
        }
    }
}

/// Why there is no booth.
#[derive(Debug, thiserror::Error)]
pub enum BoothError {
    /// The simulators.
    #[error("the simulators do not start")]
    Rig(#[from] RigError),
    /// The terminal.
    #[error("the terminal does not start")]
    Start(#[from] StartError),
    /// The stage.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// The window.
    #[error("the window cannot be opened")]
    Window(#[from] slint::PlatformError),
    /// What comes with the program.
    #[error("what comes with the program cannot be used")]
    Shipped(#[from] ShippedError),
}

impl BoothError {
    /// The word on a command line.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Rig(_) => "simulator",
            Self::Start(error) => error.kind(),
            Self::Stage(_) | Self::Window(_) => "window",
            Self::Shipped(_) => "device",
        }
    }
}

/// A whole terminal without a display. One for a thread.
pub struct Booth {
    stage: Stage,
    terminal: Rc<Terminal>,
    inbox: Inbox,
    preview: Option<PreviewSlot>,
    entered: Rc<RefCell<VecDeque<Page>>>,
    clock: TerminalClock,
    // After the terminal: devices are closed before the simulators go.
    rig: Rig,
}

impl Booth {
    /// Starts everything and waits until each device has said how it is.
    ///
    /// # Errors
    /// What does not start.
    pub fn open(options: BoothOptions) -> Result<Self, BoothError> {
        let BoothOptions {
            screen,
            seed,
            time,
            province,
            data,
            journal,
            on_paper,
            on_document,
            face_engine,
            fleet,
        } = options;
        let clock = TerminalClock::standing(time);
        let rig = Rig::start(RigOptions {
            data: data.clone(),
            seed,
            clock: clock.clone(),
            time: TimeSource::Fixed(time),
            pace: RigPace::AtOnce,
            province,
            on_paper,
            on_document,
        })?;
        let parts = Parts {
            site: rig.site().clone(),
            data,
            clock: clock.clone(),
            devices: DevicePorts { face_engine, ..rig.devices() },
            camera: Some(rig.camera_source()),
            province: rig.province().clone(),
            randomness: Randomness::Seeded(seed),
            news: News::Once,
            journal,
            fleet,
        };
        let wakers = Wakers { event: Box::new(|| {}), preview: Box::new(|| {}) };
        let Started { shell, inbox, preview } = parts.start(wakers)?;
        let stage = Stage::open(screen.width, screen.height)?;
        let terminal = Terminal::open(shell, screen, Shipped::open()?)?;
        let entered = Rc::new(RefCell::new(VecDeque::from([Page::Idle])));
        let pages = Rc::clone(&entered);
        terminal.observe(move |_, page| pages.borrow_mut().push_back(page));
        stage.settle();
        let booth = Self { stage, terminal, inbox, preview, entered, clock, rig };
        booth.wait_for_devices();
        Ok(booth)
    }

    /// The window.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// The terminal.
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// The simulators.
    pub fn rig(&self) -> &Rig {
        &self.rig
    }

    /// Puts the terminal behind another screen.
    pub fn fit(&self, screen: ScreenProfile) {
        self.stage.resize(screen.width, screen.height);
        self.terminal.fit(screen);
        self.stage.settle();
    }

    /// Brings an event of the caller's own to the session.
    pub fn happen(&self, event: EventKind) {
        self.terminal.happen(event);
        self.stage.settle();
    }

    /// The page that is shown.
    pub fn page(&self) -> Page {
        self.terminal.shell().session().page()
    }

    /// The next page that was entered and not yet asked for here; a step of a form is a page.
    pub fn next_entered(&self) -> Option<Page> {
        self.entered.borrow_mut().pop_front()
    }

    /// Brings one event of devices or province to the session, if one lies there.
    pub fn take_event(&self) -> bool {
        self.inbox.next().map(|event| self.happen(event)).is_some()
    }

    /// Takes what the fleet's agent has said.
    pub fn hear_agent(&self) {
        self.terminal.hear_agent();
        self.stage.settle();
    }

    /// Brings the next event to the session, waiting for it.
    pub fn wait_event(&self, at_most: Duration) -> bool {
        self.inbox.wait(at_most).map(|event| self.happen(event)).is_some()
    }

    /// Lets a second pass on the clocks of terminal and province.
    pub fn pass_second(&self) {
        self.rig.forward(Duration::from_secs(1));
        self.happen(EventKind::Tick);
        self.hear_agent();
        self.stage.paint();
        self.terminal.second();
    }

    /// Brings the newest picture of the camera to the page, if one is there.
    pub fn show_preview(&self) -> bool {
        let Some(slot) = &self.preview else { return false };
        preview::show(&self.terminal, slot)
    }

    /// The time on the terminal's clock.
    pub fn now(&self) -> Timestamp {
        use platform_client::clock::Clock as _;
        self.clock.now()
    }

    fn wait_for_devices(&self) {
        let until = Instant::now() + READY;
        let known = || {
            let devices = self.terminal.shell().session().facts().devices;
            DEVICES.into_iter().all(|class| devices.state(class) != DeviceState::NoDevice)
        };
        while !known() && Instant::now() < until {
            self.wait_event(Duration::from_millis(200));
        }
        while self.take_event() {}
    }
}
