//! What forms and pages do where something does not fit: nothing that was typed is lost without a word.

use super::city;
use super::desk::Office;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleet_server::console::role::Role;
use fleet_server::store::commands;
use serde_json::json;

#[tokio::test]
async fn a_configuration_that_does_not_fit_comes_back_with_what_was_typed() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    let manager = office.person("manager", Role::ReleaseManager).await;
    manager.set_cookie("yilin-language", "en");
    let store = &office.running.server.store;
    for (fields, field, kept) in [
        (vec![("notice_zh", "下周搬家")], "notice_en", "value=\"下周搬家\""),
        (vec![("window_from", "02:00")], "window_minutes", "value=\"02:00\""),
        (vec![("window_minutes", "60")], "window_from", "value=\"60\""),
        (vec![("volume_percent", "101")], "volume_percent", "value=\"101\""),
        (vec![("why", "x"), ("volume_percent", "40")], "why", "value=\"40\""),
    ] {
        let mut all = fields.clone();
        all.extend([("why", "a test of the form"), ("district", "9901"), ("models", "K1")]);
        let answer = manager.post("/configurations", &all).await;
        assert_eq!(answer.status(), 400, "{fields:?}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("id=\"{field}-wrong\"")) && page.contains(kept), "{fields:?}: {page}");
        assert!(page.contains("value=\"9901\" checked") && page.contains("value=\"K1\""), "{fields:?}");
        assert_eq!(page.matches("class=\"wrong\"").count(), 1, "{fields:?}");
        assert!(store.configurations(9).await.unwrap().is_empty(), "{fields:?}");
    }
    let all = [
        ("notice_zh", "下周搬家"),
        ("notice_en", "We move next week"),
        ("window_from", "02:00"),
        ("window_minutes", "60"),
        ("models", "K1, K2"),
        ("why", "a test of the form"),
    ];
    assert_eq!(manager.post("/configurations", &all).await.status(), 303);
    let made = store.configurations(9).await.unwrap().remove(0);
    assert_eq!(made.selector.models, ["K1", "K2"]);
    assert!(made.settings.maintenance_window.is_some() && made.settings.idle_notice.is_some());
    let noted = store.audit(i64::MAX, None, Some("configuration"), 1).await.unwrap().remove(0);
    assert!(noted.detail.contains("We move next week"), "{}", noted.detail);
}

#[tokio::test]
async fn a_rollout_has_the_seed_that_was_written_down() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    let manager = office.person("manager", Role::ReleaseManager).await;
    let form = [
        ("name", "again"),
        ("release", "1"),
        ("waves", "5 100"),
        ("error_percent", "2"),
        ("seed", "42"),
        ("why", "as the last one"),
    ];
    assert_eq!(manager.post("/rollouts", &form).await.status(), 303);
    let rollouts = office.running.server.store.rollouts(9).await.unwrap();
    assert!(rollouts.iter().any(|rollout| rollout.name == "again" && rollout.seed == 42));
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_told_by_a_page_and_signing_in_leads_back_to_the_filters() {
    let office = Office::open().await;
    let viewer = office.person("viewer", Role::Viewer).await;
    for path in ["/rollouts/99999999999999999999", "/tickets/x", "/configurations/-"] {
        let answer = viewer.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.text().await.unwrap().contains("<!doctype html>"), "{path}");
    }
    let nobody = super::desk::Person::new(&office.origin, "nobody");
    let answer = nobody.get("/terminals?district=9901&id=AH&service=yes").await;
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(to, "/sign-in?next=%2Fterminals%3Fdistrict%3D9901%26id%3DAH%26service%3Dyes");
    let page = nobody.page(&to).await;
    assert!(page.contains("value=\"/terminals?district=9901&#38;id=AH&#38;service=yes\""), "{page}");
    let long = nobody.get(&format!("/terminals?id={}", "A".repeat(600))).await;
    assert_eq!(long.headers()["location"], "/sign-in?next=%2Fterminals");
}

#[tokio::test]
async fn a_shell_is_typed_into_when_it_is_open_and_its_page_stays_small() {
    let office = Office::open().await;
    city::build(&office.running.server).await;
    let first = office.person("first", Role::Technician).await;
    let second = office.person("second", Role::Technician).await;
    let ask = [("minutes", "15"), ("why", "the printer is stuck")];
    first.post("/terminals/AH-0001/shells", &ask).await;
    let server = &office.running.server;
    let id = server.store.commands("AH-0001", 1).await.unwrap().remove(0).id;
    second.post("/terminals/AH-0001/approve", &[("command", id.as_str()), ("why", "I looked at it")]).await;
    let path = format!("/terminals/AH-0001/shells/{id}");
    let page = first.page(&path).await;
    assert!(!page.contains("name=\"line\"") && page.contains("hx-select=\"#shell\""), "not yet open: {page}");
    let said = |number: u64, text: &str| {
        serde_json::from_value(json!({ "number": number, "output": STANDARD.encode(text), "ended": null }))
            .unwrap()
    };
    assert!(server.shells.turn(&id, &said(0, "$ ")).await.is_some());
    assert!(first.page(&path).await.contains("name=\"line\""), "open");
    assert!(!second.page(&path).await.contains("name=\"line\""), "who approved does not type");
    let mut tx = server.store.write().await.unwrap();
    for turn in 0..60 {
        let output = STANDARD.encode("<a line of a log>\n".repeat(3000));
        commands::transcript(&mut tx, &id, turn, &output, "", 0).await.unwrap();
    }
    commands::transcript(&mut tx, &id, 60, &STANDARD.encode("the last word\n"), "", 0).await.unwrap();
    tx.commit().await.unwrap();
    let page = first.page(&path).await;
    assert!(page.len() < 100_000 && page.contains("the last word"), "{} bytes", page.len());
    let whole = format!("{path}/transcript.txt");
    assert!(page.contains(&whole));
    let answer = first.get(&whole).await;
    assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    assert!(answer.text().await.unwrap().len() > 3_000_000);
    let mut tx = server.store.write().await.unwrap();
    commands::attach(&mut tx, "AH-0001", &id, &"0".repeat(64), b"{}\n", 0).await.unwrap();
    tx.commit().await.unwrap();
    let answer = first.get(&format!("/terminals/AH-0001/files/{id}")).await;
    let disposition = answer.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, "attachment; filename=\"transcript.jsonl\"", "as the terminal kept it");
}

#[tokio::test]
async fn the_keys_page_says_which_keys_still_lie_here() {
    let office = Office::open().await;
    let viewer = office.person("viewer", Role::Viewer).await;
    viewer.set_cookie("yilin-language", "en");
    let page = viewer.page("/keys").await;
    assert!(page.contains("keys/offline/root.key") && page.contains("keys/offline/release.key"), "{page}");
    assert!(page.contains("Authority of the terminals") && page.contains("This server"), "{page}");
    std::fs::remove_dir_all(office.data().join("keys/offline")).unwrap();
    let page = viewer.page("/keys").await;
    assert!(!page.contains("keys/offline") && page.contains("are not on this server"), "{page}");
}
