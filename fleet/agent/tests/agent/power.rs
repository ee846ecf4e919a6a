//! The real program, killed at each point at which power can fail: before and after every write to a slot, every step of
//! the table, every stage of an order. Always a slot that can be started, and one truthful report.

use crate::desk::screen::TestScreen;
use crate::desk::{Desk, TERMINAL, Terminal, sign};
use fleet_agent::sim::Behaviour;
use fleet_api::command::{Command, CommandId, Order, Outcome};
use fleet_api::ddi::Finished;
use fleet_api::{TerminalId, Timestamp};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// The machine.
    Power,
    /// The agent alone, which systemd starts again.
    Agent,
}

fn write_config(terminal: &Terminal) {
    let folder = terminal.folder.path();
    let text = format!(
        "data = {:?}\n[server]\nurl = {:?}\n[terminal]\ncompatible = {:?}\n[screen]\nsocket = {:?}\nuser = \"{}\"\n\
         [update]\nwindow = \"00:00-00:00\"\n[logs]\nunits = []\n[sim]\nfolder = {:?}\n",
        terminal.config.data,
        terminal.config.server.as_ref().unwrap(),
        terminal.config.compatible,
        folder.join("agent.sock"),
        rustix::process::getuid().as_raw(),
        terminal.slots(),
    );
    std::fs::write(folder.join("agent.toml"), text).unwrap();
}

fn start(terminal: &Terminal, fails_at: u64) -> Child {
    let folder = terminal.folder.path();
    std::process::Command::new(env!("CARGO_BIN_EXE_yilin-agent"))
        .arg("run")
        .arg("--config")
        .arg(folder.join("agent.toml"))
        .env("YILIN_AGENT_POWER_FAILS_AT", fails_at.to_string())
        .env("YILIN_AGENT_POWER_LOG", folder.join("points"))
        .env("RUST_LOG", "info")
        .stdout(Stdio::null())
        .stderr(std::fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).unwrap())
        .spawn()
        .unwrap()
}

pub(crate) fn signal(program: &Child, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(program.id()).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

async fn connect(socket: &Path, paints: bool) -> TestScreen {
    loop {
        if let Ok(stream) = std::os::unix::net::UnixStream::connect(socket) {
            return TestScreen::connect(stream, paints);
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

fn points(folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join("points")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

/// Runs the program life by life until `done`, with the failure at the point of that number; the points that were passed.
async fn live(
    desk: &Desk,
    terminal: &Terminal,
    failure: Failure,
    fails_at: u64,
    done: impl Fn(&Desk) -> bool,
) -> Vec<String> {
    write_config(terminal);
    let folder = terminal.folder.path();
    let socket = folder.join("agent.sock");
    let mut paints = true;
    let mut failed = false;
    for _life in 0..12 {
        let passed = points(folder).len() as u64;
        let next = if failed || fails_at <= passed { 0 } else { fails_at - passed };
        let _ = std::fs::remove_file(&socket);
        let mut program = start(terminal, next);
        let screen = tokio::spawn({
            let socket = socket.clone();
            async move { connect(&socket, paints).await }
        });
        let ended = loop {
            if let Some(ended) = program.try_wait().unwrap() {
                break Some(ended);
            }
            if done(desk) {
                break None;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        };
        let asked_to_stop = ended.is_none();
        let ended = match ended {
            Some(ended) => ended,
            None => {
                // What it would tell now, it tells.
                tokio::time::sleep(Duration::from_millis(500)).await;
                signal(&program, rustix::process::Signal::TERM);
                program.wait().unwrap()
            }
        };
        screen.abort();
        let killed = ended.signal() == Some(9);
        assert!(
            killed || ended.success(),
            "{ended:?}\n{}",
            std::fs::read_to_string(folder.join("log")).unwrap()
        );
        failed |= killed;
        if asked_to_stop && !killed {
            return points(folder);
        }
        let asked = std::fs::remove_file(terminal.slots().join("reboot-asked")).is_ok();
        if asked || failure == Failure::Power {
            let booted = terminal.board().power_on().unwrap();
            let booted =
                booted.unwrap_or_else(|| panic!("a brick, after point {fails_at}: {:?}", points(folder)));
            paints = booted.image.behaviour != Behaviour::DoesNotPaint;
        }
    }
    panic!(
        "no end after point {fails_at}: {:?}\n{}",
        points(folder),
        std::fs::read_to_string(folder.join("log")).unwrap()
    )
}

/// An update with a failure; true where there was such a point.
async fn update(behaviour: Behaviour, failure: Failure, fails_at: u64) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    desk.release("71", "1.1.0", behaviour);
    let passed = live(&desk, &terminal, failure, fails_at, |desk| !desk.endings("71").is_empty()).await;
    // Whatever is told after the end would be told now.
    let said = points(terminal.folder.path());
    let endings = desk.endings("71");
    let booted = terminal.board().power_on().unwrap().expect("a slot can be started");
    let runs_new = booted.image.version.to_string() == "1.1.0";
    let truth = if runs_new { Finished::Success } else { Finished::Failure };
    assert_eq!(endings, [truth], "{behaviour:?} {failure:?} at {fails_at}: {said:?}");
    if behaviour == Behaviour::Good && failure == Failure::Agent {
        let log = std::fs::read_to_string(terminal.folder.path().join("log")).unwrap();
        assert!(
            runs_new,
            "at {fails_at} an agent that is started again comes to another end: {said:?}\n{log}"
        );
    }
    if behaviour != Behaviour::Good {
        assert!(!runs_new);
    }
    (fails_at == 0 || fails_at <= passed.len() as u64).then_some(passed)
}

/// Every point, some at a time.
async fn at_every_point<F>(run: impl Fn(u64) -> F, points: u64)
where
    F: Future<Output = bool> + Send + 'static,
{
    let mut at_work = tokio::task::JoinSet::<bool>::new();
    for fails_at in 1..=points {
        if at_work.len() == 8 {
            assert!(at_work.join_next().await.unwrap().unwrap(), "a point was not reached");
        }
        at_work.spawn(run(fails_at));
    }
    while let Some(reached) = at_work.join_next().await {
        assert!(reached.unwrap(), "a point was not reached");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_of_which_the_machine_loses_power_at_each_point() {
    let passed = update(Behaviour::Good, Failure::Power, 0).await.unwrap();
    assert!(passed.len() > 30, "{passed:?}");
    at_every_point(
        |at| async move { update(Behaviour::Good, Failure::Power, at).await.is_some() },
        passed.len() as u64,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_of_which_the_agent_is_killed_at_each_point() {
    let passed = update(Behaviour::Good, Failure::Agent, 0).await.unwrap();
    at_every_point(
        |at| async move { update(Behaviour::Good, Failure::Agent, at).await.is_some() },
        passed.len() as u64,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_version_of_which_the_machine_loses_power_at_each_point() {
    let passed = update(Behaviour::DoesNotPaint, Failure::Power, 0).await.unwrap();
    let points = passed.len() as u64;
    // Up to the trial all is as with a good one.
    let from = points.saturating_sub(12);
    at_every_point(
        |at| async move { update(Behaviour::DoesNotPaint, Failure::Power, from + at).await.is_some() },
        points - from,
    )
    .await;
}

/// A printed page and a log with a kill at each stage: done once or unknown, never twice, one result.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_which_the_agent_is_killed_at_each_stage() {
    for (order, may_be_unknown) in [(Order::TestPrint, true), (Order::Logs { lines: 1 }, false)] {
        for fails_at in 0..=5 {
            let folder = tempfile::tempdir().unwrap();
            let desk = Desk::open(folder.path()).await;
            let terminal = Terminal::enrolled(&desk).await;
            let now = Timestamp::now_utc();
            let command = Command {
                id: CommandId("cd".repeat(16)),
                terminal: TerminalId(TERMINAL.into()),
                issued_at: now,
                expires_at: now + Duration::from_secs(60),
                order: order.clone(),
            };
            desk.offer(sign(&command, 2));
            let passed =
                live(&desk, &terminal, Failure::Agent, fails_at, |desk| !desk.state().results.is_empty())
                    .await;
            let results: Vec<Outcome> =
                desk.state().results.iter().map(|(_, result)| result.outcome).collect();
            let good = |outcome: &Outcome| {
                *outcome == Outcome::Done || (may_be_unknown && fails_at != 0 && *outcome == Outcome::Unknown)
            };
            assert!(results.iter().all(good), "{order:?} at {fails_at}: {results:?} {passed:?}");
            assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{results:?}");
            assert!(passed.iter().filter(|point| *point == "command.ended").count() <= 1, "{passed:?}");
        }
    }
}
