//! A week of weather in the way to the province, on a clock that tests move: every case once in the end, what visits heard
//! was so, the line's state is told as it is, and nobody is asked more often than is decent.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod forecast;
mod link;
#[allow(dead_code, reason = "the outbox's tests need more of it")]
#[path = "../outbox/sample.rs"]
mod sample;

use domain::case::{SubmissionId, SubmitOutcome};
use domain::service_item::Queueing::{LiveOnly, MayQueue};
use domain::terminal::Timestamp;
use forecast::{Dice, Forecast};
use link::Link;
use platform_client::clock::Clock;
use platform_client::entropy::SeededEntropy;
use platform_client::outbox::inspect::Inspector;
use platform_client::outbox::{Line, Outbox, OutboxConfig, OutboxEvent, State};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long a resident waits.
const PATIENCE: Duration = Duration::from_secs(30);

struct PausedClock(Instant);

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        sample::FILED_AT + self.0.elapsed()
    }
}

/// What a visit heard, and how often the province had the case then.
type Told = Arc<Mutex<BTreeMap<SubmissionId, (SubmitOutcome, u32)>>>;

#[tokio::test(start_paused = true)]
async fn a_week() {
    week(1).await;
}

async fn week(seed: u64) {
    let begun = Instant::now();
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let mut config = OutboxConfig::in_folder(folder.path(), sample::terminal());
    // Nobody else changes anything here.
    config.pace.poll = Duration::from_secs(300);
    let (clock, entropy) = (Arc::new(PausedClock(begun)), Arc::new(SeededEntropy::new(seed)));
    let outbox = Outbox::open(config.clone(), clock.clone(), entropy.clone()).unwrap();
    let forecast = Forecast::new(seed, begun, 7 * DAY);
    let link = Link::new(forecast.clone(), seed);
    let said = listen(&outbox);
    let delivery = tokio::spawn({
        let (outbox, link) = (outbox.clone(), link.clone());
        async move { outbox.deliver(link).await }
    });
    let watcher = tokio::spawn(watch_the_line(link.clone(), Arc::clone(&said)));
    let told = Told::default();
    let cases = visits(seed, begun, &outbox, &link, &told).await;
    // The weather clears up.
    sleep_until(begun + 7 * DAY + Duration::from_secs(3600)).await;
    check(seed, &cases, &link, &told, &Inspector::open(&config, clock, entropy.as_ref()).unwrap());
    assert_eq!(*said.lock().unwrap(), Line::Up, "seed {seed}");
    assert!(!watcher.is_finished(), "seed {seed}: {:?}", watcher.await.unwrap_err());
    watcher.abort();
    delivery.abort();
    for (sky, length, attempts, visits) in link.outages(&forecast) {
        // After the first doublings one attempt in 150 to 300 seconds, and one for each visit.
        let decent = 14 + length.as_secs() / 150 + 2 * visits;
        assert!(
            attempts <= decent,
            "seed {seed}, {sky:?} for {length:?}: {attempts} attempts, {visits} visits"
        );
    }
}

/// Visits by day, one in some twelve minutes; gives every case and whether it may wait.
async fn visits(
    seed: u64,
    begun: Instant,
    outbox: &Outbox,
    link: &Link,
    told: &Told,
) -> Vec<(SubmissionId, bool)> {
    let mut dice = Dice::new(seed ^ 0x5eed);
    let mut cases = Vec::new();
    let mut at = begun;
    while at < begun + 7 * DAY {
        at += Duration::from_secs(120 + dice.throw(1200));
        sleep_until(at).await;
        let n = cases.len() as u64;
        let may_queue = dice.throw(4) != 0;
        let queueing = if may_queue { MayQueue } else { LiveOnly };
        let submission = match dice.throw(5) {
            0 => sample::with_pictures(n, queueing, 3000),
            _ => sample::submission(n, queueing),
        };
        cases.push((submission.id.clone(), may_queue));
        link.visit_begins();
        let (outbox, link, told) = (outbox.clone(), link.clone(), Arc::clone(told));
        tokio::spawn(async move {
            let id = submission.id.clone();
            let outcome = outbox.submit_now(submission, PATIENCE).await.unwrap();
            let there = link.cases(&id);
            told.lock().unwrap().insert(id, (outcome, there));
        });
    }
    cases
}

/// The line as the outbox says it is.
fn listen(outbox: &Outbox) -> Arc<Mutex<Line>> {
    let said = Arc::new(Mutex::new(Line::Up));
    let (mut events, last) = (outbox.events(), Arc::clone(&said));
    tokio::spawn(async move {
        while let Ok(event) = events.recv().await {
            if let OutboxEvent::Line(line) = event {
                *last.lock().unwrap() = line;
            }
        }
    });
    said
}

/// Twice a minute: what the outbox says of the line is what its last attempt met.
async fn watch_the_line(link: Link, said: Arc<Mutex<Line>>) {
    loop {
        sleep(Duration::from_secs(29)).await;
        if let Some(met) = link.last_met(Duration::from_secs(3)) {
            assert_eq!(*said.lock().unwrap(), met, "in {:?}", link.sky());
        }
    }
}

fn check(seed: u64, cases: &[(SubmissionId, bool)], link: &Link, told: &Told, inspector: &Inspector) {
    let told = told.lock().unwrap();
    let entries = inspector.list().unwrap();
    let state = |id: &SubmissionId| entries.iter().find(|e| e.submission_id == id.as_str()).unwrap().state;
    assert_eq!(told.len(), cases.len());
    for (id, may_queue) in cases {
        let (outcome, then) = &told[id];
        let (now, state) = (link.cases(id), state(id));
        let told = format!("seed {seed}, {id}: told {outcome:?}, {then} then, {now} now, {state:?}");
        let ended =
            (state, now) == (State::Delivered, 1) || (!may_queue && (state, now) == (State::Withdrawn, 0));
        assert!(ended, "{told}");
        let so = match outcome {
            SubmitOutcome::Accepted { .. } => *then == 1,
            SubmitOutcome::Queued => *then == 0 && *may_queue,
            SubmitOutcome::NotSent => now == 0 && !may_queue,
            SubmitOutcome::Unknown => true,
            _ => false,
        };
        assert!(so, "{told}");
    }
    let blindly = link.sent_blindly();
    assert!(blindly.is_empty(), "seed {seed}: sent again without a question: {blindly:?}");
    let kinds: BTreeMap<&str, usize> = told.values().fold(BTreeMap::new(), |mut kinds, (outcome, _)| {
        let word = match outcome {
            SubmitOutcome::Accepted { .. } => "accepted",
            SubmitOutcome::Queued => "queued",
            SubmitOutcome::NotSent => "not sent",
            _ => "unknown",
        };
        *kinds.entry(word).or_default() += 1;
        kinds
    });
    // A week in which one of these does not come to pass proves little.
    assert!(["accepted", "queued", "not sent", "unknown"].iter().all(|k| kinds.contains_key(k)), "{kinds:?}");
}
