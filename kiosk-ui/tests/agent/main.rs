//! The line to the fleet's agent, on a real Unix socket on which the test is the agent: what is refused in a visit, what a
//! worker of the desk may see, which counts are sent.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shows where")]

mod asks;
mod counts;
mod desk;
mod settings;
mod system;
mod upkeep;

use domain::session::event::{EventKind, Tap};
use domain::session::page::Page;
use fleet_api::health::ScreenHealth;
use fleet_api::ui::{Answer, Ask, FromAgent, FromScreen};
use kiosk_ui::agent::{AgentAddress, Fleet};
use kiosk_ui::headless::{Booth, BoothOptions, Walk};
use kiosk_ui::machine::MachineWords;
use platform_client::sim::StaffDuty;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longer than anything here takes on a slow machine.
const LIMIT: Duration = Duration::from_secs(120);
const CARE: &str = "meal-booking";

/// The agent, played by the test.
struct Agent {
    heard: Receiver<FromScreen>,
    stream: UnixStream,
}

impl Agent {
    fn on(listener: &UnixListener) -> Self {
        let (stream, _) = listener.accept().unwrap();
        let from = BufReader::new(stream.try_clone().unwrap());
        let (sender, heard) = channel();
        std::thread::spawn(move || {
            for line in from.lines().map_while(Result::ok) {
                let word: FromScreen = serde_json::from_str(&line).unwrap();
                if sender.send(word).is_err() {
                    return;
                }
            }
        });
        let agent = Self { heard, stream };
        agent.say(&FromAgent::Hello { api: fleet_api::version::this(), version: "1".to_owned() });
        agent
    }

    fn say(&self, word: &FromAgent) {
        let mut line = serde_json::to_vec(word).unwrap();
        line.push(b'\n');
        (&self.stream).write_all(&line).unwrap();
    }
}

/// A terminal, and the agent beside it.
struct Kiosk {
    booth: Booth,
    agent: Agent,
    folder: tempfile::TempDir,
}

impl Kiosk {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let user = folder.path().metadata().unwrap().uid();
        std::fs::create_dir(folder.path().join("exports")).unwrap();
        let booth = booth(folder.path(), Some(AgentAddress { socket, user }));
        let agent = Agent::on(&listener);
        Self { booth, agent, folder }
    }

    /// Lets the terminal go on until the agent hears a word of a kind.
    fn hear<T>(&self, wanted: impl Fn(FromScreen) -> Option<T>) -> T {
        let until = Instant::now() + LIMIT;
        loop {
            assert!(Instant::now() < until, "the agent does not hear it; the page is {}", self.booth.page());
            self.booth.hear_agent();
            while self.booth.take_event() {}
            if let Ok(word) = self.agent.heard.recv_timeout(Duration::from_millis(50))
                && let Some(found) = wanted(word)
            {
                return found;
            }
        }
    }

    fn ask(&self, id: u64, ask: Ask) -> Answer {
        self.agent.say(&FromAgent::Ask { id, ask });
        self.hear(|word| match word {
            FromScreen::Answer { id: of, answer } if of == id => Some(answer),
            _ => None,
        })
    }

    fn health(&self) -> ScreenHealth {
        self.hear(|word| match word {
            FromScreen::Health(health) => Some(health),
            _ => None,
        })
    }

    fn tap(&self, tap: Tap) {
        self.booth.happen(EventKind::Tap(tap));
    }
}

fn booth(data: &Path, agent: Option<AgentAddress>) -> Booth {
    Booth::open(BoothOptions {
        fleet: Fleet {
            agent,
            exports: Some(data.join("exports")).filter(|folder| folder.is_dir()),
            machine: machine(data),
            ..Fleet::default()
        },
        ..BoothOptions::usual(data)
    })
    .unwrap()
}

/// What the system says, where the test lets it say something.
fn machine(data: &Path) -> MachineWords {
    let word = |name: &str| Some(data.join(name)).filter(|file| file.exists());
    MachineWords { clock: word("clock"), data: word("data") }
}

fn sign_in(booth: &Booth, duty: StaffDuty, page: Page) {
    let walk = Walk::new(booth);
    walk.tap(Tap::Staff);
    let staff = booth.rig().admin().unwrap().staff();
    let member = staff.into_iter().find(|member| member.duty == duty).unwrap();
    walk.tap(Tap::StaffSignIn { badge: member.worker.badge.clone(), pin: member.pin.clone() });
    walk.reach(page).unwrap();
}

/// A finger on the control with these words.
fn touch(booth: &Booth, words: &str) {
    assert!(booth.stage().touch(words), "no `{words}` on {}", booth.page());
}
