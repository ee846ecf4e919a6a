//! How the agent is: for the technician's pages and `yilin-agent status`.

use crate::agent::Shared;
use crate::config::Config;
use crate::identity::Identity;
use crate::machine::MachineProbe;
use crate::screen::ScreenState;
use crate::store::Store;
use crate::{configuration, update};
use fleet_api::ui::{AgentStatus, FromAgent, UpdateProgress};
use std::sync::Arc;
use std::time::Duration;

/// A page that is looked at is never older.
const EVERY: Duration = Duration::from_secs(30);

/// Tells the screen, on every change and now and then.
pub(crate) async fn publish(shared: Arc<Shared>) {
    let mut screen = shared.screen.watch();
    let mut update = shared.update.subscribe();
    let mut settings = shared.settings.subscribe();
    let mut heard = shared.heard.subscribe();
    loop {
        if !matches!(*screen.borrow_and_update(), ScreenState::Away(_)) {
            shared.screen.tell(FromAgent::Status(status(&shared)));
        }
        // Not more than some in a second, however fast a download goes.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let was_silent = heard.borrow_and_update().error.is_some();
        tokio::select! {
            _ = came(&mut screen) => {}
            _ = update.changed() => {}
            _ = settings.changed() => {}
            _ = heard.wait_for(|heard| heard.error.is_some() != was_silent) => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// A screen came or went; its health alone changes nothing here.
async fn came(screen: &mut tokio::sync::watch::Receiver<ScreenState>) {
    let away = matches!(*screen.borrow_and_update(), ScreenState::Away(_));
    let _ = screen.wait_for(|state| matches!(state, ScreenState::Away(_)) != away).await;
}

/// How this agent is now.
pub(crate) fn status(shared: &Shared) -> AgentStatus {
    let heard = shared.heard.borrow().clone();
    let shown = shared.update.borrow().clone();
    AgentStatus {
        enrolled: true,
        server_answered_at: heard.at.or_else(|| shared.trust.last_heard()),
        server_error: heard.error,
        certificate_until: Some(shared.identity().enrolled.valid_until),
        image: shared.machine.image(),
        slot: shown.slot,
        update: shown.progress,
        last_update: shown.last,
        configuration: shared.settings.borrow().number(),
        events_waiting: shared.store.waiting().unwrap_or_default(),
        network: shared.machine.network(),
    }
}

/// How the agent of that configuration is, from what it keeps: it may be running or not.
pub fn from_disk(config: &Config, machine: &dyn MachineProbe) -> AgentStatus {
    let identity = Identity::read(&config.data).ok().flatten();
    let store = Store::read_only(&config.data).ok();
    let store = store.as_ref();
    let record = store.and_then(|store| store.update().ok()).flatten();
    let last = store.and_then(|store| store.last_ending().ok()).flatten();
    let heard = identity
        .as_ref()
        .zip(store)
        .and_then(|(identity, store)| crate::trust::Trust::load(store, identity).ok()?.last_heard());
    AgentStatus {
        enrolled: identity.is_some(),
        server_answered_at: heard,
        server_error: None,
        certificate_until: identity.map(|identity| identity.enrolled.valid_until),
        image: machine.image(),
        slot: None,
        update: record.map(|record| UpdateProgress {
            version: record.version(),
            state: record.state.word().to_owned(),
            percent: None,
        }),
        last_update: last.as_ref().map(update::sentence),
        configuration: store
            .and_then(|store| configuration::InUse::load(store).ok())
            .map_or(0, |in_use| in_use.number()),
        events_waiting: store.and_then(|store| store.waiting().ok()).unwrap_or_default(),
        network: machine.network(),
    }
}
