//! The fleet server as a program, and the desk beside it: command lines, and what they stand on, upon the same database.

use crate::peer::{Postgres, absent};
use fleet_agent::sim::{Behaviour, Image};
use fleet_server::Options;
use fleet_server::keys::KeyFolder;
use fleet_server::serve::open;
use fleet_server::state::{Actor, Server};
use fleet_server::store::Store;
use rustix::process::Signal;
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;
use terminal_tests::program;

/// Nothing else listens there, and nothing calls from there: a port stays free while the server is away.
const HOST: &str = "127.0.0.9";
/// What the terminals of these tests are built for.
pub(crate) const COMPATIBLE: &str = "yilin-test";
/// The terminal.
pub(crate) const TERMINAL: &str = "T-0001";

/// Runs a test on SQLite and on PostgreSQL.
pub(crate) fn on_both(test: impl AsyncFn(Option<String>)) {
    block_on(test(None));
    match Postgres::start() {
        None => absent("PostgreSQL is not installed (Debian: postgresql)"),
        Some(postgres) => block_on(test(Some(postgres.address()))),
    }
}

pub(crate) fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test)
}

pub(crate) fn signal(program: &Child, signal: Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(program.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// Waits until something is so, with time for a slow machine.
pub(crate) async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let began = std::time::Instant::now();
    while began.elapsed() < Duration::from_secs(120) {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: not within two minutes");
}

/// `yilin-fleet serve` in a folder of its own.
pub(crate) struct Served {
    folder: tempfile::TempDir,
    database: Option<String>,
    program: Child,
    /// Where terminals call.
    pub(crate) url: String,
}

impl Served {
    /// Starts it, plans the terminal, and returns when it serves.
    pub(crate) fn start(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (program, url) = serve(folder.path(), database.as_deref(), "0");
        let served = Self { folder, database, program, url };
        let terminals = served.folder.path().join("terminals.jsonl");
        let line = serde_json::json!({
            "id": TERMINAL, "district": "990101", "street": "990101001", "community": "990101001001", "model": "K1",
            "compatible": COMPATIBLE, "name_zh": "样本社区", "name_en": "Sample community", "hours": "00:00-24:00",
        });
        std::fs::write(&terminals, line.to_string()).unwrap();
        served.say(&["terminal", "add", terminals.to_str().unwrap()]);
        served
    }

    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.data().join("keys/authority.pem")
    }

    /// Ends it as a loss of power does.
    pub(crate) fn kill(&mut self) {
        signal(&self.program, Signal::KILL);
        self.program.wait().unwrap();
    }

    /// Starts it again at the same address.
    pub(crate) fn start_again(&mut self) {
        let port = self.url.rsplit_once(':').unwrap().1;
        (self.program, self.url) = serve(self.folder.path(), self.database.as_deref(), port);
    }

    /// Ends it as systemd does; it has to end well.
    pub(crate) fn stop(mut self) {
        signal(&self.program, Signal::TERM);
        let ended = self.program.wait().unwrap();
        assert!(ended.success(), "{ended:?}\n{}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.data().join("serve.log")).unwrap_or_default()
    }

    /// A command line beside the running server; the lines of its answer.
    pub(crate) fn say(&self, words: &[&str]) -> Vec<Value> {
        let mut command = program("yilin-fleet");
        command.arg("--json").arg("--data").arg(self.data());
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        let said = command.args(words).output().unwrap();
        let text = String::from_utf8(said.stdout).unwrap();
        assert!(said.status.success(), "{words:?}: {text}{}", String::from_utf8_lossy(&said.stderr));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn options(&self) -> Options {
        Options { database: self.database.clone(), ..Options::local(self.data()) }
    }

    /// What a command line and the console stand on, as the database is now.
    pub(crate) async fn desk(&self) -> Server {
        open(&self.options()).await.unwrap().0
    }

    /// The database.
    pub(crate) async fn store(&self) -> Store {
        Store::open(&self.options().database()).await.unwrap()
    }

    /// Adds a release, signed by the key beside the server, and rolls it out to everybody; the rollout's number.
    pub(crate) fn roll_out(&self, version: &str, behaviour: Behaviour) -> i64 {
        let image = Image { version: version.parse().unwrap(), compatible: COMPATIBLE.to_owned(), behaviour };
        let file = self.data().join(format!("yilin-{version}.img"));
        std::fs::write(&file, image.bytes(300_000)).unwrap();
        let key = KeyFolder::of(self.data()).offline(fleet_api::keys::Role::Release);
        let (file, key) = (file.to_str().unwrap(), key.to_str().unwrap());
        let added = self.say(&[
            "artifact",
            "add",
            file,
            "--version",
            version,
            "--compatible",
            COMPATIBLE,
            "--release-key",
            key,
        ]);
        let release = added[0]["release"].to_string();
        let rollout = [
            "rollout",
            "add",
            "--release",
            &release,
            "--name",
            version,
            "--waves",
            "100",
            "--pause-seconds",
            "0",
            "--why",
            "a test",
        ];
        let rollout = self.say(&rollout)[0]["rollout"].as_i64().unwrap();
        self.say(&["rollout", "start", &rollout.to_string(), "--why", "a test"]);
        rollout
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Who works at the desk.
pub(crate) fn desk() -> Actor {
    Actor("desk".to_owned())
}

fn serve(data: &Path, database: Option<&str>, port: &str) -> (Child, String) {
    let log = OpenOptions::new().create(true).append(true).open(data.join("serve.log")).unwrap();
    let mut command = program("yilin-fleet");
    command.arg("--json").arg("--data").arg(data);
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    let somewhere = format!("{HOST}:0");
    let mut child = command
        .args(["serve", "--name", HOST, "--heartbeat-seconds", "5", "--poll-seconds", "1"])
        .args(["--listen", &format!("{HOST}:{port}"), "--console", &somewhere, "--metrics", &somewhere])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line)
        .unwrap_or_else(|_| panic!("{line}{}", std::fs::read_to_string(data.join("serve.log")).unwrap()));
    (child, ready["device_url"].as_str().unwrap().to_owned())
}
