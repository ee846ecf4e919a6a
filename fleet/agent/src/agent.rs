//! The agent as a whole: what it is made of, and its tasks.
//!
//! Duty: start every task, hand them what they share, end them together. Never: hold what another agent in the same process
//! would see.

use crate::clock::Clock;
use crate::config::Config;
use crate::identity::{Identity, IdentityError};
use crate::machine::MachineProbe;
use crate::notify::Notifier;
use crate::power::Power;
use crate::screen::{Screen, ScreenAt, SocketError};
use crate::server::{CallError, Server};
use crate::store::{Store, StoreError};
use crate::troubles::Troubles;
use crate::trust::Trust;
use crate::update::installer::Installer;
use crate::update::verdict::{self, TrialTimes};
use crate::{assist, configuration, enrol, link, orders, status, technician, update};
use fleet_api::Timestamp;
use fleet_api::configuration::PROBATION_SECONDS;
use fleet_api::event::What;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// What an agent is made of.
pub struct Parts {
    /// Paths, bounds, addresses.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The machine.
    pub machine: Arc<dyn MachineProbe>,
    /// Who writes slots.
    pub installer: Arc<dyn Installer>,
    /// Where the screen comes from.
    pub screen: ScreenAt,
    /// The waits that rules ask for.
    pub times: Times,
    /// Who is told that the agent works.
    pub notifier: Notifier,
    /// Where power can fail, in tests.
    pub power: Power,
}

/// The waits that rules ask for; shorter ones are for tests and the demo.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// How long a new version has to prove itself.
    pub trial: TrialTimes,
    /// How long a new configuration is on trial.
    pub probation: Duration,
    /// How long no screen must have been there until it is taken that nobody is served.
    pub screen_absent: Duration,
    /// How long to wait after "not now".
    pub not_now: Duration,
    /// The first wait after a failure; later ones are longer.
    pub first_retry: Duration,
    /// The longest that the server may be silent before a shell ends.
    pub shell_silence: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            trial: TrialTimes { trial: verdict::TRIAL, network_grace: verdict::NETWORK_GRACE },
            probation: Duration::from_secs(PROBATION_SECONDS),
            screen_absent: Duration::from_secs(5 * 60),
            not_now: Duration::from_secs(20),
            first_retry: Duration::from_secs(5),
            shell_silence: Duration::from_secs(30),
        }
    }
}

#[cfg(feature = "sim")]
impl Times {
    /// Waits of tests and the demo: seconds for what takes minutes.
    pub fn hurried() -> Self {
        // What a good version needs on a machine that does much else, too.
        let [trial, network_grace, probation] = [15, 3, 3].map(Duration::from_secs);
        Self {
            trial: TrialTimes { trial, network_grace },
            probation,
            screen_absent: Duration::from_secs(2),
            not_now: Duration::from_millis(300),
            first_retry: Duration::from_millis(200),
            shell_silence: Duration::from_secs(3),
        }
    }
}

/// Why an agent ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to.
    Stopped,
    /// The machine is to be started again: [`MachineProbe::reboot`] is the caller's to call.
    Reboot,
}

/// Why an agent cannot run.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// No identity that can be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The terminal was never enrolled.
    #[error("this terminal is not enrolled: run `yilin-agent enrol` with a code from the console")]
    NotEnrolled,
    /// The file names no server.
    #[error("the configuration names no fleet server: set [server] url")]
    NoServer,
    /// The server's address cannot be used.
    #[error(transparent)]
    Server(#[from] CallError),
    /// No socket for the screen.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// Another agent runs on the same folder: both would do every order and every update.
    #[error("another yilin-agent runs on {0}: stop it first")]
    Running(std::path::PathBuf),
    /// The store does not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A task of the agent ended against all expectation.
    #[error("a task of the agent failed")]
    Task(#[from] tokio::task::JoinError),
}

/// How the server was heard.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Heard {
    /// When it last answered, since the agent began.
    pub(crate) at: Option<Timestamp>,
    /// Why it does not now.
    pub(crate) error: Option<String>,
    /// The terminal's clock less the server's, in milliseconds.
    pub(crate) clock_offset_ms: Option<i64>,
}

/// What the server says that there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Offered {
    pub(crate) commands: u64,
    pub(crate) configuration: u64,
    pub(crate) key_ring: u64,
}

/// What all tasks of one agent share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) machine: Arc<dyn MachineProbe>,
    pub(crate) installer: Arc<dyn Installer>,
    pub(crate) times: Times,
    pub(crate) power: Power,
    pub(crate) store: Store,
    pub(crate) screen: Arc<Screen>,
    pub(crate) identity: RwLock<Identity>,
    pub(crate) server: RwLock<Server>,
    pub(crate) trust: Trust,
    pub(crate) heard: watch::Sender<Heard>,
    pub(crate) offered: watch::Sender<Offered>,
    pub(crate) settings: watch::Sender<configuration::InUse>,
    pub(crate) update: watch::Sender<update::Shown>,
    /// There is something new among the events.
    pub(crate) events: Notify,
    /// Look for an update now.
    pub(crate) look_for_update: Notify,
    /// A stick's update that was found good.
    pub(crate) from_stick: watch::Sender<Option<update::stick::StickOffer>>,
    pub(crate) ending: watch::Sender<Option<Ended>>,
    /// What is wrong here.
    pub(crate) troubles: Troubles,
    /// What the server did not do, call by call.
    pub(crate) calls: Troubles,
    pub(crate) boot_id: String,
    pub(crate) first_start_of_boot: FirstStart,
}

/// Whether the agent started in this boot before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FirstStart {
    pub(crate) brownouts: u32,
    pub(crate) after_unclean_end: bool,
}

impl Shared {
    /// The server, with the certificate of now.
    pub(crate) fn server(&self) -> Server {
        self.server.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes an event and wakes who sends it. One that cannot be kept is said in the log: nothing waits for it.
    pub(crate) fn note(&self, what: &What) {
        if let Err(error) = self.store.note(self.clock.now(), what) {
            tracing::error!(error = %crate::error::chain(&error), "an event is lost");
        }
        self.events.notify_one();
    }

    /// The server answered: at its time, where it said one.
    pub(crate) fn heard_server(&self, its_clock: Option<Timestamp>) {
        self.calls.all_over();
        self.heard_at(its_clock);
    }

    fn heard_at(&self, its_clock: Option<Timestamp>) {
        let now = self.clock.now();
        self.heard.send_modify(|heard| {
            heard.at = Some(now);
            heard.error = None;
            if let Some(its) = its_clock {
                heard.clock_offset_ms = i64::try_from((now - its).whole_milliseconds()).ok();
            }
        });
        let kept = "when the server was heard";
        match self.trust.heard(&self.store, now, its_clock) {
            Ok(()) => self.troubles.over(kept),
            Err(error) => self.troubles.say(kept, &crate::error::chain(&error)),
        }
    }

    /// A call failed.
    pub(crate) fn missed_server(&self, error: &CallError) {
        if error.answered() {
            self.heard_at(None);
        }
        let said = error.chain();
        self.calls.say(error.doing(), &said);
        self.heard.send_modify(|heard| heard.error = Some(said));
    }

    /// Ends the agent.
    pub(crate) fn end(&self, how: Ended) {
        self.ending.send_modify(|ending| {
            // A machine that is to be started again is, also when somebody stops the agent meanwhile.
            if ending.is_none() {
                *ending = Some(how);
            }
        });
    }
}

/// A terminal's agent.
pub struct Agent;

impl Agent {
    /// Runs until `stop` resolves or the machine is to be started again. Everything is on disk when it returns.
    ///
    /// # Errors
    /// The terminal is not enrolled, or the socket or the store cannot be made.
    pub async fn run(parts: Parts, stop: impl Future<Output = ()> + Send) -> Result<Ended, AgentError> {
        let Parts { config, clock, machine, installer, screen: at, times, notifier, power } = parts;
        // Given back when this future ends, however it does.
        let _lock = lock(&config.data)?;
        let identity = Identity::read(&config.data)?.ok_or(AgentError::NotEnrolled)?;
        identity.write_copies(&config.data).unwrap_or_else(|error| {
            // Only streaming reads them; a full or read-only disk must not keep the terminal from its desk.
            tracing::error!(error = %crate::error::chain(&error), "the certificate's copies are not written");
        });
        let url = config.server.clone().ok_or(AgentError::NoServer)?;
        let server = Server::new(&url, identity.tls()?)?;
        let store = open_store(&config)?;
        let trust = Trust::load(&store, &identity)?;
        let boot_id = machine.boot_id();
        let first_start_of_boot = note_start(&store, &boot_id)?;
        let (screen, words) = Screen::new(env!("CARGO_PKG_VERSION"));
        let settings = configuration::InUse::load(&store)?;
        let shared = Arc::new(Shared {
            config,
            clock,
            machine,
            installer,
            times,
            power,
            store,
            screen: Arc::clone(&screen),
            identity: RwLock::new(identity),
            server: RwLock::new(server),
            trust,
            heard: watch::Sender::default(),
            offered: watch::Sender::default(),
            settings: watch::Sender::new(settings),
            update: watch::Sender::default(),
            events: Notify::new(),
            look_for_update: Notify::new(),
            from_stick: watch::Sender::default(),
            ending: watch::Sender::default(),
            troubles: Troubles::default(),
            calls: Troubles::default(),
            boot_id,
            first_start_of_boot,
        });
        shared.note(&What::AgentStarted {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            after_unclean_end: first_start_of_boot.after_unclean_end,
        });
        let mut tasks = JoinSet::new();
        let mut sockets = JoinSet::new();
        sockets.spawn(Arc::clone(&screen).serve(at));
        tasks.spawn(link::heartbeats(Arc::clone(&shared)));
        tasks.spawn(link::events(Arc::clone(&shared)));
        tasks.spawn(orders::run(Arc::clone(&shared)));
        tasks.spawn(configuration::run(Arc::clone(&shared)));
        tasks.spawn(update::run(Arc::clone(&shared)));
        tasks.spawn(enrol::renew_in_time(Arc::clone(&shared)));
        tasks.spawn(status::publish(Arc::clone(&shared)));
        tasks.spawn(assist::listen(Arc::clone(&shared), technician::Desk::new(Arc::clone(&shared)), words));
        notifier.ready();
        let mut ending = shared.ending.subscribe();
        let mut stop = std::pin::pin!(stop);
        let mut beat = tokio::time::interval(notifier.every());
        let how = loop {
            tokio::select! {
                () = &mut stop => break Ended::Stopped,
                Ok(how) = ending.wait_for(Option::is_some) => break how.unwrap_or(Ended::Stopped),
                _ = beat.tick() => notifier.alive(),
                // Without its socket the screen is not heard: what starts the agent again mends that.
                Some(Ok(Err(error))) = sockets.join_next() => return Err(error.into()),
                // No task ends by itself.
                Some(ended) = tasks.join_next() => ended?,
            }
        };
        notifier.stopping();
        tasks.shutdown().await;
        sockets.shutdown().await;
        shared.store.set_value(CLEAN_END, &shared.boot_id)?;
        Ok(how)
    }
}

const BOOT: &str = "boot_id";
const CLEAN_END: &str = "clean_end_of";
const BROWNOUTS: &str = "brownouts";

/// Counts the machine's ends without a shut-down: the boot before ended, and the agent of it did not.
fn note_start(store: &Store, boot_id: &str) -> Result<FirstStart, StoreError> {
    let before: Option<String> = store.value(BOOT)?;
    let clean: Option<String> = store.value(CLEAN_END)?;
    let mut brownouts: u32 = store.value(BROWNOUTS)?.unwrap_or(0);
    let other_boot = before.as_deref().is_some_and(|before| before != boot_id);
    let after_unclean_end = other_boot && clean != before;
    if after_unclean_end {
        brownouts = brownouts.saturating_add(1);
        store.set_value(BROWNOUTS, &brownouts)?;
    }
    if before.as_deref() != Some(boot_id) {
        store.set_value(BOOT, &boot_id)?;
    }
    // What ended cleanly in this boot runs again.
    if clean.as_deref() == Some(boot_id) {
        store.set_value(CLEAN_END, &"")?;
    }
    Ok(FirstStart { brownouts, after_unclean_end })
}

/// The folder for one agent; nothing where the disk cannot be written, so that the desk hears of it.
fn lock(data: &Path) -> Result<Option<File>, AgentError> {
    let opened = std::fs::create_dir_all(data)
        .and_then(|()| File::options().create(true).append(true).open(data.join("agent.lock")));
    match opened.map(|file| (file.try_lock(), file)) {
        Ok((Ok(()), file)) => Ok(Some(file)),
        Ok((Err(TryLockError::WouldBlock), _)) => Err(AgentError::Running(data.to_owned())),
        Ok((Err(TryLockError::Error(error)), _)) | Err(error) => {
            tracing::error!(%error, "the agent's folder cannot be locked");
            Ok(None)
        }
    }
}

/// The store; one in memory where the disk cannot be written, so that the desk hears of it.
fn open_store(config: &Config) -> Result<Store, AgentError> {
    match Store::open(&config.data, config.bounds) {
        Ok(store) => Ok(store),
        Err(error) => {
            tracing::error!(error = %crate::error::chain(&error), "nothing can be kept: the agent remembers nothing");
            Ok(Store::in_memory(config.bounds)?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Bounds;

    #[test]
    fn only_an_end_of_the_machine_without_a_shut_down_is_a_brownout() {
        let store = Store::in_memory(Bounds::default()).unwrap();
        let start = |boot: &str| {
            let start = note_start(&store, boot).unwrap();
            (start.after_unclean_end, start.brownouts)
        };
        assert_eq!(start("a"), (false, 0), "the first one");
        assert_eq!(start("a"), (false, 0), "the agent alone was killed");
        store.set_value(CLEAN_END, &"a").unwrap();
        assert_eq!(start("b"), (false, 0), "shut down");
        assert_eq!(start("c"), (true, 1), "power failed");
        store.set_value(CLEAN_END, &"c").unwrap();
        assert_eq!(start("c"), (false, 1), "the agent was stopped and started");
        assert_eq!(start("d"), (true, 2), "then power failed");
    }
}
