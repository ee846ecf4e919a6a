//! A terminal's agent at rest: the release program in a process of its own, enrolled at a real server, with a screen that
//! says every 30 s that nobody is there.

use crate::process::{Process, Programs, Serving};
use crate::terminals::{heartbeat, planned};
use crate::{metric, note};
use fleet_api::health::{Heartbeat, ScreenHealth};
use fleet_api::ui::FromScreen;
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::task::JoinHandle;

/// What it does at its start is no rest.
const SETTLED: Duration = Duration::from_secs(20);
/// Between two looks.
const WINDOW: Duration = Duration::from_secs(60);
/// At least so many windows: a poll comes every fifth.
const WINDOWS: usize = 5;

pub(crate) struct Resting {
    serving: Serving,
    screen: JoinHandle<()>,
    looking: JoinHandle<(Process, Vec<Look>)>,
    end: std::sync::Arc<tokio::sync::Notify>,
}

struct Look {
    at: Instant,
    cpu_seconds: f64,
    pss_mb: f64,
}

fn work(programs: &Programs, data: &Path, arguments: &[&str]) -> Value {
    let mut command = Command::new(&programs.fleet);
    command.args(arguments).args(["--json", "--data"]).arg(data).env("RUST_LOG", "warn");
    let done = command.output().unwrap();
    assert!(done.status.success(), "{done:?}");
    serde_json::from_slice(done.stdout.split(|byte| *byte == b'\n').next().unwrap()).unwrap()
}

impl Resting {
    pub(crate) async fn start(programs: &Programs, folder: &Path) -> Self {
        let data = folder.join("fleet");
        std::fs::create_dir_all(&data).unwrap();
        let list = folder.join("terminals.jsonl");
        std::fs::write(&list, serde_json::to_string(&planned("T-1")).unwrap() + "\n").unwrap();
        work(programs, &data, &["terminal", "add", list.to_str().unwrap()]);
        let code = work(programs, &data, &["terminal", "code", "T-1"])["code"].as_str().unwrap().to_owned();
        let serving = Serving::start(programs, &data, None);

        let config = folder.join("agent.toml");
        let text = format!(
            "data = \"agent\"\n[server]\nurl = {:?}\nauthorities = {:?}\n[terminal]\ncompatible = \"yilin-k1\"\nmodel = \"K1\"\n\
             [screen]\nsocket = \"agent.sock\"\nuser = \"{}\"\n",
            serving.device_url,
            data.join("keys/authority.pem"),
            rustix::process::geteuid().as_raw()
        );
        std::fs::write(&config, text).unwrap();
        let agent = || {
            let mut command = Command::new(&programs.agent);
            command.arg("--config").arg(&config).env("RUST_LOG", "warn");
            command
        };
        let mut enrolling = agent().arg("enrol").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        enrolling.stdin.take().unwrap().write_all(code.as_bytes()).unwrap();
        assert!(enrolling.wait().unwrap().success(), "the agent does not enrol");
        let process = Process(agent().arg("run").stdin(Stdio::null()).spawn().unwrap());

        let screen = tokio::spawn(screen(folder.join("agent.sock")));
        let end = std::sync::Arc::new(tokio::sync::Notify::new());
        let looking = tokio::spawn(look(process, std::sync::Arc::clone(&end)));
        Self { serving, screen, looking, end }
    }

    /// Waits for enough of it, and says what was seen.
    pub(crate) async fn measure(self) {
        note("the agent rests until it was long enough");
        self.end.notify_one();
        let (process, looks) = self.looking.await.unwrap();
        assert!(!self.screen.is_finished(), "the agent hung up on its screen");
        let windows = looks.windows(2).map(|pair| {
            let seconds = pair[1].at.duration_since(pair[0].at).as_secs_f64();
            (pair[1].cpu_seconds - pair[0].cpu_seconds) / seconds * 100.0
        });
        let windows: Vec<f64> = windows.collect();
        let (first, last) = (looks.first().unwrap(), looks.last().unwrap());
        let seconds = last.at.duration_since(first.at).as_secs_f64();
        let whole = (last.cpu_seconds - first.cpu_seconds) / seconds * 100.0;
        let pss: Vec<f64> = looks.iter().map(|look| look.pss_mb).collect();
        metric("yilin-agent at rest: PSS", "MB", &pss, None, "≤ 12");
        metric(
            "yilin-agent at rest: processor time, minute by minute",
            "% of a core",
            &windows,
            None,
            "≤ 0.2",
        );
        let about = format!("yilin-agent at rest: processor time over {seconds:.0} s");
        metric(&about, "% of a core", &[whole], None, "≤ 0.2");
        process.stop();
        self.screen.abort();
        self.serving.stop();
    }
}

async fn look(process: Process, end: std::sync::Arc<tokio::sync::Notify>) -> (Process, Vec<Look>) {
    let see = |process: &Process| Look {
        at: Instant::now(),
        cpu_seconds: process.cpu_seconds(),
        pss_mb: process.pss_mb(),
    };
    tokio::time::sleep(SETTLED).await;
    let mut looks = vec![see(&process)];
    let mut ending = false;
    while !ending || looks.len() <= WINDOWS {
        let over = tokio::time::sleep(WINDOW);
        tokio::pin!(over);
        tokio::select! {
            () = &mut over => {}
            () = end.notified(), if !ending => { ending = true; over.await; }
        }
        looks.push(see(&process));
    }
    (process, looks)
}

/// The screen's end of the socket.
async fn screen(socket: std::path::PathBuf) {
    let line = loop {
        match UnixStream::connect(&socket).await {
            Ok(line) => break line,
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    let (read, mut write) = line.into_split();
    let mut said = BufReader::new(read).lines();
    let hello = FromScreen::Hello { api: fleet_api::version::this(), version: "0.1.0".to_owned() };
    say(&mut write, &hello).await;
    let mut every = tokio::time::interval(Duration::from_secs(30));
    loop {
        tokio::select! {
            line = said.next_line() => if line.ok().flatten().is_none() { return },
            _ = every.tick() => {
                let heartbeat: Heartbeat = serde_json::from_value(heartbeat()).unwrap();
                let painted_at = Some(time::OffsetDateTime::now_utc());
                say(&mut write, &FromScreen::Health(ScreenHealth { painted_at, ..heartbeat.screen.unwrap() })).await;
            }
        }
    }
}

async fn say(to: &mut OwnedWriteHalf, word: &FromScreen) {
    let line = serde_json::to_string(word).unwrap() + "\n";
    to.write_all(line.as_bytes()).await.unwrap();
}
