//! Each fault over real TLS, as the terminal's own client meets it: what it means, and what the technician reads.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::terminal::TerminalId;
use platform_client::clock::SystemClock;
use platform_client::contract::envelope::ErrorClass;
use platform_client::credentials::Credentials;
use platform_client::dialect::Dialects;
use platform_client::entropy::SystemEntropy;
use platform_client::error::{CallError, CallErrorKind as Kind};
use platform_client::http::Timeouts;
use platform_client::province::{Province, ProvinceConfig};
use platform_client::sim::fault::{self, Fault};

use crate::asking::{Asking, TERMINAL};

const UNKNOWN: Kind = Kind::OutcomeUnknown;
const RETRY: Kind = Kind::Refused(ErrorClass::Retryable);

/// Fault, what it means to the program, what the technician reads.
const TABLE: &[(&str, Kind, &str)] = &[
    ("province.down", Kind::Unreachable, "the province cannot be reached"),
    ("province.tls_hang", Kind::Unreachable, "the province cannot be reached"),
    ("province.tls_reset", Kind::Unreachable, "the province cannot be reached"),
    ("province.tls_expired", Kind::Tls, "certificate has expired, or the terminal's clock is wrong"),
    (
        "province.tls_not_yet_valid",
        Kind::Tls,
        "certificate is not valid yet, or the terminal's clock is wrong",
    ),
    ("province.tls_wrong_name", Kind::Tls, "the certificate is for another name"),
    ("province.tls_unknown_issuer", Kind::Tls, "the certificate's issuer is not trusted"),
    ("province.unavailable", RETRY, "the province says no: unavailable (retryable)"),
    ("province.rate_limited_429", RETRY, "the province says no: too_many_requests (retryable)"),
    ("province.needs_user", Kind::Refused(ErrorClass::NeedsUser), "says no: form_refused (needs_user)"),
    ("province.needs_human", Kind::Refused(ErrorClass::NeedsHuman), "says no: not_admitted (needs_human)"),
    ("province.fatal", Kind::Refused(ErrorClass::Fatal), "says no: content_refused (fatal)"),
    ("province.silent", UNKNOWN, "sent, but no answer came (time over)"),
    ("province.drop_before_commit@notices", UNKNOWN, "sent, but no answer came (connection ended)"),
    ("province.drop_after_commit@notices", UNKNOWN, "sent, but no answer came (connection ended)"),
    ("province.half_answer@notices", UNKNOWN, "sent, but no answer came (connection ended)"),
    ("province.slow_drip", UNKNOWN, "sent, but no answer came (time over)"),
    ("province.error_200", RETRY, "the province says no: internal (retryable)"),
    ("province.wrong_content_type", Kind::BadAnswer, "another content type"),
    ("province.redirect", Kind::BadAnswer, "(HTTP 302) is not what the contract says: a redirect"),
    ("province.gzip_bomb", Kind::BadAnswer, "compressed"),
    ("province.huge_answer", Kind::BadAnswer, "too long"),
    ("province.endless_answer", Kind::BadAnswer, "too long"),
    ("province.invalid_json", Kind::BadAnswer, "unreadable at line"),
];

/// Faults that are no failure of a call for the notices, and where they are seen instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("province.slow", "the answer comes: `faults::a_slow_answer_comes`"),
    ("province.very_slow", "the answer comes, later than a resident waits without a word"),
    ("province.wrong_case", "`an_answer_about_another_case_is_none`"),
    ("province.duplicate_answer", "`an_answer_that_comes_twice_answers_one_question`"),
    ("province.clock_skew", "`a_clock_that_is_wrong_is_only_said`"),
    ("province.refuse", "a receipt: `faults::departments_that_say_no_or_want_more`"),
    ("province.supplement", "a receipt: `faults::departments_that_say_no_or_want_more`"),
    ("province.catalogue_broken", "`faults::a_broken_catalogue_has_another_tag`"),
    ("province.seal_altered", "an answer, whose seal is checked: `tests/seals`"),
    ("province.seal_expired", "the same"),
    ("province.seal_unknown_issuer", "the same"),
    ("province.seal_missing", "the same"),
];

fn province(asking: &Asking) -> Province {
    let config = ProvinceConfig {
        url: asking.platform.url().to_owned(),
        credentials: Credentials::read(asking.platform.credentials()).unwrap(),
        terminal: TerminalId(TERMINAL.to_owned()),
        dialects: Dialects::default(),
        timeouts: Timeouts { connect: Duration::from_millis(1500), call: Duration::from_secs(3) },
    };
    let clock = SystemClock::new(time::macros::offset!(+8));
    Province::new(config, Arc::new(clock), Arc::new(SystemEntropy::new())).unwrap()
}

/// What an error tells a technician: itself and its causes.
fn chain(error: &CallError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn every_fault_has_its_meaning_and_its_words() {
    for (name, kind, technician) in TABLE {
        let asking = Asking::begin();
        asking.platform.admin().set_fault(name.parse().unwrap());
        let began = Instant::now();
        let error = province(&asking).notices().await.unwrap_err();
        assert_eq!(error.kind(), *kind, "{name}: {}", chain(&error));
        assert!(error.to_string().contains(technician), "{name}: {error}");
        assert!(began.elapsed() < Duration::from_secs(8), "{name}: within its time");
        // The cause is told apart from the message, and names no address of a person.
        assert!(!chain(&error).contains("990000"), "{name}");
        // Once the fault is gone, the same client is served.
        asking.platform.admin().clear_faults();
        province(&asking)
            .notices()
            .await
            .unwrap_or_else(|error| panic!("{name}, cleared: {}", chain(&error)));
    }
}

#[test]
fn no_fault_is_left_out() {
    let here: Vec<&str> = TABLE.iter().map(|row| row.0).chain(ELSEWHERE.iter().map(|row| row.0)).collect();
    for name in fault::list() {
        let bare = |here: &&&str| here.split('@').next() == Some(name.name);
        assert_eq!(here.iter().filter(bare).count(), 1, "{}", name.name);
    }
}

#[tokio::test]
async fn an_answer_about_another_case_is_none() {
    let asking = Asking::begin();
    asking.platform.admin().set_fault("province.wrong_case@look_up".parse().unwrap());
    let case = crate::asking::appeal(1);
    crate::asking::ok(asking.submit(&case)).await;
    let id = domain::case::SubmissionId::try_from("01".repeat(16)).unwrap();
    let error = province(&asking).find(&id).await.unwrap_err();
    assert_eq!(error.kind(), Kind::BadAnswer);
    assert!(error.to_string().contains("it answers another question"), "{error}");
}

/// The second copy lies on the connection when the next call goes out. It must never be taken for that call's answer: two
/// states of cases look alike, and the paper would be another person's.
#[tokio::test]
async fn an_answer_that_comes_twice_answers_one_question() {
    let asking = Asking::begin();
    let mut numbers = Vec::new();
    for key in [1, 2] {
        let receipt = crate::asking::ok(asking.submit(&crate::asking::appeal(key))).await;
        let number = receipt["applicationNumber"].as_str().unwrap().to_owned();
        numbers.push(domain::case::ApplicationNumber::try_from(number).unwrap());
    }
    asking.platform.admin().set_fault("province.duplicate_answer@status".parse().unwrap());
    let province = province(&asking);
    let mut refused = 0;
    for number in numbers.iter().cycle().take(40) {
        match province.case_status(number).await {
            Ok(status) => assert_eq!(status.application_number, *number, "another case's state"),
            Err(error) => {
                assert!(matches!(error.kind(), Kind::BadAnswer | UNKNOWN), "{}", chain(&error));
                refused += 1;
            }
        }
    }
    assert!(refused < 40, "a copy costs one call at most");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_only_said() {
    let asking = Asking::begin();
    asking.platform.admin().set_fault("province.clock_skew".parse().unwrap());
    let answer = asking.client.get(asking.url("/v1/notices")).send().await.unwrap();
    assert_eq!(crate::asking::json_of(answer).await["serverTime"], "2026-11-24T11:24:00+08:00");
    assert!(province(&asking).notices().await.is_ok());
}

#[tokio::test]
async fn a_drip_is_whole_for_who_waits() {
    let asking = Asking::begin();
    asking.platform.admin().set_fault("province.slow_drip@warnings".parse().unwrap());
    let began = Instant::now();
    let mut response = asking.client.get(asking.url("/v1/warnings")).send().await.unwrap();
    assert!(response.content_length().is_some_and(|length| length > 100), "its length is announced");
    let mut seen = Vec::new();
    while seen.len() < 3 {
        seen.extend_from_slice(&response.chunk().await.unwrap().unwrap());
    }
    assert!(began.elapsed() >= Duration::from_secs(3) && seen.starts_with(b"{\"c"), "a byte a second");
}

/// The same seed, moment and order of calls: the same bytes, with faults by chance among them.
#[tokio::test]
async fn the_same_run_gives_the_same_bytes() {
    let run = async || {
        let asking = Asking::begin();
        for fault in
            ["province.unavailable~0.3", "province.invalid_json_every_4", "province.error_200~0.1@submit"]
        {
            asking.platform.admin().set_fault(fault.parse::<Fault>().unwrap());
        }
        let mut all: Vec<(u16, Vec<u8>)> = Vec::new();
        for key in 1..30 {
            for call in
                [asking.submit(&crate::asking::appeal(key)), asking.client.get(asking.url("/v1/warnings"))]
            {
                let response = call.header("yilin-request-id", format!("r-{key}")).send().await.unwrap();
                let status = response.status().as_u16();
                all.push((status, response.bytes().await.unwrap().to_vec()));
            }
        }
        all
    };
    let first = run().await;
    assert_eq!(first, run().await);
    let refused = first.iter().filter(|(status, _)| *status == 503).count();
    assert!((5..=35).contains(&refused), "{refused} of 58 met a chance of three in ten");
}
