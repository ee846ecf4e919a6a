//! Settings from the desk: checked, tried, and given back by themselves when the screen does not come back well.
//!
//! Duty: use a document only after its signature, terminal, number and bounds were checked, and keep the last good one.
//! Never: say that settings are followed which the screen does not follow.

use crate::agent::Shared;
use crate::backoff::Backoff;
use crate::link;
use crate::screen::ScreenState;
use crate::store::{Store, StoreError};
use crate::trust::may_be_newer;
use crate::window::Window;
use fleet_api::Timestamp;
use fleet_api::configuration::{ConfigurationDocument, Settings};
use fleet_api::event::{ConfigurationOutcome, What};
use fleet_api::health::ScreenPhase;
use fleet_api::path;
use fleet_api::signed::Signed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

const IN_USE: &str = "configuration";

/// The settings that are followed, and the ones on trial.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct InUse {
    good: Numbered,
    trial: Option<Trial>,
    /// The highest number that was seen, used or not.
    seen: u64,
    /// What the screen said to the settings that it was given last; nothing yet, or why not.
    #[serde(skip)]
    screen: Option<Result<(), String>>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Numbered {
    number: u64,
    settings: Settings,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Trial {
    of: Numbered,
    #[serde(with = "time::serde::rfc3339")]
    since: Timestamp,
}

impl InUse {
    pub(crate) fn load(store: &Store) -> Result<Self, StoreError> {
        Ok(store.value(IN_USE)?.unwrap_or_default())
    }

    fn current(&self) -> &Numbered {
        self.trial.as_ref().map_or(&self.good, |trial| &trial.of)
    }

    /// The number of the settings that are followed now.
    pub(crate) fn number(&self) -> u64 {
        self.current().number
    }

    /// The settings that are followed now.
    pub(crate) fn settings(&self) -> &Settings {
        &self.current().settings
    }

    /// The time at which the terminal may install: the desk's, else the file's.
    pub(crate) fn window(&self, file: Window) -> Window {
        self.settings().maintenance_window.as_ref().map_or(file, Window::from)
    }
}

/// What is in trouble where the desk's settings cannot be fetched.
const FETCHED: &str = "the configuration";

/// Follows the desk's settings for ever.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut offered = shared.offered.subscribe();
    let mut screen = shared.screen.watch();
    let mut backoff = Backoff::from(shared.times.first_retry);
    let mut connected = false;
    loop {
        // A screen that comes gets the settings of now.
        let here = !matches!(*screen.borrow_and_update(), ScreenState::Away(_));
        if here && !connected {
            give(&shared);
        }
        connected = here;

        let wanted = offered.borrow_and_update().configuration;
        let mut retry = None;
        if wanted > shared.settings.borrow().seen
            && let Err(error) = fetch(&shared).await
        {
            shared.troubles.say(FETCHED, &error);
            retry = Some(backoff.next());
        } else {
            shared.troubles.over(FETCHED);
            backoff.reset();
        }
        let ends = probation(&shared);
        let wait = [retry, ends].into_iter().flatten().min().unwrap_or(Duration::from_secs(3600));
        let mut settings = shared.settings.subscribe();
        settings.mark_unchanged();
        tokio::select! {
            _ = offered.changed() => {}
            _ = screen.changed() => {}
            _ = settings.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// The screen's word on what it was given.
pub(crate) fn taken(shared: &Shared, error: Option<String>) {
    let word = error.map_or(Ok(()), |error| Err(error.chars().take(300).collect()));
    shared.settings.send_modify(|in_use| in_use.screen = Some(word));
}

fn give(shared: &Shared) {
    let settings = shared.settings.borrow().settings().clone();
    shared.settings.send_if_modified(|in_use| {
        in_use.screen = None;
        false
    });
    shared.screen.give(&settings);
}

async fn fetch(shared: &Shared) -> Result<(), String> {
    let signed: Signed<ConfigurationDocument> =
        shared.server().get("configuration", path::CONFIGURATION).await.map_err(|error| error.chain())?;
    let mut opened = signed.open(&shared.trust.ring());
    if opened.as_ref().is_err_and(may_be_newer) {
        link::fetch_ring(shared).await?;
        opened = signed.open(&shared.trust.ring());
    }
    let seen = shared.settings.borrow().seen;
    let document = match opened {
        Ok(document) => document,
        Err(error) => {
            // Its number is not to be believed: what was offered is not looked at again, until a higher one is.
            let number = shared.offered.borrow().configuration;
            refuse(shared, number, crate::error::chain(&error));
            return Ok(());
        }
    };
    let number = document.number;
    if document.terminal != shared.identity().enrolled.terminal {
        refuse(shared, number, "it is for another terminal".to_owned());
    } else if number <= seen {
        tracing::warn!(number, seen, "an old configuration is not used again");
    } else if let Err(error) = document.settings.check() {
        refuse(shared, number, error.to_string());
    } else {
        let since = shared.clock.now();
        let of = Numbered { number, settings: document.settings };
        keep(shared, |in_use| {
            in_use.seen = number;
            in_use.trial = Some(Trial { of, since });
        });
        give(shared);
        tracing::info!(number, "configuration on trial");
    }
    Ok(())
}

/// Ends the trial when its time is over, or the screen said no; how long it still runs.
fn probation(shared: &Shared) -> Option<Duration> {
    let in_use = shared.settings.borrow().clone();
    let trial = in_use.trial?;
    let number = trial.of.number;
    if let Some(Err(error)) = in_use.screen {
        give_back(shared, number, error);
        return None;
    }
    let since = Duration::try_from(shared.clock.now() - trial.since).unwrap_or_default();
    if let Some(left) = shared.times.probation.checked_sub(since).filter(|left| !left.is_zero()) {
        return Some(left);
    }
    match stands(&shared.screen.watch().borrow(), trial.since) {
        Ok(()) => {
            keep(shared, |in_use| {
                in_use.good = trial.of;
                in_use.trial = None;
            });
            shared.note(&What::Configuration {
                number,
                outcome: ConfigurationOutcome::Applied,
                detail: None,
            });
        }
        Err(why) => give_back(shared, number, why.to_owned()),
    }
    None
}

/// Whether the screen came back well.
fn stands(screen: &ScreenState, since: Timestamp) -> Result<(), &'static str> {
    let Some(health) = screen.health() else { return Err("the screen was away at the end of the trial") };
    if health.phase == ScreenPhase::Starting {
        return Err("the screen did not come to its first page");
    }
    if !health.database_open {
        return Err("the terminal's database did not open");
    }
    // An idle page that does not change is painted again in its own time: painted at all since the trial began.
    match health.painted_at {
        Some(painted) if painted >= since => Ok(()),
        _ => Err("no frame was painted"),
    }
}

fn give_back(shared: &Shared, number: u64, why: String) {
    tracing::warn!(number, why, "the configuration is given back");
    keep(shared, |in_use| in_use.trial = None);
    give(shared);
    let detail = Some(why);
    shared.note(&What::Configuration { number, outcome: ConfigurationOutcome::Returned, detail });
}

fn refuse(shared: &Shared, number: u64, why: String) {
    tracing::warn!(number, why, "the configuration is refused");
    keep(shared, |in_use| in_use.seen = in_use.seen.max(number));
    let detail = Some(why);
    shared.note(&What::Configuration { number, outcome: ConfigurationOutcome::Refused, detail });
}

/// Changes what is in use, on disk first.
fn keep(shared: &Shared, change: impl FnOnce(&mut InUse)) {
    let mut in_use = shared.settings.borrow().clone();
    change(&mut in_use);
    if let Err(error) = shared.store.set_value(IN_USE, &in_use) {
        tracing::error!(error = %crate::error::chain(&error), "the configuration is not kept");
    }
    shared.settings.send_replace(in_use);
}
