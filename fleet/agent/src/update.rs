//! Updates: from the desk's offer to a version that has proved itself, or the old one again.
//!
//! Duty: do each state's work until its event comes, write every step down before the next, tell the truth about the end.
//! Never: install or start again in a visit, or call anything good that was not seen to work.

mod ddi;
mod doing;
mod download;
pub mod installer;
mod offer;
mod polling;
pub mod rauc;
pub(crate) mod record;
pub(crate) mod stick;
pub mod table;
pub mod verdict;

use crate::agent::{Ended, Shared};
use crate::backoff::Backoff;
use crate::store::StoreError;
use fleet_api::event::What;
use fleet_api::release::ReleaseVersion;
use fleet_api::ui::UpdateProgress;
use installer::{InstallerError, Slots};
use offer::Here;
use record::{Ending, Record, Source, Target};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use table::{Event, Found, State, Work};
use tokio::time::Instant;
use verdict::HEARD_BEFORE;

const HIGHEST: &str = "highest_good_version";
/// What others see of the update.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shown {
    /// The slot that runs.
    pub(crate) slot: Option<String>,
    pub(crate) progress: Option<UpdateProgress>,
    /// How the last one ended, one sentence.
    pub(crate) last: Option<String>,
}

/// An ending as a sentence.
pub(crate) fn sentence(ending: &Ending) -> String {
    let version = ending.version.map_or_else(|| "an update".to_owned(), |version| version.to_string());
    match (ending.good, &ending.detail) {
        (true, None) => format!("{version} is installed"),
        (true, Some(detail)) => format!("{version} is installed: {detail}"),
        (false, None) => format!("{version} is not installed"),
        (false, Some(detail)) => format!("{version} is not installed: {detail}"),
    }
}

/// Works on updates for ever.
pub(crate) async fn run(shared: Arc<Shared>) {
    let first = shared.times.first_retry;
    let mut driver = Driver {
        record: None,
        next_poll: Instant::now(),
        missed: Backoff::from(first),
        failed: Backoff::from(first),
        waits: None,
        described: None,
        may_reboot: false,
        refused_cancel: None,
        try_back: TryBack::Owed,
        refused_try: Backoff::from(first),
        shared,
    };
    while let Err(error) = driver.load().await {
        tracing::error!(error = %crate::error::chain(&error), "the update that was under way cannot be read");
        tokio::time::sleep(driver.failed.next()).await;
    }
    loop {
        driver.give_try_back().await;
        if let Err(error) = driver.work().await {
            tracing::error!(error = %crate::error::chain(&error), "a step of the update is not written down");
            tokio::time::sleep(driver.failed.next()).await;
        }
    }
}

/// What is in trouble where the installer does not tell its slots.
const SLOTS: &str = "the slots";

struct Driver {
    shared: Arc<Shared>,
    record: Option<Record>,
    next_poll: Instant,
    missed: Backoff,
    failed: Backoff,
    /// Why an update waits, as the log says.
    waits: Option<String>,
    /// What was said of this terminal last.
    described: Option<BTreeMap<String, String>>,
    /// The machine may be started again: asked in this life.
    may_reboot: bool,
    /// A cancelling that was answered with no.
    refused_cancel: Option<String>,
    /// The try of the slot that runs, which this start of the machine used up.
    try_back: TryBack,
    /// Waits for the installer to take a try back.
    refused_try: Backoff,
}

/// Whether the slot that runs has back the try that was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TryBack {
    /// Not yet.
    Owed,
    /// The installer did not do it: not before then.
    OwedAfter(Instant),
    /// It has.
    Given,
}

impl Driver {
    fn state(&self) -> State {
        self.record.as_ref().map_or(State::Idle, |record| record.state)
    }

    /// What was under way, and what this start means for it.
    async fn load(&mut self) -> Result<(), StoreError> {
        self.record = self.shared.store.update()?;
        let slots = loop {
            match self.slots().await {
                Ok(slots) => break Some(slots),
                Err(error) => {
                    self.shared.troubles.say(SLOTS, &crate::error::chain(&error));
                    if self.record.is_none() {
                        break None;
                    }
                    // Which slot runs decides what an update under way has come to: nothing is done before it is known.
                    tokio::time::sleep(self.failed.next()).await;
                }
            }
        };
        let last = self.shared.store.last_ending()?.as_ref().map(sentence);
        let slot = slots.as_ref().map(|slots| slots.running.clone());
        self.shared.update.send_modify(|shown| {
            shown.slot = slot;
            shown.last = last;
        });
        self.show(None);
        let Some(record) = &self.record else { return self.note_running_as_good() };
        let Some(slots) = slots else { return Ok(()) };
        let found = Found {
            runs_old_slot: slots.running == record.from_slot,
            started_since: record.boot_id != self.shared.boot_id,
        };
        match table::at_start(record.state, found) {
            Some(Event::StartedOld) => {
                let why = match record.state {
                    State::GoingBack => record.detail.clone(),
                    _ => Some("the machine came back on the old version".to_owned()),
                };
                self.apply(Event::StartedOld, why).await
            }
            Some(event) => self.apply(event, None).await,
            None => Ok(()),
        }
    }

    /// What ran when the agent first came is the least that may be installed over.
    fn note_running_as_good(&self) -> Result<(), StoreError> {
        let known: Option<ReleaseVersion> = self.shared.store.value(HIGHEST)?;
        match (known, self.running()) {
            (None, Some(running)) => self.shared.store.set_value(HIGHEST, &running),
            _ => Ok(()),
        }
    }

    fn running(&self) -> Option<ReleaseVersion> {
        self.shared.machine.image().parse().ok()
    }

    async fn work(&mut self) -> Result<(), StoreError> {
        match self.state().work() {
            Work::Nothing => self.wait_for_offer().await,
            Work::Fetch => self.fetch().await,
            Work::AskToInstall => self.ask_to_install().await,
            Work::Install => self.install().await,
            Work::AskToReboot => {
                if self.reboot_is_allowed().await {
                    self.may_reboot = true;
                    return self.apply(Event::MayReboot, None).await;
                }
                self.wait(self.shared.times.not_now).await
            }
            Work::Reboot => {
                // Killed between permission and start: somebody may have come meanwhile.
                if !self.may_reboot && !self.reboot_is_allowed().await {
                    return self.wait(self.shared.times.not_now).await;
                }
                self.shared.end(Ended::Reboot);
                std::future::pending().await
            }
            Work::Judge => self.judge().await,
            Work::GoBack => self.go_back().await,
            Work::Tell => self.tell().await,
        }
    }

    /// Writes the step down with its report, then does what goes with it.
    async fn apply(&mut self, event: Event, detail: Option<String>) -> Result<(), StoreError> {
        let state = self.state();
        let step = match table::step(state, event) {
            Ok(step) => step,
            Err(refused) => {
                tracing::error!(%refused, "the update stays");
                return Ok(());
            }
        };
        let Some(mut record) = self.record.clone() else { return Ok(()) };
        record.state = step.next;
        record.attempts = 0;
        record.boot_id.clone_from(&self.shared.boot_id);
        record.detail = detail;
        if step.next != State::Trial {
            record.server_was_heard = self.heard_lately();
        }
        let report = self.report(&record, event);
        let ending = match step.next {
            State::Succeeded | State::Failed => Some(Ending {
                version: record.target.as_ref().map(|target| target.version),
                good: step.next == State::Succeeded,
                detail: record.detail.clone(),
            }),
            _ => None,
        };
        tracing::info!(
            from = state.word(),
            to = step.next.word(),
            ?event,
            version = record.version(),
            "update"
        );
        let now = self.shared.clock.now();
        let kept = (step.next != State::Idle).then_some(&record);
        self.shared.power.point("update.step");
        self.shared.store.set_update(
            kept,
            report.as_ref(),
            ending.as_ref().map(|ending| (record.action.as_str(), ending)),
            now,
        )?;
        self.shared.power.point("update.stepped");
        self.shared.events.notify_one();
        self.failed.reset();
        if let Some(ending) = &ending {
            let sentence = sentence(ending);
            self.shared.update.send_modify(|shown| shown.last = Some(sentence));
        }
        if step.discard
            && let Err(error) = download::discard(&self.shared.config.data)
        {
            tracing::warn!(%error, "a bundle stays on disk");
        }
        self.record = (step.next != State::Idle).then(|| record.clone());
        self.show(None);
        if let (Some(report), Source::Server { deployment, .. }) = (step.report, &record.source) {
            // One that is lost is made up by the next; only the end is told until it is heard.
            let details = vec![format!("{}: {}", record.version(), step.next.word())];
            let server = self.shared.server();
            if let Err(error) = ddi::feedback(&server, deployment, &record.action, report, details).await {
                tracing::warn!(error = %error.chain(), "feedback");
            }
        }
        Ok(())
    }

    fn report(&self, record: &Record, event: Event) -> Option<What> {
        let state = match event {
            Event::Told => return None,
            Event::Cancelled => "cancelled",
            _ => record.state.word(),
        };
        Some(What::Update {
            action: record.action.clone(),
            version: record.version(),
            state: state.to_owned(),
            detail: record.detail.clone(),
        })
    }

    fn heard_lately(&self) -> bool {
        let now = self.shared.clock.now();
        self.shared.trust.last_heard().is_some_and(|heard| (now - heard).unsigned_abs() <= HEARD_BEFORE)
    }

    fn show(&self, percent: Option<u8>) {
        let progress = self.record.as_ref().map(|record| UpdateProgress {
            version: record.version(),
            state: record.state.word().to_owned(),
            percent,
        });
        self.shared.update.send_if_modified(|shown| {
            let differs = shown.progress != progress;
            shown.progress = progress;
            differs
        });
    }

    async fn slots(&self) -> Result<Slots, InstallerError> {
        let slots = self.with_installer(|installer| installer.slots()).await?;
        self.shared.troubles.over(SLOTS);
        Ok(slots)
    }

    /// Calls the installer, which blocks.
    async fn with_installer<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn installer::Installer) -> Result<T, InstallerError> + Send + 'static,
    ) -> Result<T, InstallerError> {
        let installer = Arc::clone(&self.shared.installer);
        match tokio::task::spawn_blocking(move || call(installer.as_ref())).await {
            Ok(result) => result,
            Err(error) => {
                Err(InstallerError::Refused { doing: "a call of the installer", said: error.to_string() })
            }
        }
    }

    /// Sleeps, and polls when it is time.
    async fn wait(&mut self, wait: Duration) -> Result<(), StoreError> {
        let until = Instant::now() + wait;
        if self.next_poll > until {
            tokio::time::sleep_until(until).await;
            return Ok(());
        }
        tokio::time::sleep_until(self.next_poll).await;
        self.poll().await
    }

    /// Begins an action; it is on disk with its first state.
    async fn begin(
        &mut self,
        action: String,
        source: Source,
        target: Option<Target>,
        event: Event,
        window_open: Option<bool>,
        detail: Option<String>,
    ) -> Result<(), StoreError> {
        let slots = match self.slots().await {
            Ok(slots) => slots,
            Err(error) => {
                // Not the update's fault: the server offers it again.
                self.shared.troubles.say(SLOTS, &crate::error::chain(&error));
                return Ok(());
            }
        };
        self.record = Some(Record {
            state: State::Idle,
            source,
            action,
            target,
            from_slot: slots.running,
            boot_id: self.shared.boot_id.clone(),
            attempts: 0,
            server_was_heard: self.heard_lately(),
            window_open,
            detail: None,
        });
        let begun = self.apply(event, detail).await;
        if self.state() == State::Idle {
            self.record = None;
        }
        begun
    }
}

/// What this machine is, for an offer.
fn here(shared: &Shared, highest: Option<ReleaseVersion>) -> Here<'_> {
    Here {
        compatible: &shared.config.compatible,
        running: shared.machine.image().parse().ok(),
        highest,
        manifest: shared.config.update.manifest,
        now: shared.trust.not_earlier(shared.clock.now()),
    }
}
