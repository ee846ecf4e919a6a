//! What is new at the province: catalogue, divisions, policy cards, warnings; and the terminal's own word of itself.
//!
//! Duty: ask at the start, then each thing as often as it changes. Never: disturb a visit; what comes is an event like any
//! other.

use super::{News, Shared, divisions};
use crate::chain::Chain;
use domain::device::{DeviceClass, Devices};
use domain::session::event::TerminalEvent;
use platform_client::catalogue_cache::{CatalogueError, Refreshed};
use platform_client::contract::terminal::Heartbeat;
use platform_client::slip::{SlipKey, SlipSigner};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Policy cards, and the catalogue even when no heartbeat tells of a newer one.
const SLOWLY: Duration = Duration::from_secs(600);
/// Divisions change with the year.
const RARELY: Duration = Duration::from_secs(24 * 3600);
/// Until the province says how often it wants to hear of the terminal.
const HEARTBEAT: Duration = Duration::from_secs(60);
/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Asks once, says so, and goes on as it was told to.
pub(super) async fn run(shared: Arc<Shared>, news: News, loaded: watch::Sender<bool>) {
    if let Some(all) = divisions::kept(&shared.data) {
        shared.say(TerminalEvent::Divisions(all.into()));
    }
    let mut rounds = Rounds::default();
    rounds.round(&shared).await;
    // Nobody may be waiting for it.
    let _ = loaded.send(true);
    let News::Every(pause) = news else { return };
    loop {
        tokio::time::sleep(pause).await;
        rounds.round(&shared).await;
    }
}

/// When each thing is asked for next; at once where nothing is said.
#[derive(Default)]
struct Rounds {
    /// The keys that the province was told when the terminal began its service.
    told: Option<Vec<SlipKey>>,
    heartbeat_every: Option<Duration>,
    heartbeat: Option<Instant>,
    catalogue: Option<Instant>,
    catalogue_version: Option<String>,
    notices: Option<Instant>,
    divisions: Option<Instant>,
}

impl Rounds {
    async fn round(&mut self, shared: &Arc<Shared>) {
        let inside = Arc::clone(shared);
        let opened = tokio::task::spawn_blocking(move || {
            let opened = inside.stores.open();
            inside.say_storage();
            opened
        });
        if let Ok(Err(error)) = opened.await {
            tracing::error!(error = %Chain(&error), "the outbox cannot be opened");
        }
        // The first call tells whether the province is there at all; the others would only wait for the same.
        if !self.warnings(shared).await {
            return;
        }
        self.activate(shared).await;
        self.heartbeat(shared).await;
        self.catalogue(shared).await;
        self.notices(shared).await;
        self.divisions(shared).await;
    }

    async fn warnings(&self, shared: &Shared) -> bool {
        let Ok(warnings) = shared.heard(shared.province.warnings().await) else { return false };
        shared.say(TerminalEvent::Warning(warnings.into_iter().next()));
        true
    }

    async fn activate(&mut self, shared: &Shared) {
        let Some(keys) = shared.stores.signer().map(SlipSigner::public_keys) else { return };
        if self.told.as_ref() == Some(&keys) {
            return;
        }
        if let Ok(activation) = shared.heard(shared.province.activate(VERSION, &keys).await) {
            self.told = Some(keys);
            self.heartbeat_every = Some(Duration::from_secs(u64::from(activation.heartbeat_seconds.max(1))));
        }
    }

    async fn heartbeat(&mut self, shared: &Shared) {
        if !due(self.heartbeat) {
            return;
        }
        self.heartbeat = after(self.heartbeat_every.unwrap_or(HEARTBEAT));
        if let Ok(answer) = shared.heard(shared.province.heartbeat(&heartbeat(shared)).await)
            && self.catalogue_version.as_ref() != Some(&answer.catalogue_version)
        {
            self.catalogue = None;
        }
    }

    async fn catalogue(&mut self, shared: &Shared) {
        if !due(self.catalogue) {
            return;
        }
        self.catalogue = after(SLOWLY);
        match shared.catalogue.refresh(&shared.province, shared.clock.now()).await {
            Ok(Refreshed::New(good)) => {
                self.catalogue_version = Some(good.catalogue.version.clone());
                shared.say(TerminalEvent::Catalogue(good.catalogue));
                shared.say(TerminalEvent::CatalogueCurrent(good.current_at));
            }
            Ok(Refreshed::Unchanged) if self.catalogue_version.is_none() => {
                // The kept one is the newest: the session may not have it yet.
                if let Ok(Some(good)) = shared.catalogue.load() {
                    self.catalogue_version = Some(good.catalogue.version.clone());
                    shared.say(TerminalEvent::Catalogue(good.catalogue));
                    shared.say(TerminalEvent::CatalogueCurrent(good.current_at));
                }
            }
            Ok(Refreshed::Unchanged) => shared.say(TerminalEvent::CatalogueCurrent(shared.clock.now())),
            Err(CatalogueError::Call(error)) => {
                let _ = shared.heard::<()>(Err(error));
                self.catalogue = None;
            }
            Err(error) => {
                tracing::error!(error = %Chain(&error), "no newer catalogue; the last good one stays");
            }
        }
    }

    async fn notices(&mut self, shared: &Shared) {
        if !due(self.notices) {
            return;
        }
        if let Ok(notices) = shared.heard(shared.province.notices().await) {
            self.notices = after(SLOWLY);
            shared.say(TerminalEvent::Notices(notices));
        }
    }

    async fn divisions(&mut self, shared: &Shared) {
        if !due(self.divisions) {
            return;
        }
        let Ok(all) = shared.heard(divisions::all(shared).await) else { return };
        self.divisions = after(RARELY);
        if let Err(error) = divisions::keep(&shared.data, &all) {
            tracing::warn!(%error, "the divisions cannot be kept");
        }
        shared.say(TerminalEvent::Divisions(all.into()));
    }
}

fn due(at: Option<Instant>) -> bool {
    at.is_none_or(|at| at <= Instant::now())
}

fn after(pause: Duration) -> Option<Instant> {
    Some(Instant::now() + pause)
}

fn heartbeat(shared: &Shared) -> Heartbeat {
    let devices = shared.state().devices;
    let room = shared.stores.outbox().map(|outbox| outbox.room());
    let count = |of: Option<u64>| u32::try_from(of.unwrap_or(0)).unwrap_or(u32::MAX);
    Heartbeat {
        terminal_id: shared.province.terminal().clone(),
        at: shared.clock.now(),
        software_version: VERSION.to_owned(),
        devices: words(&devices),
        paper: word(&devices.paper),
        outbox_waiting: count(room.map(|r| r.rows)),
        outbox_needs_human: count(room.map(|r| r.needs_human)),
    }
}

fn words(devices: &Devices) -> BTreeMap<String, String> {
    DeviceClass::ALL.into_iter().map(|class| (word(&class), word(&devices.state(class)))).collect()
}

/// The word of a value on the wire.
fn word(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::device::{DeviceState, PaperSupply};

    #[test]
    fn devices_have_their_words_on_the_wire() {
        let devices = Devices { camera: DeviceState::HardwareError, ..Devices::default() };
        let words = words(&devices);
        assert_eq!(words["camera"], "hardware_error");
        assert_eq!(words["id_card_reader"], "no_device");
        assert_eq!(word(&PaperSupply::Low), "low");
    }
}
