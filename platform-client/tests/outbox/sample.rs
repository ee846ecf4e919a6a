//! Submissions of people who do not exist.

use domain::case::{Applicant, Submission, SubmissionId};
use domain::form::FieldId;
use domain::form::answer::{Answer, AnswerSource, Answered, FormAnswers};
use domain::identity::{Assurance, Consent, FaceConsent, FaceMatch, IdentityWay, SharedDataConsent};
use domain::locale::Locale;
use domain::material::Picture;
use domain::personal::Personal;
use domain::service_item::{ItemId, Queueing};
use domain::terminal::{TerminalId, Timestamp};
use time::macros::datetime;

/// Stands in every personal value, and nowhere else: what holds it holds personal data.
pub(crate) const MARK: &str = "张示例䶮𠅤";
pub(crate) const NUMBER: &str = "990000194001010015";
pub(crate) const FILED_AT: Timestamp = datetime!(2026-11-24 10:24:07 +8);

pub(crate) fn terminal() -> TerminalId {
    TerminalId("YL-990001-01".to_owned())
}

pub(crate) fn id(n: u64) -> SubmissionId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    SubmissionId::from_random(bytes)
}

pub(crate) fn submission(n: u64, queueing: Queueing) -> Submission {
    let mut answers = FormAnswers::default();
    let answer = |answer| Answered { answer, source: AnswerSource::Resident };
    answers.set(FieldId::from("remark"), answer(Answer::Text(Personal::new(MARK))));
    answers.set(
        FieldId::from("holder"),
        answer(Answer::Person { name: Personal::new(MARK), number: Personal::new(NUMBER) }),
    );
    answers.set(FieldId::from("amount"), answer(Answer::Amount(12_050)));
    Submission {
        id: id(n),
        item: ItemId("old-age-allowance".to_owned()),
        item_version: "2026.11.1".to_owned(),
        filed_at: FILED_AT,
        terminal: terminal(),
        locale: Locale::ZhCn,
        applicant: Applicant {
            name: Personal::new(MARK),
            number: Personal::new(NUMBER),
            way: IdentityWay::Card,
            assurance: Assurance::CardAndFace,
            face: Some(FaceMatch::Matched),
        },
        agent: None,
        consent: Consent {
            item_version: "2026.11.1".to_owned(),
            at: FILED_AT,
            face: FaceConsent::Given,
            shared_data: SharedDataConsent::Given,
        },
        answers,
        provided: Vec::new(),
        queueing,
    }
}

/// The same with two pictures, each of so many bytes.
pub(crate) fn with_pictures(n: u64, queueing: Queueing, bytes: usize) -> Submission {
    let mut submission = submission(n, queueing);
    for (i, field) in ["photo", "place"].into_iter().enumerate() {
        let mut file = b"\xff\xd8".to_vec();
        file.extend(MARK.bytes());
        file.resize(bytes, u8::try_from(i).unwrap());
        let answer = Answer::Photo(Picture::new(file));
        submission.answers.set(FieldId::from(field), Answered { answer, source: AnswerSource::Resident });
    }
    submission
}
