//! What goes wrong, and what is true afterwards.

use platform_client::sim::fault::{Fault, FaultKind, Step};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::asking::{Asking, Shows, appeal, client, json_of, ok};

async fn breaks(asking: &Asking, case: &Value) {
    let sent = asking.submit(case).send().await;
    // Either no answer comes or half of one.
    let failed = match sent {
        Err(_) => true,
        Ok(response) => response.bytes().await.is_err(),
    };
    assert!(failed, "the connection must break");
}

async fn looked_up(asking: &Asking, key: u8) -> StatusCode {
    asking.get(&format!("/v1/cases/by-key/{}", format!("{key:02x}").repeat(16))).await.0
}

#[tokio::test]
async fn nobody_is_let_in_without_a_certificate() {
    let asking = Asking::begin();
    let stranger = client(asking.platform.credentials(), Shows::Nothing);
    let error = stranger.get(asking.url("/v1/notices")).send().await.unwrap_err();
    assert!(!error.is_timeout() && error.status().is_none(), "refused before HTTP: {error:?}");
    assert_eq!(asking.get("/v1/notices").await.0, StatusCode::OK);
    // Nor one with a certificate of another authority.
    let elsewhere = Asking::begin();
    let foreign = client(elsewhere.platform.credentials(), Shows::Certificate);
    assert!(foreign.get(asking.url("/v1/notices")).send().await.is_err());
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_commit_leaves_exactly_one_row() {
    for kind in [FaultKind::DropAfterCommit, FaultKind::HalfAnswer] {
        let asking = Asking::begin();
        let admin = asking.platform.admin();
        admin.set_fault(Fault::always(kind));
        breaks(&asking, &appeal(1)).await;
        breaks(&asking, &appeal(1)).await;
        assert_eq!(looked_up(&asking, 1).await, StatusCode::OK, "{kind:?}: the case is there");
        admin.clear_faults();
        ok(asking.submit(&appeal(1))).await;
        assert_eq!(admin.cases().unwrap().len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_commit_leaves_none() {
    let asking = Asking::begin();
    let admin = asking.platform.admin();
    admin.set_fault(Fault::once(FaultKind::DropBeforeCommit));
    breaks(&asking, &appeal(1)).await;
    assert_eq!(looked_up(&asking, 1).await, StatusCode::NOT_FOUND);
    ok(asking.submit(&appeal(1))).await;
    assert_eq!(admin.cases().unwrap().len(), 1);
}

#[tokio::test]
async fn down_is_down_also_for_connections_that_are_open() {
    let asking = Asking::begin();
    assert_eq!(asking.get("/v1/notices").await.0, StatusCode::OK);
    asking.platform.admin().set_fault(Fault::always(FaultKind::Down));
    assert!(asking.client.get(asking.url("/v1/notices")).send().await.is_err());
    asking.platform.admin().clear_faults();
    assert_eq!(asking.get("/v1/notices").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_step_can_be_singled_out() {
    let asking = Asking::begin();
    asking.platform.admin().set_fault(Fault::always(FaultKind::Unavailable).at(Step::Submit));
    assert_eq!(asking.get("/v1/notices").await.0, StatusCode::OK);
    let response = asking.submit(&appeal(1)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn answers_that_are_none() {
    let asking = Asking::begin();
    let admin = asking.platform.admin();
    let send = async |kind| {
        admin.clear_faults();
        admin.set_fault(Fault::always(kind));
        asking.submit(&appeal(1)).send().await.unwrap()
    };
    let limited = send(FaultKind::RateLimited429).await;
    assert_eq!((limited.status().as_u16(), limited.headers()["retry-after"].to_str().unwrap()), (429, "2"));
    let masked = send(FaultKind::Error200).await;
    assert_eq!(masked.status(), StatusCode::OK);
    assert_eq!(json_of(masked).await["code"], "internal");
    let portal = send(FaultKind::WrongContentType).await;
    assert!(portal.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(admin.cases().unwrap(), [], "none of these kept anything");
}

#[tokio::test]
async fn departments_that_say_no_or_want_more() {
    let asking = Asking::begin();
    let admin = asking.platform.admin();
    admin.set_fault(Fault::once(FaultKind::Refuse));
    assert_eq!(ok(asking.submit(&appeal(1))).await["outcome"], "not_accepted");
    admin.set_fault(Fault::once(FaultKind::Supplement));
    let receipt = ok(asking.submit(&appeal(2))).await;
    assert_eq!(receipt["outcome"], "supplement_required");
    assert!(receipt["what"]["en"].as_str().is_some_and(|w| !w.is_empty()));
    assert_eq!(ok(asking.submit(&appeal(3))).await["outcome"], "received");
}

#[tokio::test]
async fn a_slow_answer_comes() {
    let asking = Asking::begin();
    asking.platform.admin().set_fault(Fault::once(FaultKind::Slow).at(Step::Notices));
    let begun = std::time::Instant::now();
    assert_eq!(asking.get("/v1/notices").await.0, StatusCode::OK);
    assert!(begun.elapsed() >= std::time::Duration::from_secs(2));
}

#[tokio::test]
async fn silence_does_not_keep_the_platform_from_stopping() {
    let asking = Asking::begin();
    asking.platform.admin().set_fault(Fault::always(FaultKind::Silent));
    let url = asking.url("/v1/notices");
    let waiting = tokio::spawn(asking.client.get(url).send());
    let patience = std::time::Duration::from_millis(200);
    tokio::time::sleep(patience).await;
    assert!(!waiting.is_finished());
    drop(asking);
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn a_broken_catalogue_has_another_tag() {
    let asking = Asking::begin();
    let fetch = async || asking.client.get(asking.url("/v1/catalogue")).send().await.unwrap();
    let good = fetch().await.headers()["etag"].clone();
    asking.platform.admin().set_fault(Fault::once(FaultKind::CatalogueBroken));
    let broken = fetch().await;
    assert_ne!(broken.headers()["etag"], good);
    assert_ne!(json_of(broken).await["data"], json!(null));
    assert_eq!(fetch().await.headers()["etag"], good);
}
