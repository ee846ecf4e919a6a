//! The program that is killed: an outbox in a folder, one visit after another, and a line for everything that a resident is
//! told, synced before the next thing happens: it stands for the paper in their hand.

use crate::cases;
use crate::process::Orders;
use domain::case::SubmitOutcome;
use platform_client::clock::SystemClock;
use platform_client::credentials::Credentials;
use platform_client::dialect::Dialects;
use platform_client::entropy::SystemEntropy;
use platform_client::http::Timeouts;
use platform_client::outbox::inspect::Inspector;
use platform_client::outbox::{Backoff, Outbox, OutboxConfig, Pace, State};
use platform_client::province::{Province, ProvinceConfig};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use time::macros::offset;

/// The first argument.
pub(crate) const WORD: &str = "victim";
/// How it ends when only a person can go on.
pub(crate) const NEEDS_A_PERSON: u8 = 3;

/// How long a resident waits.
const PATIENCE: Duration = Duration::from_millis(900);

/// The same manner as on a kiosk, a hundred times faster.
fn pace() -> Pace {
    Pace {
        parallel: 4,
        backoff: Backoff { first: Duration::from_millis(10), longest: Duration::from_millis(80) },
        settling: Duration::from_millis(250),
        most_sends: 100,
        poll: Duration::from_millis(100),
    }
}

pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let orders = Orders::read(arguments);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(live(orders))
}

async fn live(orders: Orders) -> ExitCode {
    let before = std::fs::read_to_string(&orders.told).unwrap_or_default();
    // A visit that was cut off is not gone on with: the resident has left.
    let first = before.lines().filter(|line| line.starts_with("begin ")).count() as u64;
    let mut paper = Paper(OpenOptions::new().append(true).create(true).open(&orders.told).unwrap());
    let outbox = open(&orders);
    let delivery = {
        let (outbox, province) = (outbox.clone(), province(&orders));
        tokio::spawn(async move { outbox.deliver(province).await })
    };
    for n in first..orders.cases {
        paper.write(&format!("begin {n}"));
        if orders.new_key_at == Some(n) {
            change_key(&outbox).await;
        }
        let submission = cases::submission(orders.run, n, orders.base, &orders.terminal);
        let told = match outbox.submit_now(submission, PATIENCE).await {
            Ok(outcome) => words(&outcome),
            Err(error) => format!("not_kept {error}"),
        };
        paper.write(&format!("told {n} {told}"));
    }
    loop {
        let room = outbox.room();
        if room.rows == 0 {
            delivery.abort();
            return ExitCode::SUCCESS;
        }
        if room.rows == room.needs_human {
            why(&orders);
            return ExitCode::from(NEEDS_A_PERSON);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn open(orders: &Orders) -> Outbox {
    let config =
        OutboxConfig { pace: pace(), ..OutboxConfig::in_folder(&orders.folder, orders.terminal.clone()) };
    let (clock, entropy) = (Arc::new(SystemClock::new(offset!(+8))), Arc::new(SystemEntropy::new()));
    let outbox = Outbox::open(config, clock, entropy).unwrap();
    assert!(outbox.set_aside_at_start().is_none(), "nothing here damages a database");
    outbox
}

fn province(orders: &Orders) -> Province {
    let config = ProvinceConfig {
        url: orders.url.clone(),
        credentials: Credentials::read(Path::new(&orders.credentials)).unwrap(),
        terminal: orders.terminal.clone(),
        dialects: Dialects::default(),
        timeouts: Timeouts { connect: Duration::from_millis(1000), call: Duration::from_millis(1500) },
    };
    Province::new(config, Arc::new(SystemClock::new(offset!(+8))), Arc::new(SystemEntropy::new())).unwrap()
}

/// For whoever looks at a run that failed: `YILIN_CRASH_LOUD=1`.
fn why(orders: &Orders) {
    let config = OutboxConfig::in_folder(&orders.folder, orders.terminal.clone());
    let inspector = Inspector::open(&config, Arc::new(SystemClock::new(offset!(+8))), &SystemEntropy::new());
    for entry in inspector.unwrap().list().unwrap().iter().filter(|e| e.state == State::Poison) {
        eprintln!("{entry:?}");
    }
}

async fn change_key(outbox: &Outbox) {
    let outbox = outbox.clone();
    let work = move || {
        outbox.new_key().unwrap();
        outbox.reseal().unwrap();
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

/// What the paper says.
fn words(outcome: &SubmitOutcome) -> String {
    let word = match outcome {
        SubmitOutcome::Received { .. } => "received",
        SubmitOutcome::Accepted { .. } => "accepted",
        SubmitOutcome::Queued => "queued",
        SubmitOutcome::Unknown => "unknown",
        SubmitOutcome::NotSent => "not_sent",
        other => panic!("nothing here leads to {other:?}"),
    };
    outcome.application().map_or_else(|| word.to_owned(), |number| format!("{word} {}", number.as_str()))
}

struct Paper(File);

impl Paper {
    fn write(&mut self, line: &str) {
        // One write: a line is there or not.
        self.0.write_all(format!("{line}\n").as_bytes()).unwrap();
        self.0.sync_all().unwrap();
    }
}
