//! Random visits, random weather, random ends of the program: whatever happens, each case has one effect, and what was
//! said was so.

use crate::fake::{Fake, Luck, Script, Weather};
use crate::fixture::{Fixture, deliver};
use crate::sample::{FILED_AT, id, submission, with_pictures};
use domain::case::{SubmissionId, SubmitOutcome};
use domain::rating::{RatingLevel, ServiceRating};
use domain::service_item::ItemId;
use domain::service_item::Queueing::{LiveOnly, MayQueue};
use domain::session::effect::RatingToSend;
use platform_client::operation::Operation;
use platform_client::outbox::inspect::Reveal;
use platform_client::outbox::{Outbox, State};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;

/// xorshift64*: the same numbers for the same seed.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % sides
    }
}

/// Half of the calls go wrong, in every way that the table knows.
struct Storm {
    dice: Dice,
    late: bool,
}

impl Weather for Storm {
    fn luck(&mut self, operation: Operation) -> (Luck, Duration) {
        let delay = Duration::from_millis(self.dice.throw(3000));
        let luck = match self.dice.throw(14) {
            0 => Luck::Unreachable,
            1 | 2 => Luck::DropBefore,
            3 | 4 => Luck::DropAfter,
            5 => Luck::Busy,
            6 => Luck::Garbled,
            // A refusal belongs to the case, not to the weather: only what is filed can be refused.
            7 if self.late && operation == Operation::Case => Luck::Late,
            _ => Luck::Fine,
        };
        (luck, delay)
    }
}

/// What a visit was told, and how often the province had the case in that moment.
type Told = Arc<Mutex<BTreeMap<SubmissionId, (SubmitOutcome, u32)>>>;

struct Run {
    fixture: Fixture,
    province: Fake,
    outbox: Outbox,
    delivery: Option<JoinHandle<()>>,
    visits: Vec<JoinHandle<()>>,
    told: Told,
    dice: Dice,
    next: u64,
    may_queue: Vec<u64>,
    live_only: Vec<u64>,
    ratings: Vec<SubmissionId>,
}

impl Run {
    async fn new(seed: u64, late: bool) -> Self {
        let fixture = Fixture::new(seed);
        let outbox = fixture.open();
        let province = Fake::new(Storm { dice: Dice::new(seed ^ 0xabcd), late });
        // Where answers come late the province has to keep to the key, as the contract says; elsewhere it has none.
        let province = if late { province.idempotent() } else { province };
        Self {
            fixture,
            province,
            outbox,
            delivery: None,
            visits: Vec::new(),
            told: Arc::default(),
            dice: Dice::new(seed),
            next: 0,
            may_queue: Vec::new(),
            live_only: Vec::new(),
            ratings: Vec::new(),
        }
    }

    async fn step(&mut self) {
        match self.dice.throw(10) {
            0..=3 => self.submit(),
            4 => self.rate(),
            5 => self.begin_delivery(),
            6 => self.stop_delivery(),
            7 => self.restart().await,
            _ => tokio::time::sleep(Duration::from_millis(self.dice.throw(20_000))).await,
        }
    }

    fn submit(&mut self) {
        let n = self.next;
        self.next += 1;
        let queueing = if self.dice.throw(3) == 0 { LiveOnly } else { MayQueue };
        let submission = match self.dice.throw(4) {
            0 => with_pictures(n, queueing, 2000),
            _ => submission(n, queueing),
        };
        let saved = self.outbox.commit(&submission).unwrap();
        if queueing == LiveOnly { &mut self.live_only } else { &mut self.may_queue }.push(n);
        let (told, province) = (Arc::clone(&self.told), self.province.clone());
        self.visits.push(tokio::spawn(async move {
            let id = saved.id().clone();
            let outcome = saved.outcome(Duration::from_secs(30)).await;
            let there = province.cases(&id);
            told.lock().unwrap().insert(id, (outcome, there));
        }));
    }

    fn rate(&mut self) {
        let case = self.may_queue.last().map(|n| id(*n));
        let rating = RatingToSend {
            submission: case,
            item: ItemId("old-age-allowance".to_owned()),
            rating: ServiceRating::new(RatingLevel::Satisfied, vec![]).unwrap(),
            at: FILED_AT,
        };
        self.ratings.push(self.outbox.rate(&rating).unwrap());
    }

    fn begin_delivery(&mut self) {
        if self.delivery.is_none() {
            self.delivery = Some(deliver(&self.outbox, &self.province));
        }
    }

    fn stop_delivery(&mut self) {
        if let Some(delivery) = self.delivery.take() {
            delivery.abort();
        }
    }

    /// The program ends wherever it happens to be, and begins again.
    async fn restart(&mut self) {
        self.stop_delivery();
        for visit in self.visits.drain(..) {
            visit.abort();
        }
        // Every handle goes; the outbox is free when the last cut-off task is gone.
        let elsewhere = Fixture::new(0);
        self.outbox = elsewhere.open();
        self.outbox = self.fixture.reopen().await;
    }

    async fn check(mut self, seed: u64) {
        self.begin_delivery();
        self.province.change_weather(Script([].into()));
        tokio::time::sleep(Duration::from_secs(3600)).await;
        for n in &self.may_queue {
            assert_eq!(self.province.cases(&id(*n)), 1, "seed {seed}, case {n}");
            assert_eq!(self.fixture.state(&id(*n)), Some(State::Delivered), "seed {seed}, case {n}");
        }
        for n in &self.live_only {
            let state = self.fixture.state(&id(*n));
            let there = self.province.cases(&id(*n));
            let fits = (state, there) == (Some(State::Delivered), 1)
                || (state, there) == (Some(State::Withdrawn), 0);
            assert!(fits, "seed {seed}, case {n}: {state:?} and {there} at the province");
        }
        let told = self.told.lock().unwrap().clone();
        for (id, (outcome, there)) in &told {
            let now = self.province.cases(id);
            let true_then = match outcome {
                SubmitOutcome::Accepted { .. } => *there == 1,
                SubmitOutcome::Queued => *there == 0,
                SubmitOutcome::NotSent => now == 0,
                SubmitOutcome::Unknown => true,
                other => panic!("{other:?}"),
            };
            assert!(
                true_then,
                "seed {seed}, {id}: told {outcome:?}, {there} at the province then, {now} now"
            );
        }
        let seen = self.province.seen.lock().unwrap();
        assert!(
            seen.sent_blindly.is_empty(),
            "seed {seed}: sent again without asking: {:?}",
            seen.sent_blindly
        );
        for rating in &self.ratings {
            assert_eq!(seen.ratings.get(rating), Some(&1), "seed {seed}, rating {rating}");
        }
        drop(seen);
        let inspector = self.fixture.inspector();
        for entry in inspector.list().unwrap() {
            let id = SubmissionId::try_from(entry.submission_id).unwrap();
            let shown = inspector.show(&id, Reveal::Whole).unwrap();
            assert!(shown.name.is_none() && shown.answers.is_empty(), "seed {seed}: not wiped");
        }
        let left = std::fs::read_dir(self.fixture.config.folder.join("current/materials")).unwrap().count();
        assert_eq!(left, 0, "seed {seed}: materials are left");
        self.stop_delivery();
    }
}

async fn run(seed: u64, late: bool) {
    let mut run = Run::new(seed, late).await;
    for _ in 0..60 {
        run.step().await;
    }
    run.check(seed).await;
}

#[tokio::test(start_paused = true)]
async fn each_case_has_one_effect_even_at_a_province_without_keys() {
    for seed in 0..12 {
        run(seed, false).await;
    }
}

#[tokio::test(start_paused = true)]
async fn each_case_has_one_effect_when_the_province_is_late() {
    for seed in 100..112 {
        run(seed, true).await;
    }
}
