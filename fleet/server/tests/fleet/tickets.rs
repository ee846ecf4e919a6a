//! Tickets: opened by each rule, closed by evidence.

use crate::fixture::{Fleet, desk, heartbeat, on_both};
use crate::updates::{offered, release, roll_out};
use fleet_api::health::{Heartbeat, OutboxDepth, SelfTestSummary};
use fleet_api::{TerminalId, path};
use fleet_server::orders::enrolment::{End, revoke};
use fleet_server::runner::tickets;
use fleet_server::store::tickets::Ticket;
use std::collections::BTreeSet;
use time::Duration;

/// A terminal with everything wrong that a heartbeat can tell.
fn bad() -> Heartbeat {
    let mut beat = heartbeat();
    (beat.machine.disk_free_bytes, beat.machine.disk_total_bytes) = (Some(1 << 20), Some(8 << 30));
    let screen = beat.screen.as_mut().unwrap();
    screen.out_of_service = Some("card_reader".into());
    screen.outbox = OutboxDepth { waiting: 3, needs_person: 2, oldest_seconds: Some(60) };
    let device = &mut screen.devices[0];
    (device.state, device.kind) = ("hardware_error".into(), "technician".into());
    device.cause = Some("cutter".into());
    screen.supplies[0].level = serde_json::from_value("out".into()).unwrap();
    beat
}

async fn open(fleet: &Fleet) -> Vec<Ticket> {
    tickets::step(fleet.server()).await.unwrap();
    fleet.server().store.open_tickets().await.unwrap()
}

#[test]
fn what_comes_and_goes_is_found_too() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let beat = async |beat: &Heartbeat| assert_eq!(terminal.post(path::HEARTBEAT, beat).await.0, 200);
        let failing = {
            let mut beat = heartbeat();
            let device = &mut beat.screen.as_mut().unwrap().devices[0];
            (device.state, device.kind) = ("hardware_error".into(), "technician".into());
            beat
        };
        for times in 0..5 {
            assert_eq!(rules(&open(fleet).await), BTreeSet::new(), "after {times} times");
            beat(&failing).await;
            fleet.clock.go_on(Duration::minutes(1));
            beat(&heartbeat()).await;
            fleet.clock.go_on(Duration::minutes(1));
        }
        let opened = open(fleet).await;
        assert_eq!(rules(&opened), BTreeSet::from([("errors", "receipt_printer")]));
        assert_eq!(opened[0].opened_for["times"], 5);
        fleet.clock.go_on(Duration::hours(25));
        beat(&heartbeat()).await;
        assert_eq!(open(fleet).await, [], "a quiet day is the evidence");
        beat(&failing).await;
        beat(&heartbeat()).await;
        assert_eq!(open(fleet).await, [], "it is counted anew");
    });
}

#[test]
fn a_reported_fault_waits_for_a_test_that_passes() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let beat = async |tested: Option<(time::OffsetDateTime, &[&str])>| {
            let mut beat = heartbeat();
            beat.screen.as_mut().unwrap().self_test = tested.map(|(at, failed)| SelfTestSummary {
                at,
                failed: failed.iter().map(|device| (*device).to_owned()).collect(),
            });
            assert_eq!(terminal.post(path::HEARTBEAT, &beat).await.0, 200);
        };
        let before = fleet.server().clock.now();
        beat(Some((before, &[]))).await;
        fleet.clock.go_on(Duration::minutes(1));
        let reported = serde_json::json!({"events": [{"number": 1, "at": "2026-11-28T08:00:00Z", "kind": "upkeep",
            "action": "fault_reported", "badge": "990102"}], "dropped": 0});
        assert_eq!(terminal.post(path::EVENTS, &reported).await.0, 200);
        assert_eq!(rules(&open(fleet).await), BTreeSet::from([("reported", "")]));
        fleet.clock.go_on(Duration::minutes(1));
        let after = fleet.server().clock.now();
        for tested in [Some((before, &[][..])), Some((after, &["camera"][..])), None] {
            beat(tested).await;
            assert_eq!(open(fleet).await.len(), 1, "{tested:?} is no evidence");
        }
        beat(Some((after, &[]))).await;
        assert_eq!(open(fleet).await, []);
    });
}

#[test]
fn what_is_taken_out_of_service_has_no_tickets() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        assert_eq!(terminal.post(path::HEARTBEAT, &bad()).await.0, 200);
        assert!(!open(fleet).await.is_empty());
        let id = TerminalId("T-1".into());
        revoke(fleet.server(), &id, End::Retired, &desk(), "scrapped").await.unwrap();
        assert_eq!(open(fleet).await, []);
        let closed = fleet.server().store.tickets("closed", i64::MAX, 10).await.unwrap();
        assert!(closed.iter().all(|ticket| ticket.closed_by.as_ref().unwrap()["terminal"] == "retired"));
    });
}

fn rules(tickets: &[Ticket]) -> BTreeSet<(&str, &str)> {
    tickets.iter().map(|ticket| (ticket.rule.as_str(), ticket.subject.as_str())).collect()
}

const OF_THE_HEARTBEAT: [(&str, &str); 5] = [
    ("device", "receipt_printer"),
    ("disk", ""),
    ("needs_person", ""),
    ("out_of_service", ""),
    ("supply", "receipt_paper"),
];

#[test]
fn each_rule_opens_one_and_evidence_closes_it() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let beat = async |beat: &Heartbeat| assert_eq!(terminal.post(path::HEARTBEAT, beat).await.0, 200);
        let first = release(fleet, "1.1.0", b"bundle", "b.raucb").await;
        roll_out(fleet, first, &[100], 1000).await;
        let base = offered(&terminal).await;
        assert_eq!(terminal.close(base["id"].as_str().unwrap(), "failure").await, 200);

        beat(&bad()).await;
        let fresh = open(fleet).await;
        assert!(
            !rules(&fresh).contains(&("device", "receipt_printer")),
            "a device may be well again at once"
        );
        fleet.clock.go_on(Duration::minutes(6));
        beat(&bad()).await;
        let wrong: BTreeSet<_> = OF_THE_HEARTBEAT.into_iter().chain([("update_failed", "")]).collect();
        let opened = open(fleet).await;
        assert_eq!(rules(&opened), wrong);
        let of = |rule: &str| opened.iter().find(|ticket| ticket.rule == rule).unwrap();
        assert_eq!(of("needs_person").opened_for["submissions"], 2);
        assert_eq!(of("out_of_service").opened_for["reason"], "card_reader");
        assert_eq!(of("device").opened_for["needs"], "technician");
        assert_eq!(of("disk").opened_for["free_bytes"], 1 << 20);
        assert_eq!(of("supply").opened_for["days_left"], 0.0);
        assert_eq!(of("update_failed").opened_for["release"], first);
        assert_eq!(open(fleet).await.len(), wrong.len(), "each once");

        // Silence opens its own, and is no evidence that anything is well again.
        fleet.clock.go_on(Duration::minutes(16));
        let silent = open(fleet).await;
        assert_eq!(rules(&silent), wrong.iter().copied().chain([("offline", "")]).collect());
        let offline = silent.iter().find(|ticket| ticket.rule == "offline").unwrap();
        assert!(offline.opened_for["silent_seconds"].as_i64().unwrap() >= 960);

        beat(&heartbeat()).await;
        assert_eq!(rules(&open(fleet).await), BTreeSet::from([("update_failed", "")]));
        let store = &fleet.server().store;
        let heard = store.last_heartbeat("T-1").await.unwrap().unwrap().0;
        let closed = store.tickets("closed", i64::MAX, 100).await.unwrap();
        assert_eq!(closed.len(), 6);
        for ticket in &closed {
            let evidence = ticket.closed_by.as_ref().unwrap();
            assert_eq!(evidence["heartbeat_at"], heard, "{}", ticket.rule);
            assert!(ticket.closed_at.unwrap() >= ticket.opened_at);
        }

        let second = release(fleet, "1.2.0", b"another", "c.raucb").await;
        roll_out(fleet, second, &[100], 1000).await;
        let base = offered(&terminal).await;
        assert_eq!(terminal.close(base["id"].as_str().unwrap(), "success").await, 200);
        assert!(open(fleet).await.is_empty());

        // The same trouble again is a new ticket.
        beat(&bad()).await;
        assert!(open(fleet).await.iter().all(|again| closed.iter().all(|ticket| ticket.id != again.id)));
        assert_eq!(store.tickets_of("T-1", 100).await.unwrap().len(), 7 + 4);
    });
}

#[test]
fn a_screen_that_is_away_is_no_evidence_and_opens_its_own() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let beat = async |beat: &Heartbeat| assert_eq!(terminal.post(path::HEARTBEAT, beat).await.0, 200);
        let shown = async || {
            let page = fleet_server::store::page::Page::first(10);
            let row = fleet.server().store.terminals(&Default::default(), &page).await.unwrap().remove(0);
            (row.in_service, row.worst.unwrap(), row.out_of_service)
        };
        let mut asks = heartbeat();
        asks.screen.as_mut().unwrap().outbox.needs_person = 2;
        beat(&asks).await;
        assert_eq!(rules(&open(fleet).await), BTreeSet::from([("needs_person", "")]));
        assert_eq!(shown().await, (true, "ready".into(), None));
        // Once it does not run, then it begins again and again.
        let mut starts = heartbeat();
        starts.screen.as_mut().unwrap().phase = fleet_api::health::ScreenPhase::Starting;
        let away = Heartbeat { screen: None, ..heartbeat() };
        for minute in 0..16 {
            beat(if minute % 3 == 2 { &starts } else { &away }).await;
            let found = open(fleet).await;
            let expected = match minute {
                ..15 => BTreeSet::from([("needs_person", "")]),
                _ => BTreeSet::from([("needs_person", ""), ("out_of_service", "")]),
            };
            assert_eq!(rules(&found), expected, "minute {minute}");
            let worst = if minute < 15 { "attention" } else { "technician" };
            assert_eq!(shown().await, (false, worst.into(), Some("screen".into())), "minute {minute}");
            fleet.clock.go_on(Duration::minutes(1));
        }
        let of_screen = open(fleet).await.pop().unwrap();
        assert_eq!(of_screen.opened_for["reason"], "screen");
        beat(&heartbeat()).await;
        assert_eq!(open(fleet).await, []);
        assert_eq!(shown().await, (true, "ready".into(), None));
        beat(&away).await;
        assert_eq!(open(fleet).await, [], "it is measured anew");
    });
}
