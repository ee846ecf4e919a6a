//! The audit: everything that was done is in it, and a change of it is found.

use super::city;
use super::desk::Office;
use fleet_server::console::role::Role;
use fleet_server::store::audit::{Chain, Noted, Verdict};
use fleet_server::store::commands;

#[tokio::test]
async fn what_was_done_is_told_and_a_change_is_found() {
    let office = Office::open().await;
    let rollout = city::build(&office.running.server).await;
    let manager = office.person("manager", Role::ReleaseManager).await;
    let auditor = office.person("auditor", Role::Auditor).await;
    let path = format!("/rollouts/{rollout}");
    assert_eq!(
        manager.post(&path, &[("do", "pause"), ("why", "")]).await.status(),
        400,
        "not without a reason"
    );
    assert_eq!(manager.post(&path, &[("do", "pause"), ("why", "the hall is full")]).await.status(), 303);
    assert_eq!(manager.post(&path, &[("do", "start"), ("why", "not in order")]).await.status(), 409);
    let export = auditor.page("/audit/export").await;
    let rows: Vec<Noted> = export
        .lines()
        .map(|line| {
            let v: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| v[name].as_str().unwrap().to_owned();
            Noted {
                number: v["number"].as_i64().unwrap(),
                at: v["at"].as_i64().unwrap(),
                who: text("who"),
                what: text("what"),
                subject: text("subject"),
                why: text("why"),
                detail: text("detail"),
                before: text("before"),
                hash: text("hash"),
            }
        })
        .collect();
    let has = |what: &str, why: &str| {
        rows.iter().any(|row| row.who == "manager" && row.what == what && row.why == why)
    };
    assert!(
        has("rollout.pause", "the hall is full")
            && has("order.refused", "not in order")
            && has("session.begin", "")
    );
    let mut chain = Chain::default();
    rows.iter().for_each(|row| chain.follow(row).unwrap());
    let mut forged = rows.clone();
    forged[1].why = "another reason".into();
    let mut chain = Chain::default();
    let broken = forged.iter().find_map(|row| chain.follow(row).err());
    assert_eq!(broken, Some(2));
    assert!(auditor.page("/audit?verify=1").await.contains(&rows.last().unwrap().hash[..12]));
    // In the database itself: a row changed, a row gone.
    let store = &office.running.server.store;
    let run = async |sql: &'static str| sqlx::query(sql).execute(store.read()).await.unwrap();
    run("UPDATE audit SET who = 'somebody' WHERE number = 3").await;
    assert_eq!(store.verify_audit().await.unwrap(), Verdict::Broken { number: 3 });
    run("DELETE FROM audit WHERE number = 2").await;
    assert_eq!(store.verify_audit().await.unwrap(), Verdict::Broken { number: 2 });
}

#[tokio::test]
async fn who_took_a_file_is_told() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    let technician = office.person("technician", Role::Technician).await;
    let auditor = office.person("auditor", Role::Auditor).await;
    let ask = [("order", "logs"), ("why", "the printer is stuck")];
    assert_eq!(technician.post("/terminals/AH-0001/orders", &ask).await.status(), 303);
    let store = &office.running.server.store;
    let command = store.commands("AH-0001", 1).await.unwrap().remove(0).id;
    let file = format!("/terminals/AH-0001/files/{command}");
    assert_eq!(technician.get(&file).await.status(), 404, "there is none yet");
    let mut tx = store.write().await.unwrap();
    let now = office.running.server.clock.millis();
    assert!(commands::attach(&mut tx, "AH-0001", &command, &"0".repeat(64), b"a line", now).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(technician.page(&file).await, "a line");
    assert_eq!(auditor.get(&file).await.status(), 403);
    auditor.page("/audit/export").await;
    let rows = auditor.page("/audit/export").await;
    let noted = |what: &str, who: &str| {
        rows.lines().filter(|row| row.contains(what) && row.contains(&format!("\"who\":\"{who}\""))).count()
    };
    assert_eq!((noted("file.read", "technician"), noted("file.read", "auditor")), (1, 0), "{rows}");
    assert_eq!(noted("audit.export", "auditor"), 2);
    assert!(rows.contains(&command), "which one");
}
