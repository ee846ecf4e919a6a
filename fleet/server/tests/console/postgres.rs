//! The console's statements on PostgreSQL: what is read and done is the same as on SQLite.

use super::desk::{Office, PASSWORD};
use super::peer::{Postgres, absent};
use super::reading;
use fleet_server::console::role::Role;
use fleet_server::store::audit::Verdict;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_every_order_on_postgresql() {
    let Some(postgres) = Postgres::start() else {
        return absent("PostgreSQL is not installed (Debian: postgresql)");
    };
    let office = Office::open_on(Some(postgres.address())).await;
    reading::pages_are_read(&office).await;
    let viewer = office.person("reader", Role::Viewer).await;
    reading::check_stops(&viewer).await;
    reading::check_report(&viewer).await;
    for path in
        ["/tickets?state=closed", "/terminals?service=yes&needs=media&id=AH", "/rollouts", "/stops?weeks=13"]
    {
        viewer.page(path).await;
    }

    // Orders of every kind, and what they leave in the audit.
    let manager = office.person("manager", Role::ReleaseManager).await;
    let technician = office.person("technician", Role::Technician).await;
    let admin = office.person("admin", Role::Admin).await;
    let auditor = office.person("auditor", Role::Auditor).await;
    let why = ("why", "a reason to read later");
    let pause = [("do", "pause"), why];
    assert_eq!(manager.post("/rollouts/1", &pause).await.status(), 303);
    let made = manager.post("/configurations", &[("volume_percent", "60"), why]).await;
    assert_eq!(made.status(), 303);
    let document = made.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(manager.post(&document, &[("percentage", "25"), why]).await.status(), 303);
    assert!(viewer.page(&document).await.contains("60"));
    assert_eq!(technician.post("/tickets/1", &[("do", "take"), ("note", "on my way")]).await.status(), 303);
    assert!(viewer.page("/tickets").await.contains("on my way"));
    let order = [("order", "self_test"), ("device", ""), why];
    assert_eq!(technician.post("/terminals/AH-0001/orders", &order).await.status(), 303);
    assert!(technician.page("/terminals/AH-0001").await.contains("a reason to read later"));
    let account = [("name", "new"), ("shown", "New"), ("role", "viewer"), ("district", ""), why];
    assert_eq!(admin.post("/accounts", &account).await.status(), 200);
    assert!(admin.page("/accounts").await.contains(">new<"));
    assert_eq!(viewer.post("/sign-out", &[]).await.status(), 303);
    let again = viewer.sign_in(PASSWORD, &viewer.code(1)).await;
    assert_eq!(again.status(), 303);
    let audit = auditor.page("/audit?verify=1").await;
    assert!(audit.contains("rollout:1") && audit.contains("ticket:1"), "{audit}");
    assert!(matches!(office.running.server.store.verify_audit().await.unwrap(), Verdict::Whole { .. }));
    office.running.stop().await;
}
