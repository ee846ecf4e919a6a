//! Heartbeats, events and where people stop.

use crate::fixture::{Fleet, block_on, heartbeat, on_both};
use fleet_api::event::{Event, EventBatch, Stop, StopCount, What};
use fleet_api::path;
use fleet_server::runner::alive;
use fleet_server::store::coverage::{self, Covered, Division, ServiceLevel};
use fleet_server::store::stops::Weeks;
use fleet_server::{Options, serve};
use serde_json::json;
use sqlx::Row as _;
use time::Duration;

#[test]
fn a_heartbeat_is_kept_and_answered() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let (status, answer) = terminal.post(path::HEARTBEAT, &heartbeat()).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["next_seconds"], 60);
        assert_eq!((&answer["commands"], &answer["key_ring"]), (&json!(0), &json!(1)));
        let store = &fleet.server().store;
        let (_, kept) = store.last_heartbeat("T-1").await.unwrap().unwrap();
        assert_eq!(kept.versions.image, "1.0.0");
        assert_eq!(store.devices("T-1").await.unwrap()[0].device, "receipt_printer");
        assert_eq!(store.supplies("T-1", 0).await.unwrap()[0].remaining_permille, Some(900));

        divisions(fleet).await;
        let covered = covered(fleet, 0).await;
        let figures: Vec<_> = covered
            .iter()
            .map(|c| (c.community.code.as_str(), c.district.as_str(), c.installed, c.in_service))
            .collect();
        assert_eq!(figures, [("990101001001", "990101", 1, 1), ("990101001002", "990101", 0, 0)]);
    });
}

/// A district with a street with two communities.
async fn divisions(fleet: &Fleet) {
    for (code, parent, level) in [
        ("990101", None, "district"),
        ("990101001", Some("990101"), "street"),
        ("990101001001", Some("990101001"), "community"),
        ("990101001002", Some("990101001"), "community"),
    ] {
        let mut tx = fleet.server().store.write().await.unwrap();
        let division = Division {
            code: code.into(),
            parent: parent.map(str::to_owned),
            level: level.into(),
            name_zh: "样本".into(),
            name_en: "Sample".into(),
            urban: true,
            x: None,
            y: None,
        };
        coverage::put(&mut tx, &division).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// Coverage by now, of the days before it; none: of all time.
async fn covered(fleet: &Fleet, days: i64) -> Vec<Covered> {
    let server = fleet.server();
    let now = server.clock.millis();
    let level = ServiceLevel {
        from_hour: if days == 0 { 0 } else { now / 1000 - days * 86_400 },
        to_hour: i64::MAX,
        permille: 950,
        now,
        offset_seconds: server.policy.offset_seconds,
        away: server.away,
    };
    server.store.coverage(&level).await.unwrap()
}

/// Opening hours, and those that were served, of all terminals in the hours from `from` on, in seconds.
async fn hours(fleet: &Fleet, from: i64) -> (i64, i64) {
    let sql = "SELECT CAST(SUM(open_seconds) AS BIGINT) AS open, CAST(SUM(served_seconds) AS BIGINT) AS served FROM hours \
        WHERE hour >= $1";
    let row = sqlx::query(sql).bind(from).fetch_one(fleet.server().store.read()).await.unwrap();
    (row.get("open"), row.get("served"))
}

#[test]
fn silence_is_no_service() {
    on_both(async |fleet| {
        let terminals = [fleet.terminal("T-1").await, fleet.terminal("T-2").await];
        divisions(fleet).await;
        let beat = async |n: usize| {
            assert_eq!(terminals[n].post(path::HEARTBEAT, &heartbeat()).await.0, 200);
        };
        let met = async |days| {
            let here = covered(fleet, days).await.swap_remove(0);
            (here.installed, here.in_service, here.met)
        };
        for _ in 0..20 {
            beat(0).await;
            beat(1).await;
            fleet.clock.go_on(Duration::seconds(60));
        }
        assert_eq!(met(1).await, (2, 2, 2));
        // One of the two is never heard again, the other after five days.
        fleet.clock.go_on(Duration::days(5));
        assert_eq!(met(1).await, (2, 0, 0), "who is silent has met nothing");
        beat(1).await;
        assert_eq!(met(6).await, (2, 1, 0), "nor who comes back after days");
        let now = fleet.server().clock.millis() / 1000;
        let (open, served) = hours(fleet, 0).await;
        let expected = 5 * 86_400 + 60 + 2 * 19 * 60;
        assert!(
            (expected..expected + 60).contains(&open) && (2260..2350).contains(&served),
            "{open} {served}"
        );
        // Each day of the silence has its own.
        let (open, _) = hours(fleet, now - 2 * 86_400).await;
        assert!((86_400..3 * 86_400).contains(&open), "{open}");
    });
}

#[test]
fn while_the_server_is_away_nobody_is_silent() {
    block_on(async {
        let mut fleet = Fleet::start_with(None, |_| {}).await;
        let mut terminal = fleet.terminal("T-1").await;
        divisions(&fleet).await;
        assert_eq!(terminal.post(path::HEARTBEAT, &heartbeat()).await.0, 200);
        alive::step(fleet.server()).await.unwrap();
        let mut again = async |fleet: &mut Fleet, time| {
            fleet.running.take().unwrap().stop().await;
            fleet.clock.go_on(time);
            let mut options = Options::local(fleet.folder());
            options.clock = std::sync::Arc::clone(&fleet.clock) as _;
            fleet.running = Some(serve(options).await.unwrap());
            terminal.url = fleet.url().to_owned();
            assert_eq!(terminal.post(path::HEARTBEAT, &heartbeat()).await.0, 200);
        };
        again(&mut fleet, Duration::seconds(60)).await;
        let (open, served) = hours(&fleet, 0).await;
        assert!((60..90).contains(&open) && served == open, "a quick start loses nothing: {open} {served}");
        alive::step(fleet.server()).await.unwrap();
        again(&mut fleet, Duration::hours(9)).await;
        let (open, _) = hours(&fleet, 0).await;
        assert!((60..150).contains(&open), "nine hours that nobody can tell of: {open}");
        assert_eq!(covered(&fleet, 1).await[0].in_service, 1);
        fleet.running.take().unwrap().stop().await;
    });
}

#[test]
fn an_event_counts_once_however_often_it_is_sent() {
    on_both(async |fleet| {
        let terminal = fleet.terminal("T-1").await;
        let hour = time::OffsetDateTime::from_unix_timestamp(1_764_300_000 / 3600 * 3600).unwrap();
        let stop = |stop, count| StopCount {
            page: "form-address".into(),
            mode: "large".into(),
            item: None,
            stop,
            count,
        };
        let events = vec![
            Event {
                number: 1,
                at: hour,
                what: What::Service { in_service: false, reason: Some("hours".into()) },
            },
            Event {
                number: 2,
                at: hour,
                what: What::Stops { hour, counts: vec![stop(Stop::Left, 4), stop(Stop::Shown, 90)] },
            },
            Event {
                number: 3,
                at: hour,
                what: What::Help {
                    call: "c1".into(),
                    page: "form-address".into(),
                    item: None,
                    urgent: false,
                },
            },
        ];
        let batch = EventBatch { events, dropped: 2 };
        for _ in 0..3 {
            let (status, answer) = terminal.post(path::EVENTS, &batch).await;
            assert_eq!((status, &answer["through"]), (200, &json!(3)), "{answer}");
        }
        let store = &fleet.server().store;
        let kept = store.events("T-1", i64::MAX, 10).await.unwrap();
        assert_eq!(
            kept.iter().map(|event| event.number).collect::<Vec<_>>(),
            [1],
            "what people did is not kept"
        );
        assert_eq!(
            store.stops(Weeks::over(9, fleet.server().clock.millis())).await.unwrap(),
            [],
            "the week is open"
        );
        let later = fleet.server().clock.millis() + 8 * 86_400_000;
        let told = store.stops(Weeks::over(9, later)).await.unwrap();
        let told: Vec<_> = told.iter().map(|told| (told.stop.as_str(), told.count)).collect();
        assert_eq!(told, [("left", None), ("shown", Some(90))], "a small number is not told");
        assert_eq!(fleet.server().assist.calls()[0].terminal, "T-1");
        let (_, answer) = terminal.post(path::HEARTBEAT, &heartbeat()).await;
        assert_eq!(answer["events_through"], 3);
    });
}
