//! The other instances on the same database, and what one asks of another.
//!
//! Duty: carry a question about a call or a shell to the instance that has it in memory, over mutual TLS. Never: write a word
//! of it down, or hold it.

use crate::assist::{self, AssistError, Call};
use crate::authority::{Authority, AuthorityError};
use crate::identity::Identity;
use crate::repeats::Repeats;
use crate::shells::Turned;
use crate::tls::{self, TlsError};
use fleet_api::Timestamp;
use fleet_api::assist::{AssistReply, AssistTurn, WorkerAction};
use fleet_api::shell::ShellTurn;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Where an instance asks another: a `POST` of an [`Ask`], answered by a [`Said`].
pub const PATH: &str = "/instance/v1/ask";
/// An instance that is gone holds nobody up for long.
const CONNECT: Duration = Duration::from_secs(1);
/// How long an answer takes at most that waits for nobody.
const ANSWER: Duration = Duration::from_secs(3);
/// And one that waits for a worker or a technician.
const TURN: Duration = Duration::from_secs(assist::WAIT.as_secs() + 10);

/// What an instance asks another.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// Its open calls, without their pages.
    Calls,
    /// One call, with its page.
    Call {
        /// The call.
        call: String,
    },
    /// A worker takes it.
    Take {
        /// The call.
        call: String,
        /// Who.
        worker: String,
    },
    /// Its worker points or writes.
    Act {
        /// The call.
        call: String,
        /// Who.
        worker: String,
        /// What.
        action: WorkerAction,
    },
    /// Its worker ends it.
    HangUp {
        /// The call.
        call: String,
        /// Who.
        worker: String,
    },
    /// A terminal's turn of it.
    Turn {
        /// Which terminal, by its certificate.
        terminal: String,
        /// The call.
        call: String,
        /// The turn.
        turn: AssistTurn,
    },
    /// A terminal ends it.
    End {
        /// Which terminal, by its certificate.
        terminal: String,
        /// The call.
        call: String,
    },
    /// A call is not as it was: who looks at it here is told.
    Changed {
        /// The call.
        call: String,
    },
    /// A technician types into an open shell.
    TypeIn {
        /// The shell's command.
        command: String,
        /// What.
        text: String,
    },
    /// The desk ends a shell.
    EndShell {
        /// The shell's command.
        command: String,
    },
    /// A terminal's turn of an open shell.
    ShellTurn {
        /// The shell's command.
        command: String,
        /// The turn.
        turn: ShellTurn,
    },
}

/// What it says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// The call or shell is not in its memory.
    Elsewhere,
    /// It was done.
    Done,
    /// It cannot be done.
    Not {
        /// Why.
        why: AssistError,
    },
    /// The calls.
    Calls {
        /// Without their pages.
        calls: Vec<Call>,
    },
    /// The call.
    Call {
        /// With its page.
        call: Call,
    },
    /// What a terminal's turn of a call came to.
    Turn {
        /// What it is told.
        reply: AssistReply,
    },
    /// What a terminal's turn of a shell came to.
    ShellTurn {
        /// What it is told.
        turned: Turned,
    },
}

/// Why there is no line to other instances.
#[derive(Debug, thiserror::Error)]
pub enum BesideError {
    /// No certificate.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// No TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No client.
    #[error("no client can be made for other instances")]
    Client(#[source] reqwest::Error),
}

/// The line to the other instances.
#[derive(Debug)]
pub struct Beside {
    client: reqwest::Client,
    identity: Arc<Identity>,
    urls: RwLock<Vec<String>>,
    failures: Repeats,
}

impl Beside {
    /// A line with a certificate of its own.
    ///
    /// # Errors
    /// The authority cannot certify, or no TLS client can be made.
    pub fn new(authority: &Authority, now: Timestamp) -> Result<Self, BesideError> {
        let identity = Arc::new(Identity::new(&authority.certify_instance(now)?)?);
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(authority.root_pem(), Arc::clone(&identity))?)
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT)
            .referer(false)
            .build()
            .map_err(BesideError::Client)?;
        Ok(Self { client, identity, urls: RwLock::default(), failures: Repeats::new() })
    }

    /// What it shows the others who it is with.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Where the others are.
    pub fn urls(&self) -> Vec<String> {
        self.urls.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// They are there now.
    pub fn are(&self, urls: Vec<String>) {
        *self.urls.write().unwrap_or_else(PoisonError::into_inner) = urls;
    }

    /// What another instance says. None: it has nothing of it, or says nothing.
    pub async fn ask(&self, url: &str, ask: &Ask) -> Option<Said> {
        match self.exchange(url, ask).await {
            Ok(Said::Elsewhere) => None,
            Ok(said) => Some(said),
            Err(error) => {
                if let Some(unsaid) = self.failures.say(&error, Instant::now()) {
                    let error: &(dyn std::error::Error + 'static) = &error;
                    tracing::warn!(error, unsaid, url, "another instance does not answer");
                }
                None
            }
        }
    }

    async fn exchange(&self, url: &str, ask: &Ask) -> Result<Said, ExchangeError> {
        let time = if matches!(ask, Ask::Turn { .. } | Ask::ShellTurn { .. }) { TURN } else { ANSWER };
        let request = self.client.post(format!("{url}{PATH}")).timeout(time).body(serde_json::to_vec(ask)?);
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        Ok(serde_json::from_slice(&answer)?)
    }
}

/// Why another instance said nothing.
#[derive(Debug, thiserror::Error)]
enum ExchangeError {
    #[error("it cannot be reached, or refuses")]
    Line(#[from] reqwest::Error),
    #[error("what it says is not understood")]
    Message(#[from] serde_json::Error),
}
