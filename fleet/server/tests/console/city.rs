//! A small city with terminals that say what terminals say.

use fleet_api::TerminalId;
use fleet_api::health::{DeviceReport, SupplyLevel};
use fleet_server::selector::Selector;
use fleet_server::state::Server;
use fleet_server::store::artifacts::{self, File, NewRelease};
use fleet_server::store::coverage::{self, Division};
use fleet_server::store::heartbeats::{self, Beat};
use fleet_server::store::rollouts::NewRollout;
use fleet_server::store::terminals::{self, NewTerminal};
use fleet_server::store::{enrolment, events, stops, tickets};
use fleet_server::{orders, rollout::Wave, state::Actor};
use serde_json::json;

/// What a terminal that was taken over would send.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{7*7}}";

fn division(
    code: &str,
    parent: Option<&str>,
    level: &str,
    zh: &str,
    en: &str,
    at: Option<(f64, f64)>,
) -> Division {
    Division {
        code: code.into(),
        parent: parent.map(str::to_owned),
        level: level.into(),
        name_zh: zh.into(),
        name_en: en.into(),
        urban: !code.ends_with('9'),
        x: at.map(|at| at.0),
        y: at.map(|at| at.1),
    }
}

/// Two districts, six communities, three terminals, one of them hostile in every word; a rollout that runs.
pub(crate) async fn build(server: &Server) -> i64 {
    let now = server.clock.millis();
    let mut tx = server.store.write().await.unwrap();
    for (code, zh, en, at) in
        [("9901", "东湖区", "Donghu", (0.3, 0.4)), ("9902", "西山区", "Xishan", (0.7, 0.6))]
    {
        coverage::put(&mut tx, &division(code, None, "district", zh, en, Some(at))).await.unwrap();
        let street = format!("{code}01");
        coverage::put(&mut tx, &division(&street, Some(code), "street", "清风街道", "Qingfeng", None))
            .await
            .unwrap();
        for n in [1, 5, 9] {
            let community = format!("{street}00{n}");
            let place = (at.0 + f64::from(n) / 60.0, at.1 - f64::from(n) / 50.0);
            let row = division(&community, Some(&street), "community", "明月社区", "Mingyue", Some(place));
            coverage::put(&mut tx, &row).await.unwrap();
        }
    }
    for (id, district, hostile) in
        [("AH-0001", "9901", false), ("AH-0002", "9902", false), ("AH-0003", "9902", true)]
    {
        let text = |plain: &str| if hostile { HOSTILE.to_owned() } else { plain.to_owned() };
        let new = NewTerminal {
            id: id.into(),
            district: district.into(),
            street: format!("{district}01"),
            community: format!("{district}01001"),
            model: text("YK-21"),
            compatible: "yilin-x86_64".into(),
            name_zh: text("明月社区"),
            name_en: text("Mingyue community"),
            address_zh: text("清风路 1 号"),
            address_en: text("1 Qingfeng Road"),
            hours: "00:00-24:00".into(),
            keeper_zh: text("明月社区居委会"),
            keeper_en: text("Mingyue office"),
            keeper_phone: "055312345".into(),
        };
        terminals::put(&mut tx, &new, now).await.unwrap();
        enrolment::enrolled(&mut tx, &TerminalId(id.into()), &text("HW1"), &text("1.0.0"), now)
            .await
            .unwrap();
        heartbeats::put(&mut tx, &[beat(id, now, &text)]).await.unwrap();
        let event = json!({"number": 1, "at": "2026-11-28T09:00:00+08:00", "kind": "update", "action": text("3"),
            "version": text("1.2.3"), "state": text("downloaded"), "detail": text("all of it")});
        events::add(&mut tx, id, &serde_json::from_value(event).unwrap(), now).await.unwrap();
        tickets::open(&mut tx, id, "supply", &text("receipt_paper"), &json!({"days_left": text("2")}), now)
            .await
            .unwrap();
    }
    let count = |page: &str, stop: &str, count: u32| {
        serde_json::from_value(
            json!({"page": page, "mode": "large", "item": null, "stop": stop, "count": count}),
        )
        .unwrap()
    };
    // In the last week that is over.
    let day = stops::day(now) - 7;
    let counts = [
        count("home", "shown", 900),
        count("home", "left", 120),
        count("review", "left", 3),
        count(HOSTILE, "shown", 50),
    ];
    stops::add(&mut tx, "990101001", day, &counts).await.unwrap();
    let file = File { sha256: "0".repeat(64), sha1: "0".repeat(40), md5: "0".repeat(32), size: 10 };
    artifacts::put(&mut tx, &file, now).await.unwrap();
    let release = NewRelease {
        name: "yilin".into(),
        version: "1.2.3".into(),
        compatible: "yilin-x86_64".into(),
        part: "os".into(),
        filename: "yilin.raucb".into(),
        manifest: None,
    };
    let release =
        artifacts::add_release(&mut tx, &release, &file.sha256, "test", now).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    server.read_all().await.unwrap();
    let new = NewRollout {
        name: "1.2.3".into(),
        release,
        selector: Selector::default(),
        seed: 7,
        waves: vec![Wave { percentage: 100, success_permille: 900, pause_seconds: 0 }],
        error_permille: 20,
        forced: false,
    };
    let by = Actor("test".into());
    let id = orders::rollouts::make(server, &new, &by, "a first rollout").await.unwrap();
    orders::rollouts::start(server, id, &by, "begin").await.unwrap();
    id
}

fn beat(id: &str, now: i64, text: &dyn Fn(&str) -> String) -> Beat {
    let device = |device: &str, kind: &str, state: &str| DeviceReport {
        device: device.into(),
        state: text(state),
        cause: None,
        kind: kind.into(),
        model: Some(text("M-1")),
    };
    let at = "2026-11-28T09:00:00+08:00";
    let body = json!({
        "at": at, "boot_id": text("b"), "uptime_seconds": 7200, "brownouts": 1,
        "versions": {"image": text("1.2.2"), "agent": text("1.0.0"), "slot": text("A"), "compatible": "c", "model": text("M")},
        "machine": {"clock_offset_ms": 3, "temperature_celsius": 41.5, "disk_free_bytes": 9_000_000_000_u64,
            "disk_total_bytes": 32_000_000_000_u64, "network": "ethernet", "data_read_only": false},
        "screen": {"version": text("1"), "phase": "idle", "out_of_service": null, "painted_at": at, "database_open": true,
            "province_reachable": true, "catalogue": text("2026.11"),
            "outbox": {"waiting": 0, "needs_person": 0, "oldest_seconds": null}, "devices": [], "supplies": [],
            "power": "mains", "self_test": {"at": at, "failed": [text("camera")]}},
        "configuration": 0, "key_ring": 1
    });
    Beat {
        terminal: id.into(),
        received_at: now,
        image: text("1.2.2"),
        in_service: true,
        out_of_service: None,
        worst: "media",
        catalogue: Some(text("2026.11")),
        screen_away_since: None,
        outbox_needs_person: 0,
        body: body.to_string(),
        open_seconds: 3600,
        served_seconds: 3600,
        silent: Vec::new(),
        disk_free: None,
        disk_total: None,
        devices: Some(vec![
            device("camera", "ready", "online"),
            device("id_card_reader", "technician", "offline"),
            device("receipt_printer", "media", "online"),
            device(&text("speaker"), "ready", "online"),
        ]),
        supplies: Some(vec![SupplyLevel {
            supply: text("receipt_paper"),
            level: serde_json::from_value(json!("low")).unwrap(),
            remaining_permille: Some(180),
            used_total: Some(100),
        }]),
    }
}
