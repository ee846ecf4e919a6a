//! Calls for help and the worker's answer: in memory, gone with the call.
//!
//! Duty: pass the masked page up and the worker's pointing down. Never: write anything of it down.

use fleet_api::ItemId;
use fleet_api::assist::{AssistReply, AssistTurn, MESSAGE_CHARACTERS, MirrorPage, WorkerAction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The most calls at a time, and of one terminal.
const MOST: usize = 10_000;
/// Actions that wait for a terminal.
const QUEUE: usize = 64;
/// A call of which nothing is heard for so long is over.
const SILENCE: Duration = Duration::from_secs(120);
/// How long a turn waits for news.
pub const WAIT: Duration = Duration::from_secs(20);

/// What the worker of a call has put on the resident's screen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pointed {
    /// The ring: pixels from the left and the top.
    pub ring: Option<(f32, f32)>,
    /// The sentence.
    pub sentence: Option<String>,
}

/// A call as the desk sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Its id.
    pub id: String,
    /// The terminal.
    pub terminal: String,
    /// The page from which it came.
    pub page: String,
    /// The item, where one was chosen.
    pub item: Option<ItemId>,
    /// No form first.
    pub urgent: bool,
    /// Who took it.
    pub worker: Option<String>,
    /// The page without its values, where the resident lets the worker see it.
    pub mirror: Option<MirrorPage>,
    /// What the worker points at and says.
    pub pointed: Pointed,
}

#[derive(Debug)]
struct Open {
    call: Call,
    queue: Vec<WorkerAction>,
    /// Given with the last turn, and given again when that turn is asked again.
    given: Option<(u64, AssistReply)>,
    ended: bool,
    heard: Instant,
    changed: Arc<Notify>,
}

/// The worker cannot do that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssistError {
    /// The call is over.
    #[error("the call is over")]
    Over,
    /// Somebody else has it.
    #[error("somebody else took the call")]
    Taken,
    /// The sentence is too long, or too much waits.
    #[error("that is too much at a time")]
    TooMuch,
}

/// The calls that are open.
#[derive(Debug, Default)]
pub struct Assist {
    calls: Mutex<BTreeMap<String, Open>>,
}

impl Assist {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        calls.retain(|_, open| now.duration_since(open.heard) < SILENCE);
        calls
    }

    /// A terminal asks for the desk. False: it is known, or there is no room.
    pub fn begin(&self, call: Call) -> bool {
        let mut calls = self.lock();
        // A terminal has one call: the older one is over.
        calls.retain(|id, open| open.call.terminal != call.terminal || *id == call.id);
        if calls.len() >= MOST || calls.contains_key(&call.id) {
            return false;
        }
        calls.insert(
            call.id.clone(),
            Open {
                call,
                queue: Vec::new(),
                given: None,
                ended: false,
                heard: Instant::now(),
                changed: Arc::default(),
            },
        );
        true
    }

    /// The call is over. False: it is not here.
    pub fn end(&self, terminal: &str, call: &str) -> bool {
        let mut calls = self.lock();
        let theirs = calls.get(call).is_some_and(|open| open.call.terminal == terminal);
        if theirs && let Some(open) = calls.remove(call) {
            open.changed.notify_waiters();
        }
        theirs
    }

    /// Whether a call is here and the terminal's own.
    pub fn is_of(&self, terminal: &str, call: &str) -> bool {
        self.lock().get(call).is_some_and(|open| open.call.terminal == terminal)
    }

    /// The open calls.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().values().filter(|open| !open.ended).map(|open| open.call.clone()).collect()
    }

    /// One call, with its page.
    pub fn call(&self, id: &str) -> Option<Call> {
        self.lock().get(id).filter(|open| !open.ended).map(|open| open.call.clone())
    }

    /// A worker takes a call.
    ///
    /// # Errors
    /// It is over, or somebody has it.
    pub fn take(&self, id: &str, worker: &str) -> Result<(), AssistError> {
        let mut calls = self.lock();
        let open = calls.get_mut(id).filter(|open| !open.ended).ok_or(AssistError::Over)?;
        if open.call.worker.as_deref().is_some_and(|has| has != worker) {
            return Err(AssistError::Taken);
        }
        open.call.worker = Some(worker.to_owned());
        open.changed.notify_waiters();
        Ok(())
    }

    /// The worker who has a call points or writes.
    ///
    /// # Errors
    /// It is over, another's, or too much.
    pub fn act(&self, id: &str, worker: &str, action: WorkerAction) -> Result<(), AssistError> {
        if let WorkerAction::Write { text } = &action
            && text.chars().count() > MESSAGE_CHARACTERS
        {
            return Err(AssistError::TooMuch);
        }
        let mut calls = self.lock();
        let open = calls.get_mut(id).filter(|open| !open.ended).ok_or(AssistError::Over)?;
        if open.call.worker.as_deref() != Some(worker) {
            return Err(AssistError::Taken);
        }
        if open.queue.len() >= QUEUE {
            return Err(AssistError::TooMuch);
        }
        let pointed = &mut open.call.pointed;
        match &action {
            WorkerAction::Point { x, y } => pointed.ring = Some((*x, *y)),
            WorkerAction::Write { text } => pointed.sentence = Some(text.clone()),
            WorkerAction::Clear => *pointed = Pointed::default(),
            WorkerAction::Unrecognised => {}
        }
        open.queue.push(action);
        open.changed.notify_waiters();
        Ok(())
    }

    /// The worker who has a call ends it.
    ///
    /// # Errors
    /// It is over, or another's.
    pub fn hang_up(&self, id: &str, worker: &str) -> Result<(), AssistError> {
        let mut calls = self.lock();
        let open = calls.get_mut(id).filter(|open| !open.ended).ok_or(AssistError::Over)?;
        if open.call.worker.as_deref() != Some(worker) {
            return Err(AssistError::Taken);
        }
        open.ended = true;
        open.changed.notify_waiters();
        Ok(())
    }

    /// A terminal's turn: its page up, what the worker did down; waits for news. None: there is no such call of its own.
    pub async fn turn(&self, terminal: &str, id: &str, turn: AssistTurn) -> Option<AssistReply> {
        let changed = {
            let mut calls = self.lock();
            let open = calls.get_mut(id).filter(|open| open.call.terminal == terminal)?;
            open.heard = Instant::now();
            if let Some((number, reply)) = &open.given
                && *number == turn.number
            {
                return Some(reply.clone());
            }
            if let Some(page) = turn.page {
                open.call.mirror = Some(page);
            }
            if turn.ended {
                let reply =
                    AssistReply { worker: open.call.worker.clone(), actions: Vec::new(), ended: true };
                calls.remove(id);
                return Some(reply);
            }
            Arc::clone(&open.changed)
        };
        let until = Instant::now() + WAIT;
        loop {
            let news = changed.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            {
                let mut calls = self.lock();
                let Some(open) = calls.get_mut(id) else {
                    return Some(AssistReply { worker: None, actions: Vec::new(), ended: true });
                };
                let told = open.given.as_ref().and_then(|(_, reply)| reply.worker.clone());
                let has_news = !open.queue.is_empty() || open.ended || told != open.call.worker;
                if has_news || Instant::now() >= until {
                    let reply = AssistReply {
                        worker: open.call.worker.clone(),
                        actions: std::mem::take(&mut open.queue),
                        ended: open.ended,
                    };
                    open.given = Some((turn.number, reply.clone()));
                    return Some(reply);
                }
            }
            // Either way the call is looked at again.
            let _ = tokio::time::timeout_at(until, news).await;
        }
    }
}
