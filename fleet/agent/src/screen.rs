//! The terminal's screen, at the other end of the Unix socket.
//!
//! Duty: let in the screen's user alone, carry its words, ask and wait for the answer. Never: decide for the screen; while
//! nobody answers, nothing was allowed.

mod line;

use fleet_api::configuration::Settings;
use fleet_api::health::ScreenHealth;
use fleet_api::ui::{Answer, Ask, FromAgent, FromScreen, Refused};
use line::Lines;
use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot, watch};

/// How long the screen may take to answer: a self-test of all devices is the longest.
const ANSWER: Duration = Duration::from_secs(180);
/// Lines that wait for a slow screen; more are not sent.
const WAITING: usize = 64;

/// Where the screen comes from.
#[derive(Debug)]
pub enum ScreenAt {
    /// A socket that the agent makes, and the user who may come.
    Listen {
        /// The socket's path.
        socket: PathBuf,
        /// The user's number.
        user: u32,
    },
    /// A connection that is there already, of a screen in the same process.
    Connected(std::os::unix::net::UnixStream),
}

/// Why the socket cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("{socket}: the socket for the screen cannot be made")]
pub struct SocketError {
    /// Its path.
    socket: PathBuf,
    /// Why.
    #[source]
    cause: std::io::Error,
}

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AskError {
    /// No screen is connected.
    #[error("no screen is connected")]
    NotConnected,
    /// It did not answer in time.
    #[error("the screen does not answer")]
    NoAnswer,
}

/// How the screen is, as far as it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ScreenState {
    /// None is connected, since then.
    Away(Instant),
    /// One is connected and has not said how it is.
    Silent,
    /// Its last word, and when it came.
    Says(Box<ScreenHealth>, Instant),
}

impl ScreenState {
    /// The screen's last word.
    pub(crate) fn health(&self) -> Option<&ScreenHealth> {
        match self {
            Self::Says(health, _) => Some(health),
            Self::Away(_) | Self::Silent => None,
        }
    }
}

/// The screen as the rest of the agent sees it.
#[derive(Debug)]
pub(crate) struct Screen {
    state: watch::Sender<ScreenState>,
    /// What the screen of now gets; none while there is none.
    to: Mutex<Option<mpsc::Sender<FromAgent>>>,
    questions: Mutex<HashMap<u64, oneshot::Sender<Answer>>>,
    next: AtomicU64,
    /// What the screen says beside health and answers.
    words: mpsc::Sender<FromScreen>,
    version: String,
}

impl Screen {
    /// A screen that is not there yet, and what it will say.
    pub(crate) fn new(version: &str) -> (Arc<Self>, mpsc::Receiver<FromScreen>) {
        let (words, said) = mpsc::channel(WAITING);
        let screen = Self {
            state: watch::Sender::new(ScreenState::Away(Instant::now())),
            to: Mutex::new(None),
            questions: Mutex::new(HashMap::new()),
            next: AtomicU64::new(1),
            words,
            version: version.to_owned(),
        };
        (Arc::new(screen), said)
    }

    /// How it is, and every change of it.
    pub(crate) fn watch(&self) -> watch::Receiver<ScreenState> {
        self.state.subscribe()
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// There is no screen, or it does not answer.
    pub(crate) async fn ask(&self, ask: Ask) -> Result<Answer, AskError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        lock(&self.questions).insert(id, answer);
        if !self.tell(FromAgent::Ask { id, ask }) {
            lock(&self.questions).remove(&id);
            return Err(AskError::NotConnected);
        }
        let answer = tokio::time::timeout(ANSWER, answered).await;
        lock(&self.questions).remove(&id);
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            // The connection ended with the question.
            Ok(Err(_)) => Err(AskError::NotConnected),
            Err(_) => Err(AskError::NoAnswer),
        }
    }

    /// Asks whether something may be done now. A screen that has been away for `absent` serves nobody.
    ///
    /// # Errors
    /// It may not: why.
    pub(crate) async fn allows(&self, ask: Ask, absent: Duration) -> Result<(), NotAllowed> {
        match self.ask(ask).await {
            Ok(Answer::Done) => Ok(()),
            Ok(Answer::Refused { why }) => Err(NotAllowed::Refused(why)),
            Ok(_) | Err(AskError::NoAnswer) => Err(NotAllowed::NoAnswer),
            Err(AskError::NotConnected) => match *self.state.borrow() {
                ScreenState::Away(since) if since.elapsed() >= absent => Ok(()),
                _ => Err(NotAllowed::NoAnswer),
            },
        }
    }

    /// Sends a line; whether it went.
    pub(crate) fn tell(&self, line: FromAgent) -> bool {
        lock(&self.to).as_ref().is_some_and(|to| to.try_send(line).is_ok())
    }

    /// Gives the screen settings to follow.
    pub(crate) fn give(&self, settings: &Settings) -> bool {
        self.tell(FromAgent::Settings(settings.clone()))
    }

    /// Serves whoever comes, until the agent ends.
    ///
    /// # Errors
    /// The socket cannot be made.
    pub(crate) async fn serve(self: Arc<Self>, at: ScreenAt) -> Result<(), SocketError> {
        match at {
            ScreenAt::Connected(stream) => {
                let stream = stream.set_nonblocking(true).and_then(|()| UnixStream::from_std(stream));
                let cause = match stream {
                    Ok(stream) => {
                        self.converse(stream).await;
                        return Ok(());
                    }
                    Err(cause) => cause,
                };
                Err(SocketError { socket: PathBuf::from("(given)"), cause })
            }
            ScreenAt::Listen { socket, user } => {
                let listener = listen(&socket).map_err(|cause| SocketError { socket, cause })?;
                self.accept(&listener, user).await;
                Ok(())
            }
        }
    }

    /// A new connection takes the place of the one before: the screen was started again.
    async fn accept(self: Arc<Self>, listener: &UnixListener, user: u32) {
        let mut now = tokio::task::JoinSet::new();
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            match stream.peer_cred() {
                Ok(peer) if peer.uid() == user => {
                    now.shutdown().await;
                    now.spawn(Arc::clone(&self).converse(stream));
                }
                Ok(peer) => tracing::warn!(
                    user = peer.uid(),
                    "a stranger came to the screen's socket and was sent away"
                ),
                Err(error) => {
                    tracing::warn!(%error, "who came to the screen's socket is not known: sent away");
                }
            }
        }
    }

    async fn converse(self: Arc<Self>, stream: UnixStream) {
        // What ends with the connection, also when the agent ends it.
        let _end = End(Arc::clone(&self));
        let (read, mut write) = stream.into_split();
        let (to, mut lines_out) = mpsc::channel::<FromAgent>(WAITING);
        *lock(&self.to) = Some(to);
        self.state.send_replace(ScreenState::Silent);
        self.tell(FromAgent::Hello { api: fleet_api::version::this(), version: self.version.clone() });
        let writing = async {
            while let Some(line) = lines_out.recv().await {
                let Ok(mut bytes) = serde_json::to_vec(&line) else { continue };
                bytes.push(b'\n');
                if write.write_all(&bytes).await.is_err() {
                    break;
                }
            }
        };
        let reading = async {
            let mut lines = Lines::new(read);
            loop {
                match lines.next::<FromScreen>().await {
                    Ok(Some(word)) => self.hear(word).await,
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(%error, "the screen's line is not understood: the connection ends");
                        break;
                    }
                }
            }
        };
        tokio::select! { () = writing => {}, () = reading => {} }
    }

    async fn hear(&self, word: FromScreen) {
        match word {
            FromScreen::Health(health) => {
                self.state.send_replace(ScreenState::Says(Box::new(health), Instant::now()));
            }
            FromScreen::Answer { id, answer } => {
                if let Some(question) = lock(&self.questions).remove(&id) {
                    let _ = question.send(answer);
                }
            }
            FromScreen::Unrecognised => {}
            other => {
                let _ = self.words.send(other).await;
            }
        }
    }
}

/// Why something may not be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotAllowed {
    /// The screen said why.
    Refused(Refused),
    /// It said nothing.
    NoAnswer,
}

struct End(Arc<Screen>);

impl Drop for End {
    fn drop(&mut self) {
        *lock(&self.0.to) = None;
        lock(&self.0.questions).clear();
        self.0.state.send_replace(ScreenState::Away(Instant::now()));
    }
}

/// The socket, for the group of the folder; what an agent before left is taken away.
fn listen(socket: &Path) -> std::io::Result<UnixListener> {
    match std::fs::remove_file(socket) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let listener = UnixListener::bind(socket)?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o660))?;
    Ok(listener)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
