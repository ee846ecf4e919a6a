//! The reference platform: a fictitious province that speaks the canonical contract over HTTPS with certificates on both
//! sides, keeps what it accepts in one file, and can be told to go wrong.
//!
//! Duty: answer as the contract's page says, the same for the same seed and time. Never: import anything of the client;
//! the two meet on the wire and in [`crate::contract`] only. Nothing of this is in a kiosk's build (feature `sim`).

mod admin;
mod answer;
mod authority;
mod catalogue;
pub mod catalogue_key;
mod certificate;
mod clock;
mod community;
pub mod conformance;
mod credentials;
mod desk;
pub mod dialect;
pub mod fault;
mod gate;
mod leftover;
mod licences;
mod numbers;
mod platform;
mod routes;
mod rules;
mod schema;
mod shared_data;
mod store;
mod strict;
mod wire;
mod words;
pub mod wrong;

use std::borrow::Cow;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use domain::division::DivisionCode;
use domain::terminal::Timestamp;
use sample_city::{City, Seed};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use admin::{Admin, CastMember, StaffPass};
pub use authority::AuthorityError;
pub use catalogue::{CatalogueError, CatalogueSource};
pub use certificate::{SealKind, UnknownSealKind};
pub use clock::TimeSource;
pub use credentials::CredentialsError;
pub use desk::{CodeKind, FaceEngines, FaceRule};
use fault::{Fault, Faults};
pub use sample_city::StaffDuty;
pub use store::{CaseRow, KeptState, StoreError};

use crate::contract::catalogue::CatalogueFiles;
use authority::Authority;
use catalogue::Offer;
use clock::Clock;
use credentials::{Admits, Credentials};
use desk::Desk;
use dialect::{Doors, InterfaceDialect};
use platform::{Platform, Seals};
use store::Store;
use wire::{Connections, Scissors, TlsListener};
use wrong::Wrong;

/// How a reference platform is to be.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything is kept: `platform.sqlite`, `credentials/`, `authority/`.
    pub data_dir: PathBuf,
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Which city; 1 is the one whose canteens the catalogue names. Kept with the data.
    pub seed: u64,
    /// Its clock.
    pub time: TimeSource,
    /// The typeface of certificates: the bytes of an OpenType file.
    pub font: Cow<'static, [u8]>,
    /// In which form it seals certificates.
    pub seal: SealKind,
    /// Its items.
    pub catalogue: CatalogueSource,
    /// What goes wrong from the first call on.
    pub faults: Vec<Fault>,
    /// Interfaces that are spoken to in another way than the contract's.
    pub dialects: Vec<InterfaceDialect>,
    /// The one point of the conformance pack that it breaks on purpose.
    pub wrong: Option<Wrong>,
}

impl Options {
    /// The demonstration: on a free port of this machine, by its clock, with the embedded catalogue, without a fault.
    pub fn new(data_dir: impl Into<PathBuf>, font: impl Into<Cow<'static, [u8]>>) -> Self {
        Self {
            data_dir: data_dir.into(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: Seed::DEMONSTRATION.0,
            time: TimeSource::System,
            font: font.into(),
            seal: SealKind::default(),
            catalogue: CatalogueSource::Embedded,
            faults: Vec::new(),
            dialects: Vec::new(),
            wrong: None,
        }
    }
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The file.
    #[error("the platform's data cannot be used")]
    Store(#[from] StoreError),
    /// The certificates.
    #[error("the platform's certificates cannot be used")]
    Credentials(#[from] CredentialsError),
    /// The secrets of dialects.
    #[error("the secrets of the dialects cannot be used")]
    Keys(#[from] dialect::KeysError),
    /// The authority of the seals.
    #[error("certificates cannot be sealed")]
    Authority(#[from] AuthorityError),
    /// The items.
    #[error("the catalogue cannot be used")]
    Catalogue(#[from] CatalogueError),
    /// The city has no urban community: never with the outlines that are built in.
    #[error("the city has no station")]
    NoSite,
    /// The sockets or the threads.
    #[error("the platform cannot serve at {listen}")]
    Serve {
        /// Where it was to listen.
        listen: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A running reference platform; it stops when this is dropped, and what it kept stays.
#[derive(Debug)]
pub struct ReferencePlatform {
    url: String,
    admin_url: String,
    credentials: PathBuf,
    admin: Admin,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

/// Where both sockets are.
struct Listening {
    terminals: SocketAddr,
    admin: SocketAddr,
}

impl ReferencePlatform {
    /// Starts it on threads of its own and returns when it takes connections.
    ///
    /// # Errors
    /// Whatever of file, certificates, catalogue and sockets cannot be had.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let clock = Clock::new(options.time);
        let seed = Seed(options.seed);
        let (store, founded) = Store::open(&options.data_dir, seed, clock.now().date())?;
        let city = City::new(seed, founded);
        let site = city.demonstration_site().ok_or(StartError::NoSite)?;
        let credentials = Credentials::open(&options.data_dir, &site.terminal)?;
        let for_seals = credentials.for_terminals.join("seal-authorities");
        let authority = Authority::open(options.seal.suite(), &credentials.own, &for_seals)?;
        let signer = credentials.catalogue_signer()?;
        let offer = Offer::read(&options.catalogue, &site.division, clock.now(), &signer)?;
        let tls = credentials.server_tls(options.wrong.map_or(Admits::Known, Wrong::admits))?;
        let faults = Faults::new(seed);
        options.faults.iter().for_each(|fault| faults.set(*fault));
        let platform = Arc::new(Platform {
            desk: Desk::new(seed),
            faults,
            font: options.font,
            seals: Seals { kind: options.seal, authority },
            offer: Mutex::new(offer),
            earlier_offers: Mutex::default(),
            signer,
            warning: Mutex::default(),
            connections: Connections::default(),
            tls,
            wrong: options.wrong,
            wrong_met: wrong::Met::default(),
            clock,
            city,
            store,
            site,
        });
        let routes = routes::router(platform.clone());
        let doors = Doors::new(routes, platform.clone(), &options.dialects, &credentials.for_terminals)?;
        let listen = options.listen;
        let failed = |source| StartError::Serve { listen, source };
        let (ready, started) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let served = platform.clone();
        let serving = thread::Builder::new()
            .name("reference platform".to_owned())
            .spawn(move || serve(served, doors, listen, &ready, stopped))
            .map_err(failed)?;
        let listening =
            started.recv().map_err(|_| failed(io::ErrorKind::BrokenPipe.into()))?.map_err(failed)?;
        Ok(Self {
            url: format!("https://{}", listening.terminals),
            admin_url: format!("http://{}/", listening.admin),
            credentials: credentials.for_terminals,
            admin: Admin::new(platform),
            stop: Some(stop),
            serving: Some(serving),
        })
    }

    /// What a terminal connects to: `https://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The live page, on this machine only.
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// The folder with `ca.pem`, `terminal.pem`, `terminal.key`, and `seal-authorities/`, whom to trust for seals.
    pub fn credentials(&self) -> &Path {
        &self.credentials
    }

    /// What the departments and the weather do, and what goes wrong.
    pub fn admin(&self) -> &Admin {
        &self.admin
    }
}

impl Drop for ReferencePlatform {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            // A panic there was said already; here it has no one left to tell.
            let _ = serving.join();
        }
    }
}

/// The files of a folder with `catalogue.toml` and `items/`, checked, unsigned: those that are admitted at a site on the day
/// of publication, or all of them.
///
/// # Errors
/// A file cannot be read, or has mistakes.
pub fn folder_catalogue(
    folder: &Path,
    site: Option<&DivisionCode>,
    published_at: Timestamp,
) -> Result<CatalogueFiles, CatalogueError> {
    catalogue::from(&CatalogueSource::Folder(folder.to_owned()), site, published_at).map(|read| read.files)
}

/// The codes of the reasons that the platform takes for a low rating, in its order.
pub fn rating_reasons() -> Vec<&'static str> {
    words::rating_reasons().into_iter().map(|(code, _)| code).collect()
}

/// Every case that a data folder holds, the oldest first; the platform may be running.
///
/// # Errors
/// The folder holds no platform's file, or it cannot be read.
pub fn kept_cases(data_dir: &Path) -> Result<Vec<CaseRow>, StoreError> {
    Store::open_for_reading(data_dir)?.cases()
}

/// The keys that prove the slips of the terminals that began their service here, each a line as
/// [`crate::slip::SlipKey::from_line`] reads it.
///
/// # Errors
/// The folder holds no platform's file, or it cannot be read.
pub fn kept_slip_keys(data_dir: &Path) -> Result<Vec<String>, StoreError> {
    Store::open_for_reading(data_dir)?.slip_keys()
}

fn serve(
    platform: Arc<Platform>,
    doors: Doors,
    listen: SocketAddr,
    ready: &mpsc::Sender<io::Result<Listening>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("reference platform")
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        let bound = async {
            let terminals = TcpListener::bind(listen).await?;
            let admin = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let addresses = Listening { terminals: terminals.local_addr()?, admin: admin.local_addr()? };
            let terminals = TlsListener::new(terminals, platform.clone())?;
            Ok((terminals, admin, addresses))
        };
        let (terminals, admin, addresses) = match bound.await {
            Ok(bound) => bound,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let service = doors.router().into_make_service_with_connect_info::<Scissors>();
        let page = admin::router(Admin::new(platform));
        let _ = ready.send(Ok(addresses));
        tokio::select! {
            _ = axum::serve(terminals, service) => {}
            _ = axum::serve(admin, page) => {}
            // Told to stop, or the handle is gone.
            _ = stopped => {}
        }
    });
    // Calls that are never answered must not keep it; what is being written is finished.
    runtime.shutdown_timeout(Duration::from_secs(2));
}
