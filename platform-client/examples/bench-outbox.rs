//! How long a commit to the outbox takes, and the delivery of a thousand cases that waited for the province.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at the first surprise"
)]

mod town;

use domain::form::answer::{Answer, YesNo};
use domain::personal::Personal;
use domain::service_item::Queueing;
use platform_client::sim::fault::{Fault, FaultKind};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use town::{Town, milliseconds};

const QUEUED: u64 = 1000;
const TIMES: usize = 5;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let (mut commits, mut deliveries) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let town = Town::new();
        town.platform.admin().set_fault(Fault::always(FaultKind::Down));
        commits.extend((0..QUEUED).map(|n| commit(&town, n)));
        town.platform.admin().clear_faults();
        deliveries.push(deliver(&town).await);
    }
    println!(
        "{}",
        json!({"metric": "a commit to the outbox", "unit": "ms", "ours": commits, "anchor": null, "goal": "≤ 10"})
    );
    println!(
        "{}",
        json!({"metric": "1,000 queued cases delivered, each once", "unit": "s", "ours": deliveries, "anchor": null,
               "goal": "≤ 20"})
    );
}

fn commit(town: &Town, n: u64) -> f64 {
    let area = town.platform.admin().site().division.clone();
    let answers = [
        ("topic", Answer::Choice("roads".to_owned())),
        ("area", Answer::Division(area)),
        ("place", Answer::Text(Personal::new("东门路口"))),
        ("what", Answer::Text(Personal::new("路灯坏了三天"))),
        ("answer_by_phone", Answer::YesNo(YesNo::No)),
    ];
    let case = town.submission(n, "appeal-12345", Queueing::MayQueue, &answers);
    let begun = Instant::now();
    town.outbox.commit(&case).unwrap();
    milliseconds(begun.elapsed())
}

/// From the moment when the province is back until the outbox is empty, in seconds.
async fn deliver(town: &Town) -> f64 {
    let begun = Instant::now();
    let delivery = town.deliver();
    while town.outbox.room().rows > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let took = begun.elapsed().as_secs_f64();
    delivery.abort();
    let cases = town.platform.admin().cases().unwrap();
    let submissions: BTreeSet<&str> = cases.iter().map(|case| case.submission_id.as_str()).collect();
    assert_eq!((cases.len() as u64, submissions.len() as u64), (QUEUED, QUEUED), "each case once");
    took
}
