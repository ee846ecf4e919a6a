//! One case in order, many at once, and patience with a province that is away.

use crate::fake::{Fake, Luck, Weather};
use crate::fixture::{Fixture, deliver};
use crate::sample::{FILED_AT, id, submission};
use domain::rating::{RatingLevel, ServiceRating};
use domain::service_item::ItemId;
use domain::service_item::Queueing::MayQueue;
use domain::session::effect::RatingToSend;
use platform_client::operation::Operation;
use platform_client::outbox::inspect::Decision;
use platform_client::outbox::{Line, OutboxEvent, State};
use std::time::Duration;

/// It answers, after a second.
struct Steady;

impl Weather for Steady {
    fn luck(&mut self, _: Operation) -> (Luck, Duration) {
        (Luck::Fine, Duration::from_secs(1))
    }
}

fn rating(case: Option<u64>) -> RatingToSend {
    RatingToSend {
        submission: case.map(id),
        item: ItemId("old-age-allowance".to_owned()),
        rating: ServiceRating::new(RatingLevel::VerySatisfied, vec![]).unwrap(),
        at: FILED_AT,
    }
}

#[tokio::test(start_paused = true)]
async fn a_rating_follows_its_case() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    outbox.commit(&submission(1, MayQueue)).unwrap();
    let rated = outbox.rate(&rating(Some(1))).unwrap();
    let free = outbox.rate(&rating(None)).unwrap();
    // The case is refused at first: its rating waits for the person as well, the other one does not.
    let province = Fake::scripted(&[Luck::Refuse]);
    let delivery = deliver(&outbox, &province);
    fixture.until(&free, State::Delivered).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(fixture.state(&id(1)), Some(State::Poison));
    assert_eq!(fixture.state(&rated), Some(State::Saved));
    assert_eq!(fixture.inspector().decide(&id(1), Decision::AskAgain).unwrap(), State::Unknown);
    fixture.until(&rated, State::Delivered).await;
    assert_eq!(fixture.state(&id(1)), Some(State::Delivered));
    let calls = province.calls();
    let at = |call: String| calls.iter().position(|c| *c == call).unwrap();
    assert!(at(format!("find {}", id(1))) < at(format!("rate {rated}")));
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn a_rating_is_sent_again_by_its_key_and_a_second_one_is_dropped() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let province = Fake::scripted(&[Luck::DropAfter, Luck::Unreachable, Luck::Fine, Luck::RatedBefore]);
    let delivery = deliver(&outbox, &province);
    let first = outbox.rate(&rating(None)).unwrap();
    fixture.until(&first, State::Delivered).await;
    let second = outbox.rate(&rating(None)).unwrap();
    fixture.until(&second, State::Withdrawn).await;
    assert_eq!(province.seen.lock().unwrap().ratings.len(), 1);
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn many_cases_go_at_once_but_not_too_many() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    for n in 0..100 {
        outbox.commit(&submission(n, MayQueue)).unwrap();
    }
    let province = Fake::new(Steady);
    let delivery = deliver(&outbox, &province);
    fixture.until(&id(99), State::Delivered).await;
    let seen = province.seen.lock().unwrap();
    assert_eq!(seen.most_at_once, fixture.config.pace.parallel);
    assert_eq!(seen.cases.len(), 100);
    delivery.abort();
}

/// Away, then there again.
struct Away;

impl Weather for Away {
    fn luck(&mut self, _: Operation) -> (Luck, Duration) {
        (Luck::Unreachable, Duration::from_millis(10))
    }
}

#[tokio::test(start_paused = true)]
async fn a_province_that_is_away_is_not_stormed() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    for n in 0..200 {
        outbox.commit(&submission(n, MayQueue)).unwrap();
    }
    let mut events = outbox.events();
    let province = Fake::new(Away);
    let delivery = deliver(&outbox, &province);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let tried = province.calls().len();
    // The first ones go together; from then on one at a time, with a wait that grows to five minutes.
    assert!((16..=16 + 30).contains(&tried), "{tried} attempts in an hour");
    let line = |event: &OutboxEvent| matches!(event, OutboxEvent::Line(_));
    let mut lines = Vec::new();
    while let Ok(event) = events.try_recv() {
        lines.extend(Some(event).filter(line));
    }
    assert_eq!(lines, [OutboxEvent::Line(Line::Down)]);
    province.change_weather(crate::fake::Script([].into()));
    fixture.until(&id(199), State::Delivered).await;
    assert!((0..200).all(|n| province.cases(&id(n)) == 1));
    assert!(matches!(events.recv().await, Ok(OutboxEvent::Line(Line::Up))));
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn somebody_at_the_screen_does_not_wait_for_the_line() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    for n in 0..200 {
        outbox.commit(&submission(n, MayQueue)).unwrap();
    }
    let province = Fake::new(Away);
    let delivery = deliver(&outbox, &province);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    province.change_weather(crate::fake::Script([].into()));
    // In the middle of a wait of minutes, behind two hundred others.
    let begun = tokio::time::Instant::now();
    let said = outbox.submit_now(submission(500, MayQueue), Duration::from_secs(30)).await.unwrap();
    assert!(said.case().is_some(), "{said:?}");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn one_entry_that_always_breaks_does_not_hold_up_the_others() {
    /// Whatever is filed first is garbled every time.
    struct Jinx(u32);
    impl Weather for Jinx {
        fn luck(&mut self, operation: Operation) -> (Luck, Duration) {
            self.0 += u32::from(operation == Operation::Case);
            let luck =
                if self.0 == 1 && operation == Operation::Case { Luck::DropBefore } else { Luck::Fine };
            let luck = if operation == Operation::CaseByKey { Luck::DropBefore } else { luck };
            (luck, Duration::from_millis(10))
        }
    }
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    for n in 0..50 {
        outbox.commit(&submission(n, MayQueue)).unwrap();
    }
    let province = Fake::new(Jinx(0));
    let delivery = deliver(&outbox, &province);
    tokio::time::sleep(Duration::from_secs(1800)).await;
    let there = (0..50).filter(|n| province.cases(&id(*n)) == 1).count();
    assert_eq!(there, 49);
    assert_eq!(
        fixture.state(&id(0)),
        Some(State::Unknown),
        "never sent again without an answer to the question"
    );
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn what_a_person_wants_tried_does_not_wait_for_the_line() {
    struct Away;
    impl Weather for Away {
        fn luck(&mut self, _: Operation) -> (Luck, Duration) {
            (Luck::Unreachable, Duration::ZERO)
        }
    }
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    outbox.commit(&submission(1, MayQueue)).unwrap();
    let province = Fake::new(Away);
    let delivery = deliver(&outbox, &province);
    // Until it waits as long as it ever does between two tries.
    tokio::time::sleep(Duration::from_secs(3600)).await;
    let tried = province.calls().len();
    while province.calls().len() == tried {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    province.change_weather(Steady);
    let begun = tokio::time::Instant::now();
    outbox.try_now();
    fixture.until(&id(1), State::Delivered).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    delivery.abort();
}
