//! A new key: everything goes over to it, nothing is unreadable at any moment, and the old one goes when nothing needs it.

use crate::fake::Fake;
use crate::fixture::{Fixture, deliver};
use crate::sample::{MARK, id, submission, with_pictures};
use domain::service_item::Queueing::MayQueue;
use platform_client::outbox::inspect::Reveal;
use platform_client::outbox::{Outbox, SetAsideReason, State};
use std::path::PathBuf;
use std::time::Duration;

const PICTURE: usize = 300_000;

fn key_files(fixture: &Fixture) -> Vec<String> {
    let folder = fixture.config.key.parent().unwrap();
    let names = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
    let mut keys: Vec<String> = names.filter(|n| n.starts_with("outbox.key")).collect();
    keys.sort();
    keys
}

fn numbers(outbox: &Outbox) -> Vec<u8> {
    outbox.reseal().unwrap().retired.iter().map(|k| k.get()).collect()
}

#[tokio::test(start_paused = true)]
async fn everything_goes_over_and_is_delivered() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    // More entries than one transaction seals anew, and a material of several chunks.
    for n in 0..70 {
        outbox.commit(&submission(n, MayQueue)).unwrap();
    }
    outbox.commit(&with_pictures(100, MayQueue, PICTURE)).unwrap();
    assert_eq!(outbox.new_key().unwrap().get(), 2);
    assert_eq!(key_files(&fixture), ["outbox.key", "outbox.key.2"]);
    // Both keys are read, before, between and after.
    outbox.commit(&submission(71, MayQueue)).unwrap();
    let inspector = fixture.inspector();
    for n in [0, 71] {
        assert_eq!(inspector.show(&id(n), Reveal::Whole).unwrap().name.as_deref(), Some(MARK));
    }
    let resealed = outbox.reseal().unwrap();
    assert_eq!((resealed.entries, resealed.materials, resealed.unreadable), (71, 2, 0));
    assert_eq!(resealed.retired.iter().map(|k| k.get()).collect::<Vec<_>>(), [1]);
    assert_eq!(key_files(&fixture), ["outbox.key.2"]);
    drop((outbox, inspector));
    let outbox = fixture.open();
    assert!(outbox.set_aside_at_start().is_none());
    let province = Fake::scripted(&[]);
    let delivery = deliver(&outbox, &province);
    for n in [0, 69, 71, 100] {
        fixture.until(&id(n), State::Delivered).await;
        assert_eq!(province.cases(&id(n)), 1);
    }
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn a_running_terminal_takes_up_a_key_that_a_command_made() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let province = Fake::new(crate::fake::Script([crate::fake::Luck::Unreachable; 400].into()));
    let delivery = deliver(&outbox, &province);
    outbox.commit(&with_pictures(1, MayQueue, 5000)).unwrap();
    let mut inspector = fixture.inspector();
    assert_eq!(inspector.new_key(fixture.entropy.as_ref()).unwrap().get(), 2);
    assert_eq!(inspector.keys().iter().map(|k| k.get()).collect::<Vec<_>>(), [1, 2]);
    // Poll, then the work on a thread of its own.
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if key_files(&fixture) == ["outbox.key.2"] {
            break;
        }
    }
    assert_eq!(key_files(&fixture), ["outbox.key.2"]);
    inspector = fixture.inspector();
    assert_eq!(inspector.show(&id(1), Reveal::Whole).unwrap().name.as_deref(), Some(MARK));
    province.change_weather(crate::fake::Script([].into()));
    fixture.until(&id(1), State::Delivered).await;
    delivery.abort();
}

#[tokio::test(start_paused = true)]
async fn a_key_stays_while_something_lies_set_aside() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    outbox.commit(&submission(1, MayQueue)).unwrap();
    let aside = fixture.config.folder.join("set-aside-1");
    std::fs::create_dir(&aside).unwrap();
    outbox.new_key().unwrap();
    assert!(numbers(&outbox).is_empty());
    assert_eq!(key_files(&fixture), ["outbox.key", "outbox.key.2"]);
    // A person took it away.
    std::fs::remove_dir(aside).unwrap();
    assert_eq!(numbers(&outbox), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_key_stays_while_something_cannot_be_read() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    outbox.commit(&with_pictures(1, MayQueue, 5000)).unwrap();
    let path: PathBuf = fixture.config.folder.join(format!("current/materials/{}-1.sealed", id(1)));
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    outbox.new_key().unwrap();
    let resealed = outbox.reseal().unwrap();
    assert_eq!((resealed.entries, resealed.materials, resealed.unreadable), (1, 1, 1));
    assert!(resealed.retired.is_empty());
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "as it was");
    // Its case goes to a person; not a byte of the picture to the province.
    let mut events = outbox.events();
    let province = Fake::scripted(&[]);
    let delivery = deliver(&outbox, &province);
    fixture.until(&id(1), State::Poison).await;
    assert!(province.calls().is_empty());
    loop {
        if let platform_client::outbox::OutboxEvent::SetAside { reason, .. } = events.recv().await.unwrap() {
            assert_eq!(reason, SetAsideReason::Refused("material_unreadable".to_owned()));
            break;
        }
    }
    delivery.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_change_while_visits_save() {
    let fixture = Fixture::new(1);
    let outbox = fixture.open();
    let saving = {
        let outbox = outbox.clone();
        tokio::task::spawn_blocking(move || {
            for n in 0..150 {
                outbox.commit(&submission(n, MayQueue)).unwrap();
            }
        })
    };
    for _ in 0..6 {
        outbox.new_key().unwrap();
        let again = outbox.clone();
        assert_eq!(tokio::task::spawn_blocking(move || again.reseal()).await.unwrap().unwrap().unreadable, 0);
    }
    saving.await.unwrap();
    let inspector = fixture.inspector();
    for n in 0..150 {
        assert_eq!(inspector.show(&id(n), Reveal::Whole).unwrap().name.as_deref(), Some(MARK), "{n}");
    }
    assert_eq!(key_files(&fixture), ["outbox.key.7"]);
}
