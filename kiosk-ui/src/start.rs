//! A terminal from its parts: session, devices, province and outbox, ready for a screen.
//!
//! Duty: one way to put a terminal together, for a window, a kiosk and a visit without a display. Never: know whether a
//! device is simulated.

use crate::agent::{Agent, Fleet};
use crate::clock::TerminalClock;
use crate::config::{DevicePorts, ProvinceAddress};
use crate::device::camera::{self, CameraDesk, PreviewSlot};
use crate::device::face_engine::FaceEngine;
use crate::device::{DeviceStartError, Devices, Watch};
use crate::inbox::Inbox;
use crate::journal::Journal;
use crate::province::{DeskError, DeskOptions, News, ProvinceDesk, Randomness};
use crate::shell::{Shell, World};
use domain::session::{Facts, Session};
use domain::terminal::Site;
use platform_client::clock::Clock;
use platform_client::credentials::{Credentials, CredentialsError};
use platform_client::dialect::config::{DialectsConfig, DialectsError};
use platform_client::http::Timeouts;
use platform_client::province::ProvinceConfig;
use platform_client::seal::{Authorities, AuthoritiesError};
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
    /// Its devices; how the camera is opened is said besides.
    pub devices: DevicePorts,
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
    /// The fleet's agent and what hangs on it.
    pub fleet: Fleet,
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
    /// The authorities of seals.
    #[error("the authorities of seals cannot be used")]
    SealAuthorities(#[from] AuthoritiesError),
    /// Province and outbox.
    #[error("the way to the province does not open")]
    Desk(#[from] DeskError),
    /// The camera.
    #[error("the camera's thread does not start")]
    Camera(#[from] camera::StartError),
    /// The agent's thread.
    #[error("the thread to the agent does not start")]
    Agent(#[source] std::io::Error),
    /// Another device.
    #[error(transparent)]
    Device(#[from] DeviceStartError),
}

impl StartError {
    /// The word on a command line.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Folder { .. } => "folder",
            Self::Credentials(_) | Self::Dialects(_) => "credentials",
            Self::SealAuthorities(_) => "seal_authorities",
            Self::Desk(DeskError::InUse(_)) => "in_use",
            Self::Desk(_) => "province",
            Self::Agent(_) => "agent",
            Self::Camera(_) | Self::Device(_) => "device",
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
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::from(wakers.event);
        let (folder, fleet) = (self.data.clone(), self.fleet);
        let machine = fleet.machine.clone();
        let (inbox, post) = Inbox::new({
            let wake = Arc::clone(&wake);
            move || wake()
        });
        let clock = self.clock;
        let authorities = self.province.seal_authorities.as_deref().map(Authorities::read).transpose()?;
        let watch = Watch::start(post.clone()).map_err(DeviceStartError::Thread)?;
        let face_engine = self.devices.face_engine.clone();
        let desk = DeskOptions {
            division: self.site.division.clone(),
            seal_authorities: authorities.unwrap_or_default(),
            province: ProvinceConfig {
                url: self.province.url,
                credentials: Credentials::read_for(&self.province.credentials, self.province.oldest_tls)?,
                terminal: self.site.terminal.clone(),
                dialects: DialectsConfig::read_beside(&self.province.credentials, &self.site.terminal)?,
                timeouts: Timeouts::default(),
            },
            data: self.data,
            randomness: self.randomness,
            news: self.news,
            face_engine: face_engine
                .map(|config| FaceEngine::start(config, &watch))
                .transpose()
                .map_err(DeviceStartError::Thread)?,
        };
        let province = ProvinceDesk::start(desk, Arc::new(clock.clone()), post)?;
        let devices = Devices::start(self.devices, &folder, &watch)?;
        let camera =
            self.camera.map(|source| CameraDesk::start(source, &watch, wakers.preview)).transpose()?;
        // After the province's desk: an outbox that needs mending is mended before anybody counts in it.
        let agent = Agent::start(fleet, &folder, wake).map_err(StartError::Agent)?;
        agent.follow_unit(devices.speaker.as_ref());
        let patience = match self.news {
            News::Once => Some(FIRST_WORD),
            News::Every(_) if province.kept_catalogue().is_none() => Some(FIRST_CATALOGUE),
            News::Every(_) => None,
        };
        if patience.is_some_and(|patience| !province.wait_until_loaded(patience)) {
            tracing::warn!("the province has not answered yet");
        }
        let kept = province.kept_catalogue();
        let catalogue_current_at = kept.as_ref().map(|kept| kept.current_at);
        let catalogue = kept.map(|kept| kept.catalogue).unwrap_or_default();
        let facts = Facts {
            catalogue_current_at,
            self_test: agent.self_tested_at_last(),
            data_partition: machine.data(),
            clock: machine.clock(),
            ..Facts::new(Arc::new(self.site), catalogue, clock.now())
        };
        let preview = camera.as_ref().map(CameraDesk::preview);
        let world = World { watch, devices, camera, province, agent, machine };
        let shell = Shell::new(Session::new(facts), clock, world, self.journal);
        Ok(Started { shell, inbox, preview })
    }
}
