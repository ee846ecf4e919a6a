//! What stands on the wire, typed by hand from the contract's page.

use super::case::{
    AnswerOrigin, AnswerValue, CaseOutcome, CaseReceipt, CaseState, FieldAnswer, ProvidedLicence,
    ProvidedMaterial,
};
use super::envelope::{Envelope, ErrorClass};
use super::item::{Inquiry, PrefilledValue};
use super::licence::AuthorisationId;
use super::session::{IdentityEvidence, SessionRequest};
use domain::case::{ApplicationNumber, CaseNumber, SubmissionId};
use domain::form::FieldId;
use domain::licence::LicenceId;
use domain::locale::Localized;
use domain::material::MaterialSource;
use domain::personal::Personal;
use domain::resident_id::CardKind;
use domain::terminal::TerminalId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::macros::{date, datetime};

fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, wire: &Value) {
    assert_eq!(&serde_json::to_value(value).unwrap(), wire);
    assert_eq!(&serde_json::from_value::<T>(wire.clone()).unwrap(), value);
}

fn application() -> ApplicationNumber {
    ApplicationNumber::try_from("SQ-1".to_owned()).unwrap()
}

#[test]
fn an_error_has_its_class_beside_its_code() {
    let envelope: Envelope<CaseReceipt> = Envelope {
        code: "unavailable".into(),
        message: "maintenance".into(),
        data: None,
        error_class: Some(ErrorClass::NeedsHuman),
        request_id: "r1".into(),
        server_time: datetime!(2026-11-24 10:24:00 +8),
    };
    check(
        &envelope,
        &json!({"code": "unavailable", "message": "maintenance", "data": null, "errorClass": "needs_human",
                "requestId": "r1", "serverTime": "2026-11-24T10:24:00+08:00"}),
    );
}

#[test]
fn a_receipt_says_its_outcome_flat() {
    let receipt = |outcome| CaseReceipt {
        submission_id: SubmissionId::from_random([1; 16]),
        received_at: datetime!(2026-11-24 10:24:00 +8),
        outcome,
        decided_by: Some(Localized::new("示例省", "Example Province")),
    };
    let base = json!({"submissionId": "01010101010101010101010101010101", "receivedAt": "2026-11-24T10:24:00+08:00",
                      "decidedBy": {"zh-CN": "示例省", "en": "Example Province"}});
    let wire = |rest: Value| {
        let mut all = base.clone();
        all.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        all
    };
    let text = Localized::new("缺", "missing");
    let text_json = json!({"zh-CN": "缺", "en": "missing"});
    check(
        &receipt(CaseOutcome::Received { application_number: application() }),
        &wire(json!({"outcome": "received", "applicationNumber": "SQ-1"})),
    );
    check(
        &receipt(CaseOutcome::Accepted {
            application_number: application(),
            case_number: CaseNumber::try_from("BJ-1".to_owned()).unwrap(),
        }),
        &wire(json!({"outcome": "accepted", "applicationNumber": "SQ-1", "caseNumber": "BJ-1"})),
    );
    check(
        &receipt(CaseOutcome::SupplementRequired { application_number: application(), what: text.clone() }),
        &wire(json!({"outcome": "supplement_required", "applicationNumber": "SQ-1", "what": text_json})),
    );
    check(
        &receipt(CaseOutcome::NotAccepted { application_number: None, reason: text }),
        &wire(json!({"outcome": "not_accepted", "applicationNumber": null, "reason": text_json})),
    );
    check(
        &receipt(CaseOutcome::AlreadyApplied { application_number: application() }),
        &wire(json!({"outcome": "already_applied", "applicationNumber": "SQ-1"})),
    );
    let no_number = wire(json!({"outcome": "accepted", "applicationNumber": "SQ-1"}));
    assert!(serde_json::from_value::<CaseReceipt>(no_number).is_err(), "accepted without a case number");
}

#[test]
fn an_answer_has_its_kind_beside_it() {
    let cases = [
        (AnswerValue::Choice("bank".into()), json!({"kind": "choice", "value": "bank"})),
        (AnswerValue::YesNo(super::case::YesNoWord::Yes), json!({"kind": "yes_no", "value": "yes"})),
        (AnswerValue::Text(Personal::new("示例")), json!({"kind": "text", "value": "示例"})),
        (AnswerValue::Number(3), json!({"kind": "number", "value": 3})),
        (AnswerValue::Date(date!(1940 - 02 - 09)), json!({"kind": "date", "value": "1940-02-09"})),
        (AnswerValue::Amount(12_050), json!({"kind": "amount", "value": 12050})),
        (
            AnswerValue::Division("990001".to_owned().try_into().unwrap()),
            json!({"kind": "division", "value": "990001"}),
        ),
        (
            AnswerValue::Person { name: Personal::new("张示例"), number: Personal::new("9") },
            json!({"kind": "person", "value": {"name": "张示例", "number": "9"}}),
        ),
        (
            AnswerValue::Photo(super::material::MaterialId("m-1".into())),
            json!({"kind": "photo", "value": "m-1"}),
        ),
    ];
    for (value, wire) in cases {
        let mut field_wire = json!({"field": "f", "source": "card"});
        field_wire.as_object_mut().unwrap().extend(wire.as_object().unwrap().clone());
        let field = FieldAnswer {
            field: FieldId::from("f"),
            value: value.clone(),
            source: AnswerOrigin::Card,
            holder: None,
        };
        check(&field, &field_wire);
    }
}

#[test]
fn evidence_and_inquiry_say_which_they_are() {
    check(
        &SessionRequest {
            terminal_id: TerminalId("T-1".into()),
            evidence: IdentityEvidence::Card {
                kind: CardKind::HmtResidence,
                name: Personal::new("李样本"),
                number: Personal::new("990000194001010015"),
                issuer: Personal::new("示例市公安局"),
                valid_from: date!(2020 - 01 - 02),
                valid_to: None,
            },
        },
        &json!({"terminalId": "T-1", "way": "card", "kind": "hmt_residence", "name": "李样本",
                "number": "990000194001010015", "issuer": "示例市公安局", "validFrom": "2020-01-02", "validTo": null}),
    );
    check(
        &PrefilledValue {
            key: "bank_card".into(),
            value: Personal::new("6200"),
            source: Localized::new("人社局", "HRSS Bureau"),
        },
        &json!({"key": "bank_card", "value": "6200", "source": {"zh-CN": "人社局", "en": "HRSS Bureau"}}),
    );
    check(&Inquiry::Open, &json!({"state": "open"}));
    check(
        &Inquiry::NothingToDo {
            valid_until: date!(2027 - 06 - 30),
            message: Localized::new("已认证", "certified"),
        },
        &json!({"state": "nothing_to_do", "validUntil": "2027-06-30",
                "message": {"zh-CN": "已认证", "en": "certified"}}),
    );
}

#[test]
fn bytes_are_base64_and_a_bad_day_or_file_is_refused_without_its_text() {
    check(&super::bytes::FileBytes(vec![0xfb, 0xff, 0x00]), &json!("+/8A"));
    for wire in [json!({"kind": "date", "value": "机密"}), json!({"kind": "date", "value": "1940-13-01"})] {
        let error = serde_json::from_value::<AnswerValue>(wire).unwrap_err().to_string();
        assert!(!error.contains("机密") && !error.contains("1940"), "{error}");
    }
    let error = serde_json::from_value::<super::bytes::FileBytes>(json!("机密")).unwrap_err().to_string();
    assert!(!error.contains("机密"), "{error}");
}

#[test]
fn what_an_answer_and_a_material_come_from_is_said() {
    check(
        &FieldAnswer {
            field: FieldId::from("phone"),
            value: AnswerValue::Text(Personal::new("11100000001")),
            source: AnswerOrigin::Shared,
            holder: Some(Localized::new("人社局", "HRSS Bureau")),
        },
        &json!({"field": "phone", "kind": "text", "value": "11100000001", "source": "shared",
                "holder": {"zh-CN": "人社局", "en": "HRSS Bureau"}}),
    );
    check(
        &ProvidedMaterial {
            requirement: "identity-card".into(),
            source: MaterialSource::LicenceLibrary,
            material: None,
            authorisation: Some(AuthorisationId("a-1".into())),
            licence: Some(ProvidedLicence {
                licence_id: LicenceId::new("99000000000000000001A", "11990000MB9900021N", "1", "001")
                    .unwrap(),
                sha256: "ab".repeat(32),
            }),
        },
        &json!({"requirement": "identity-card", "source": "licence_library", "material": null, "authorisation": "a-1",
                "licence": {"licenceId": "1.2.156.3005.2.99000000000000000001A.11990000MB9900021N.1.001.J", "sha256": "ab".repeat(32)}}),
    );
    for (source, word) in [
        (MaterialSource::Upload, "upload"),
        (MaterialSource::LicenceLibrary, "licence_library"),
        (MaterialSource::Courier, "courier"),
        (MaterialSource::Window, "window"),
        (MaterialSource::Form, "form"),
        (MaterialSource::DataSharing, "data_sharing"),
    ] {
        check(&source, &json!(word));
    }
    for (state, word) in [
        (CaseState::Draft, "draft"),
        (CaseState::Submitted, "submitted"),
        (CaseState::Accepted, "accepted"),
        (CaseState::SupplementRequired, "supplement_required"),
        (CaseState::InProgress, "in_progress"),
        (CaseState::Concluded, "concluded"),
        (CaseState::NotAccepted, "not_accepted"),
        (CaseState::Withdrawn, "withdrawn"),
    ] {
        check(&state, &json!(word));
    }
}

/// What a terminal of before sends is still read.
#[test]
fn what_came_later_may_be_absent() {
    let rating: super::rating::RatingRequest = serde_json::from_value(json!({
        "ratingId": "01".repeat(16), "itemId": "x", "submissionId": null, "terminalId": "T-1",
        "ratedAt": "2026-11-24T10:24:00+08:00", "level": "satisfied", "reasons": [],
    }))
    .unwrap();
    assert_eq!((rating.occasion, rating.text), (super::rating::RatingOccasion::Visit, None));
    let files: super::catalogue::CatalogueFiles = serde_json::from_value(json!({
        "version": "2026.11.1", "publishedAt": "2026-11-24T10:24:00+08:00", "items": [],
    }))
    .unwrap();
    assert_eq!((files.site, files.signature), (None, None));
}
