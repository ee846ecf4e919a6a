//! The same pack through every dialect, and a platform that is wrong behind one.

use platform_client::operation::Interface;
use platform_client::sim::conformance::{Outcome, Scope, points};

use crate::town::Town;

fn everywhere(dialect: &str) -> Vec<String> {
    Interface::ALL.iter().map(|interface| format!("{}={dialect}", interface.word())).collect()
}

/// Every point is passed, or it is about the contract's own wire, or it is one of `silent`, and each says so.
async fn check(dialects: &[String], silent: &[&str]) {
    let town = Town::speaking(dialects, None);
    let report = town.pack(1).await.run().await;
    let mut others = Vec::new();
    for point in &report.points {
        let id = point.point.id.as_str();
        match &point.outcome {
            Outcome::Pass => {}
            // Its token cannot be prepared here.
            Outcome::NotApplicable(reason) if id == "session.expired_token" => {
                assert!(reason.en.contains("--prepared"), "{}", reason.en);
            }
            Outcome::NotApplicable(reason) => {
                assert!(reason.en.starts_with("not in this dialect: "), "{id}: {}", reason.en);
                others.extend((point.point.scope != Scope::Canonical).then_some(id));
            }
            Outcome::Fail(finding) => panic!("{dialects:?}: {id}: {finding:?} {:#?}", point.exchanges),
        }
    }
    assert_eq!(others, silent, "{dialects:?}");
    assert!(report.count("pass") > points().len() / 2, "{dialects:?}");
}

/// What nobody can say who has a call for each address and no bytes of his own to send.
const NO_CALL: [&str; 4] =
    ["envelope.error", "envelope.class_of_code", "envelope.code_shape", "privacy.error_message"];
/// What is about a key, or asks by one, besides.
const NO_KEYS: [&str; 17] = [
    "envelope.error",
    "envelope.class_of_code",
    "envelope.code_shape",
    "case.same_key_same_answer",
    "case.key_reused",
    "case.filed_at_counts",
    "case.look_up",
    "case.look_up_unknown",
    "case.at_once",
    "state.agrees",
    "withdrawal.again",
    "appeal.same_key_same_answer",
    "rating.same_id_same_answer",
    "rating.id_reused",
    "appointment.same_key_same_answer",
    "volunteer.same_key_same_answer",
    "privacy.error_message",
];

#[tokio::test]
async fn anhui_everywhere() {
    check(&everywhere("anhui"), &NO_CALL).await;
}

#[tokio::test]
async fn keyed_nonce_everywhere() {
    check(&everywhere("keyed_nonce"), &NO_CALL).await;
}

#[tokio::test]
async fn bare_everywhere() {
    check(&everywhere("bare"), &NO_KEYS).await;
}

#[tokio::test]
async fn national_ratings_beside_the_contract() {
    check(&["ratings=national_rating".to_owned()], &[]).await;
}

/// A platform that breaks one point, whatever it speaks: the pack finds this point and no other.
#[tokio::test]
async fn a_wrong_platform_is_found_behind_every_dialect() {
    let cases = [
        ("anhui", &["case.key_reused", "rating.five_levels", "item.suggestions", "event.repeat_ignored"][..]),
        (
            "keyed_nonce",
            &["case.same_key_same_answer", "draft.read", "licence.rendered", "session.rare_name"],
        ),
        ("bare", &["case.number", "rating.low_needs_reason", "appointment.cancelled", "upload.offset"]),
    ];
    for (dialect, wrong) in cases {
        for id in wrong {
            found(&everywhere(dialect), id).await;
        }
    }
    for id in ["rating.kept", "rating.second_refused", "rating.no_sixth_level"] {
        found(&["ratings=national_rating".to_owned()], id).await;
    }
}

async fn found(dialects: &[String], id: &str) {
    let point = points().iter().find(|point| point.id == id).unwrap();
    let town = Town::speaking(dialects, Some(id.parse().unwrap()));
    let report = town.pack(1).await.run_where(|p| p.group == point.group).await;
    assert_eq!(report.failed(), [id], "{dialects:?}: a platform that breaks {id}");
}
