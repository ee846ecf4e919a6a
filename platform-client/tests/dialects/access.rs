//! Who is let in, and what the terminal is told otherwise.

use crate::site::Site;
use domain::service_item::{ItemId, Queueing};
use platform_client::case_request;
use platform_client::contract::case::CaseRequest;
use platform_client::contract::envelope::ErrorClass;
use platform_client::contract::rating::RatingRequest;
use platform_client::entropy::{SeededEntropy, SystemEntropy};
use platform_client::error::{CallError, CallErrorKind};
use platform_client::province::Province;
use platform_client::sim::fault::{Fault, FaultKind, Step};
use std::sync::Arc;
use time::Duration;

fn code(error: &CallError) -> (&str, ErrorClass) {
    let refusal = error.refusal().unwrap_or_else(|| panic!("{error:?}"));
    (refusal.code.as_str(), refusal.class)
}

/// A case without its picture's material handed in: refused by the routes behind every door.
fn case(site: &Site, n: u8) -> CaseRequest {
    case_request(&site.appeal(n, Queueing::MayQueue)).0
}

fn plain_case(site: &Site, n: u8) -> CaseRequest {
    let mut appeal = site.appeal(n, Queueing::MayQueue);
    let mut answers = domain::form::answer::FormAnswers::default();
    for (field, answer) in appeal.answers.iter().filter(|(field, _)| *field != &"photo".into()) {
        answers.set(field.clone(), answer.clone());
    }
    appeal.answers = answers;
    case_request(&appeal).0
}

fn ahead(site: &Site, seconds: i64) -> Province {
    let entropy = Arc::new(SystemEntropy::new());
    site.province_with(site.platform.credentials(), Duration::seconds(seconds), entropy)
}

#[tokio::test]
async fn errors_inside_a_200_are_typed() {
    for dialect in ["cases=anhui", "cases=keyed_nonce", "cases=bare"] {
        let site = Site::new(&[dialect]);
        let province = site.province();
        let error = province.file(&case(&site, 1)).await.unwrap_err();
        assert_eq!(code(&error), ("material_missing", ErrorClass::Fatal), "{dialect}");
        let mut elsewhere = plain_case(&site, 2);
        elsewhere.item_id = ItemId("no-such-item".to_owned());
        let error = province.file(&elsewhere).await.unwrap_err();
        assert_eq!(code(&error), ("not_admitted", ErrorClass::NeedsHuman), "{dialect}");
        let fault = |kind| Fault::once(kind).at(Step::Submit);
        for (kind, want) in [
            (FaultKind::Error200, "internal"),
            (FaultKind::Unavailable, "unavailable"),
            (FaultKind::RateLimited429, "too_many_requests"),
        ] {
            site.platform.admin().set_fault(fault(kind));
            let error = province.file(&plain_case(&site, 3)).await.unwrap_err();
            assert_eq!(code(&error), (want, ErrorClass::Retryable), "{dialect} {kind:?}");
            let rest = error.refusal().unwrap().retry_after;
            assert_eq!(rest.is_some(), kind == FaultKind::RateLimited429, "{dialect} {kind:?}");
        }
        site.platform.admin().set_fault(fault(FaultKind::WrongContentType));
        let error = province.file(&plain_case(&site, 3)).await.unwrap_err();
        assert_eq!(error.kind(), CallErrorKind::BadAnswer, "{dialect}: a captive portal's page");
        province.file(&plain_case(&site, 3)).await.unwrap();
        assert_eq!(site.platform.admin().cases().unwrap().len(), 1, "{dialect}");
    }
}

#[tokio::test]
async fn a_wrong_secret_opens_nothing() {
    let site = Site::new(&["cases=anhui", "items=keyed_nonce", "ratings=national_rating"]);
    let other = |name: &str| {
        let credentials = site.settings(|text| text.replace(name, "other.secret"));
        let secret = credentials.join("other.secret");
        std::fs::copy(site.platform.credentials().join("anhui.secret"), &secret).unwrap();
        std::fs::write(&secret, "00112233445566778899aabbccddeeff\n").unwrap();
        site.province_with(&credentials, Duration::ZERO, Arc::new(SystemEntropy::new()))
    };
    // Anhui gives such an application no token: the case itself was not sent.
    let error = other("anhui.secret").file(&plain_case(&site, 1)).await.unwrap_err();
    assert_eq!(error.kind(), CallErrorKind::Unreachable);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("access_refused"), "{cause}");
    let item = ItemId("convenience-directory".to_owned());
    let division = site.platform.admin().site().division.clone();
    let error = other("keyed-nonce.secret").directory(&item, &division).await.unwrap_err();
    assert_eq!(code(&error), ("access_refused", ErrorClass::Retryable));
    let error = other("national-rating.secret").rating_options().await.unwrap_err();
    assert_eq!(code(&error), ("access_refused", ErrorClass::Retryable));
    assert!(site.platform.admin().cases().unwrap().is_empty());
}

#[tokio::test]
async fn a_call_that_is_signed_in_another_way_than_its_path_wants_is_refused() {
    let site = Site::new(&["cases=anhui", "items=anhui", "board=anhui"]);
    let settings = |section: &'static str, signing: &'static str| {
        let set = format!("[{section}]\nsigning = {signing}\n");
        let credentials = site.settings(|text| text.replace(&format!("[{section}]\n"), &set));
        site.province_with(&credentials, Duration::ZERO, Arc::new(SystemEntropy::new()))
    };
    let weaker = settings("cases", "{ case = 'sm3' }");
    let error = weaker.file(&plain_case(&site, 1)).await.unwrap_err();
    assert_eq!(code(&error), ("access_refused", ErrorClass::Retryable));
    let none = settings("cases", "{ case = 'token' }");
    let error = none.file(&plain_case(&site, 1)).await.unwrap_err();
    assert_eq!(code(&error), ("access_refused", ErrorClass::Retryable));
    settings("cases", "{ case = 'hmac_sm3' }").file(&plain_case(&site, 1)).await.unwrap();
    let error = settings("board", "{ notices = 'sm3' }").notices().await.unwrap_err();
    assert_eq!(code(&error), ("access_refused", ErrorClass::Retryable));
}

#[tokio::test]
async fn clocks_may_be_five_minutes_apart() {
    let site = Site::new(&["cases=anhui", "items=keyed_nonce", "ratings=national_rating"]);
    let item = ItemId("convenience-directory".to_owned());
    let division = site.platform.admin().site().division.clone();
    for seconds in [300, -300] {
        ahead(&site, seconds).directory(&item, &division).await.unwrap();
        ahead(&site, seconds).rating_options().await.unwrap();
        ahead(&site, seconds).find(&plain_case(&site, 1).submission_id).await.unwrap();
    }
    for seconds in [301, -301] {
        let province = ahead(&site, seconds);
        let error = province.directory(&item, &division).await.unwrap_err();
        assert_eq!(code(&error), ("clock_skewed", ErrorClass::Retryable), "{seconds}");
        let error = province.rating_options().await.unwrap_err();
        assert_eq!(code(&error), ("clock_skewed", ErrorClass::Retryable), "{seconds}");
        let error = province.file(&plain_case(&site, 1)).await.unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("clock_skewed"), "{cause}");
    }
}

#[tokio::test]
async fn a_nonce_is_taken_once() {
    let site = Site::new(&["cases=keyed_nonce"]);
    let twin = || {
        let entropy = Arc::new(SeededEntropy::new(7));
        site.province_with(site.platform.credentials(), Duration::ZERO, entropy)
    };
    twin().file(&plain_case(&site, 1)).await.unwrap();
    // The same random bytes: the very request that somebody may have written down on its way.
    let error = twin().file(&plain_case(&site, 1)).await.unwrap_err();
    assert_eq!(code(&error), ("replayed", ErrorClass::Retryable));
    let error = twin().file(&plain_case(&site, 2)).await.unwrap_err();
    assert_eq!(code(&error), ("replayed", ErrorClass::Retryable));
    assert_eq!(site.platform.admin().cases().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_token_is_renewed_and_nobody_notices() {
    let site = Site::new(&["cases=anhui"]);
    let province = site.province();
    // One token opens five calls.
    for n in 1..=12 {
        province.file(&plain_case(&site, n)).await.unwrap();
    }
    let at_once = (13..=40).map(|n| {
        let (province, case) = (province.clone(), plain_case(&site, n));
        tokio::spawn(async move { province.file(&case).await })
    });
    for call in at_once.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(site.platform.admin().cases().unwrap().len(), 40);
}

#[tokio::test]
async fn a_token_that_the_gateway_forgot_is_renewed() {
    let site = Site::new(&["cases=anhui"]);
    let province = site.province();
    province.file(&plain_case(&site, 1)).await.unwrap();
    let listen = site.platform.url().strip_prefix("https://").unwrap().parse().unwrap();
    let Site { platform, folder } = site;
    drop(platform);
    let site = Site::again(folder, &["cases=anhui"], listen);
    // A kept connection may have died with the old one: that is the line's matter, not the token's.
    let mut filed = province.file(&plain_case(&site, 2)).await;
    if filed.is_err() {
        filed = province.file(&plain_case(&site, 2)).await;
    }
    filed.unwrap();
    assert_eq!(site.platform.admin().cases().unwrap().len(), 2);
}

#[tokio::test]
async fn a_second_rating_is_refused_by_name_and_the_same_one_is_not() {
    let site = Site::new(&["ratings=national_rating"]);
    let province = site.province();
    let case = plain_case(&site, 1);
    province.file(&case).await.unwrap();
    let rating = |n: u8| RatingRequest {
        rating_id: domain::case::SubmissionId::from_random([n; 16]),
        item_id: case.item_id.clone(),
        submission_id: Some(case.submission_id.clone()),
        terminal_id: site.terminal(),
        rated_at: case.filed_at,
        occasion: platform_client::contract::rating::RatingOccasion::Visit,
        text: None,
        level: domain::rating::RatingLevel::Satisfied,
        reasons: Vec::new(),
    };
    province.rate(&rating(1)).await.unwrap();
    assert_eq!(province.rate(&rating(1)).await.unwrap().rating_id, rating(1).rating_id);
    let error = province.rate(&rating(2)).await.unwrap_err();
    assert_eq!(code(&error), ("already_rated", ErrorClass::NeedsHuman));
}
