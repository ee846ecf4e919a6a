//! One call for help from end to end: a screen at a real agent's socket, a real server, a worker in headless Chromium.
//!
//! The screen's side is a client here that speaks `fleet_api::ui`; the worker's side is `browser/call.js`. The two take
//! turns by lines on the browser's stdin and stdout.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panic and says why it is skipped"
)]

use fleet_agent::sim::Board;
use fleet_agent::{Agent, Ended};
use fleet_api::TerminalId;
use fleet_api::assist::WorkerAction;
use fleet_api::ui::{FromAgent, FromScreen};
use fleet_demo::fleet::{FIRST, Fleet, Plan};
use fleet_demo::kiosk::{Kiosk, Surroundings};
use fleet_demo::past::Past;
use fleet_demo::screen::Pace;
use fleet_demo::town;
use fleet_server::console::role::Role;
use fleet_server::console::{self, accounts, tokens::Secret};
use fleet_server::orders::enrolment;
use fleet_server::serve::{Console, Options};
use fleet_server::state::Actor;
use sample_city::{City, Seed};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// What the worker writes, and what is found nowhere afterwards.
const SENTENCE: &str = "请按右下角蓝色的下一步";
/// The words of the page that the resident lets the worker see.
const ON_THE_PAGE: &str = "您的补贴发放方式";
const CALL: &str = "00112233445566778899aabbccddeeff";
const LONGEST: Duration = Duration::from_secs(90);
const SEED: Seed = Seed(11);

/// Whether the peers are there; where they are required, they must be.
fn is_there() -> bool {
    let modules = "require.resolve('playwright-core');";
    let found = |program: &str, args: &[&str]| {
        std::process::Command::new(program).args(args).output().is_ok_and(|out| out.status.success())
    };
    let there = found("node", &["-e", modules]) && found("chromium", &["--version"]);
    if !there {
        let what = "node with playwright-core (npm, found by NODE_PATH) and chromium (Debian)";
        assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "{what}: required and not installed");
        eprintln!("skipped: {what} are not installed");
    }
    there
}

/// The worker's browser: says what it has come to, and hears when it may go on.
struct Browser {
    program: Child,
    says: Lines<BufReader<ChildStdout>>,
    hears: ChildStdin,
}

impl Browser {
    fn open(origin: &str, invitation: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/call.js");
        let mut program = Command::new("node")
            .arg(script)
            .env("ORIGIN", origin)
            .env("INVITATION", invitation)
            .env("SENTENCE", SENTENCE)
            .env("ON_THE_PAGE", ON_THE_PAGE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let says = BufReader::new(program.stdout.take().unwrap()).lines();
        let hears = program.stdin.take().unwrap();
        Self { program, says, hears }
    }

    async fn reaches(&mut self, what: &str) {
        let line = tokio::time::timeout(LONGEST, self.says.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("the worker does not come to: {what}"));
        assert_eq!(line.unwrap().as_deref(), Some(what), "the worker's browser failed: see its stderr");
    }

    async fn go_on(&mut self) {
        self.hears.write_all(b"go on\n").await.unwrap();
    }
}

/// The screen's end of the line.
struct Screen {
    says: OwnedWriteHalf,
    hears: Lines<BufReader<OwnedReadHalf>>,
}

impl Screen {
    async fn say(&mut self, word: &FromScreen) {
        let mut line = serde_json::to_vec(word).unwrap();
        line.push(b'\n');
        self.says.write_all(&line).await.unwrap();
    }

    /// The next word about the call; what else the agent says is passed over.
    async fn worker(&mut self) -> (Option<String>, Vec<WorkerAction>, bool) {
        let word = async {
            loop {
                let line = self.hears.next_line().await.unwrap().expect("the agent is there");
                if let FromAgent::Worker { call, worker, actions, ended } =
                    serde_json::from_str(&line).unwrap()
                {
                    assert_eq!(call, CALL);
                    return (worker, actions, ended);
                }
            }
        };
        tokio::time::timeout(LONGEST, word).await.expect("a word of the worker")
    }

    /// The next thing that the worker does.
    async fn action(&mut self) -> WorkerAction {
        loop {
            let (_, mut actions, ended) = self.worker().await;
            assert!(!ended && actions.len() <= 1, "{actions:?}");
            if let Some(action) = actions.pop() {
                return action;
            }
        }
    }
}

/// Every file under a folder, whole.
fn files(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => files(&entry.path(), found),
            false => found.push((entry.path(), std::fs::read(entry.path()).unwrap_or_default())),
        }
    }
}

#[test]
fn a_worker_points_and_writes_presses_nothing_and_nothing_is_kept() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = std::fs::File::create(folder.path().join("everything.log")).unwrap();
    // All that server and agent say of their work, on the lowest level.
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(std::sync::Mutex::new(log))
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(play(folder.path()));
    let mut all = Vec::new();
    files(folder.path(), &mut all);
    let logged = all.iter().find(|(path, _)| path.ends_with("everything.log")).unwrap();
    assert!(!logged.1.is_empty(), "the log is looked at");
    assert!(
        all.iter().any(|(path, bytes)| path.ends_with("fleet.db") && !bytes.is_empty()),
        "so is the database"
    );
    for secret in [SENTENCE, ON_THE_PAGE] {
        // As it is, and as JSON and forms write it.
        let escaped: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let encoded: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for (path, bytes) in &all {
            for form in [secret, &escaped, &encoded] {
                let kept = bytes.windows(form.len()).any(|window| window == form.as_bytes());
                assert!(!kept, "{} keeps {form}", path.display());
            }
        }
    }
}

async fn play(data: &Path) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let origin = format!("https://localhost:{port}");
    let setup = console::Setup::new(&origin, Secret::read_or_make(&data.join("console.key")).unwrap());
    let options = Options {
        console: Some(Console {
            listen: ([127, 0, 0, 1], port).into(),
            pages: console::pages(setup.clone()),
        }),
        ..Options::local(data)
    };
    let plan = Plan {
        data: data.to_owned(),
        terminals: 0,
        pace: Pace::still(),
        flaw: None,
        trial: Duration::from_secs(20),
        past: Past::None,
        seed: SEED,
    };
    let fleet = Fleet::start(plan, options).await.unwrap();
    let server = fleet.server().clone();

    // One terminal, its agent, and this test as its screen.
    let city = City::new(SEED, time::macros::date!(2026 - 11 - 01));
    let place = town::terminals(&city, 1, SEED).remove(0);
    enrolment::plan(&server, &place).await.unwrap();
    let code = enrolment::code(&server, &TerminalId(place.id.clone()), &Actor("test".into())).await.unwrap();
    let around = Surroundings {
        server: fleet.device_url().to_owned(),
        authorities: data.join("authority.pem"),
        pace: Pace::still(),
        flaw: None,
        trial: Duration::from_secs(20),
        seed: SEED,
    };
    let terminal = data.join("terminal");
    let kiosk = Kiosk::set_up(&place.id, terminal.clone(), FIRST, &code, &around).await.unwrap();
    Board::new(&terminal).power_on().unwrap().unwrap();
    let (theirs, ours) = std::os::unix::net::UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    let (reads, says) = UnixStream::from_std(ours).unwrap().into_split();
    let mut screen = Screen { says, hears: BufReader::new(reads).lines() };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let parts = kiosk.parts(theirs);
    let agent = tokio::spawn(async move {
        Agent::run(parts, async {
            let _ = stopped.await;
        })
        .await
    });
    screen.say(&FromScreen::Hello { api: fleet_api::version::this(), version: "1.0.0".to_owned() }).await;

    // A screen that has not said how it is counts as away.
    let health = json!({ "from_screen": "health", "version": "1.0.0", "phase": "visit", "out_of_service": null,
        "painted_at": null, "database_open": true, "province_reachable": true, "catalogue": "2026-11-01",
        "outbox": { "waiting": 0, "needs_person": 0, "oldest_seconds": null }, "devices": [], "supplies": [],
        "power": "mains", "self_test": null });
    screen.say(&serde_json::from_value(health).unwrap()).await;

    let now = server.clock.millis();
    let by = (&Actor("test".into()), "a test");
    let link =
        accounts::add_by_command_line(&setup, &server.store, "worker", "王帮办", Role::Technician, by, now);
    let mut browser = Browser::open(&origin, &link.await.unwrap().unwrap());
    browser.reaches("the desk is empty").await;
    let help = json!({ "from_screen": "help", "call": CALL, "page": "form-choice", "item": "old-age-allowance", "urgent": false });
    screen.say(&serde_json::from_value(help).unwrap()).await;
    browser.reaches("the call came without a reload").await;
    browser.reaches("the call is taken, its page is not seen").await;
    loop {
        let (worker, actions, ended) = screen.worker().await;
        assert!(actions.is_empty() && !ended);
        if let Some(worker) = worker {
            assert_eq!(worker, "王帮办", "the resident sees who helps");
            break;
        }
    }
    // The resident's tap.
    let mirror = json!({ "from_screen": "mirror", "call": CALL, "page": { "page": "form-choice", "item": null,
        "width": 1080, "height": 1920, "elements": [
            { "x": 60.0, "y": 180.0, "w": 960.0, "h": 90.0, "role": "text", "words": ON_THE_PAGE },
            { "x": 60.0, "y": 330.0, "w": 960.0, "h": 150.0, "role": "text_input", "words": null },
            // What lies over the page, as the worker's sentence does at the terminal.
            { "x": 40.0, "y": 160.0, "w": 1000.0, "h": 100.0, "role": "text", "words": null },
            { "x": 560.0, "y": 1500.0, "w": 460.0, "h": 150.0, "role": "button", "words": "下一步" } ] } });
    screen.say(&serde_json::from_value(mirror).unwrap()).await;
    browser.reaches("the page is seen without its values, and nothing on it can be pressed").await;
    let WorkerAction::Point { x, y } = screen.action().await else { panic!("a ring comes first") };
    assert!((790.0 - x).abs() <= 4.0 && (1575.0 - y).abs() <= 4.0, "the ring is at {x}, {y}");
    browser.go_on().await;
    assert_eq!(screen.action().await, WorkerAction::Write { text: SENTENCE.to_owned() });
    // By keyboard.
    assert_eq!(screen.action().await, WorkerAction::Point { x: 756.0, y: 1568.0 });
    browser.reaches("what a worker may not do is refused").await;

    // The visit ends, and the call with it.
    screen.say(&FromScreen::HelpEnded { call: CALL.to_owned() }).await;
    browser.reaches("the call is over").await;
    assert!(browser.program.wait().await.unwrap().success());
    let (_, rest, _) =
        tokio::time::timeout(Duration::from_secs(1), screen.worker()).await.unwrap_or_default();
    assert_eq!(rest, [], "nothing but the rings and the sentence came to the screen");
    assert_eq!(server.assist.calls(), []);
    stop.send(()).unwrap();
    assert_eq!(agent.await.unwrap().unwrap(), Ended::Stopped);
    fleet.stop().await.unwrap();
}
