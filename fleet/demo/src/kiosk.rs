//! One simulated terminal: a folder for its slots, a real agent, a screen that plays residents.
//!
//! Duty: start and restart what a machine starts. Never: say anything to the server; that is the agent's.

use crate::screen::{Health, Pace, Screen, Unit};
use fleet_agent::sim::{Behaviour, Board, FolderInstaller, FolderMachine, Image};
use fleet_agent::{Agent, Config, Ended, Notifier, Parts, Power, ScreenAt, SystemClock, Times, TrialTimes};
use fleet_api::release::ReleaseVersion;
use sample_city::{Dice, Seed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What all terminals of the demonstration are built for.
pub const COMPATIBLE: &str = "yilin-demo";
/// How long a machine takes to start.
const START: Duration = Duration::from_secs(2);

/// What every terminal of one run has in common.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// `https://host:port` of the fleet server's side for terminals.
    pub server: String,
    /// The server's authorities, PEM.
    pub authorities: PathBuf,
    /// How lively it is.
    pub pace: Pace,
    /// The release that some units cannot paint.
    pub flaw: Option<Arc<Flaw>>,
    /// How long a new version may take to prove itself.
    pub trial: Duration,
    /// The seed of everything that happens.
    pub seed: Seed,
}

/// A release that paints nothing on some units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// Which release.
    pub version: ReleaseVersion,
    /// On which terminals.
    pub units: BTreeSet<String>,
}

impl Flaw {
    /// So many of a thousand of `terminals`, rounded up: those whose own dice, thrown by the seed, fall lowest.
    pub fn of(version: ReleaseVersion, permille: u32, terminals: &[String], seed: Seed) -> Self {
        let mut thrown: Vec<(u64, &String)> = terminals
            .iter()
            .map(|terminal| (Dice::new(seed, &format!("{version} on {terminal}")).bits(), terminal))
            .collect();
        thrown.sort();
        thrown.truncate(terminals.len().saturating_mul(permille as usize).div_ceil(1000));
        Self { version, units: thrown.into_iter().map(|(_, terminal)| terminal.clone()).collect() }
    }
}

/// Why a terminal of the demonstration does not run.
#[derive(Debug, thiserror::Error)]
pub enum KioskError {
    /// Its slots.
    #[error("{terminal}: its slots")]
    Slots {
        /// Which terminal.
        terminal: String,
        /// Why.
        #[source]
        cause: fleet_agent::update::installer::InstallerError,
    },
    /// Its enrolment.
    #[error("{terminal}: its enrolment")]
    Enrolment {
        /// Which terminal.
        terminal: String,
        /// Why.
        #[source]
        cause: fleet_agent::EnrolError,
    },
    /// Its agent.
    #[error("{terminal}: its agent")]
    Agent {
        /// Which terminal.
        terminal: String,
        /// Why.
        #[source]
        cause: fleet_agent::AgentError,
    },
    /// The line between screen and agent.
    #[error("{terminal}: the line between screen and agent")]
    Line {
        /// Which terminal.
        terminal: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// No slot can be started: what must never happen.
    #[error("{0}: no slot can be started")]
    Brick(String),
}

/// One simulated terminal.
#[derive(Debug)]
pub struct Kiosk {
    terminal: String,
    folder: PathBuf,
    around: Surroundings,
    unit: Unit,
}

impl Kiosk {
    /// A terminal in `folder` that runs `version`, and is enrolled with `code`. What is there already is kept: a terminal
    /// that was enrolled before is not enrolled again.
    ///
    /// # Errors
    /// Its slots cannot be made, or the server does not take the code.
    pub async fn set_up(
        terminal: &str,
        folder: PathBuf,
        version: ReleaseVersion,
        code: &str,
        around: &Surroundings,
    ) -> Result<Self, KioskError> {
        let slots = |cause| KioskError::Slots { terminal: terminal.to_owned(), cause };
        if !folder.join("running").exists() {
            let image = Image { version, compatible: COMPATIBLE.to_owned(), behaviour: Behaviour::Good };
            FolderInstaller::lay_out(&folder, &image.bytes(0)).map_err(slots)?;
        }
        let kiosk = Self {
            terminal: terminal.to_owned(),
            unit: Unit::new(Dice::new(around.seed, terminal)),
            around: around.clone(),
            folder,
        };
        let data = kiosk.data();
        let enrolled = fleet_agent::Identity::read(&data).ok().flatten().is_some();
        if !enrolled {
            let hardware = format!("DEMO-{terminal}");
            let now = time::OffsetDateTime::now_utc();
            fleet_agent::enrol(&around.server, &around.authorities, &data, code, hardware, now)
                .await
                .map_err(|cause| KioskError::Enrolment { terminal: terminal.to_owned(), cause })?;
        }
        Ok(kiosk)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("agent")
    }

    /// Which slot runs, and what is in it; none before the first start.
    pub fn running(folder: &Path) -> Option<(String, ReleaseVersion)> {
        let slot = std::fs::read_to_string(folder.join("running")).ok()?;
        let image = std::fs::read(folder.join("slots").join(slot.trim()).join("image")).ok()?;
        Some((slot.trim().to_owned(), Image::parse(&image)?.version))
    }

    /// Runs until `stop` says so: the machine starts, the agent and the screen run, the machine is started again.
    ///
    /// # Errors
    /// The agent cannot run, or the terminal is a brick.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Result<(), KioskError> {
        let board = Board::new(&self.folder);
        while !*stop.borrow() {
            let booted = board.power_on().map_err(|cause| self.slots(cause))?;
            let booted = booted.ok_or_else(|| KioskError::Brick(self.terminal.clone()))?;
            let version = booted.image.version;
            let health =
                if self.is_dark(version, booted.image.behaviour) { Health::Dark } else { Health::Paints };
            let line = |cause| KioskError::Line { terminal: self.terminal.clone(), cause };
            let (theirs, ours) = std::os::unix::net::UnixStream::pair().map_err(line)?;
            let parts = self.parts(theirs);
            let mut stopping = stop.clone();
            let agent = Agent::run(parts, async move {
                let _ = stopping.wait_for(|stop| *stop).await;
            });
            let mut agent = std::pin::pin!(agent);
            let screen = Screen::new(&mut self.unit, version.to_string(), health, self.around.pace);
            let ended = tokio::select! {
                ended = &mut agent => ended,
                said = screen.run(ours) => match said {
                    // An agent that ends lets go of the line before everything of it is on disk.
                    Ok(()) => agent.await,
                    Err(cause) => {
                        return Err(KioskError::Line { terminal: self.terminal, cause });
                    }
                },
            };
            match ended {
                Ok(Ended::Stopped) => return Ok(()),
                Ok(Ended::Reboot) => {}
                Err(cause) => return Err(KioskError::Agent { terminal: self.terminal, cause }),
            }
            tokio::select! {
                () = tokio::time::sleep(START) => {}
                _ = stop.wait_for(|stop| *stop) => {}
            }
        }
        Ok(())
    }

    fn slots(&self, cause: fleet_agent::update::installer::InstallerError) -> KioskError {
        KioskError::Slots { terminal: self.terminal.clone(), cause }
    }

    /// Whether this unit is one of those on which the version paints nothing.
    fn is_dark(&self, version: ReleaseVersion, behaviour: Behaviour) -> bool {
        let flaw = self.around.flaw.as_ref();
        let flawed = flaw.is_some_and(|flaw| version == flaw.version && flaw.units.contains(&self.terminal));
        flawed || behaviour == Behaviour::DoesNotPaint
    }

    /// What its agent is made of, with the other end of the line that its screen has.
    pub fn parts(&self, screen: std::os::unix::net::UnixStream) -> Parts {
        let mut config =
            Config { data: self.data(), server: Some(self.around.server.clone()), ..Config::default() };
        COMPATIBLE.clone_into(&mut config.compatible);
        "yilin-demo-27".clone_into(&mut config.model);
        // A demonstration cannot wait for the night.
        config.update.window = fleet_agent::Window { from_minute: 0, minutes: 24 * 60 };
        Parts {
            config,
            clock: Arc::new(SystemClock),
            machine: Arc::new(FolderMachine::new(&self.folder)),
            installer: Arc::new(FolderInstaller::new(&self.folder, Power::default())),
            screen: ScreenAt::Connected(screen),
            times: Times {
                trial: TrialTimes { trial: self.around.trial, network_grace: self.around.trial },
                probation: Duration::from_secs(10),
                screen_absent: Duration::from_secs(30),
                not_now: Duration::from_secs(3),
                ..Times::default()
            },
            notifier: Notifier::default(),
            power: Power::default(),
        }
    }
}
