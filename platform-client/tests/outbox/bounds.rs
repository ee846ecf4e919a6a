//! What happens when there is no room, when something is damaged, and when something is too old.

use crate::fake::Fake;
use crate::fixture::{Fixture, deliver};
use crate::sample::{id, submission, with_pictures};
use domain::service_item::Queueing::{LiveOnly, MayQueue};
use platform_client::outbox::inspect::{Decision, Reveal};
use platform_client::outbox::{Condition, OpenError, OutboxEvent, SaveErrorKind, SetAsideReason, State};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

fn mode(file: &Path) -> u32 {
    std::fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[tokio::test(start_paused = true)]
async fn files_are_their_owners_only() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    outbox.commit(&with_pictures(1, MayQueue, 3000)).unwrap();
    let current = fixture.config.folder.join("current");
    for file in ["outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm", "materials"] {
        let file = current.join(file);
        let expected = if file.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&file), expected, "{}", file.display());
    }
    for file in std::fs::read_dir(current.join("materials")).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
    assert_eq!(mode(&fixture.config.key), 0o600);
    assert_eq!(mode(&current), 0o700);
}

#[tokio::test(start_paused = true)]
async fn one_program_delivers() {
    let fixture = Fixture::new(1);
    let _outbox = fixture.open();
    let second = platform_client::outbox::Outbox::open(
        fixture.config.clone(),
        fixture.clock.clone(),
        fixture.entropy.clone(),
    );
    assert!(matches!(second, Err(OpenError::InUse(_))));
}

#[tokio::test(start_paused = true)]
async fn the_bound_of_rows_warns_and_then_refuses() {
    let mut fixture = Fixture::new(1);
    fixture.config.limits.rows = 10;
    let outbox = fixture.open();
    let mut events = outbox.events();
    assert_eq!(outbox.room().condition, Condition::Ready);
    for n in 0..10 {
        outbox.commit(&submission(n, MayQueue)).unwrap();
    }
    let mut warned = Vec::new();
    while let Ok(OutboxEvent::Room(room)) = events.try_recv() {
        warned.push((room.condition, room.rows));
    }
    assert_eq!(warned, [(Condition::NearlyFull, 8), (Condition::Full, 10)]);
    let refused = outbox.commit(&submission(10, MayQueue)).unwrap_err();
    assert_eq!(refused.kind(), SaveErrorKind::Full);
    assert_eq!(fixture.state(&id(10)), None);
    // The same submission again is no new one: it is safe, and that is said.
    assert!(outbox.commit(&submission(3, MayQueue)).is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_bounds_of_bytes_refuse() {
    let mut fixture = Fixture::new(1);
    fixture.config.limits.bytes = 40_000;
    fixture.config.limits.material_bytes = 15_000;
    let outbox = fixture.open();
    let large = outbox.commit(&with_pictures(1, MayQueue, 15_001)).unwrap_err();
    assert_eq!(large.kind(), SaveErrorKind::TooLarge);
    outbox.commit(&with_pictures(2, MayQueue, 15_000)).unwrap();
    let full = outbox.commit(&with_pictures(3, MayQueue, 15_000)).unwrap_err();
    assert_eq!(full.kind(), SaveErrorKind::Full);
    let files = std::fs::read_dir(fixture.config.folder.join("current/materials")).unwrap().count();
    assert_eq!(files, 2, "nothing is left of what was refused");
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_is_said_before_anything_is_promised() {
    let mut fixture = Fixture::new(1);
    // The database's own bound: SQLite meets it as it meets the end of a disk (SQLITE_FULL).
    fixture.config.limits.database_bytes = 64 * 4096;
    let outbox = fixture.open();
    let mut saved = 0;
    let error = loop {
        match outbox.commit(&submission(saved, MayQueue)) {
            Ok(_) => saved += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), SaveErrorKind::Full, "{error:?}");
    let kept = fixture.inspector().list().unwrap();
    assert_eq!(kept.len() as u64, saved);
    assert!(saved > 10 && kept.iter().all(|e| e.state == State::Saved));
    // What was promised is delivered, and then there is room again.
    let province = Fake::scripted(&[]);
    let delivery = deliver(&outbox, &province);
    for n in 0..saved {
        fixture.until(&id(n), State::Delivered).await;
    }
    assert!(outbox.commit(&submission(1000, MayQueue)).is_ok());
    delivery.abort();

    let mut fixture = Fixture::new(2);
    fixture.config.limits.free_disk_bytes = u64::MAX / 4;
    assert_eq!(fixture.open().room().condition, Condition::Full);
}

#[tokio::test(start_paused = true)]
async fn a_damaged_database_is_set_aside_whole() {
    for damage in [Damage::Head, Damage::Middle, Damage::Foreign, Damage::KeyLost] {
        let fixture = Fixture::new(1);
        let outbox = fixture.open();
        for n in 0..40 {
            outbox.commit(&submission(n, MayQueue)).unwrap();
        }
        outbox.commit(&with_pictures(99, MayQueue, 5000)).unwrap();
        drop(outbox);
        let database = fixture.config.folder.join("current/outbox.sqlite");
        damage.work(&database, &fixture.config.key);
        let broken = std::fs::read(&database).unwrap();

        let outbox = fixture.open();
        let aside =
            outbox.set_aside_at_start().unwrap_or_else(|| panic!("{damage:?} went unnoticed")).to_owned();
        assert_eq!(
            std::fs::read(aside.join("outbox.sqlite")).unwrap(),
            broken,
            "{damage:?}: nothing is lost"
        );
        assert_eq!(std::fs::read_dir(aside.join("materials")).unwrap().count(), 2);
        outbox.commit(&submission(7, MayQueue)).unwrap();
        assert_eq!(fixture.inspector().list().unwrap().len(), 1, "the terminal goes on");
        drop(outbox);
        assert!(fixture.open().set_aside_at_start().is_none());
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Damage {
    Head,
    Middle,
    Foreign,
    KeyLost,
}

impl Damage {
    fn work(self, database: &Path, key: &Path) {
        let mut bytes = std::fs::read(database).unwrap();
        match self {
            Self::Head => bytes[..100].fill(0x5a),
            Self::Middle => {
                let middle = bytes.len() / 2;
                bytes[4096..middle].fill(0x5a);
            }
            Self::Foreign => bytes[68..72].fill(0),
            Self::KeyLost => std::fs::remove_file(key).unwrap(),
        }
        std::fs::write(database, bytes).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn damage_while_it_runs_is_set_aside_and_the_case_is_kept() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let mut events = outbox.events();
    for n in 0..40 {
        outbox.commit(&submission(n, MayQueue)).unwrap();
    }
    // Another program's mistake, in a way that SQLite notices at the next statement: the table's root is nowhere.
    let database = fixture.config.folder.join("current/outbox.sqlite");
    let other = rusqlite::Connection::open(&database).unwrap();
    other
        .execute_batch(
            "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 60000 WHERE name = 'entry';
             PRAGMA schema_version = 4711;",
        )
        .unwrap();
    drop(other);
    let province = Fake::scripted(&[]);
    let delivery = deliver(&outbox, &province);
    outbox.commit(&with_pictures(100, MayQueue, 5000)).unwrap();
    fixture.until(&id(100), State::Delivered).await;
    let aside = loop {
        if let OutboxEvent::Damaged { folder } = events.recv().await.unwrap() {
            break folder;
        }
    };
    assert!(aside.join("outbox.sqlite").exists());
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn a_key_that_others_may_read_is_refused() {
    let fixture = Fixture::new(1);
    drop(fixture.open());
    std::fs::set_permissions(&fixture.config.key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = platform_client::outbox::Outbox::open(
        fixture.config.clone(),
        fixture.clock.clone(),
        fixture.entropy.clone(),
    );
    assert!(matches!(refused, Err(OpenError::Key(_))));
}

#[tokio::test(start_paused = true)]
async fn what_has_waited_too_long_goes_to_a_person() {
    let mut fixture = Fixture::new(1);
    fixture.config.limits.age = Duration::from_secs(24 * 3600);
    let outbox = fixture.open();
    outbox.commit(&submission(1, MayQueue)).unwrap();
    let mut events = outbox.events();
    struct Away;
    impl crate::fake::Weather for Away {
        fn luck(&mut self, _: platform_client::operation::Operation) -> (crate::fake::Luck, Duration) {
            (crate::fake::Luck::Unreachable, Duration::ZERO)
        }
    }
    let province = Fake::new(Away);
    let delivery = deliver(&outbox, &province);
    tokio::time::sleep(Duration::from_secs(26 * 3600)).await;
    assert_eq!(fixture.state(&id(1)), Some(State::Poison));
    let entry = fixture.entry(&id(1)).unwrap();
    assert_eq!(entry.last_error.as_deref(), Some("too_old"));
    loop {
        if let OutboxEvent::SetAside { id: which, reason } = events.recv().await.unwrap() {
            assert_eq!((which, reason), (id(1), SetAsideReason::TooOld));
            break;
        }
    }
    // Nothing of it is lost: a person sends it, or withdraws it.
    province.change_weather(crate::fake::Script([].into()));
    fixture.inspector().decide(&id(1), Decision::SendAgain).unwrap();
    fixture.until(&id(1), State::Delivered).await;
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn a_person_can_withdraw_what_was_set_aside() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let province = Fake::scripted(&[crate::fake::Luck::Refuse]);
    let delivery = deliver(&outbox, &province);
    outbox.commit(&submission(1, MayQueue)).unwrap();
    fixture.until(&id(1), State::Poison).await;
    let mut inspector = fixture.inspector();
    let shown = inspector.show(&id(1), Reveal::Masked).unwrap();
    assert_eq!(shown.name.as_deref(), Some("张****"));
    assert_eq!(inspector.decide(&id(1), Decision::Withdraw).unwrap(), State::Withdrawn);
    assert_eq!(inspector.show(&id(1), Reveal::Whole).unwrap().name, None, "wiped");
    assert!(inspector.decide(&id(1), Decision::AskAgain).is_err());
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(province.calls().len(), 1);
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn what_needs_the_province_at_once_is_not_sent_after_a_restart() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    outbox.commit(&submission(1, LiveOnly)).unwrap();
    drop(outbox);
    let outbox = fixture.open();
    assert_eq!(fixture.state(&id(1)), Some(State::Withdrawn));
    let province = Fake::scripted(&[]);
    let delivery = deliver(&outbox, &province);
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert!(province.calls().is_empty());
    delivery.abort();
}
