//! One body and one address for each call, as a terminal of the fictitious city would write them. Nobody in them exists.
//!
//! They are of one story, so that a platform that has the earlier ones takes the later ones.

use crate::operation::Operation;
use serde_json::{Value, json};

use Operation as O;

const TERMINAL: &str = "T99000100100101";
const AT: &str = "2026-11-24T10:20:00+08:00";
/// A point of the curve: GB/T 32918.5-2017, annex A.
const SLIP_KEY: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
                        ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// The idempotency key of a call's example.
pub(super) fn key(operation: Operation) -> String {
    let first = match operation {
        O::Case => "01",
        O::SaveDraft => "02",
        O::Supplement => "03",
        O::Withdraw => "04",
        O::Rating => "05",
        O::Appeal => "06",
        O::AppealFeedback => "07",
        O::Book => "08",
        O::CancelAppointment => "09",
        _ => "0a",
    };
    first.repeat(16)
}

/// What stands in the path of a call's example.
pub(super) fn of_path(operation: Operation, name: &str) -> Value {
    match (operation, name) {
        (O::Certificate, _) => json!("participation-certificate"),
        (O::Directory, _) => json!("convenience-directory"),
        (_, "itemId") => json!("old-age-allowance"),
        (_, "sessionId") => json!("00000000000000000000000000000000"),
        (_, "materialId") => json!("m-2"),
        (_, "submissionId") => json!(key(O::Case)),
        (_, "draftId") => json!(key(O::SaveDraft)),
        (_, "applicationNumber") => json!("SQ-20261124-0000001"),
        (_, "appealNumber") => json!("SJ-20261124-0000001"),
        (_, "appointmentNumber") => json!("YY-20261124-0000001"),
        _ => json!("meals-20261125"),
    }
}

/// The body of a call's example.
pub(super) fn body(operation: Operation) -> Value {
    let key = key(operation);
    let purpose = json!({"zh-CN": "申请高龄津贴", "en": "To apply for the old-age allowance"});
    let said = |field: &str, kind: &str, value: &str| json!({"field": field, "kind": kind, "value": value, "source": "resident"});
    match operation {
        O::Activate => json!({"terminalId": TERMINAL, "softwareVersion": "0.1.0", "slipKeys": [{
            "publicKey": SLIP_KEY, "from": "2026-01-01T00:00:00+08:00", "until": "2027-01-01T00:00:00+08:00"
        }]}),
        O::Heartbeat => json!({
            "terminalId": TERMINAL, "at": AT, "softwareVersion": "0.1.0", "devices": {"receipt_printer": "online"},
            "paper": "full", "outboxWaiting": 0, "outboxNeedsHuman": 0,
        }),
        O::Events => json!({"terminalId": TERMINAL, "events": [
            {"number": 1, "at": AT, "kind": "visit_ended", "itemId": "old-age-allowance", "details": {"outcome": "received"}},
        ]}),
        O::Supplies => json!({"terminalId": TERMINAL, "at": AT, "supplies": [
            {"kind": "receipt_paper", "level": "low", "percent": 12, "replaced": "2026-11-01"},
        ]}),
        O::Faults => json!({
            "terminalId": TERMINAL, "number": 7, "device": "receipt_printer", "cause": "paper_jam", "mender": "keeper",
            "since": AT, "clearedAt": null,
        }),
        O::OpenSession => json!({
            "terminalId": TERMINAL, "way": "card", "kind": "resident", "name": "张示例", "number": "990000194001010014",
            "issuer": "样本市公安局测试分局", "validFrom": "2016-01-01", "validTo": null,
        }),
        O::SendSms => json!({"terminalId": TERMINAL, "number": "990000194001010014"}),
        O::FaceVerdict => json!({
            "terminalId": TERMINAL, "engine": {"name": "示例引擎", "version": "7.2", "certificate": null},
            "score": 0.83, "threshold": 0.7, "matched": true, "presentationAttack": "not_checked",
        }),
        O::StaffSignIn => json!({"terminalId": TERMINAL, "badge": "990101", "pin": "246810"}),
        O::Inquiry | O::Suggestions => json!({"terminalId": TERMINAL}),
        O::Prefill => json!({
            "terminalId": TERMINAL, "consent": {"itemVersion": "2026.11.1", "at": AT}, "keys": ["phone", "bank_card"],
        }),
        O::Certificate => json!({
            "terminalId": TERMINAL, "purpose": {"zh-CN": "租房", "en": "Renting"}, "locale": "zh-CN",
            "answers": [said("insurance", "choice", "employee_pension"), said("period", "choice", "last_12_months")],
        }),
        O::BeginUpload => json!({
            "terminalId": TERMINAL, "id": "m-2", "sha256": SHA256, "mediaType": "application/pdf", "length": 3,
        }),
        O::Case => case(&key),
        O::SaveDraft => json!({
            "draftId": key, "itemId": "appeal-12345", "itemVersion": "2026.11.1", "terminalId": TERMINAL,
            "answers": [said("topic", "choice", "roads")],
        }),
        O::Supplement => json!({
            "supplementId": key, "terminalId": TERMINAL, "suppliedAt": AT,
            "answers": [said("place", "text", "东门路口")], "materials": [],
        }),
        O::Withdraw => {
            json!({"withdrawalId": key, "terminalId": TERMINAL, "withdrawnAt": AT, "reason": "不用办了"})
        }
        O::LicenceSms => json!({"terminalId": TERMINAL, "purpose": purpose}),
        O::AuthoriseLicences => json!({
            "terminalId": TERMINAL, "place": "990001001001", "itemId": "old-age-allowance", "purpose": purpose,
            "by": "sms", "code": "000000",
        }),
        O::Licences => json!({"terminalId": TERMINAL, "authorisationId": "00000000000000000000000000000000"}),
        O::RenderLicence => json!({
            "terminalId": TERMINAL, "authorisationId": "00000000000000000000000000000000",
            "licenceId": "1.2.156.3005.2.99000000000000000001A.11990000MB9900021N.990000000001.001.N",
        }),
        O::Rating => json!({
            "ratingId": key, "itemId": "appeal-12345", "submissionId": self::key(O::Case), "terminalId": TERMINAL,
            "ratedAt": AT, "level": "satisfied", "occasion": "visit", "text": null, "reasons": [],
        }),
        O::AssistCall => json!({"terminalId": TERMINAL, "itemId": null, "page": "home", "at": AT}),
        O::Callback => json!({"terminalId": TERMINAL, "itemId": null, "phone": "11100000001", "at": AT}),
        O::Appeal => json!({
            "appealId": key, "terminalId": TERMINAL, "toldAt": AT, "topic": "roads", "division": "990001001001",
            "place": "东门路口", "text": "路灯坏了三天", "photos": [], "phone": null,
        }),
        O::AppealFeedback => json!({
            "feedbackId": key, "terminalId": TERMINAL, "resolution": "resolved", "level": "satisfied",
        }),
        O::Book => {
            json!({"appointmentId": key, "terminalId": TERMINAL, "slotId": "legal-advice-20261125-0900"})
        }
        O::CancelAppointment => json!({"cancellationId": key, "terminalId": TERMINAL}),
        O::SignUp => json!({"signUpId": key, "terminalId": TERMINAL, "phone": "11100000001"}),
        _ => Value::Null,
    }
}

fn case(key: &str) -> Value {
    let said = |field: &str, kind: &str, value: &str| json!({"field": field, "kind": kind, "value": value, "source": "resident"});
    json!({
        "submissionId": key, "itemId": "appeal-12345", "itemVersion": "2026.11.1", "filedAt": AT, "terminalId": TERMINAL,
        "locale": "zh-CN",
        "applicant": {
            "name": "张示例", "number": "990000194001010014", "way": "card", "assurance": "card_or_qr", "face": null,
        },
        "agent": null,
        "consent": {"itemVersion": "2026.11.1", "at": AT, "face": "not_asked", "sharedData": "given"},
        "answers": [
            said("topic", "choice", "roads"), said("area", "division", "990001001001"), said("place", "text", "东门路口"),
            said("what", "text", "路灯坏了三天"), said("answer_by_phone", "yes_no", "no"),
        ],
        "provided": [], "materials": [],
    })
}
