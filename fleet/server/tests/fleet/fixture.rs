//! A server in a folder of its own, and terminals that call it.

use crate::peer::{Postgres, absent};
use fleet_api::TerminalId;
use fleet_api::enrolment::{EnrolRequest, Enrolled};
use fleet_api::health::{
    DeviceReport, Heartbeat, Machine, OutboxDepth, ScreenHealth, ScreenPhase, SupplyLevel, Versions,
};
use fleet_api::path;
use fleet_server::clock::Clock;
use fleet_server::orders;
use fleet_server::state::{Actor, Server};
use fleet_server::store::terminals::NewTerminal;
use fleet_server::{Options, Running, serve};
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Once};

/// Runs a test on SQLite and on PostgreSQL.
pub(crate) fn on_both(test: impl AsyncFn(&mut Fleet)) {
    run(None, &test);
    match Postgres::start() {
        None => absent("PostgreSQL is not installed (Debian: postgresql)"),
        Some(postgres) => run(Some(postgres.address()), &test),
    }
}

fn run(database: Option<String>, test: &impl AsyncFn(&mut Fleet)) {
    block_on(async {
        let mut fleet = Fleet::start_with(database, |_| {}).await;
        test(&mut fleet).await;
        fleet.running.take().unwrap().stop().await;
    });
}

pub(crate) fn block_on<T>(test: impl Future<Output = T>) -> T {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        rustls::crypto::ring::default_provider().install_default().unwrap();
    });
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test)
}

pub(crate) struct Fleet {
    pub(crate) running: Option<Running>,
    /// The database's address, where it is no file among the data.
    pub(crate) database: Option<String>,
    pub(crate) clock: Arc<AheadClock>,
    folder: tempfile::TempDir,
}

pub(crate) fn desk() -> Actor {
    Actor("desk".to_owned())
}

impl Fleet {
    pub(crate) async fn start_with(database: Option<String>, change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::local(folder.path());
        options.database.clone_from(&database);
        let clock = Arc::new(AheadClock::default());
        options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        options.policy.tokens = true;
        options.policy.poll_seconds = 1;
        change(&mut options);
        Self { running: Some(serve(options).await.unwrap()), database, clock, folder }
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn server(&self) -> &Server {
        &self.running().server
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn url(&self) -> &str {
        &self.running().device_url
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder().join("keys/authority.pem")
    }

    /// A client without a certificate.
    pub(crate) fn stranger(&self) -> reqwest::Client {
        client(&std::fs::read(self.root()).unwrap(), None)
    }

    pub(crate) async fn plan(&self, id: &str) {
        orders::enrolment::plan(self.server(), &planned(id)).await.unwrap();
    }

    /// Plans a terminal, gives it a code and lets it enrol.
    pub(crate) async fn terminal(&self, id: &str) -> Terminal {
        self.plan(id).await;
        self.enrol(id).await
    }

    pub(crate) async fn enrol(&self, id: &str) -> Terminal {
        let code = orders::enrolment::code(self.server(), &TerminalId(id.into()), &desk()).await.unwrap();
        let (key, request) = request_for("somebody else");
        let asked = EnrolRequest {
            code: code.to_lowercase().replace('-', " "),
            certificate_request: request,
            hardware: "board 1".into(),
            agent_version: "0.1.0".into(),
        };
        let answer = self.stranger().post(self.at(path::ENROL)).json(&asked).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        let enrolled: Enrolled = answer.json().await.unwrap();
        let identity = key.serialize_pem() + &enrolled.certificate_chain;
        let client = client(enrolled.server_authorities.as_bytes(), Some(&identity));
        Terminal { id: enrolled.terminal.0.clone(), enrolled, client, url: self.url().to_owned(), identity }
    }

    pub(crate) fn say(&self, words: &[&str]) -> Result<Vec<Value>, Vec<Value>> {
        command_line(self.folder(), self.database.as_deref(), words)
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url())
    }
}

pub(crate) fn planned(id: &str) -> NewTerminal {
    NewTerminal {
        id: id.into(),
        district: "990101".into(),
        street: "990101001".into(),
        community: "990101001001".into(),
        model: "K1".into(),
        compatible: "yilin-k1".into(),
        name_zh: "样本社区".into(),
        name_en: "Sample community".into(),
        hours: "00:00-24:00".into(),
        ..NewTerminal::default()
    }
}

pub(crate) fn request_for(name: &str) -> (KeyPair, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let request = params.serialize_request(&key).unwrap().pem().unwrap();
    (key, request)
}

pub(crate) fn client(root: &[u8], identity: Option<&str>) -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(root).unwrap();
    let mut builder = reqwest::Client::builder().tls_certs_only([root]).no_proxy();
    if let Some(identity) = identity {
        builder = builder.identity(reqwest::Identity::from_pem(identity.as_bytes()).unwrap());
    }
    builder.build().unwrap()
}

pub(crate) struct Terminal {
    pub(crate) id: String,
    pub(crate) enrolled: Enrolled,
    pub(crate) client: reqwest::Client,
    pub(crate) url: String,
    pub(crate) identity: String,
}

impl Terminal {
    pub(crate) async fn post(&self, path: &str, body: &impl serde::Serialize) -> (u16, Value) {
        let answer = self.client.post(format!("{}{path}", self.url)).json(body).send().await.unwrap();
        read(answer).await
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        read(self.client.get(format!("{}{path}", self.url)).send().await.unwrap()).await
    }

    pub(crate) fn ddi(&self, rest: &str) -> String {
        format!("/default/controller/v1/{}{rest}", self.id)
    }

    /// A poll; the path of the link of that name.
    pub(crate) async fn link(&self, name: &str) -> Option<String> {
        let (status, body) = self.get(&self.ddi("")).await;
        assert_eq!(status, 200, "{body}");
        let href = body["_links"][name]["href"].as_str()?;
        Some(href.strip_prefix(&self.url).expect("an absolute link to the same server").to_owned())
    }

    /// Says how an action ended, as a client does.
    pub(crate) async fn close(&self, action: &str, finished: &str) -> u16 {
        let body = json!({"id": action, "status": {"execution": "closed", "result": {"finished": finished}, "details": ["done"]}});
        self.post(&self.ddi(&format!("/deploymentBase/{action}/feedback")), &body).await.0
    }
}

async fn read(answer: reqwest::Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

pub(crate) fn heartbeat() -> Heartbeat {
    Heartbeat {
        at: time::OffsetDateTime::now_utc(),
        boot_id: "boot".into(),
        uptime_seconds: 60,
        brownouts: 0,
        versions: Versions {
            image: "1.0.0".into(),
            agent: "0.1.0".into(),
            slot: Some("A".into()),
            compatible: "yilin-k1".into(),
            model: "K1".into(),
        },
        machine: Machine {
            temperature_celsius: Some(41.5),
            disk_free_bytes: Some(5 << 30),
            disk_total_bytes: Some(8 << 30),
            ..Machine::default()
        },
        screen: Some(ScreenHealth {
            version: "0.1.0".into(),
            phase: ScreenPhase::Idle,
            out_of_service: None,
            painted_at: None,
            database_open: true,
            province_reachable: true,
            catalogue: "1".into(),
            outbox: OutboxDepth { waiting: 2, needs_person: 0, oldest_seconds: Some(5) },
            devices: vec![DeviceReport {
                device: "receipt_printer".into(),
                state: "online".into(),
                cause: None,
                kind: "ready".into(),
                model: None,
            }],
            supplies: vec![SupplyLevel {
                supply: "receipt_paper".into(),
                level: serde_json::from_value(json!("full")).unwrap(),
                remaining_permille: Some(900),
                used_total: Some(10),
            }],
            power: serde_json::from_value(json!("mains")).unwrap(),
            self_test: None,
        }),
        configuration: 0,
        key_ring: 1,
    }
}

/// Whether an instance has heard of a terminal's enrolment, and not of its plan alone.
pub(crate) fn is_enrolled(server: &Server, terminal: &str) -> bool {
    server.live.get(terminal).is_some_and(|live| live.row().state == "enrolled")
}

/// Waits until something is so; fails after a minute.
pub(crate) async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let began = std::time::Instant::now();
    while began.elapsed() < std::time::Duration::from_secs(60) {
        if holds().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{what}: not within a minute");
}

/// The machine's clock, put forward by a test.
#[derive(Default)]
pub(crate) struct AheadClock(AtomicI64);

impl AheadClock {
    pub(crate) fn go_on(&self, time: time::Duration) {
        self.0.fetch_add(time.whole_seconds(), Ordering::Relaxed);
    }
}

impl Clock for AheadClock {
    fn now(&self) -> fleet_api::Timestamp {
        time::OffsetDateTime::now_utc() + time::Duration::seconds(self.0.load(Ordering::Relaxed))
    }
}

/// A command line beside the running server; the lines of its answer.
pub(crate) fn command_line(
    data: &Path,
    database: Option<&str>,
    words: &[&str],
) -> Result<Vec<Value>, Vec<Value>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yilin-fleet"));
    command.arg("--json").arg("--data").arg(data).env_remove("RUST_LOG");
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    let said = command.args(words).output().unwrap();
    let lines = String::from_utf8(said.stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    if said.status.success() { Ok(lines) } else { Err(lines) }
}
