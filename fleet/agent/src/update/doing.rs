//! The work of each state of an update.

use super::download::{self, DownloadError};
use super::installer::{BundleAt, InstallerError, OtherSlot};
use super::record::{Record, Source, Target};
use super::stick::StickOffer;
use super::table::{Event, State};
use super::verdict::{self, Seen, Verdict};
use super::{Driver, HIGHEST, TryBack, ddi, sentence};
use crate::screen::{NotAllowed, ScreenState};
use crate::store::StoreError;
use crate::window::Window;
use fleet_api::ddi::{Execution, Finished};
use fleet_api::release::ReleaseVersion;
use fleet_api::ui::{Ask, Refused};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How often a bundle is fetched or written before it is given up.
const ATTEMPTS: u32 = 4;
/// How often a trial is looked at.
const LOOK: Duration = Duration::from_secs(1);

impl Driver {
    /// A start uses up a try of the slot, also of one that is good: three of them, and the boot loader takes the other slot. What
    /// has painted has its try back. A version on trial has to prove more, and one that is given up has none.
    pub(super) async fn give_try_back(&mut self) {
        let has_to_prove = matches!(self.state(), State::Trial | State::GoingBack);
        let due = match self.try_back {
            TryBack::Owed => true,
            TryBack::OwedAfter(then) => then <= Instant::now(),
            TryBack::Given => false,
        };
        if !due || has_to_prove || !has_painted(&self.shared.screen.watch().borrow()) {
            return;
        }
        let what = "the try of the slot that runs, which is not given back";
        match self.with_installer(|installer| installer.mark_good()).await {
            Ok(()) => {
                self.shared.troubles.over(what);
                self.try_back = TryBack::Given;
            }
            Err(error) => {
                self.shared.troubles.say(what, &crate::error::chain(&error));
                self.try_back = TryBack::OwedAfter(Instant::now() + self.refused_try.next());
            }
        }
    }

    pub(super) async fn wait_for_offer(&mut self) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let mut stick = shared.from_stick.subscribe();
        let mut screen = shared.screen.watch();
        tokio::select! {
            () = tokio::time::sleep_until(self.next_poll) => self.poll().await,
            () = shared.look_for_update.notified() => self.poll().await,
            () = try_is_due(self.try_back, &mut screen) => Ok(()),
            offer = next_offer(&mut stick) => {
                shared.from_stick.send_replace(None);
                let action = format!("stick-{}", offer.target.version);
                self.begin(action, Source::Stick, Some(offer.target), Event::Offered, None, None).await
            }
        }
    }

    pub(super) async fn fetch(&mut self) -> Result<(), StoreError> {
        let Some((record, target)) = self.at_work() else { return Ok(()) };
        let Source::Server { download: link, .. } = &record.source else {
            // It was copied from the stick before the action began.
            let here = download::whole(&self.shared.config.data, &target).exists();
            let gone = (!here).then(|| "the copy of the stick's bundle is gone".to_owned());
            return self.apply(if here { Event::Fetched } else { Event::NotFetched }, gone).await;
        };
        let shared = Arc::clone(&self.shared);
        let server = shared.server();
        let (size, last) = (target.size.max(1), std::sync::atomic::AtomicU8::new(u8::MAX));
        let allowed = || {
            let desks = shared.settings.borrow().settings().download_bytes_per_second;
            desks.or(shared.config.update.bytes_per_second)
        };
        let told = |here: u64| {
            let percent = u8::try_from(here.min(size) * 100 / size).unwrap_or(100);
            if last.swap(percent, std::sync::atomic::Ordering::Relaxed) != percent {
                shared.update.send_modify(|shown| {
                    if let Some(progress) = &mut shown.progress {
                        progress.percent = Some(percent);
                    }
                });
            }
        };
        let fetching = download::fetch(&server, link, &shared.config.data, &target, allowed, told);
        let mut fetching = std::pin::pin!(fetching);
        let fetched = loop {
            tokio::select! {
                fetched = &mut fetching => break fetched,
                () = tokio::time::sleep_until(self.next_poll) => {
                    // The desk may give it up meanwhile.
                    self.poll().await?;
                    if self.record.as_ref().is_none_or(|now| now.action != record.action) {
                        return Ok(());
                    }
                }
            }
        };
        match fetched {
            Ok(_) => self.apply(Event::Fetched, None).await,
            Err(error) if error.may_pass() || self.state() != State::Downloading => {
                if matches!(error, DownloadError::Call(_) | DownloadError::Cut { .. } | DownloadError::Mixed)
                {
                    tracing::warn!(error = %crate::error::chain(&error), "the download");
                    let wait = self.failed.next();
                    return self.wait(wait).await;
                }
                // The disk: as often as installing is tried, so that the desk hears of it.
                self.try_again(Event::NotFetched, crate::error::chain(&error)).await
            }
            Err(error) => self.apply(Event::NotFetched, Some(crate::error::chain(&error))).await,
        }
    }

    pub(super) async fn ask_to_install(&mut self) -> Result<(), StoreError> {
        if self.window_is_open() && self.install_is_allowed().await {
            return self.apply(Event::MayInstall, None).await;
        }
        self.wait(self.shared.times.not_now).await
    }

    fn window_is_open(&self) -> bool {
        let Some(record) = &self.record else { return false };
        if record.source == Source::Stick {
            // A technician stands there.
            return true;
        }
        record.window_open.unwrap_or_else(|| {
            let window: Window = self.shared.settings.borrow().window(self.shared.config.update.window);
            window.is_open(self.shared.clock.now(), self.shared.config.offset)
        })
    }

    async fn install_is_allowed(&self) -> bool {
        let from_stick = self.record.as_ref().is_some_and(|record| record.source == Source::Stick);
        match self.shared.screen.allows(Ask::Install, self.shared.times.screen_absent).await {
            Ok(()) => true,
            // Who brought the stick is signed in.
            Err(NotAllowed::Refused(Refused::Upkeep)) => from_stick,
            Err(_) => false,
        }
    }

    pub(super) async fn reboot_is_allowed(&self) -> bool {
        let open = self.window_is_open() || self.state() == State::Rebooting;
        open && self.shared.screen.allows(Ask::Reboot, self.shared.times.screen_absent).await.is_ok()
    }

    pub(super) async fn install(&mut self) -> Result<(), StoreError> {
        let Some((record, target)) = self.at_work() else { return Ok(()) };
        match self.slots().await {
            Ok(slots) if slots.busy => return self.wait(self.shared.times.not_now).await,
            // Killed after the last write.
            Ok(slots) if is_installed(&slots.other, target.version) => {
                return self.apply(Event::Installed, None).await;
            }
            Ok(_) => {}
            Err(error) => return self.try_again(Event::NotInstalled, crate::error::chain(&error)).await,
        }
        let at = match &record.source {
            Source::Server { download, .. } if !self.has_file(&target) => {
                match self.shared.server().address(download) {
                    Ok(url) => BundleAt::Url(url.to_string()),
                    Err(error) => return self.apply(Event::NotInstalled, Some(error.chain())).await,
                }
            }
            _ => BundleAt::File(self.file(&target)),
        };
        let compatible = self.shared.config.compatible.clone();
        let shared = Arc::clone(&self.shared);
        let installed = self.with_installer(move |installer| {
            let says = installer.inspect(&at)?;
            if says.compatible != compatible || says.version != target.version.to_string() {
                let said = format!("the bundle is {} for {}", says.version, says.compatible);
                return Ok(Err(said));
            }
            installer.install(&at, &|percent| {
                shared.update.send_modify(|shown| {
                    if let Some(progress) = &mut shown.progress {
                        progress.percent = Some(percent);
                    }
                });
            })?;
            Ok(Ok(()))
        });
        match installed.await {
            Ok(Ok(())) => self.apply(Event::Installed, None).await,
            Ok(Err(said)) => self.apply(Event::NotInstalled, Some(said)).await,
            Err(error @ InstallerError::Refused { doing: "bundle", .. }) => {
                self.apply(Event::NotInstalled, Some(crate::error::chain(&error))).await
            }
            Err(error) => self.try_again(Event::NotInstalled, crate::error::chain(&error)).await,
        }
    }

    fn file(&self, target: &Target) -> PathBuf {
        download::whole(&self.shared.config.data, target)
    }

    fn has_file(&self, target: &Target) -> bool {
        self.file(target).exists()
    }

    /// Again, but not for ever: after some attempts `event` ends it.
    async fn try_again(&mut self, event: Event, why: String) -> Result<(), StoreError> {
        tracing::warn!(why, "a step of the update failed");
        let Some(record) = &mut self.record else { return Ok(()) };
        record.attempts += 1;
        if record.attempts >= ATTEMPTS {
            return self.apply(event, Some(why)).await;
        }
        self.shared.store.set_update(Some(record), None, None, self.shared.clock.now())?;
        let wait = self.failed.next();
        self.wait(wait).await
    }

    pub(super) async fn judge(&mut self) -> Result<(), StoreError> {
        let Some((record, target)) = self.at_work() else { return Ok(()) };
        let (painted, database_open) = {
            let screen = self.shared.screen.watch();
            let state = screen.borrow();
            let health = state.health();
            (has_painted(&state), health.is_some_and(|h| h.database_open))
        };
        let seen = Seen {
            uptime: self.shared.machine.uptime(),
            painted,
            database_open,
            server_answered: self.shared.heard.borrow().at.is_some(),
            server_was_heard: record.server_was_heard,
        };
        match verdict::judge(seen, self.shared.times.trial) {
            Verdict::Good => {
                self.shared.power.point("mark_good");
                let what = "the new version, which is not marked good";
                if let Err(error) = self.with_installer(|installer| installer.mark_good()).await {
                    self.shared.troubles.say(what, &crate::error::chain(&error));
                    let wait = self.failed.next();
                    return self.wait(wait).await;
                }
                self.shared.troubles.over(what);
                self.shared.power.point("marked_good");
                let highest: Option<ReleaseVersion> = self.shared.store.value(HIGHEST)?;
                if highest.is_none_or(|highest| highest < target.version) {
                    self.shared.store.set_value(HIGHEST, &target.version)?;
                }
                self.apply(Event::ProvedGood, None).await
            }
            Verdict::Bad(why) => self.apply(Event::ProvedBad, Some(why.to_owned())).await,
            Verdict::Wait => self.wait(LOOK).await,
        }
    }

    pub(super) async fn go_back(&mut self) -> Result<(), StoreError> {
        let what = "the old version, which is not chosen";
        if let Err(error) = self.with_installer(|installer| installer.give_up()).await {
            self.shared.troubles.say(what, &crate::error::chain(&error));
            let wait = self.failed.next();
            return self.wait(wait).await;
        }
        self.shared.troubles.over(what);
        self.shared.power.point("given_up");
        match self.shared.screen.allows(Ask::Reboot, self.shared.times.screen_absent).await {
            // A screen that does not answer may be what is wrong with this version.
            Ok(()) | Err(NotAllowed::NoAnswer | NotAllowed::Refused(Refused::Starting)) => {
                self.shared.end(crate::agent::Ended::Reboot);
                std::future::pending().await
            }
            Err(NotAllowed::Refused(_)) => self.wait(self.shared.times.not_now).await,
        }
    }

    pub(super) async fn tell(&mut self) -> Result<(), StoreError> {
        let Some(record) = self.record.clone() else { return Ok(()) };
        if let Source::Server { deployment, .. } = &record.source {
            let good = record.state == State::Succeeded;
            let finished = if good { Finished::Success } else { Finished::Failure };
            let said = self.shared.store.ending(&record.action)?.as_ref().map(sentence);
            let server = self.shared.server();
            let report = (Execution::Closed, finished);
            let told = ddi::feedback(&server, deployment, &record.action, report, said.into_iter().collect());
            if let Err(error) = told.await {
                self.shared.missed_server(&error);
                if !ddi::is_over(&error) {
                    tokio::time::sleep(error.retry_after().unwrap_or_default().max(self.failed.next())).await;
                    return Ok(());
                }
            }
        }
        self.shared.power.point("update.told");
        self.apply(Event::Told, record.detail).await
    }

    /// The record and what is to be installed. Only an offer that ended at once has none.
    fn at_work(&self) -> Option<(Record, Target)> {
        let record = self.record.clone()?;
        let target = record.target.clone()?;
        Some((record, target))
    }
}

fn has_painted(screen: &ScreenState) -> bool {
    screen.health().is_some_and(|health| health.painted_at.is_some())
}

/// When a try is to be given back.
async fn try_is_due(try_back: TryBack, screen: &mut watch::Receiver<ScreenState>) {
    match try_back {
        TryBack::Owed => first_frame(screen).await,
        TryBack::OwedAfter(then) => {
            tokio::time::sleep_until(then).await;
            first_frame(screen).await;
        }
        TryBack::Given => std::future::pending().await,
    }
}

async fn first_frame(screen: &mut watch::Receiver<ScreenState>) {
    if screen.wait_for(has_painted).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn is_installed(other: &OtherSlot, version: ReleaseVersion) -> bool {
    other.next && !other.bad && other.version == Some(version)
}

async fn next_offer(stick: &mut watch::Receiver<Option<StickOffer>>) -> StickOffer {
    loop {
        if let Some(offer) = stick.borrow_and_update().clone() {
            return offer;
        }
        if stick.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
