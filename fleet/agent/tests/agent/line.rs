//! Enrolment, heartbeats, events and certificates, over real TLS.

use crate::desk::{CODE, Desk, KEYS, TERMINAL, Terminal, ring_of, sign};
use fleet_api::Timestamp;
use fleet_api::event::What;
use fleet_api::health::Heartbeat;
use fleet_api::keys::Role;
use fleet_api::ui::FromScreen;
use std::os::unix::fs::PermissionsExt as _;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_becomes_a_certificate_that_only_its_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let data = folder.path().join("agent");
    let now = Timestamp::now_utc();
    let wrong = fleet_agent::enrol(&desk.url, &desk.authority, &data, "WRONG", "B".into(), now).await;
    assert!(wrong.unwrap_err().to_string().contains("refused with 403"));
    assert!(fleet_agent::Identity::read(&data).unwrap().is_none());

    // The key of the first try is the key of the second: a request whose answer was lost is the same request.
    let pending = std::fs::read(data.join("pending.key")).unwrap();
    let identity = desk.enrol(&data).await.unwrap();
    assert_eq!(identity.enrolled.terminal.0, TERMINAL);
    assert_eq!(std::fs::read(data.join("terminal.key")).unwrap(), pending);
    assert!(!data.join("pending.key").exists());
    for file in ["identity.json", "terminal.key"] {
        assert_eq!(std::fs::metadata(data.join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
    let read = fleet_agent::Identity::read(&data).unwrap().unwrap();
    assert_eq!(read.enrolled, identity.enrolled);
    std::fs::set_permissions(data.join("identity.json"), std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(fleet_agent::Identity::read(&data).unwrap_err().to_string().contains("0600"));
    assert!(!format!("{identity:?}").contains("PRIVATE"));
    assert_ne!(CODE, "WRONG");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_another_authority_is_not_spoken_to() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let other = Desk::open(&folder.path().join("other")).await;
    let data = folder.path().join("agent");
    let now = Timestamp::now_utc();
    let error =
        fleet_agent::enrol(&desk.url, &other.authority, &data, CODE, "B".into(), now).await.unwrap_err();
    assert!(fleet_agent::error::chain(&error).contains("cannot be reached"), "{error}");
    assert_eq!(desk.state().enrolments, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_and_events_arrive_once_and_wait_while_the_server_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    desk.change(|state| state.broken = vec!["/events"]);
    let life = terminal.start();
    // Screen and slot become known one after the other: a heartbeat may go before either.
    let beat = desk
        .until("a heartbeat with the screen and the slot", |state| {
            let whole = |beat: &&Heartbeat| beat.screen.is_some() && beat.versions.slot.is_some();
            state.heartbeats.iter().find(whole).cloned()
        })
        .await;
    assert_eq!(beat.versions.image, "1.0.0");
    assert_eq!(beat.versions.slot.as_deref(), Some("A"));
    assert_eq!((beat.key_ring, beat.configuration, beat.brownouts), (1, 0, 0));
    let help =
        |call: &str| FromScreen::Help { call: call.into(), page: "home".into(), item: None, urgent: true };
    life.screen.say(help("a")).await;
    life.screen.say(FromScreen::Upkeep { action: "roll_changed".into(), badge: "K-7".into() }).await;
    let machine = fleet_agent::sim::FolderMachine::new(&terminal.slots());
    desk.until("three events on disk", |_| {
        (fleet_agent::from_disk(&terminal.config, &machine).events_waiting >= 3).then_some(())
    })
    .await;
    assert!(desk.state().events.is_empty());
    assert_eq!(life.stop().await, fleet_agent::Ended::Stopped);

    desk.change(|state| state.broken.clear());
    let life = terminal.start();
    let events = desk
        .until("all events", |state| {
            let starts =
                state.events.iter().filter(|event| matches!(event.what, What::AgentStarted { .. })).count();
            (starts == 2).then(|| state.events.clone())
        })
        .await;
    let numbers: Vec<u64> = events.iter().map(|event| event.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "each number once, none left out");
    assert!(events.iter().any(|event| matches!(&event.what, What::Upkeep { badge, .. } if badge == "K-7")));
    assert!(events.iter().any(|event| matches!(&event.what, What::Help { urgent: true, .. })));
    life.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_renewed_when_a_third_of_its_life_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    desk.change(|state| state.certificate_days = 30);
    let terminal = Terminal::enrolled(&desk).await;
    let now = Timestamp::now_utc();
    let read = || fleet_agent::Identity::read(&terminal.config.data).unwrap().unwrap();
    let fresh = read();
    assert!(!fresh.wants_renewal(now + time::Duration::days(19)));
    assert!(fresh.wants_renewal(now + time::Duration::days(21)));
    let life = terminal.start();
    desk.until("a heartbeat", |state| state.heartbeats.first().map(drop)).await;
    assert_eq!(desk.state().renewals, 0);
    life.stop().await;

    // As if it had been obtained 70 days ago.
    let file = terminal.config.data.join("identity.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let format = &time::format_description::well_known::Rfc3339;
    kept["obtained_at"] = (now - time::Duration::days(70)).format(format).unwrap().into();
    std::fs::write(&file, serde_json::to_vec(&kept).unwrap()).unwrap();
    let life = terminal.start();
    desk.until("the renewal", |state| (state.renewals == 1).then_some(())).await;
    // Answered is not yet kept: a heartbeat of the old certificate may still be under way.
    desk.until("the renewed certificate", |_| {
        (read().enrolled.certificate_chain != fresh.enrolled.certificate_chain).then_some(())
    })
    .await;
    desk.change(|state| state.heartbeats.clear());
    desk.until("a heartbeat with the new certificate", |state| state.heartbeats.first().map(drop)).await;
    life.stop().await;
    let renewed = read();
    assert!(renewed.enrolled.valid_until > now + time::Duration::days(89));
    assert_ne!(renewed.enrolled.certificate_chain, fresh.enrolled.certificate_chain);
    assert_eq!(renewed.enrolled.root_key, fresh.enrolled.root_key);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_ring_counts_and_an_old_or_foreign_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path()).await;
    let terminal = Terminal::enrolled(&desk).await;
    let life = terminal.start();
    let mut keys = KEYS.to_vec();
    keys.push((7, Role::Commands));
    // Signed by a commands key: refused.
    desk.change(|state| state.ring = Some((2, sign(&ring_of(2, &keys), 2))));
    desk.until("some heartbeats", |state| (state.heartbeats.len() > 3).then_some(())).await;
    assert!(desk.state().heartbeats.iter().all(|beat| beat.key_ring == 1));
    desk.change(|state| state.ring = Some((2, sign(&ring_of(2, &keys), 1))));
    desk.until("ring 2", |state| state.heartbeats.iter().find(|beat| beat.key_ring == 2).map(drop)).await;
    life.stop().await;
    // The ring outlives the agent, and number 1 does not come back.
    desk.change(|state| {
        state.heartbeats.clear();
        state.ring = Some((1, sign(&ring_of(1, &KEYS), 1)));
    });
    let life = terminal.start();
    desk.until("a heartbeat", |state| state.heartbeats.first().map(|beat| assert_eq!(beat.key_ring, 2)))
        .await;
    life.stop().await;
}
