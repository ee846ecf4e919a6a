//! What a visit hears, what the table says, and what the province has: for every kind of luck.

use crate::fake::{Fake, Luck};
use crate::fixture::{Fixture, deliver};
use crate::sample::{id, submission, with_pictures};
use domain::case::SubmitOutcome;
use domain::service_item::Queueing::{self, LiveOnly, MayQueue};
use platform_client::dialect::Recovery;
use platform_client::outbox::State;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// What a visit hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Accepted,
    Queued,
    SetAside,
    Unknown,
    NotSent,
    NotTaken,
}

struct Case {
    luck: &'static [Luck],
    queueing: Queueing,
    recovery: Recovery,
    heard: Heard,
    /// In the end.
    state: State,
    /// How often the province has it in the end.
    there: u32,
    calls: &'static [&'static str],
}

async fn check(case: &Case) {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let province = Fake::scripted(case.luck).with_recovery(case.recovery);
    let delivery = deliver(&outbox, &province);
    tokio::task::yield_now().await;
    let said = outbox.submit_now(submission(1, case.queueing), PATIENCE).await.unwrap();
    let heard = match said {
        SubmitOutcome::Accepted { .. } => Heard::Accepted,
        SubmitOutcome::Queued => Heard::Queued,
        SubmitOutcome::SetAside => Heard::SetAside,
        SubmitOutcome::Unknown => Heard::Unknown,
        SubmitOutcome::NotSent => Heard::NotSent,
        SubmitOutcome::NotTaken => Heard::NotTaken,
        other => panic!("{other:?}"),
    };
    let name = format!("{:?} {:?} {:?}", case.luck, case.queueing, case.recovery);
    assert_eq!(heard, case.heard, "{name}");
    fixture.until(&id(1), case.state).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(fixture.state(&id(1)), Some(case.state), "{name}");
    assert_eq!(province.cases(&id(1)), case.there, "{name}");
    let calls: Vec<String> =
        province.calls().iter().map(|c| c.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(calls, case.calls, "{name}");
    assert!(province.seen.lock().unwrap().sent_blindly.is_empty(), "{name}");
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_luck() {
    use Heard::{Accepted, NotSent, NotTaken, Queued, SetAside, Unknown};
    use Luck::{Busy, DropAfter, DropBefore, Fine, Garbled, Refuse, Unreachable};
    let ask = Recovery::AskThenSend;
    let table = [
        (&[Fine][..], MayQueue, ask, Accepted, State::Delivered, 1, &["file"][..]),
        (&[Fine], LiveOnly, ask, Accepted, State::Delivered, 1, &["file"]),
        // Never sent.
        (&[Unreachable], MayQueue, ask, Queued, State::Delivered, 1, &["file", "file"]),
        (&[Unreachable], LiveOnly, ask, NotSent, State::Withdrawn, 0, &["file"]),
        // Sent, and gone before it was done: asked, not there, sent again.
        (&[DropBefore], MayQueue, ask, Accepted, State::Delivered, 1, &["file", "find", "file"]),
        (&[DropBefore], LiveOnly, ask, NotSent, State::Withdrawn, 0, &["file", "find", "find"]),
        // Done, and the answer lost: asked, there.
        (&[DropAfter], MayQueue, ask, Accepted, State::Delivered, 1, &["file", "find"]),
        (&[DropAfter], LiveOnly, ask, Accepted, State::Delivered, 1, &["file", "find"]),
        (&[Garbled], MayQueue, ask, Accepted, State::Delivered, 1, &["file", "find"]),
        // The question gets no answer either, for a while.
        (
            &[DropAfter, DropBefore, Busy, Garbled],
            MayQueue,
            ask,
            Accepted,
            State::Delivered,
            1,
            &["file", "find", "find", "find", "find"],
        ),
        // "Not now" is asked for as well: a look costs little.
        (&[Busy], MayQueue, ask, Accepted, State::Delivered, 1, &["file", "find", "file"]),
        // Twice not now and twice not there: it waits, and that is said at once.
        (
            &[Busy, Fine, Busy, Fine],
            MayQueue,
            ask,
            Queued,
            State::Delivered,
            1,
            &["file", "find", "file", "find", "file"],
        ),
        (&[Busy], LiveOnly, ask, NotSent, State::Withdrawn, 0, &["file", "find", "find"]),
        // "No" goes to a person, and keeps the time of filing: nobody is told that it will be sent by itself.
        (&[Refuse], MayQueue, ask, SetAside, State::Poison, 0, &["file"]),
        (&[Refuse], LiveOnly, ask, NotTaken, State::Withdrawn, 0, &["file"]),
        // Neither key nor look-up: never sent again, a person decides.
        (&[DropBefore], MayQueue, Recovery::Person, Unknown, State::Poison, 0, &["file"]),
        (&[DropAfter], MayQueue, Recovery::Person, Unknown, State::Poison, 1, &["file"]),
        (&[DropAfter], LiveOnly, Recovery::Person, Unknown, State::Poison, 1, &["file"]),
        (&[Unreachable], MayQueue, Recovery::Person, Queued, State::Delivered, 1, &["file", "file"]),
    ];
    for (luck, queueing, recovery, heard, state, there, calls) in table {
        check(&Case { luck, queueing, recovery, heard, state, there, calls }).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_arrival_is_not_called_lost() {
    // The client has given up, the province is still at work: "not there" proves nothing yet.
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let province = Fake::scripted(&[Luck::Late]).idempotent();
    let delivery = deliver(&outbox, &province);
    tokio::task::yield_now().await;
    let said = outbox.submit_now(submission(1, LiveOnly), PATIENCE).await.unwrap();
    assert!(matches!(said, SubmitOutcome::Accepted { .. }), "{said:?}");
    assert_eq!(province.cases(&id(1)), 1);
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn without_delivery_it_waits_and_says_so() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let said = outbox.submit_now(submission(1, MayQueue), PATIENCE).await.unwrap();
    assert_eq!(said, SubmitOutcome::Queued);
    assert_eq!(outbox.submit_now(submission(2, LiveOnly), PATIENCE).await.unwrap(), SubmitOutcome::NotSent);
    assert_eq!(fixture.state(&id(1)), Some(State::Saved));
    assert_eq!(fixture.state(&id(2)), Some(State::Withdrawn));
}

#[tokio::test(start_paused = true)]
async fn an_impatient_visit_hears_what_is_true_then() {
    struct Slow;
    impl crate::fake::Weather for Slow {
        fn luck(&mut self, _: platform_client::operation::Operation) -> (Luck, Duration) {
            (Luck::Fine, Duration::from_secs(40))
        }
    }
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let province = Fake::new(Slow);
    let delivery = deliver(&outbox, &province);
    tokio::task::yield_now().await;
    for (n, queueing) in [(1, MayQueue), (2, LiveOnly)] {
        let said = outbox.submit_now(submission(n, queueing), PATIENCE).await.unwrap();
        assert_eq!(said, SubmitOutcome::Unknown, "an attempt runs: nobody can say");
        fixture.until(&id(n), State::Delivered).await;
        assert_eq!(province.cases(&id(n)), 1);
    }
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn materials_go_before_their_case_and_only_once() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    // The second picture does not get through at first; the first is not sent again.
    let province = Fake::scripted(&[Luck::Fine, Luck::DropBefore]);
    let delivery = deliver(&outbox, &province);
    tokio::task::yield_now().await;
    let said = outbox.submit_now(with_pictures(1, MayQueue, 9000), PATIENCE).await.unwrap();
    assert_eq!(said, SubmitOutcome::Queued, "the case itself was never sent");
    fixture.until(&id(1), State::Delivered).await;
    let one = id(1);
    let expected = [
        format!("material {one}-1"),
        format!("material {one}-2"),
        format!("material {one}-2"),
        format!("file {one}"),
    ];
    assert_eq!(province.calls(), expected);
    let kept = std::fs::read_dir(fixture.config.folder.join("current/materials")).unwrap().count();
    assert_eq!(kept, 0, "wiped after delivery");
    delivery.abort();
}
