//! What the desk orders: taken once, done when it may be, answered until the server has the answer.
//!
//! Duty: check who ordered and for whom, keep an order on disk before it is begun, and its result before it is told. Never:
//! do one twice, or one in a visit.

mod carry;
mod check;
mod shell;

use crate::agent::Shared;
use crate::backoff::Backoff;
use crate::link;
use crate::server::CallError;
use crate::store::StoreError;
use crate::store::commands::Kept;
use crate::trust::may_be_newer;
use check::{Checked, Refusal};
use fleet_api::command::{Command, CommandId, CommandList, CommandResult, Outcome};
use fleet_api::path;
use fleet_api::signed::Signed;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How long the server may hold a question for news.
const HOLD: Duration = Duration::from_secs(50);
/// Orders at work at once; others wait.
const AT_ONCE: usize = 8;
/// The longest detail, in characters.
const DETAIL: usize = 4000;

/// Takes and carries out orders for ever.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut backoff = Backoff::from(shared.times.first_retry);
    let mut untaken = Backoff::from(shared.times.first_retry);
    let mut work = Work {
        shared: Arc::clone(&shared),
        at_work: BTreeMap::new(),
        tasks: JoinSet::new(),
        refused: HashSet::new(),
    };
    // What was begun in an earlier life comes first.
    if let Err(error) = work.resume() {
        tracing::error!(error = %crate::error::chain(&error), "orders that were begun are not looked at");
    }
    let mut version = 0;
    loop {
        let link = format!("{}?after={version}&wait={}", path::COMMANDS, HOLD.as_secs());
        let server = shared.server();
        let asking = async { server.get::<CommandList>("orders", &link).await };
        let list = tokio::select! {
            list = asking => list,
            Some(ended) = work.tasks.join_next_with_id(), if !work.tasks.is_empty() => {
                work.over(ended);
                continue;
            }
        };
        match list {
            Ok(list) => {
                backoff.reset();
                shared.heard_server(None);
                let news = list.version != version;
                version = list.version;
                let mut taken = Ok(());
                for signed in &list.commands {
                    taken = taken.and(work.take(signed).await);
                }
                let what = "an order, which is not taken";
                if let Err(error) = taken {
                    // The disk: asked for again, but not without a pause.
                    shared.troubles.say(what, &crate::error::chain(&error));
                    version = 0;
                    tokio::time::sleep(untaken.next()).await;
                    continue;
                }
                shared.troubles.over(what);
                untaken.reset();
                if !news {
                    // A server that does not hold the question is not pressed.
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
            Err(error) => {
                shared.missed_server(&error);
                tokio::time::sleep(error.retry_after().unwrap_or_default().max(backoff.next())).await;
            }
        }
    }
}

struct Work {
    shared: Arc<Shared>,
    at_work: BTreeMap<tokio::task::Id, CommandId>,
    tasks: JoinSet<()>,
    /// What could not be believed and was answered: not answered again in this life.
    refused: HashSet<String>,
}

impl Work {
    /// Goes on with what was not told, begun or not.
    fn resume(&mut self) -> Result<(), StoreError> {
        for kept in self.shared.store.open_commands()? {
            self.begin(kept);
        }
        Ok(())
    }

    async fn take(&mut self, signed: &Signed<Command>) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let mut opened = signed.open(&shared.trust.ring());
        if opened.as_ref().is_err_and(may_be_newer) && link::fetch_ring(&shared).await.is_ok() {
            opened = signed.open(&shared.trust.ring());
        }
        let terminal = shared.identity().enrolled.terminal;
        let now = shared.trust.not_earlier(shared.clock.now());
        match check::check(opened, signed, &terminal, now) {
            Checked::Good(command) => {
                let known = shared.store.command(&command.id)?;
                if known.is_none() {
                    shared.store.keep_command(&command, now)?;
                    shared.power.point("command.kept");
                }
                match shared.store.command(&command.id)? {
                    // The server asks again although it was told: it lost the answer.
                    Some(kept) => self.begin(Kept { told: false, ..kept }),
                    None => tracing::error!(id = %command.id, "an order that was kept is not there"),
                }
            }
            Checked::Refused(Refusal { id: Some(id), outcome, why }) => {
                if self.refused.len() < 1000 && self.refused.insert(format!("{id} {}", signed.signature)) {
                    tracing::warn!(%id, why, "an order is refused");
                    let result =
                        CommandResult { outcome, at: now, detail: Some(why), attachment_sha256: None };
                    if let Err(error) = tell(&shared, &id, &result).await {
                        shared.missed_server(&error);
                    }
                }
            }
            Checked::Refused(Refusal { id: None, why, .. }) => tracing::warn!(why, "an order is refused"),
        }
        Ok(())
    }

    fn begin(&mut self, kept: Kept) {
        let id = kept.command.id.clone();
        if self.at_work.values().any(|working| *working == id) || self.at_work.len() >= AT_ONCE {
            return;
        }
        let task = self.tasks.spawn(finish(Arc::clone(&self.shared), kept));
        self.at_work.insert(task.id(), id);
    }

    fn over(&mut self, ended: Result<(tokio::task::Id, ()), tokio::task::JoinError>) {
        let task = match ended {
            Ok((task, ())) => task,
            Err(error) => {
                tracing::error!(%error, "an order ended against all expectation");
                error.id()
            }
        };
        self.at_work.remove(&task);
        // Those that waited for a place.
        if let Err(error) = self.resume() {
            tracing::error!(error = %crate::error::chain(&error), "orders that wait are not looked at");
        }
    }
}

/// Carries an order to its end: result on disk, then told.
async fn finish(shared: Arc<Shared>, kept: Kept) {
    let id = kept.command.id.clone();
    let mut backoff = Backoff::from(shared.times.first_retry);
    let mut kept = kept;
    loop {
        match end(&shared, &mut kept).await {
            Ok(()) => return,
            Err(NotEnded::Store(error)) => {
                tracing::error!(%id, error = %crate::error::chain(&error), "an order");
            }
            Err(NotEnded::Call(error)) => {
                // The server has closed it: nobody waits for the answer.
                if error.status().is_some_and(|status| matches!(status.as_u16(), 404 | 410)) {
                    let _ = shared.store.command_told(&id);
                    return;
                }
                shared.missed_server(&error);
            }
        }
        tokio::time::sleep(backoff.next()).await;
    }
}

enum NotEnded {
    Store(StoreError),
    Call(CallError),
}

impl From<StoreError> for NotEnded {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn end(shared: &Arc<Shared>, kept: &mut Kept) -> Result<(), NotEnded> {
    let id = &kept.command.id;
    if kept.result.is_none() {
        let done = carry::carry_out(shared, kept).await?;
        let detail = done.detail.map(|detail| detail.chars().take(DETAIL).collect());
        let file = done.attachment.as_ref().map(|bytes| carry::keep_attachment(shared, id, bytes));
        let (file, outcome, detail) = match file {
            Some(Err(error)) => {
                (None, Outcome::Failed, Some(format!("what it made cannot be kept: {error}")))
            }
            Some(Ok(file)) => (Some(file), done.outcome, detail),
            None => (None, done.outcome, detail),
        };
        let attachment_sha256 = file.as_ref().and(done.attachment.as_deref()).map(crate::digest::sha256_hex);
        let result = CommandResult { outcome, at: shared.clock.now(), detail, attachment_sha256 };
        shared.power.point("command.done");
        shared.store.end_command(id, &result, file.as_deref())?;
        shared.events.notify_one();
        shared.power.point("command.ended");
        kept.result = Some(result);
        kept.attachment = file;
    }
    let Some(result) = &kept.result else { return Ok(()) };
    if let Some(file) = &kept.attachment {
        let bytes = carry::read_attachment(shared, file);
        match bytes {
            Ok(bytes) => {
                let link = path::COMMAND_ATTACHMENT.replace("{id}", &id.0);
                shared.server().put_bytes("attachment", &link, bytes).await.map_err(NotEnded::Call)?;
            }
            Err(error) => tracing::warn!(%id, %error, "what an order made is gone"),
        }
    }
    tell(shared, id, result).await.map_err(NotEnded::Call)?;
    shared.power.point("command.told");
    shared.store.command_told(id)?;
    if let Some(file) = &kept.attachment {
        carry::drop_attachment(shared, file);
    }
    Ok(())
}

async fn tell(shared: &Shared, id: &CommandId, result: &CommandResult) -> Result<(), CallError> {
    let link = path::COMMAND_RESULT.replace("{id}", &id.0);
    shared.server().send("result", reqwest::Method::POST, &link, result).await
}
