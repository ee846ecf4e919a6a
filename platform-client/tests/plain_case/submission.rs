//! A case as the terminal hands it over, of a fictitious person, filed with their card: for tests and benchmarks.

use domain::case::{Applicant, Submission, SubmissionId};
use domain::form::FieldId;
use domain::form::answer::{Answer, AnswerSource, Answered, FormAnswers};
use domain::identity::{Assurance, Consent, FaceConsent, IdentityWay, SharedDataConsent};
use domain::locale::Locale;
use domain::personal::Personal;
use domain::service_item::{ItemId, Queueing};
use domain::terminal::{TerminalId, Timestamp};

/// A case of this item with these answers, filed at this moment.
pub(crate) fn plain_case(
    id: SubmissionId,
    item: &str,
    queueing: Queueing,
    filed_at: Timestamp,
    terminal: TerminalId,
    fields: Vec<(&str, Answer)>,
) -> Submission {
    let mut answers = FormAnswers::default();
    for (field, answer) in fields {
        answers.set(FieldId::from(field), Answered { answer, source: AnswerSource::Resident });
    }
    Submission {
        id,
        item: ItemId(item.to_owned()),
        item_version: "2026.11.1".to_owned(),
        filed_at,
        terminal,
        locale: Locale::ZhCn,
        applicant: Applicant {
            name: Personal::new("张示例"),
            number: Personal::new("990000194001010014"),
            way: IdentityWay::Card,
            assurance: Assurance::CardOrQr,
            face: None,
        },
        agent: None,
        consent: Consent {
            item_version: "2026.11.1".to_owned(),
            at: filed_at,
            face: FaceConsent::NotAsked,
            shared_data: SharedDataConsent::Given,
        },
        answers,
        provided: Vec::new(),
        queueing,
    }
}
