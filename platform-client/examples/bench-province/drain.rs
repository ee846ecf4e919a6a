//! Commits while the province is away, and the delivery of everything that waited.

use crate::town::{Town, appeal, milliseconds};
use crate::{Scale, say};
use platform_client::sim::fault::{Fault, FaultKind};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const QUEUED: u64 = 10_000;
const TIMES: usize = 3;

pub(crate) async fn measure(scale: Scale) {
    let queued = scale.of(QUEUED);
    let (mut commits, mut deliveries) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let town = Town::with_room_for(queued);
        town.platform.admin().set_fault(Fault::always(FaultKind::Down));
        commits.extend((0..queued).map(|n| commit(&town, n)));
        town.platform.admin().clear_faults();
        deliveries.push(deliver(&town, queued).await);
    }
    say("a commit to the outbox, up to 9,999 waiting", "ms", &commits, None, "≤ 10");
    // 300 a second.
    say("10,000 queued cases delivered, each once, every commit synced", "s", &deliveries, None, "≤ 33.3");
}

fn commit(town: &Town, n: u64) -> f64 {
    let case = appeal(n, &town.terminal.terminal);
    let begun = Instant::now();
    town.terminal.outbox.commit(&case).unwrap();
    milliseconds(begun.elapsed())
}

/// From the moment when the province is back until the outbox is empty, in seconds.
async fn deliver(town: &Town, queued: u64) -> f64 {
    let begun = Instant::now();
    let delivery = town.terminal.deliver();
    while town.terminal.outbox.room().rows > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let took = begun.elapsed().as_secs_f64();
    delivery.abort();
    let cases = town.platform.admin().cases().unwrap();
    let submissions: BTreeSet<&str> = cases.iter().map(|case| case.submission_id.as_str()).collect();
    assert_eq!((cases.len() as u64, submissions.len() as u64), (queued, queued), "each case once");
    took
}
