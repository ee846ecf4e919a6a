//! A server and its terminals, in one process.
//!
//! Duty: set them up, hand out releases, end them together. Never: stand between them; they talk over TLS on loopback.

use crate::crowd::{self, Crowd, CrowdError, Member, Roster};
use crate::kiosk::{COMPATIBLE, Flaw, Kiosk, KioskError, Surroundings};
use crate::past::{self, Past};
use crate::screen::Pace;
use crate::town;
use fleet_agent::sim::{Behaviour, Image};
use fleet_api::TerminalId;
use fleet_api::configuration::Settings;
use fleet_api::keys::{KeyRing, Role};
use fleet_api::release::{ReleaseManifest, ReleaseVersion};
use fleet_server::keys::{KeyError, KeyFolder, SigningKey};
use fleet_server::orders::noted::noted;
use fleet_server::orders::{OrderError, configurations, enrolment, releases, rollouts};
use fleet_server::rollout::{State, Wave};
use fleet_server::selector::Selector;
use fleet_server::serve::{Options, Running, ServeError, serve};
use fleet_server::state::{Actor, Server};
use fleet_server::store::actions::Counts;
use fleet_server::store::artifacts::NewRelease;
use fleet_server::store::audit::AuditEntry;
use fleet_server::store::page::Page;
use fleet_server::store::rollouts::NewRollout;
use fleet_server::store::{StoreError, coverage};
use sample_city::{City, Seed};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use time::{Date, OffsetDateTime};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The version that every terminal begins with.
pub const FIRST: ReleaseVersion = ReleaseVersion { major: 1, minor: 0, patch: 0 };
/// How many terminals are enrolled at the same time.
const AT_ONCE: usize = 16;
/// The city's founding day: another one would give its people other dates.
const FOUNDED: Date = time::macros::date!(2026 - 11 - 01);

/// Why there is no fleet.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// The server.
    #[error("the server cannot be started")]
    Serve(#[from] ServeError),
    /// The store.
    #[error("the server's store failed")]
    Store(#[from] StoreError),
    /// An order.
    #[error("the server refuses an order")]
    Order(#[from] OrderError),
    /// A key.
    #[error("a signing key cannot be used")]
    Key(#[from] KeyError),
    /// A terminal.
    #[error(transparent)]
    Kiosk(#[from] KioskError),
    /// Terminals in a process of their own.
    #[error(transparent)]
    Crowd(#[from] CrowdError),
    /// A file.
    #[error("{file}: cannot be written")]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The server has no key ring that its own root signed.
    #[error("the server's key ring cannot be read")]
    Ring,
    /// Every process of terminals ended.
    #[error("no terminal runs")]
    Nobody,
    /// A task ended against all expectation.
    #[error("a task of the demonstration failed")]
    Task(#[from] tokio::task::JoinError),
}

/// How a fleet is.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where everything is kept.
    pub data: PathBuf,
    /// How many terminals.
    pub terminals: usize,
    /// How lively they are.
    pub pace: Pace,
    /// A release that some units cannot paint, and in how many of a thousand.
    pub flaw: Option<(ReleaseVersion, u32)>,
    /// How long a new version may take to prove itself: longer than a machine under load takes to start all of them.
    pub trial: Duration,
    /// What the server has in its tables at the beginning.
    pub past: Past,
    /// The seed of everything that happens.
    pub seed: Seed,
}

/// A fleet that runs.
pub struct Fleet {
    running: Running,
    plan: Plan,
    terminals: Vec<String>,
    flaw: Option<Arc<Flaw>>,
    kiosks: JoinSet<Result<(), FleetError>>,
    stop: watch::Sender<bool>,
}

fn desk() -> Actor {
    Actor("demo".to_owned())
}

/// Why the demonstration orders something.
const WHY: &str = "the demonstration";

/// What the audit notes of an order, as of anybody else's.
fn entry(what: &str, subject: String, detail: &str) -> AuditEntry {
    AuditEntry {
        who: desk().0,
        what: what.to_owned(),
        subject,
        why: WHY.to_owned(),
        detail: detail.to_owned(),
    }
}

impl Fleet {
    /// Starts the server, furnishes the city, enrols the terminals and starts them, all in this process.
    ///
    /// # Errors
    /// Something of it cannot be set up.
    pub async fn start(plan: Plan, options: Options) -> Result<Self, FleetError> {
        Self::start_in(&Crowd::Here, plan, options).await
    }

    /// The same with the terminals where `crowd` says.
    ///
    /// # Errors
    /// Something of it cannot be set up.
    pub async fn start_in(crowd: &Crowd, plan: Plan, options: Options) -> Result<Self, FleetError> {
        let running = serve(options).await?;
        let server = running.server.clone();
        let city = City::new(plan.seed, FOUNDED);
        let mut tx = server.store.write().await?;
        for division in town::divisions(&city) {
            coverage::put(&mut tx, &division).await?;
        }
        tx.commit().await?;
        let authorities = plan.data.join("authority.pem");
        write(&authorities, server.authority.root_pem().as_bytes())?;
        let places = town::terminals(&city, plan.terminals, plan.seed);
        let terminals: Vec<String> = places.iter().map(|place| place.id.clone()).collect();
        let flaw =
            plan.flaw.map(|(version, permille)| Arc::new(Flaw::of(version, permille, &terminals, plan.seed)));
        let around = Surroundings {
            server: running.device_url.clone(),
            authorities,
            pace: plan.pace,
            flaw: flaw.clone(),
            trial: plan.trial,
            seed: plan.seed,
        };
        let (stop, _) = watch::channel(false);
        let mut fleet = Self { running, terminals, flaw, kiosks: JoinSet::new(), stop, plan };
        let mut members = Vec::new();
        for place in places {
            let id = place.id.clone();
            enrolment::plan(&server, &place).await?;
            if fleet.plan.past == Past::FourWeeks {
                let mut tx = server.store.write().await?;
                past::write(&mut tx, &place, fleet.plan.seed, server.clock.millis()).await?;
                tx.commit().await?;
            }
            let code = enrolment::code(&server, &TerminalId(id.clone()), &desk()).await?;
            members.push(Member { folder: fleet.folder(&id), id, code });
        }
        match crowd {
            Crowd::Here => fleet.start_here(members, &around).await?,
            Crowd::Processes { program, each } => {
                let mut starting = Vec::new();
                for members in members.chunks((*each).max(1)) {
                    let roster = Roster::new(&around, members.to_vec())?;
                    let (ready, watched) =
                        crowd::watch_over(program.clone(), &roster, fleet.stop.subscribe())?;
                    fleet.kiosks.spawn(async move { Ok(watched.await?) });
                    starting.push(ready);
                }
                for ready in starting {
                    if ready.await.is_err() {
                        // It ended before: how, its watcher tells.
                        return Err(fleet.lost_one().await);
                    }
                }
            }
        }
        Ok(fleet)
    }

    async fn start_here(&mut self, members: Vec<Member>, around: &Surroundings) -> Result<(), FleetError> {
        let mut beginning = JoinSet::new();
        let begin = |kiosk: Kiosk, kiosks: &mut JoinSet<Result<(), FleetError>>| {
            let stopped = self.stop.subscribe();
            kiosks.spawn(async move { Ok(kiosk.run(stopped).await?) });
        };
        for member in members {
            if beginning.len() >= AT_ONCE
                && let Some(kiosk) = beginning.join_next().await
            {
                begin(kiosk??, &mut self.kiosks);
            }
            let around = around.clone();
            beginning.spawn(async move {
                Kiosk::set_up(&member.id, member.folder, FIRST, &member.code, &around).await
            });
        }
        while let Some(kiosk) = beginning.join_next().await {
            begin(kiosk??, &mut self.kiosks);
        }
        Ok(())
    }

    /// Waits for the first that ended by itself.
    async fn lost_one(&mut self) -> FleetError {
        loop {
            match self.kiosks.join_next().await {
                Some(Ok(Err(error))) => return error,
                Some(Err(error)) => return error.into(),
                Some(Ok(Ok(()))) => {}
                None => return FleetError::Nobody,
            }
        }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.running.server
    }

    /// `https://host:port` of the side for terminals.
    pub fn device_url(&self) -> &str {
        &self.running.device_url
    }

    /// Where people look.
    pub fn console_url(&self) -> Option<&str> {
        self.running.console_url.as_deref()
    }

    /// The terminals, by their numbers.
    pub fn terminals(&self) -> &[String] {
        &self.terminals
    }

    fn folder(&self, terminal: &str) -> PathBuf {
        self.plan.data.join("terminals").join(terminal)
    }

    /// The version in the slot that a terminal runs.
    pub fn runs(&self, terminal: &str) -> Option<ReleaseVersion> {
        Kiosk::running(&self.folder(terminal)).map(|(_, version)| version)
    }

    /// Whether the flawed release paints nothing on a terminal.
    pub fn is_flawed(&self, terminal: &str) -> bool {
        self.flaw.as_ref().is_some_and(|flaw| flaw.units.contains(terminal))
    }

    /// Makes a release of `version` and signs it, as a release manager would, with the key beside the server's data.
    ///
    /// # Errors
    /// It cannot be written, signed or added.
    pub async fn release(&self, version: ReleaseVersion, length: usize) -> Result<i64, FleetError> {
        let server = self.server();
        let filename = format!("yilin-demo-{version}.img");
        let file = self.plan.data.join(&filename);
        let image = Image { version, compatible: COMPATIBLE.to_owned(), behaviour: Behaviour::Good };
        let bytes = image.bytes(length);
        write(&file, &bytes)?;
        let manifest = ReleaseManifest {
            version,
            compatible: COMPATIBLE.to_owned(),
            filename: filename.clone(),
            size: bytes.len() as u64,
            sha256: fleet_server::secret::sha256(&bytes),
            not_before: OffsetDateTime::now_utc() - time::Duration::MINUTE,
            may_replace_down_to: None,
        };
        let key = SigningKey::read(&KeyFolder::of(&self.plan.data).offline(Role::Release))?;
        let new = NewRelease {
            name: "yilin".to_owned(),
            version: version.to_string(),
            compatible: COMPATIBLE.to_owned(),
            part: "os".to_owned(),
            filename,
            manifest: Some(key.sign(&manifest)?),
        };
        let ring = self.ring().await?;
        let now = server.clock.millis();
        let added = entry("release.add", format!("release:{} {version}", new.name), &new.filename);
        let by = desk();
        let work = releases::add(&server.store, &server.artifacts, &ring, &file, &new, &by, now);
        Ok(noted(server, added, work).await?)
    }

    async fn ring(&self) -> Result<KeyRing, FleetError> {
        let server = self.server();
        let signed = server.store.ring().await?.ok_or(FleetError::Ring)?;
        signed.open_with(&server.keys.root_public).map_err(|_| FleetError::Ring)
    }

    /// Rolls a release out to every terminal, in waves of 5, 25 and 100 %. The next wave waits until so many of this one are
    /// good that no more than the threshold can still fail.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn roll_out(&self, name: &str, release: i64, error_permille: i64) -> Result<i64, FleetError> {
        let success_permille = 1000 - error_permille;
        let wave = |percentage| Wave { percentage, success_permille, pause_seconds: 5 };
        let new = NewRollout {
            name: name.to_owned(),
            release,
            selector: Selector::default(),
            seed: i64::from_ne_bytes(self.plan.seed.0.to_ne_bytes()),
            waves: [5, 25, 100].map(wave).to_vec(),
            error_permille,
            forced: true,
        };
        let server = self.server();
        let made = entry("rollout.add", format!("release:{release}"), name);
        let id = noted(server, made, rollouts::make(server, &new, &desk(), WHY)).await?;
        let started = entry("rollout.start", format!("rollout:{id}"), "");
        noted(server, started, rollouts::start(server, id, &desk(), WHY)).await?;
        Ok(id)
    }

    /// Makes a configuration for every terminal: a little quieter and darker than built in.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn configure(&self) -> Result<i64, FleetError> {
        let settings = Settings {
            volume_percent: Some(70),
            brightness_percent: Some(80),
            still_there_after_seconds: Some(90),
            ..Settings::default()
        };
        let seed = i64::from_ne_bytes(self.plan.seed.0.to_ne_bytes());
        let all = Selector::default();
        let server = self.server();
        let made = entry("configuration.add", "configurations".to_owned(), "");
        let by = desk();
        let work = configurations::make(server, &settings, &all, seed, &by, WHY);
        Ok(noted(server, made, work).await?)
    }

    /// Pushes a configuration to so many percent of its terminals.
    ///
    /// # Errors
    /// The server refuses it.
    pub async fn push(&self, configuration: i64, percentage: i64) -> Result<(), FleetError> {
        let pushed =
            entry("configuration.push", format!("configuration:{configuration}"), &format!("{percentage} %"));
        let server = self.server();
        noted(server, pushed, configurations::push(server, configuration, percentage)).await?;
        Ok(())
    }

    /// Where a rollout is, and what became of its terminals, all waves together.
    ///
    /// # Errors
    /// The store failed.
    pub async fn progress(&self, rollout: i64) -> Result<(Option<State>, Counts), FleetError> {
        let store = &self.server().store;
        let state = store.rollout(rollout).await?.map(|rollout| rollout.state);
        let mut sum = Counts::default();
        for (_, counts) in store.counts(rollout).await? {
            sum.waiting += counts.waiting;
            sum.open += counts.open;
            sum.succeeded += counts.succeeded;
            sum.failed += counts.failed;
            sum.cancelled += counts.cancelled;
        }
        Ok((state, sum))
    }

    /// The terminals on which a rollout's update is in `state`.
    ///
    /// # Errors
    /// The store failed.
    pub async fn terminals_in(&self, rollout: i64, state: &str) -> Result<Vec<String>, FleetError> {
        let mut all: Vec<String> = Vec::new();
        loop {
            let page = Page { after: all.last().cloned().unwrap_or_default(), rows: 1000 };
            let part = self.server().store.actions_of(rollout, state, &page).await?;
            if part.is_empty() {
                return Ok(all);
            }
            all.extend(part.into_iter().map(|action| action.terminal));
        }
    }

    /// The first terminal that ended by itself: none ever should.
    pub fn lost(&mut self) -> Option<Result<(), FleetError>> {
        let ended = self.kiosks.try_join_next()?;
        Some(ended.map_err(FleetError::from).flatten())
    }

    /// Ends every terminal, then the server.
    ///
    /// # Errors
    /// A terminal ended badly.
    pub async fn stop(mut self) -> Result<(), FleetError> {
        self.stop.send_replace(true);
        let mut worst = Ok(());
        while let Some(ended) = self.kiosks.join_next().await {
            worst = worst.and(ended.map_err(FleetError::from).flatten());
        }
        self.running.stop().await;
        worst
    }
}

fn write(file: &std::path::Path, bytes: &[u8]) -> Result<(), FleetError> {
    let failed = |cause| FleetError::File { file: file.to_owned(), cause };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(file, bytes).map_err(failed)
}
