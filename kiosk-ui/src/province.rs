//! The province and the outbox before it, for one terminal: questions in, one answer each, within a bounded time.
//!
//! Duty: hold the resident's session at the province while the visit lasts; save, then deliver; tell what is new. Never:
//! block the screen, or keep anything of a resident after `forget` but what is sealed in the outbox.

mod answer;
mod background;
mod divisions;
mod face;
mod in_session;
mod licences;
mod news;
mod reply;
mod resident;
mod stores;

#[cfg(test)]
pub(crate) use answer::ask_failure;

use crate::chain::Chain;
use crate::device::face_engine::FaceEngine;
use crate::inbox::Post;
use domain::case::{Submission, SubmissionId};
use domain::device::Devices;
use domain::division::DivisionCode;
use domain::paper::Claim;
use domain::session::effect::{Question, RatingToSend};
use domain::session::event::{EventKind, Network, ProvinceEvent, Storage, TerminalEvent, Ticket};
use platform_client::catalogue_cache::{CatalogueCache, GoodCatalogue};
use platform_client::clock::Clock;
use platform_client::entropy::{Entropy, SeededEntropy, SystemEntropy};
use platform_client::error::{Broken, CallError};
use platform_client::http::SetupError;
use platform_client::outbox::{OpenError, OutboxConfig};
use platform_client::province::{Province, ProvinceConfig};
use platform_client::seal::Authorities;
use reply::Reply;
use resident::Resident;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use stores::Stores;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// A question is answered after so long at the latest.
const DEADLINE: Duration = Duration::from_secs(20);
/// A visit waits at most so long for what becomes of its submission; the page offers to leave it to later long before.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What a desk is made of.
#[derive(Debug)]
pub struct DeskOptions {
    /// Where the province is and how it speaks.
    pub province: ProvinceConfig,
    /// Where the terminal stands: the catalogue of another site is not taken.
    pub division: DivisionCode,
    /// Whom to trust for the seals of certificates.
    pub seal_authorities: Authorities,
    /// The terminal's folder: outbox, keys, the last good catalogue.
    pub data: PathBuf,
    /// Where ids and keys come from.
    pub randomness: Randomness,
    /// How often news are asked for.
    pub news: News,
    /// What compares faces here; none where only the province does.
    pub face_engine: Option<FaceEngine>,
}

/// Where ids and keys come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Randomness {
    /// The machine.
    Machine,
    /// A seed: the same ids and the same slips in each run. Never where people are served.
    Seeded(u64),
}

/// How often news are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// At the start only: a run that must repeat is not disturbed.
    Once,
    /// Again and again, with such a pause: warnings each time, what changes less often less often.
    Every(Duration),
}

/// Why a desk does not open.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The way to the province cannot be set up.
    #[error("the way to the province cannot be set up")]
    Province(#[source] SetupError),
    /// Another program delivers from this outbox.
    #[error("another terminal runs with this folder")]
    InUse(#[source] OpenError),
    /// The machine gives no threads.
    #[error("the machine gives no threads")]
    Threads(#[source] std::io::Error),
}

/// The province and the outbox before it. Dropping it ends its threads; what is in the outbox stays.
pub struct ProvinceDesk {
    /// Taken when the desk is dropped.
    runtime: Option<Runtime>,
    shared: Arc<Shared>,
    loaded: watch::Receiver<bool>,
}

impl std::fmt::Debug for ProvinceDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProvinceDesk")
    }
}

struct Shared {
    province: Province,
    stores: Stores,
    catalogue: CatalogueCache,
    data: PathBuf,
    face_engine: Option<FaceEngine>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Entropy>,
    post: Post,
    state: Mutex<State>,
}

/// What the desk remembers between two calls.
#[derive(Default)]
struct State {
    /// The resident of the present visit.
    resident: Arc<Resident>,
    /// The questions of the present visit that are under way.
    questions: Vec<AbortHandle>,
    /// Visits that wait for what becomes of a submission.
    waiting: HashMap<SubmissionId, AbortHandle>,
    network: Option<Network>,
    storage: Option<Storage>,
    devices: Devices,
}

impl ProvinceDesk {
    /// Opens the outbox, begins to deliver and to ask for news. Whatever of the disk or the province does not work now is
    /// said as an event and tried again.
    ///
    /// # Errors
    /// The address or the credentials are wrong, another terminal runs with this folder, or there are no threads.
    pub fn start(options: DeskOptions, clock: Arc<dyn Clock>, post: Post) -> Result<Self, DeskError> {
        let DeskOptions { province, division, seal_authorities, data, randomness, news, face_engine } =
            options;
        let (ids, slips): (Arc<dyn Entropy>, Arc<dyn Entropy>) = match randomness {
            Randomness::Machine => (Arc::new(SystemEntropy::new()), Arc::new(SystemEntropy::new())),
            // A stream for each: how often one is asked must not change what another gives.
            Randomness::Seeded(seed) => {
                (Arc::new(SeededEntropy::new(seed)), Arc::new(SeededEntropy::new(seed ^ SLIPS)))
            }
        };
        let machine: Arc<dyn Entropy> = Arc::new(SystemEntropy::new());
        let outbox = OutboxConfig::in_folder(&data, province.terminal.clone());
        let province =
            Province::new(province, Arc::clone(&clock), Arc::clone(&machine)).map_err(DeskError::Province)?;
        if seal_authorities.count() == 0 {
            tracing::warn!("no authority of seals is configured: certificates are neither shown nor printed");
        }
        let province = province.trusting_seals_of(seal_authorities);
        let stores = Stores::new(outbox, data.join("slip.keys"), Arc::clone(&clock), machine, slips);
        match stores.open() {
            Err(error @ OpenError::InUse(_)) => return Err(DeskError::InUse(error)),
            Err(error) => tracing::error!(error = %Chain(&error), "the outbox cannot be opened"),
            Ok(()) => {}
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("province")
            .enable_all()
            .build()
            .map_err(DeskError::Threads)?;
        let shared = Arc::new(Shared {
            province,
            stores,
            catalogue: CatalogueCache::new(&data.join("catalogue")).for_site(division),
            data,
            face_engine,
            clock,
            ids,
            post,
            state: Mutex::default(),
        });
        let (said, loaded) = watch::channel(false);
        runtime.spawn(background::deliver(Arc::clone(&shared)));
        runtime.spawn(news::run(Arc::clone(&shared), news, said));
        Ok(Self { runtime: Some(runtime), shared, loaded })
    }

    /// The last good catalogue of this folder, for the first page; a newer one comes as an event.
    pub fn kept_catalogue(&self) -> Option<GoodCatalogue> {
        self.shared.catalogue.load().unwrap_or_else(|error| {
            tracing::error!(error = %Chain(&error), "the kept catalogue cannot be used");
            None
        })
    }

    /// Waits until everything was asked for once, with or without an answer; whether that came in time. The events that
    /// tell of it are in the inbox by then.
    pub fn wait_until_loaded(&self, at_most: Duration) -> bool {
        let mut loaded = self.loaded.clone();
        let loads = async move {
            tokio::time::timeout(at_most, loaded.wait_for(|l| *l)).await.is_ok_and(|l| l.is_ok())
        };
        self.runtime.as_ref().is_some_and(|runtime| runtime.block_on(loads))
    }

    /// Asks; the answer comes as an event with this ticket, after [`DEADLINE`] at the latest.
    pub fn ask(&self, ticket: Ticket, question: Question) {
        let Some(runtime) = &self.runtime else { return };
        let shared = Arc::clone(&self.shared);
        let mut state = self.shared.state();
        let resident = Arc::clone(&state.resident);
        let mut reply = Reply::new(ticket, &question, shared.post.clone());
        let task = runtime.spawn(async move {
            let answering = answer::to(&shared, &resident, ticket, &question);
            if let Ok(answer) = tokio::time::timeout(DEADLINE, answering).await {
                reply.give(answer);
            }
        });
        state.questions.retain(|q| !q.is_finished());
        state.questions.push(task.abort_handle());
    }

    /// Saves a submission, says so, and delivers it; what became of it comes as an event.
    pub fn submit(&self, ticket: Ticket, submission: Submission) {
        let Some(runtime) = &self.runtime else { return };
        let shared = Arc::clone(&self.shared);
        let id = submission.id.clone();
        let task = runtime.spawn(async move {
            let event = match stores::commit(&shared, submission).await {
                Some(saved) => {
                    shared.post.put(EventKind::Province(ProvinceEvent::Saved(ticket)));
                    ProvinceEvent::Outcome(ticket, saved.outcome(LONGEST_WAIT).await)
                }
                None => ProvinceEvent::NotSaved(ticket),
            };
            shared.post.put(EventKind::Province(event));
        });
        let mut state = self.shared.state();
        state.waiting.retain(|_, t| !t.is_finished());
        state.waiting.insert(id, task.abort_handle());
    }

    /// Nobody waits for this submission any more: the outbox delivers it as every other.
    pub fn deliver_later(&self, id: &SubmissionId) {
        if let Some(waiting) = self.shared.state().waiting.remove(id) {
            waiting.abort();
        }
        tracing::info!(submission = %id, "left to later delivery");
    }

    /// Tries what waits now.
    pub fn try_now(&self) {
        if let Some(outbox) = self.shared.stores.outbox() {
            outbox.try_now();
        }
    }

    /// Keeps a rating and delivers it after its submission.
    pub fn rate(&self, rating: RatingToSend) {
        let Some(runtime) = &self.runtime else { return };
        let shared = Arc::clone(&self.shared);
        runtime.spawn_blocking(move || stores::rate(&shared, &rating));
    }

    /// The signed text of a slip's code; none where nothing can be signed.
    pub fn sign(&self, claim: &Claim) -> Option<String> {
        self.shared.stores.signer()?.sign(claim).ok()
    }

    /// A fresh id for a submission; none where the machine gives no random bytes.
    pub fn fresh_submission_id(&self) -> Option<SubmissionId> {
        let mut bytes = [0; 16];
        self.shared.ids.fill(&mut bytes).ok()?;
        Some(SubmissionId::from_random(bytes))
    }

    /// How the devices are, for the heartbeat.
    pub fn note_devices(&self, devices: Devices) {
        self.shared.state().devices = devices;
    }

    /// The visit is over: its questions end where they are, and the resident's session at the province is dropped and
    /// wipes itself.
    pub fn forget(&self) {
        let mut state = self.shared.state();
        state.questions.drain(..).for_each(|question| question.abort());
        state.resident = Arc::default();
    }
}

/// Sets the stream of slip keys apart from that of ids.
const SLIPS: u64 = 0x736c_6970_0000_0000;

impl Drop for ProvinceDesk {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A sync to disk is finished; a call to a silent province is not waited for.
            runtime.shutdown_timeout(Duration::from_secs(2));
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes on what a call gave; what it says of the line is told to the session.
    fn heard<T>(&self, answer: Result<T, CallError>) -> Result<T, CallError> {
        let away = match &answer {
            Ok(_) | Err(CallError::Refused { .. }) => {
                self.say_network(Network::Online);
                false
            }
            // The line broke under one call: the next one says whether it is up.
            Err(CallError::Broken { broken: Broken::Closed, .. }) => false,
            Err(_) => !self.say_network(Network::Offline),
        };
        if let Err(error) = &answer {
            let kind = error.kind().word();
            // That a line which is down is still down fills no log.
            if away {
                tracing::debug!(kind, error = %Chain(error), "the province still gives no answer");
            } else {
                tracing::warn!(kind, error = %Chain(error), "the province gave no answer");
            }
        }
        answer
    }

    /// Tells whether the province can be reached, if that is news; whether it was.
    fn say_network(&self, network: Network) -> bool {
        let news = self.state().network.replace(network) != Some(network);
        if news {
            self.say(TerminalEvent::Network(network));
        }
        news
    }

    /// Says whether a case can be kept safely, when that is another answer than before.
    fn say_storage(&self) {
        let storage = self.stores.condition();
        if self.state().storage.replace(storage) != Some(storage) {
            self.say(TerminalEvent::Storage(storage));
        }
    }

    fn say(&self, event: TerminalEvent) {
        self.post.put(EventKind::Terminal(event));
    }
}
