//! What is kept how long, on a clock that the test puts forward; and what is kept for ever.

use crate::fixture::{Fleet, desk, heartbeat, on_both};
use crate::updates::{offered, release, roll_out};
use fleet_api::TerminalId;
use fleet_api::command::Order;
use fleet_api::path;
use fleet_server::orders::commands;
use fleet_server::runner::{retention, tickets};
use fleet_server::state::Actor;
use fleet_server::store::audit::{self, AuditEntry, Verdict};
use serde_json::json;
use sqlx::{AssertSqlSafe, Row as _};
use time::Duration;

const TABLES: [&str; 9] =
    ["events", "stops", "supplies", "feedback", "hours", "transcripts", "attachments", "tickets", "audit"];

async fn rows(fleet: &Fleet) -> Vec<(&'static str, i64)> {
    let mut counts = Vec::new();
    for table in TABLES {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {table}"));
        let row = sqlx::query(sql).fetch_one(fleet.server().store.read()).await.unwrap();
        counts.push((table, row.try_get("n").unwrap()));
    }
    counts
}

/// The tables that are empty.
async fn empty(fleet: &Fleet) -> Vec<&'static str> {
    retention::step(fleet.server()).await.unwrap();
    rows(fleet).await.into_iter().filter(|(_, count)| *count == 0).map(|(table, _)| table).collect()
}

/// One row at least in every table.
async fn fill(fleet: &Fleet) {
    let terminal = fleet.terminal("T-1").await;
    let server = fleet.server();
    let mut beat = heartbeat();
    beat.screen.as_mut().unwrap().outbox.needs_person = 1;
    assert_eq!(terminal.post(path::HEARTBEAT, &beat).await.0, 200);
    tickets::step(server).await.unwrap();
    let now = time::OffsetDateTime::now_utc();
    let hour = now.unix_timestamp() / 3600 * 3600;
    let at = |seconds| {
        let at = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        at.format(&time::format_description::well_known::Rfc3339).unwrap()
    };
    let events = json!({"events": [
        {"number": 1, "at": at(hour), "kind": "agent_started", "version": "1", "after_unclean_end": false},
        {"number": 2, "at": at(hour), "kind": "stops", "hour": at(hour), "counts": [
            {"page": "home", "mode": "large", "item": null, "stop": "left", "count": 9}]},
    ], "dropped": 0});
    let (status, said) = terminal.post(path::EVENTS, &events).await;
    assert_eq!(status, 200, "{said}");
    let id = TerminalId("T-1".into());
    let logs = Order::Logs { lines: 10 };
    let logs = commands::order(server, &id, logs, commands::LIFE, &desk(), "look").await.unwrap();
    let at = fleet.at(&format!("/fleet/v1/commands/{logs}/attachment"));
    assert_eq!(terminal.client.put(at).body("lines").send().await.unwrap().status(), 204);
    let shell = Order::Shell { seconds: 600, asked_by: String::new(), approved_by: String::new() };
    let shell = commands::order(server, &id, shell, commands::SHELL_LIFE, &desk(), "look").await.unwrap();
    commands::approve(server, &shell, &Actor("second".into())).await.unwrap();
    let turn = json!({"number": 0, "output": "JCA=", "ended": null});
    assert_eq!(terminal.post(&format!("/fleet/v1/commands/{shell}/shell"), &turn).await.0, 200);
    let release = release(fleet, "1.1.0", b"bundle", "b.raucb").await;
    roll_out(fleet, release, &[100], 0).await;
    let base = offered(&terminal).await;
    assert_eq!(terminal.close(base["id"].as_str().unwrap(), "success").await, 200);
    let entry = AuditEntry {
        who: "desk".into(),
        what: "session.begin".into(),
        subject: "account:desk".into(),
        why: String::new(),
        detail: String::new(),
    };
    let mut tx = server.store.write().await.unwrap();
    audit::append(&mut tx, &entry, server.clock.millis()).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn what_is_old_goes_and_the_audit_stays() {
    on_both(async |fleet| {
        fill(fleet).await;
        assert_eq!(empty(fleet).await, [""; 0], "{:?}", rows(fleet).await);
        for (days, gone) in [
            (29, &[][..]),
            (31, &["attachments"]),
            (399, &["attachments"]),
            (402, &["events", "stops", "supplies", "feedback", "attachments"]),
            (1099, &["events", "stops", "supplies", "feedback", "attachments"]),
            (1102, &["events", "stops", "supplies", "feedback", "hours", "transcripts", "attachments"]),
            (20_000, &["events", "stops", "supplies", "feedback", "hours", "transcripts", "attachments"]),
        ] {
            let passed = fleet.server().clock.now() - time::OffsetDateTime::now_utc();
            fleet.clock.go_on(Duration::days(days) - passed);
            assert_eq!(empty(fleet).await, gone, "after {days} days");
        }
        let Verdict::Whole { rows, .. } = fleet.server().store.verify_audit().await.unwrap() else {
            panic!("the chain is broken")
        };
        assert_eq!(rows, 1);
    });
}
