//! The line to the agent: a thread that connects for ever and holds nobody up.

use super::AgentAddress;
use fleet_api::ui::{FromAgent, FromScreen, LINE_BYTES};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::sync::mpsc::Receiver;

/// The pause before another try; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);
/// What waits for an agent that is away: what was done to the unit, and counts. More are dropped, oldest first.
const WAITING: usize = 64;

/// What the thread works with.
pub(super) struct Line {
    pub(super) address: AgentAddress,
    pub(super) words: Receiver<FromScreen>,
    pub(super) heard: Sender<FromAgent>,
    pub(super) wake: Arc<dyn Fn() + Send + Sync>,
    pub(super) connected: Arc<AtomicBool>,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum LineError {
    #[error("the agent's socket cannot be reached")]
    Io(#[from] std::io::Error),
    #[error("who answers on the agent's socket is user {0}, not the agent's")]
    Stranger(u32),
    #[error("a line of the agent is longer than {LINE_BYTES} bytes")]
    TooLong,
    #[error("a line of the agent is no message")]
    Content(#[source] serde_json::Error),
}

/// How a connection ended.
enum End {
    /// The agent went.
    Away,
    /// The terminal ends.
    Over,
}

impl Line {
    /// Runs until the terminal ends.
    pub(super) async fn run(mut self) {
        let mut waiting = VecDeque::new();
        let mut pause = FIRST;
        let mut told = None;
        loop {
            let ended = self.serve(&mut waiting, &mut pause).await;
            if self.connected.swap(false, Ordering::AcqRel) {
                (self.wake)();
            }
            match ended {
                Ok(End::Over) => return,
                Ok(End::Away) => tracing::warn!("the agent went away"),
                Err(error) => {
                    // That an agent which is away is still away fills no log.
                    let words = error.to_string();
                    if told.as_ref() != Some(&words) {
                        tracing::warn!(error = %crate::chain::Chain(&error), "no agent");
                        told = Some(words);
                    }
                }
            }
            let wait = tokio::time::sleep(pause);
            tokio::pin!(wait);
            pause = (pause * 2).min(LONGEST);
            loop {
                tokio::select! {
                    () = &mut wait => break,
                    word = self.words.recv() => match word {
                        Some(word) => keep(&mut waiting, word),
                        None => return,
                    },
                }
            }
        }
    }

    async fn serve(
        &mut self,
        waiting: &mut VecDeque<FromScreen>,
        pause: &mut Duration,
    ) -> Result<End, LineError> {
        let stream = UnixStream::connect(&self.address.socket).await?;
        let user = stream.peer_cred()?.uid();
        if user != self.address.user {
            return Err(LineError::Stranger(user));
        }
        let (from, mut to) = stream.into_split();
        let hello = FromScreen::Hello {
            api: fleet_api::version::this(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        write(&mut to, &hello).await?;
        while let Some(word) = waiting.pop_front() {
            if let Err(error) = write(&mut to, &word).await {
                waiting.push_front(word);
                return Err(error);
            }
        }
        *pause = FIRST;
        self.connected.store(true, Ordering::Release);
        (self.wake)();
        let (heard, wake) = (self.heard.clone(), Arc::clone(&self.wake));
        let reading = read(BufReader::new(from), heard, wake);
        tokio::pin!(reading);
        loop {
            tokio::select! {
                ended = &mut reading => return ended,
                word = self.words.recv() => match word {
                    Some(word) => {
                        if let Err(error) = write(&mut to, &word).await {
                            keep(waiting, word);
                            return Err(error);
                        }
                    }
                    None => return Ok(End::Over),
                },
            }
        }
    }
}

/// What is still true when the agent comes back.
fn keep(waiting: &mut VecDeque<FromScreen>, word: FromScreen) {
    if matches!(word, FromScreen::Upkeep { .. } | FromScreen::Stops { .. }) {
        if waiting.len() == WAITING {
            waiting.pop_front();
        }
        waiting.push_back(word);
    }
}

async fn write(to: &mut tokio::net::unix::OwnedWriteHalf, word: &FromScreen) -> Result<(), LineError> {
    let mut line = serde_json::to_vec(word).map_err(LineError::Content)?;
    line.push(b'\n');
    Ok(to.write_all(&line).await?)
}

/// Hands on every line until the agent goes.
async fn read(
    mut from: BufReader<tokio::net::unix::OwnedReadHalf>,
    heard: Sender<FromAgent>,
    wake: Arc<dyn Fn() + Send + Sync>,
) -> Result<End, LineError> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = LINE_BYTES as u64 + 1;
        let read = (&mut from).take(most).read_until(b'\n', &mut line).await?;
        if read == 0 || !line.ends_with(b"\n") {
            return if line.len() > LINE_BYTES { Err(LineError::TooLong) } else { Ok(End::Away) };
        }
        match serde_json::from_slice(&line).map_err(LineError::Content)? {
            FromAgent::Hello { api, .. } => {
                if let Err(error) = fleet_api::version::check(Some(&api)) {
                    tracing::error!(%error, "the agent is of another version");
                    return Ok(End::Away);
                }
            }
            FromAgent::Unrecognised => {}
            word => {
                if heard.send(word).is_err() {
                    return Ok(End::Over);
                }
                wake();
            }
        }
    }
}
