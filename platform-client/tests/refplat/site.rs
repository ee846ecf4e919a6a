//! The terminal itself: its site, its items, its idle screen, ways to a human.

use platform_client::contract::board::WarningLevel;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::asking::{Asking, TERMINAL, json_of, ok, refused};

#[tokio::test]
async fn a_terminal_begins_its_service() {
    let asking = Asking::begin();
    let key = json!({"publicKey": format!("04{}", "ab".repeat(64)), "from": "2026-11-23T10:24:00+08:00",
                     "until": "2027-11-24T10:24:00+08:00"});
    let body = json!({"terminalId": TERMINAL, "softwareVersion": "0.1.0", "slipKeys": [key]});
    let activation = ok(asking.post("/v1/terminals/activate", &body)).await;
    assert_eq!(activation["site"]["terminal"], TERMINAL);
    assert_eq!(activation["site"]["division"], "990001001001");
    let beat = json!({"terminalId": TERMINAL, "at": "2026-11-24T10:24:00+08:00", "softwareVersion": "0.1.0",
                      "devices": {"printer": "online"}, "paper": "full", "outboxWaiting": 0, "outboxNeedsHuman": 0});
    let version = ok(asking.post("/v1/terminals/heartbeat", &beat)).await["catalogueVersion"].clone();
    assert_eq!(version, asking.get("/v1/catalogue").await.1["data"]["version"]);
    let event = |number: u64| json!({"number": number, "at": "2026-11-24T10:24:00+08:00", "kind": "started", "itemId": null, "details": {}});
    let batch = |events: Value| {
        asking.post("/v1/terminals/events", &json!({"terminalId": TERMINAL, "events": events}))
    };
    assert_eq!(ok(batch(json!([event(1), event(2)]))).await["keptThrough"], 2);
    assert_eq!(ok(batch(json!([event(2), event(4)]))).await["keptThrough"], 2);
    assert_eq!(refused(batch(json!([event(4), event(3)]))).await.1, "content_refused");
}

#[tokio::test]
async fn the_catalogue_comes_once() {
    let asking = Asking::begin();
    let fetch = |tag: &str| asking.client.get(asking.url("/v1/catalogue")).header("if-none-match", tag);
    let response = fetch("\"other\"").send().await.unwrap();
    let tag = response.headers()["etag"].to_str().unwrap().to_owned();
    let body = json_of(response).await;
    assert_eq!(body["data"]["items"].as_array().unwrap().len(), 7);
    let again = fetch(&tag).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn divisions_and_lists() {
    let asking = Asking::begin();
    assert_eq!(asking.get("/v1/divisions").await.1["data"]["divisions"].as_array().unwrap().len(), 12);
    let below = asking.get("/v1/divisions?parent=990001").await.1["data"]["divisions"].take();
    assert!(below.as_array().unwrap().iter().all(|d| d["code"].as_str().unwrap().starts_with("990001")));
    assert_eq!(asking.get("/v1/divisions?parent=110101").await.1["code"], "not_found");
    assert_eq!(asking.get("/v1/divisions?parent=x").await.1["code"], "bad_request");
    let twice = "/v1/divisions?parent=990001&parent=990002";
    assert_eq!(asking.get(twice).await.1["code"], "bad_request", "a name that stands twice");
    let list =
        asking.get("/v1/items/convenience-directory/directory?division=990001001001").await.1["data"].take();
    let places = list["places"].as_array().unwrap();
    let distances: Vec<u64> = places.iter().map(|p| p["distanceMetres"].as_u64().unwrap()).collect();
    assert!(distances.is_sorted() && distances.iter().all(|d| *d <= 1050) && places.len() >= 10);
    assert_eq!(asking.get("/v1/items/old-age-allowance/directory").await.1["code"], "not_found");
}

#[tokio::test]
async fn the_idle_screen_has_cards_and_warnings() {
    let asking = Asking::begin();
    let cards = asking.get("/v1/notices").await.1["data"]["notices"].take();
    let days: Vec<&str> =
        cards.as_array().unwrap().iter().map(|c| c["published"].as_str().unwrap()).collect();
    assert!(days.len() >= 4 && days.is_sorted_by(|a, b| a >= b), "newest first");
    assert!(cards.as_array().unwrap().iter().all(|c| c["expires"].as_str().unwrap() >= "2026-11-24"));
    assert_eq!(asking.get("/v1/warnings").await.1["data"]["warnings"], json!([]));
    for (level, word) in [
        (WarningLevel::Red, "red"),
        (WarningLevel::Orange, "orange"),
        (WarningLevel::Yellow, "yellow"),
        (WarningLevel::Blue, "blue"),
    ] {
        asking.platform.admin().set_warning(Some(level));
        assert_eq!(asking.get("/v1/warnings").await.1["data"]["warnings"][0]["level"], word);
    }
    asking.platform.admin().set_warning(None);
    assert_eq!(asking.get("/v1/warnings").await.1["data"]["warnings"], json!([]));
}

#[tokio::test]
async fn a_human_can_be_called() {
    let asking = Asking::begin();
    let at = "2026-11-24T10:24:00+08:00";
    let call = json!({"terminalId": TERMINAL, "itemId": null, "page": "home", "at": at});
    let answer = ok(asking.post("/v1/assist-calls", &call)).await;
    assert!(answer["helper"]["zh-CN"].as_str().unwrap().contains("工作人员") && answer["ticket"].is_string());
    let back =
        json!({"terminalId": TERMINAL, "itemId": "old-age-allowance", "phone": "11100000001", "at": at});
    assert_eq!(ok(asking.post("/v1/callbacks", &back)).await["callBy"], "2026-11-24T12:24:00+08:00");
}

#[tokio::test]
async fn what_is_not_of_the_contract_is_answered_in_its_envelope() {
    let asking = Asking::begin();
    assert_eq!(asking.get("/elsewhere").await.0, StatusCode::NOT_FOUND);
    assert_eq!(asking.get("/v1/cases").await.0, StatusCode::METHOD_NOT_ALLOWED);
    let text = asking.client.post(asking.url("/v1/suggestions")).body("x");
    assert_eq!(refused(text).await.0, 415);
    let named = asking.client.get(asking.url("/v1/notices")).header("yilin-request-id", "r-7");
    assert_eq!(json_of(named.send().await.unwrap()).await["requestId"], "r-7");
    let large = asking.client.post(asking.url("/v1/suggestions")).header("content-type", "application/json");
    assert_eq!(refused(large.body(vec![b' '; 13 * 1024 * 1024])).await.1, "too_large");
}
