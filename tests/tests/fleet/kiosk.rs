//! A terminal around the agent's program: two slots in a folder, a board that starts one of them, a screen that paints.

use crate::fixture::{COMPATIBLE, Served, TERMINAL, signal};
use fleet_agent::sim::{Behaviour, Board, FolderInstaller, Image};
use fleet_demo::screen::{Health, Pace, Screen, Unit};
use rustix::process::Signal;
use sample_city::{Dice, Seed};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use terminal_tests::program;
use tokio::task::JoinHandle;

pub(crate) struct Kiosk {
    folder: tempfile::TempDir,
    life: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
}

impl Kiosk {
    /// A terminal with version 1.0.0 that `server` has enrolled and that runs.
    pub(crate) fn start(server: &Served) -> Self {
        let code = server.say(&["terminal", "code", TERMINAL])[0]["code"].as_str().unwrap().to_owned();
        Self::enrolled(&server.url, &server.authority(), &code)
    }

    /// The same, of a server that is called at `url`.
    pub(crate) fn enrolled(url: &str, authority: &Path, code: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = folder.path().join("machine");
        let first = Image {
            version: "1.0.0".parse().unwrap(),
            compatible: COMPATIBLE.to_owned(),
            behaviour: Behaviour::Good,
        };
        FolderInstaller::lay_out(&machine, &first.bytes(50_000)).unwrap();
        let config = format!(
            "data = \"agent\"\n[server]\nurl = {:?}\nauthorities = {:?}\n[terminal]\ncompatible = {COMPATIBLE:?}\n\
             [screen]\nsocket = \"agent.sock\"\nuser = \"{}\"\n[update]\nwindow = \"00:00-00:00\"\n[logs]\nunits = []\n\
             [sim]\nfolder = {machine:?}\n",
            url,
            authority,
            rustix::process::getuid().as_raw(),
        );
        std::fs::write(folder.path().join("agent.toml"), config).unwrap();
        let mut enrol = agent(folder.path(), &["enrol", "--json"]).stdin(Stdio::piped()).spawn().unwrap();
        enrol.stdin.take().unwrap().write_all(format!("{code}\n").as_bytes()).unwrap();
        assert!(enrol.wait().unwrap().success(), "{}", log(folder.path()));
        let stop = Arc::new(AtomicBool::new(false));
        let life = tokio::spawn(live(folder.path().to_owned(), Arc::clone(&stop)));
        Self { folder, life: Some(life), stop }
    }

    fn machine(&self) -> PathBuf {
        self.folder.path().join("machine")
    }

    /// The version in the slot that runs.
    pub(crate) fn version(&self) -> String {
        let running = fleet_demo::kiosk::Kiosk::running(&self.machine());
        running.map(|(_, version)| version.to_string()).unwrap_or_default()
    }

    /// The points at which power could have failed, so far.
    pub(crate) fn points(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("points")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// How often a point was passed.
    pub(crate) fn passed(&self, point: &str) -> usize {
        self.points().iter().filter(|passed| *passed == point).count()
    }

    pub(crate) fn log(&self) -> String {
        log(self.folder.path())
    }

    /// Ends it, and powers the board on once more: the version that would be started.
    pub(crate) async fn stop(mut self) -> String {
        self.stop.store(true, Ordering::Relaxed);
        self.life.take().unwrap().await.unwrap();
        let booted = Board::new(&self.machine()).power_on().unwrap().expect("a slot can be started");
        booted.image.version.to_string()
    }
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("agent.log")).unwrap_or_default()
}

fn agent(folder: &Path, words: &[&str]) -> Command {
    let log = OpenOptions::new().create(true).append(true).open(folder.join("agent.log")).unwrap();
    let mut command = program("yilin-agent");
    command
        .args(words)
        .arg("--config")
        .arg(folder.join("agent.toml"))
        .env("YILIN_AGENT_POWER_LOG", folder.join("points"))
        .env("RUST_LOG", "info")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log);
    command
}

/// The agent ends with the test, also where the test fails.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The machine, start after start.
async fn live(folder: PathBuf, stop: Arc<AtomicBool>) {
    let board = Board::new(&folder.join("machine"));
    let mut unit = Unit::new(Dice::new(Seed(7), TERMINAL));
    let mut booted = board.power_on().unwrap().expect("a slot can be started");
    while !stop.load(Ordering::Relaxed) {
        let socket = folder.join("agent.sock");
        let _ = std::fs::remove_file(&socket);
        let mut program = Program(agent(&folder, &["run"]).spawn().unwrap());
        let health = match booted.image.behaviour {
            Behaviour::DoesNotPaint => Health::Dark,
            _ => Health::Paints,
        };
        let screen = Screen::new(&mut unit, booted.image.version.to_string(), health, Pace::still());
        let talk = async {
            if let Some(line) = connect(&socket, &mut program.0).await {
                screen.run(line).await.unwrap();
            }
        };
        tokio::select! {
            () = talk => {}
            () = asked(&stop) => signal(&program.0, Signal::TERM),
        }
        let ended = loop {
            if let Some(ended) = program.0.try_wait().unwrap() {
                break ended;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        };
        assert!(ended.success(), "{ended:?}\n{}", log(&folder));
        if std::fs::remove_file(folder.join("machine/reboot-asked")).is_ok() {
            booted = board.power_on().unwrap().expect("a slot can be started");
        }
    }
}

async fn asked(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// The line to the agent's socket; none where the agent ended first.
async fn connect(socket: &Path, program: &mut Child) -> Option<UnixStream> {
    while program.try_wait().unwrap().is_none() {
        if let Ok(line) = UnixStream::connect(socket) {
            return Some(line);
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    None
}
