//! No page of the console shows an id where words should be: a server that was told every word which a terminal can tell,
//! and a browser that reads every page in both languages.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panic and says why it is skipped"
)]

use domain::device::{Cause, TerminalDevice};
use domain::session::page::Page;
use fleet_api::health::DeviceReport;
use fleet_api::{ItemId, TerminalId};
use fleet_demo::fleet::{Fleet, Plan};
use fleet_demo::past::Past;
use fleet_demo::prove::GOOD;
use fleet_demo::screen::Pace;
use fleet_demo::town;
use fleet_server::assist::{Call, Pointed};
use fleet_server::console::role::Role;
use fleet_server::console::{self, accounts, tokens::Secret};
use fleet_server::rollout::{State, Wave};
use fleet_server::selector::Selector;
use fleet_server::serve::{Console, Options};
use fleet_server::state::Actor;
use fleet_server::store::heartbeats::{self, Beat};
use fleet_server::store::rollouts::{self, NewRollout};
use fleet_server::store::{enrolment, events, stops, terminals, tickets};
use sample_city::{City, Seed};
use serde_json::{Value, json};
use std::path::Path;

const SEED: Seed = Seed(3);
/// `OutOfServiceReason` as the terminal's program tells it.
const OUT: [&str; 5] = ["hours", "storage", "catalogue", "power", "restart"];
/// `fleet_agent`'s states of an update.
const STATES: [&str; 10] = [
    "idle",
    "downloading",
    "waiting",
    "installing",
    "activated",
    "rebooting",
    "trial",
    "going_back",
    "succeeded",
    "failed",
];
const UPKEEP: [&str; 6] =
    ["test_print", "daily_check", "fault_reported", "self_test", "roll_changed", "reader_wiped"];
const RULES: [(&str, &str, &str); 7] = [
    ("offline", "", r#"{"silent_seconds":1200}"#),
    ("out_of_service", "", r#"{"reason":"storage"}"#),
    ("needs_person", "", r#"{"submissions":2}"#),
    ("disk", "", r#"{"free_bytes":100000000,"total_bytes":8000000000}"#),
    ("device", "camera", r#"{"needs":"technician","for_seconds":900}"#),
    ("supply", "receipt_paper", r#"{"days_left":1.5}"#),
    ("update_failed", "", r#"{"release":1}"#),
];

fn is_there() -> bool {
    let found = |program: &str, args: &[&str]| {
        std::process::Command::new(program).args(args).output().is_ok_and(|out| out.status.success())
    };
    let there =
        found("node", &["-e", "require.resolve('playwright-core');"]) && found("chromium", &["--version"]);
    if !there {
        let what = "node with playwright-core (npm, found by NODE_PATH) and chromium (Debian)";
        assert!(std::env::var_os("YILIN_REQUIRE_PEERS").is_none(), "{what}: required and not installed");
        eprintln!("skipped: {what} are not installed");
    }
    there
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_shows_an_id() {
    if !is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let origin = format!("https://localhost:{port}");
    let setup =
        console::Setup::new(&origin, Secret::read_or_make(&folder.path().join("console.key")).unwrap());
    let options = Options {
        console: Some(Console {
            listen: ([127, 0, 0, 1], port).into(),
            pages: console::pages(setup.clone()),
        }),
        ..Options::local(folder.path())
    };
    let plan = Plan {
        data: folder.path().to_owned(),
        terminals: 0,
        pace: Pace::still(),
        flaw: None,
        trial: std::time::Duration::from_secs(20),
        past: Past::None,
        seed: SEED,
    };
    let fleet = Fleet::start(plan, options).await.unwrap();
    let told = tell(&fleet).await;
    let configuration = fleet.configure().await.unwrap();
    fleet.push(configuration, 25).await.unwrap();
    let server = fleet.server();
    let now = server.clock.millis();
    let mut invitations = serde_json::Map::new();
    for (name, shown, role) in [
        ("one", "A", Role::Technician),
        ("two", "B", Role::Auditor),
        ("three", "C", Role::Admin),
        ("four", "D", Role::ReleaseManager),
    ] {
        let by = (&Actor("demo".into()), "the demonstration");
        let link =
            accounts::add_by_command_line(&setup, &server.store, name, shown, role, by, now).await.unwrap();
        invitations.insert(name.to_owned(), Value::String(link.unwrap()));
    }
    let rollouts = rolled_out(&fleet).await;
    let mut read: Vec<String> = [
        "/",
        "/terminals",
        "/tickets",
        "/tickets?state=closed",
        "/desk",
        "/rollouts",
        "/configurations",
        "/configurations/1",
        "/catalogue",
        "/keys",
        "/stops",
        "/reports",
        "/me",
    ]
    .map(str::to_owned)
    .to_vec();
    for id in &told {
        read.extend([format!("/terminals/{id}"), format!("/t/{id}")]);
    }
    read.extend(rollouts.map(|id| format!("/rollouts/{id}")));
    let place = server.store.terminal(&TerminalId(told[0].clone())).await.unwrap().unwrap();
    read.extend([format!("/places/{}", place.district), format!("/places/{}", place.street)]);
    let pages = json!({ "one": read, "two": ["/audit?verify=1"], "three": ["/accounts", format!("/terminals/{}", told[0])],
        "four": ["/rollouts", "/configurations", "/configurations/1"] });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/words.js");
    let out = tokio::process::Command::new("node")
        .arg(script)
        .env("INVITATIONS", Value::Object(invitations).to_string())
        .env("PAGES", pages.to_string())
        .output()
        .await
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{said}");
    fleet.stop().await.unwrap();
}

/// Two rollouts that ended with the words of the server's own: all over, and too many failed.
async fn rolled_out(fleet: &Fleet) -> [i64; 2] {
    let release = fleet.release(GOOD, 1024).await.unwrap();
    let server = fleet.server();
    let now = server.clock.millis();
    let new = NewRollout {
        name: "1.1.0".into(),
        release,
        selector: Selector::default(),
        seed: 7,
        waves: vec![Wave { percentage: 100, success_permille: 900, pause_seconds: 0 }],
        error_permille: 20,
        forced: false,
    };
    let mut tx = server.store.write().await.unwrap();
    let mut ids = [0; 2];
    let ends = [(State::Done, "every wave is over"), (State::Stopped, "3 of 60 in wave 2 failed")];
    for (id, (state, why)) in ids.iter_mut().zip(ends) {
        *id = rollouts::add(&mut tx, &new, "demo", "1.1.0", now).await.unwrap();
        rollouts::set_state(&mut tx, *id, state, why, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    ids
}

/// Terminals that between them tell every word; their numbers.
async fn tell(fleet: &Fleet) -> Vec<String> {
    let server = fleet.server();
    let now = server.clock.millis();
    let city = City::new(SEED, time::macros::date!(2026 - 11 - 01));
    let places = town::terminals(&city, OUT.len(), SEED);
    let mut tx = server.store.write().await.unwrap();
    for (at, place) in places.iter().enumerate() {
        terminals::put(&mut tx, place, now).await.unwrap();
        let id = TerminalId(place.id.clone());
        enrolment::enrolled(&mut tx, &id, "HW", "1.0.0", now).await.unwrap();
        let devices = TerminalDevice::ALL.iter().enumerate().map(|(n, device)| {
            let cause = Cause::ALL[(at * TerminalDevice::ALL.len() + n) % Cause::ALL.len()];
            DeviceReport {
                device: device.word().to_owned(),
                state: serde_json::to_value(cause.state()).unwrap().as_str().unwrap().to_owned(),
                cause: Some(cause.word().to_owned()),
                kind: ["ready", "attention", "media", "keeper", "technician"][n % 5].to_owned(),
                model: None,
            }
        });
        heartbeats::put(&mut tx, &[beat(&place.id, now, OUT[at], devices.collect())]).await.unwrap();
        if at == 0 {
            let happened = happened();
            for (number, mut what) in (1_u64..).zip(happened) {
                what["number"] = json!(number);
                what["at"] = json!("2026-11-28T09:00:00+08:00");
                events::add(&mut tx, &place.id, &serde_json::from_value(what).unwrap(), now).await.unwrap();
            }
            for (rule, subject, figures) in RULES {
                let figures: Value = serde_json::from_str(figures).unwrap();
                tickets::open(&mut tx, &place.id, rule, subject, &figures, now).await.unwrap();
            }
            let day = stops::day(now) - 7;
            let counts: Vec<_> = Page::all()
                .flat_map(|page| {
                    ["shown", "left"].map(|stop| {
                        json!({ "page": page.name(), "mode": "large", "item": "old-age-allowance", "stop": stop, "count": 9 })
                    })
                })
                .map(|count| serde_json::from_value(count).unwrap())
                .collect();
            stops::add(&mut tx, &place.community, day, &counts).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    for (place, page) in places.iter().zip(Page::all()) {
        let call = Call {
            id: format!("{:0>32}", place.id.to_lowercase().replace('t', "")),
            terminal: place.id.clone(),
            page: page.name().to_owned(),
            item: Some(ItemId("appeal-12345".to_owned())),
            urgent: false,
            worker: None,
            mirror: None,
            pointed: Pointed::default(),
        };
        server.assist.begin(call);
    }
    places.into_iter().map(|place| place.id).collect()
}

/// An event of every kind, with every word of its list.
fn happened() -> Vec<Value> {
    let mut happened = vec![
        json!({ "kind": "agent_started", "version": "1.0.0", "after_unclean_end": true }),
        json!({ "kind": "service", "in_service": true, "reason": null }),
        json!({ "kind": "help", "call": "00", "page": "home", "item": null, "urgent": false }),
        json!({ "kind": "help_ended", "call": "00" }),
        json!({ "kind": "device", "device": "camera", "state": "offline", "cause": "unplugged", "needs": "keeper", "model": null }),
    ];
    happened.extend(OUT.map(|why| json!({ "kind": "service", "in_service": false, "reason": why })));
    happened.extend(STATES.map(
        |state| json!({ "kind": "update", "action": "1", "version": "1.0.0", "state": state, "detail": null }),
    ));
    // What the agent says in sentences of its own.
    happened.extend(["no frame was painted", "1.1.0 is installed", "1.1.0 is not installed: no frame was painted", "E42 of a later version"].map(
        |detail| json!({ "kind": "update", "action": "1", "version": "1.1.0", "state": "failed", "detail": detail }),
    ));
    happened.extend(UPKEEP.map(|action| json!({ "kind": "upkeep", "action": action, "badge": "W0001" })));
    happened.extend(["applied", "refused", "returned"].map(
        |outcome| json!({ "kind": "configuration", "configuration": 1, "outcome": outcome, "detail": null }),
    ));
    happened
}

fn beat(id: &str, now: i64, out: &str, devices: Vec<DeviceReport>) -> Beat {
    let at = "2026-11-28T09:00:00+08:00";
    let body = json!({
        "at": at, "boot_id": "b", "uptime_seconds": 7200, "brownouts": 1,
        "versions": {"image": "1.0.0", "agent": "1.0.0", "slot": "A", "compatible": "c", "model": "M"},
        "machine": {"clock_offset_ms": 3, "temperature_celsius": 41.5, "disk_free_bytes": 9_000_000_000_u64,
            "disk_total_bytes": 32_000_000_000_u64, "network": "ethernet", "data_read_only": false},
        "screen": {"version": "1", "phase": "out_of_service", "out_of_service": out, "painted_at": at,
            "database_open": true, "province_reachable": true, "catalogue": "2026.11",
            "outbox": {"waiting": 0, "needs_person": 0, "oldest_seconds": null}, "devices": [], "supplies": [],
            "power": "mains", "self_test": {"at": at, "failed": ["photo_decoder"]}},
        "configuration": 0, "key_ring": 1
    });
    Beat {
        terminal: id.into(),
        received_at: now,
        image: "1.0.0".into(),
        in_service: false,
        out_of_service: Some(out.into()),
        worst: "technician",
        catalogue: Some("2026.11".into()),
        screen_away_since: None,
        outbox_needs_person: 0,
        body: body.to_string(),
        open_seconds: 3600,
        served_seconds: 3600,
        silent: Vec::new(),
        disk_free: None,
        disk_total: None,
        devices: Some(devices),
        supplies: None,
    }
}
