//! The server, from its options to its end.
//!
//! Duty: open what is needed, listen, end without cutting anybody off. Never: decide.

use crate::artifact_store::ArtifactStore;
use crate::assist::Assist;
use crate::authority::{Authority, AuthorityError};
use crate::beats::Beats;
use crate::beside::{Beside, BesideError};
use crate::clock::{self, Clock, SystemClock};
use crate::device;
use crate::identity::Identity;
use crate::keys::{KeyError, KeyFolder};
use crate::live::LiveTable;
use crate::metrics::Metrics;
use crate::private_file::{self, PrivateFileError};
use crate::runner::{self, alive};
use crate::secret::{self, NoEntropy};
use crate::shells::Shells;
use crate::state::{Parts, Policy, Server};
use crate::store::{Store, StoreError, rings};
use crate::tls::{self, Callers, Peer, TlsError, TlsListener};
use axum::Router;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast};
use tokio::task::JoinHandle;

/// How long calls that are in hand may last when the server ends.
const GRACE: Duration = Duration::from_secs(20);

/// What to serve.
pub struct Options {
    /// Where terminals call.
    pub listen: SocketAddr,
    /// Where people look; none: no console.
    pub console: Option<Console>,
    /// Where the machine's own counters are asked for, without TLS: a loopback address; none: nowhere.
    pub metrics: Option<SocketAddr>,
    /// Keys, artifacts and, where no other is named, the database.
    pub data: PathBuf,
    /// `sqlite:FILE` or `postgres://…`; none: `fleet.db` among the data.
    pub database: Option<String>,
    /// Names and addresses by which the server is called; other instances call it by the first.
    pub names: Vec<String>,
    /// What an operator sets.
    pub policy: Policy,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
}

/// The console's side.
pub struct Console {
    /// Where people look.
    pub listen: SocketAddr,
    /// The pages.
    pub pages: Router<Server>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            tenant: "default".to_owned(),
            heartbeat_seconds: 60,
            poll_seconds: 300,
            offset_seconds: 8 * 3600,
            tokens: false,
        }
    }
}

impl Options {
    /// A server for trying out: any free port on this machine, everything in one folder.
    pub fn local(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            console: None,
            metrics: None,
            data: data.into(),
            database: None,
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            policy: Policy::default(),
            clock: Arc::new(SystemClock),
        }
    }

    /// The address of the database.
    pub fn database(&self) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", self.data.join("fleet.db").display()))
    }
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] PrivateFileError),
    /// An address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The store.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// Signing keys.
    #[error("the signing keys cannot be used")]
    Key(#[from] KeyError),
    /// The authority.
    #[error("the authority cannot be used")]
    Authority(#[from] AuthorityError),
    /// TLS.
    #[error("TLS cannot be set up")]
    Tls(#[from] TlsError),
    /// Other instances.
    #[error("the line to other instances cannot be set up")]
    Beside(#[from] BesideError),
    /// Random bytes.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

/// A server that runs.
pub struct Running {
    /// Where terminals call.
    pub device_url: String,
    /// Where people look.
    pub console_url: Option<String>,
    /// Where counters are.
    pub metrics_url: Option<String>,
    /// Its parts.
    pub server: Server,
    listeners: Vec<JoinHandle<()>>,
    runners: Vec<JoinHandle<()>>,
    beats: JoinHandle<()>,
}

impl Running {
    /// Ends: takes no new connection, answers long polls, finishes what is in hand, stores what has come.
    pub async fn stop(self) {
        let Self { server, listeners, runners, beats, .. } = self;
        server.ending.store(true, Ordering::Relaxed);
        server.end.notify_waiters();
        let until = tokio::time::Instant::now() + GRACE;
        for mut task in listeners.into_iter().chain(runners) {
            if tokio::time::timeout_at(until, &mut task).await.is_err() {
                task.abort();
            }
        }
        if let Err(error) = server.store.give_leases_back(&server.instance).await {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::warn!(error, "the leases end by themselves");
        }
        let store = server.store.clone();
        // With the last server the way into the store closes, and what is on it is stored.
        drop(server);
        if tokio::time::timeout(GRACE, beats).await.is_err() {
            tracing::warn!("some heartbeats were not stored");
        }
        store.close().await;
    }
}

/// The parts of a server without its listeners: what a command line needs.
///
/// # Errors
/// Something of it cannot be opened.
pub async fn open(options: &Options) -> Result<(Server, crate::beats::Writer), ServeError> {
    private_file::folder(&options.data)?;
    let now = options.clock.now();
    let store = Store::open(&options.database()).await?;
    let (keys, first_ring) = KeyFolder::of(&options.data).open(now)?;
    if let Some(ring) = first_ring {
        let mut tx = store.write().await?;
        rings::add(&mut tx, 1, &ring, "fleet", options.clock.millis()).await?;
        tx.commit().await?;
    }
    let (beats, writer) = Beats::new();
    let authority = Authority::open(&options.data.join("keys"), now)?;
    let away = alive::away(&store, options.clock.millis()).await?;
    let server = Server(Arc::new(Parts {
        store,
        clock: Arc::clone(&options.clock),
        artifacts: ArtifactStore::of(&options.data),
        keys,
        beside: Beside::new(&authority, now)?,
        authority,
        shown_until: AtomicI64::new(0),
        live: LiveTable::default(),
        news: broadcast::channel(1024).0,
        metrics: Arc::default(),
        policy: options.policy.clone(),
        quiet_poll: OnceLock::new(),
        instance: secret::hex(&secret::random::<8>()?),
        beats,
        assist: Assist::default(),
        shells: Shells::default(),
        ring_number: AtomicU64::new(0),
        gateway_token: Mutex::default(),
        wrong_codes: Mutex::default(),
        away,
        rules_looked_at: AtomicI64::new(0),
        reading: tokio::sync::Mutex::default(),
        ending: AtomicBool::new(false),
        end: Notify::new(),
    }));
    server.read_all().await?;
    Ok((server, writer))
}

/// Serves until [`Running::stop`].
///
/// # Errors
/// Something of it cannot be opened, or an address is taken.
pub async fn serve(options: Options) -> Result<Running, ServeError> {
    let (server, writer) = open(&options).await?;
    let own = server.authority.certify_server(&options.names, options.clock.now())?;
    let identity = Arc::new(Identity::new(&own)?);
    server.shown_until.store(clock::millis(own.until), Ordering::Relaxed);
    let name = options.names.first().map_or("localhost", String::as_str);
    let metrics: Arc<Metrics> = Arc::clone(&server.metrics);
    let beats = tokio::spawn(writer.run(server.store.clone(), metrics));
    let mut listeners = Vec::new();
    let mut listen = async |address, pages: Router, callers: Callers<'_>| -> Result<String, ServeError> {
        let failed = |source| ServeError::Listen { address, source };
        let tcp = TcpListener::bind(address).await.map_err(failed)?;
        let port = tcp.local_addr().map_err(failed)?.port();
        let config = tls::config(Arc::clone(&identity), callers)?;
        let (listener, accepting) = TlsListener::new(tcp, config).map_err(failed)?;
        let ending = ended(server.clone());
        listeners.push(tokio::spawn(async move {
            let pages = pages.into_make_service_with_connect_info::<Peer>();
            // It ends when it is told to.
            let _ = axum::serve(listener, pages).with_graceful_shutdown(ending).await;
        }));
        listeners.push(accepting);
        Ok(format!("https://{name}:{port}"))
    };
    let root = server.authority.root_pem();
    let device_url = listen(options.listen, device::router(server.clone()), Callers::Terminals(root)).await?;
    let console_url = match options.console {
        None => None,
        Some(console) => {
            Some(listen(console.listen, console.pages.with_state(server.clone()), Callers::People).await?)
        }
    };
    let metrics_url = match options.metrics {
        None => None,
        Some(address) => {
            let failed = |source| ServeError::Listen { address, source };
            let tcp = TcpListener::bind(address).await.map_err(failed)?;
            let url = format!("http://{}", tcp.local_addr().map_err(failed)?);
            let (pages, ending) = (device::operations_router(server.clone()), ended(server.clone()));
            listeners.push(tokio::spawn(async move {
                // It ends when it is told to.
                let _ = axum::serve(tcp, pages).with_graceful_shutdown(ending).await;
            }));
            Some(url)
        }
    };
    let runners = vec![
        tokio::spawn(runner::hear(server.clone())),
        tokio::spawn(runner::meet(server.clone(), device_url.clone())),
        tokio::spawn(runner::roll_out(server.clone())),
        tokio::spawn(runner::watch(server.clone())),
        tokio::spawn(runner::forget(server.clone())),
        tokio::spawn(runner::live(server.clone())),
        tokio::spawn(runner::renew(server.clone(), identity, options.names)),
    ];
    tracing::info!(device_url, "serving");
    Ok(Running { device_url, console_url, metrics_url, server, listeners, runners, beats })
}

async fn ended(server: Server) {
    let end = server.end.notified();
    tokio::pin!(end);
    end.as_mut().enable();
    if !server.ending.load(Ordering::Relaxed) {
        end.await;
    }
}
