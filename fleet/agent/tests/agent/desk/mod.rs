//! A fleet server for tests, written from the paths and messages of `fleet_api`: real TLS, a real authority, nothing of the
//! real server.
#![allow(dead_code, reason = "each test takes a part of it")]

mod routes;
pub(crate) mod screen;
mod tls;

use screen::TestScreen;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_agent::sim::{Behaviour, Board, FolderInstaller, FolderMachine, Image};
use fleet_agent::{
    Agent, AgentError, Config, Ended, Notifier, Parts, Power, ScreenAt, SystemClock, Times, Window,
};
use fleet_api::command::{Command, CommandId, CommandList, CommandResult, Order};
use fleet_api::configuration::ConfigurationDocument;
use fleet_api::ddi::{Artifact, Chunk, Deployment, DeploymentBase, Feedback, Hashes, Link, Metadata};
use fleet_api::event::Event;
use fleet_api::health::Heartbeat;
use fleet_api::keys::{KeyRing, PublicKey, Role, key_id};
use fleet_api::release::{METADATA_KEY, ReleaseManifest};
use fleet_api::signed::{Ordered, Signed, SignedError};
use fleet_api::{TerminalId, Timestamp};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, Once};
use std::time::Duration;
use tokio::sync::watch;

pub(crate) const TERMINAL: &str = "T-0001";
pub(crate) const CODE: &str = "ABCD-EFGH";
pub(crate) const COMPATIBLE: &str = "yilin-test";

/// What the desk knows and does.
#[derive(Default)]
pub(crate) struct State {
    pub heartbeats: Vec<Heartbeat>,
    pub events: Vec<Event>,
    pub dropped: u64,
    pub results: Vec<(String, CommandResult)>,
    pub attachments: BTreeMap<String, Vec<u8>>,
    pub feedback: Vec<(String, Feedback)>,
    pub attributes: Vec<BTreeMap<String, String>>,
    pub commands: CommandListState,
    pub configuration: Option<(u64, Signed<ConfigurationDocument>)>,
    pub ring: Option<(u64, Signed<KeyRing>)>,
    pub deployment: Option<DeploymentBase>,
    pub cancel: Option<String>,
    pub artifact: Vec<u8>,
    /// Ranges that were asked for.
    pub downloads: Vec<Option<String>>,
    /// The line breaks after so many bytes of a download, once.
    pub cut_after: Option<usize>,
    pub no_ranges: bool,
    /// Every path of these is answered with 500.
    pub broken: Vec<&'static str>,
    pub enrolments: u32,
    pub renewals: u32,
    pub certificate_days: i64,
    pub through: u64,
    pub shell_input: Vec<Vec<u8>>,
    pub shell_output: Vec<u8>,
    pub shell_end: Option<fleet_api::shell::ShellEnd>,
    pub assist: Vec<fleet_api::assist::AssistTurn>,
    pub assist_reply: Option<fleet_api::assist::AssistReply>,
    /// How often a client came without a certificate that counts.
    pub strangers: u32,
}

#[derive(Default)]
pub(crate) struct CommandListState {
    pub version: u64,
    pub open: Vec<Signed<Command>>,
}

impl CommandListState {
    pub(crate) fn list(&self) -> CommandList {
        CommandList { version: self.version, commands: self.open.clone() }
    }
}

pub(crate) struct Desk {
    pub url: String,
    pub authority: PathBuf,
    pub state: Arc<Mutex<State>>,
    /// Rises with every change, for those who wait.
    pub changed: watch::Sender<u64>,
    pub tls: Arc<tls::Authority>,
}

/// Ed25519 keys by a seed: 1 root, 2 commands, 3 configuration, 4 release.
pub(crate) fn key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub(crate) fn public(seed: u8) -> Vec<u8> {
    key(seed).public_key().as_ref().to_vec()
}

pub(crate) fn sign<T: Ordered>(value: &T, seed: u8) -> Signed<T> {
    let key = key(seed);
    Signed::new(value, key_id(&public(seed)), |bytes| {
        Ok::<_, SignedError>(key.sign(bytes).as_ref().try_into().unwrap())
    })
    .unwrap()
}

pub(crate) fn ring_of(number: u64, keys: &[(u8, Role)]) -> KeyRing {
    let keys = keys.iter().map(|(seed, role)| PublicKey {
        id: key_id(&public(*seed)),
        role: *role,
        public_key: STANDARD.encode(public(*seed)),
    });
    KeyRing { number, at: Timestamp::now_utc(), keys: keys.collect() }
}

pub(crate) const KEYS: [(u8, Role); 3] = [(2, Role::Commands), (3, Role::Configuration), (4, Role::Release)];

impl Desk {
    pub(crate) async fn open(folder: &Path) -> Arc<Self> {
        static LOG: Once = Once::new();
        LOG.call_once(|| {
            let filter = tracing_subscriber::EnvFilter::from_default_env();
            tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().init();
        });
        std::fs::create_dir_all(folder).unwrap();
        let tls = Arc::new(tls::Authority::new());
        let authority = folder.join("fleet-ca.pem");
        std::fs::write(&authority, tls.pem()).unwrap();
        let state = State { certificate_days: 90, ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let changed = watch::Sender::new(0);
        let listener = tls.listen().await;
        let url = format!("https://127.0.0.1:{}", listener.port());
        let desk = Arc::new(Self { url, authority, state, changed, tls });
        desk.state().ring = Some((1, sign(&ring_of(1, &KEYS), 1)));
        routes::serve(Arc::clone(&desk), listener);
        desk
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Changes something and wakes those who wait.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changed.send_modify(|number| *number += 1);
        changed
    }

    /// Waits until `found` finds something.
    pub(crate) async fn until<T>(&self, what: &str, found: impl FnMut(&State) -> Option<T>) -> T {
        self.until_within(what, Duration::from_secs(60), found).await
    }

    pub(crate) async fn until_within<T>(
        &self,
        what: &str,
        within: Duration,
        mut found: impl FnMut(&State) -> Option<T>,
    ) -> T {
        let mut changed = self.changed.subscribe();
        let waited = tokio::time::timeout(within, async {
            loop {
                changed.borrow_and_update();
                if let Some(found) = found(&self.state()) {
                    return found;
                }
                let _ = tokio::time::timeout(Duration::from_millis(200), changed.changed()).await;
            }
        });
        match waited.await {
            Ok(found) => found,
            Err(_) => {
                let state = self.state();
                let states: Vec<_> = state.events.iter().map(|event| &event.what).collect();
                panic!(
                    "waited in vain for {what}\nevents {states:#?}\nfeedback {:#?}\nresults {:#?}",
                    state.feedback, state.results
                )
            }
        }
    }

    /// Enrols a terminal whose folder is `folder`.
    pub(crate) async fn enrol(
        &self,
        folder: &Path,
    ) -> Result<fleet_agent::Identity, fleet_agent::EnrolError> {
        let now = Timestamp::now_utc();
        fleet_agent::enrol(&self.url, &self.authority, folder, CODE, "BOARD-1".into(), now).await
    }

    pub(crate) fn order(&self, order: Order) -> CommandId {
        self.order_as(order, 2, |_| {})
    }

    pub(crate) fn order_as(&self, order: Order, signer: u8, change: impl FnOnce(&mut Command)) -> CommandId {
        let now = Timestamp::now_utc();
        let number = self.state().commands.version + 1;
        let mut command = Command {
            id: CommandId(format!("{number:032x}")),
            terminal: TerminalId(TERMINAL.into()),
            issued_at: now,
            expires_at: now + Duration::from_secs(60),
            order,
        };
        change(&mut command);
        let id = command.id.clone();
        self.offer(sign(&command, signer));
        id
    }

    pub(crate) fn offer(&self, signed: Signed<Command>) {
        self.change(|state| {
            state.commands.version += 1;
            state.commands.open.push(signed);
        });
    }

    pub(crate) async fn result(&self, id: &CommandId) -> CommandResult {
        self.until(&format!("result of {id}"), |state| {
            state.results.iter().find(|(of, _)| *of == id.0).map(|(_, result)| result.clone())
        })
        .await
    }

    /// Offers an update to `version`.
    pub(crate) fn release(&self, action: &str, version: &str, behaviour: Behaviour) {
        let image = Image { version: version.parse().unwrap(), compatible: COMPATIBLE.into(), behaviour };
        let bytes = image.bytes(200_000);
        let manifest = manifest(version, &bytes);
        self.release_as(action, version, bytes, Some(sign(&manifest, 4)));
    }

    pub(crate) fn release_as(
        &self,
        action: &str,
        version: &str,
        bytes: Vec<u8>,
        manifest: Option<Signed<ReleaseManifest>>,
    ) {
        let artifact = Artifact {
            filename: "yilin.raucb".into(),
            size: bytes.len() as u64,
            hashes: Hashes { sha256: sha256(&bytes), ..Hashes::default() },
            links: [("download".to_owned(), Link { href: "/artifacts/1".into() })].into(),
        };
        let metadata = manifest.map(|manifest| Metadata {
            key: METADATA_KEY.into(),
            value: serde_json::to_string(&manifest).unwrap(),
        });
        let chunk = Chunk {
            part: "os".into(),
            name: "yilin".into(),
            version: version.into(),
            artifacts: vec![artifact],
            metadata: metadata.into_iter().collect(),
        };
        let deployment = Deployment {
            download: "forced".into(),
            update: "forced".into(),
            maintenance_window: None,
            chunks: vec![chunk],
        };
        self.change(|state| {
            state.artifact = bytes;
            state.deployment = Some(DeploymentBase { id: action.into(), deployment });
        });
    }

    /// The endings that were told of an action: one is true, more is a lie somewhere.
    pub(crate) fn endings(&self, action: &str) -> Vec<fleet_api::ddi::Finished> {
        let state = self.state();
        let closed = state.feedback.iter().filter(|(of, feedback)| {
            of == action && feedback.status.execution == fleet_api::ddi::Execution::Closed
        });
        closed.map(|(_, feedback)| feedback.status.result.finished).collect()
    }

    pub(crate) async fn ending(&self, action: &str) -> (fleet_api::ddi::Finished, String) {
        self.until(&format!("the end of {action}"), |state| {
            let (_, feedback) = state.feedback.iter().find(|(of, feedback)| {
                of == action && feedback.status.execution == fleet_api::ddi::Execution::Closed
            })?;
            Some((feedback.status.result.finished, feedback.status.details.join("; ")))
        })
        .await
    }
}

pub(crate) fn manifest(version: &str, bytes: &[u8]) -> ReleaseManifest {
    ReleaseManifest {
        version: version.parse().unwrap(),
        compatible: COMPATIBLE.into(),
        filename: "yilin.raucb".into(),
        size: bytes.len() as u64,
        sha256: sha256(bytes),
        not_before: Timestamp::UNIX_EPOCH,
        may_replace_down_to: None,
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A terminal of folders: its agent's data and its slots.
pub(crate) struct Terminal {
    pub folder: tempfile::TempDir,
    pub config: Config,
}

impl Terminal {
    pub(crate) async fn enrolled(desk: &Desk) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let slots = folder.path().join("machine");
        let first = Image {
            version: "1.0.0".parse().unwrap(),
            compatible: COMPATIBLE.into(),
            behaviour: Behaviour::Good,
        };
        FolderInstaller::lay_out(&slots, &first.bytes(50_000)).unwrap();
        let mut config = Config {
            data: folder.path().join("agent"),
            server: Some(desk.url.clone()),
            authorities: Some(desk.authority.clone()),
            compatible: COMPATIBLE.into(),
            simulated: Some(slots),
            ..Config::default()
        };
        config.update.window = Window::parse("00:00-00:00").unwrap();
        config.logs.units.clear();
        desk.enrol(&config.data).await.unwrap();
        let terminal = Self { folder, config };
        terminal.board().power_on().unwrap().unwrap();
        terminal
    }

    pub(crate) fn slots(&self) -> PathBuf {
        self.folder.path().join("machine")
    }

    pub(crate) fn board(&self) -> Board {
        Board::new(&self.slots())
    }

    /// Starts its agent in this process, with a screen that paints.
    pub(crate) fn start(&self) -> Life {
        self.start_with(true)
    }

    /// Starts its agent, with a screen that paints or does not from the beginning.
    pub(crate) fn start_with(&self, paints: bool) -> Life {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        let screen = TestScreen::connect(theirs, paints);
        let parts = Parts {
            config: self.config.clone(),
            clock: Arc::new(SystemClock),
            machine: Arc::new(FolderMachine::new(&self.slots())),
            installer: Arc::new(FolderInstaller::new(&self.slots(), Power::default())),
            screen: ScreenAt::Connected(ours),
            times: Times::hurried(),
            notifier: Notifier::default(),
            power: Power::default(),
        };
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let run = tokio::spawn(Agent::run(parts, async move {
            let _ = stopped.await;
        }));
        Life { screen, run, stop }
    }
}

/// One life of an agent.
pub(crate) struct Life {
    pub screen: TestScreen,
    run: tokio::task::JoinHandle<Result<Ended, AgentError>>,
    stop: tokio::sync::oneshot::Sender<()>,
}

impl Life {
    pub(crate) async fn stop(self) -> Ended {
        let _ = self.stop.send(());
        self.run.await.unwrap().unwrap()
    }

    /// Its end, which is not asked for.
    pub(crate) async fn next_end(&mut self) -> Ended {
        tokio::time::timeout(Duration::from_secs(120), &mut self.run)
            .await
            .expect("the agent did not end")
            .unwrap()
            .unwrap()
    }

    pub(crate) async fn ended(mut self) -> Ended {
        self.next_end().await
    }
}
