//! Debug shells that two people approved: what is typed goes down, what it says comes up and is kept.
//!
//! Duty: hold what is typed until the terminal asks for it. Never: open a shell: only a signed command does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_api::shell::{ShellEnd, ShellReply, ShellTurn, TURN_BYTES};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, broadcast};
use tokio::time::Instant;

/// How long a turn waits for input.
pub const WAIT: Duration = Duration::from_secs(20);
/// A shell of which nothing is heard for so long is over.
const SILENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Open {
    input: Vec<u8>,
    end: bool,
    given: Option<(u64, ShellReply)>,
    heard: Instant,
    changed: Arc<Notify>,
    output: broadcast::Sender<Vec<u8>>,
}

/// The shells that are open, by their command.
#[derive(Debug, Default)]
pub struct Shells(Mutex<BTreeMap<String, Open>>);

/// What a turn came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turned {
    /// What the terminal is told.
    pub reply: ShellReply,
    /// Whether it is over.
    pub over: bool,
}

impl Shells {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        let mut shells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        shells.retain(|_, open| now.duration_since(open.heard) < SILENCE);
        shells
    }

    /// What an open shell says from now on. None: it is not open (yet, or any more).
    pub fn watch(&self, command: &str) -> Option<broadcast::Receiver<Vec<u8>>> {
        self.lock().get(command).map(|open| open.output.subscribe())
    }

    /// The technician types. False: the shell is not open, or does not keep up.
    pub fn type_in(&self, command: &str, bytes: &[u8]) -> bool {
        let mut shells = self.lock();
        let Some(open) = shells.get_mut(command) else { return false };
        if open.input.len() + bytes.len() > TURN_BYTES {
            return false;
        }
        open.input.extend_from_slice(bytes);
        open.changed.notify_waiters();
        true
    }

    /// Whether a shell is open here.
    pub fn is_open(&self, command: &str) -> bool {
        self.lock().contains_key(command)
    }

    /// The desk ends a shell. False: it is not open.
    pub fn end(&self, command: &str) -> bool {
        let mut shells = self.lock();
        let Some(open) = shells.get_mut(command) else { return false };
        open.end = true;
        open.changed.notify_waiters();
        true
    }

    /// A terminal's turn. None: the output is no base64, or too long.
    pub async fn turn(&self, command: &str, turn: &ShellTurn) -> Option<Turned> {
        let output = STANDARD.decode(&turn.output).ok().filter(|bytes| bytes.len() <= TURN_BYTES)?;
        let changed = {
            let mut shells = self.lock();
            let open = shells.entry(command.to_owned()).or_insert_with(|| Open {
                input: Vec::new(),
                end: false,
                given: None,
                heard: Instant::now(),
                changed: Arc::default(),
                output: broadcast::channel(256).0,
            });
            open.heard = Instant::now();
            if let Some((number, reply)) = &open.given
                && *number == turn.number
            {
                return Some(Turned { reply: reply.clone(), over: reply.end });
            }
            if !output.is_empty() {
                // Nobody may be looking.
                let _ = open.output.send(output);
            }
            if turn.ended.is_some_and(|why| why != ShellEnd::Unrecognised) {
                shells.remove(command);
                let reply = ShellReply { input: String::new(), end: true };
                return Some(Turned { reply, over: true });
            }
            Arc::clone(&open.changed)
        };
        // What it has just said is often followed by more: it is not held up for long.
        let until = Instant::now() + if turn.output.is_empty() { WAIT } else { Duration::from_millis(200) };
        loop {
            let news = changed.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            {
                let mut shells = self.lock();
                let Some(open) = shells.get_mut(command) else {
                    return Some(Turned {
                        reply: ShellReply { input: String::new(), end: true },
                        over: true,
                    });
                };
                if !open.input.is_empty() || open.end || Instant::now() >= until {
                    let input = STANDARD.encode(std::mem::take(&mut open.input));
                    let reply = ShellReply { input, end: open.end };
                    open.given = Some((turn.number, reply.clone()));
                    return Some(Turned { over: reply.end, reply });
                }
            }
            // Either way the shell is looked at again.
            let _ = tokio::time::timeout_at(until, news).await;
        }
    }
}
