//! 办件: what is filed, and what the province answers.

use super::day;
use super::material::MaterialId;
use domain::case::{ApplicationNumber, CaseNumber, SubmissionId};
use domain::division::DivisionCode;
use domain::form::FieldId;
use domain::identity::{Assurance, Consent, FaceConsent, FaceMatch, IdentityWay, SharedDataConsent, Worker};
use domain::locale::{Locale, Localized};
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use time::Date;

/// The body of [`super::path::CASES`]. The same key with the same body is the same case, however often it comes; the
/// same key with another body is refused (`key_reused`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseRequest {
    /// The idempotency key, as in the header.
    pub submission_id: SubmissionId,
    /// The item.
    pub item_id: ItemId,
    /// The version of the item that was shown.
    pub item_version: String,
    /// When the resident filed it: counts for the applicant, however late the case arrives.
    #[serde(with = "time::serde::rfc3339")]
    pub filed_at: Timestamp,
    /// Where.
    pub terminal_id: TerminalId,
    /// The language of the visit.
    pub locale: Locale,
    /// Who it is for.
    pub applicant: Applicant,
    /// The worker who acted for them; null when nobody did.
    pub agent: Option<Worker>,
    /// What was agreed to.
    pub consent: ConsentRecord,
    /// The reviewed answers, in the order of the field ids.
    pub answers: Vec<FieldAnswer>,
    /// The materials that the answers name, each handed in before the case.
    pub materials: Vec<MaterialReference>,
}

/// Who a case is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Applicant {
    /// The name in today's code points.
    pub name: Personal,
    /// The number of the identity card.
    pub number: Personal,
    /// How the person was identified.
    pub way: IdentityWay,
    /// How sure that is.
    pub assurance: Assurance,
    /// What the camera said; null when it was not asked.
    pub face: Option<FaceMatch>,
}

/// What was agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentRecord {
    /// The version of the item whose notice was shown.
    pub item_version: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: Timestamp,
    /// The separate consent for the face.
    pub face: FaceConsent,
    /// Whether data that the province holds may be read in.
    pub shared_data: SharedDataConsent,
}

impl From<&Consent> for ConsentRecord {
    fn from(c: &Consent) -> Self {
        Self { item_version: c.item_version.clone(), at: c.at, face: c.face, shared_data: c.shared_data }
    }
}

/// One answer of the form: `{"field", "kind", "value", "source"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldAnswer {
    /// The field.
    pub field: FieldId,
    /// The value, with its kind.
    #[serde(flatten)]
    pub value: AnswerValue,
    /// Where it came from.
    pub source: AnswerOrigin,
}

/// A value with its kind: `{"kind": "amount", "value": 12050}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AnswerValue {
    /// The value of the option.
    Choice(String),
    /// `yes` or `no`.
    YesNo(YesNoWord),
    /// What was typed.
    Text(Personal),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(#[serde(with = "day")] Date),
    /// Money, in fen.
    Amount(i64),
    /// 6, 9 or 12 digits.
    Division(DivisionCode),
    /// A person.
    Person {
        /// The name.
        name: Personal,
        /// The number of the identity card.
        number: Personal,
    },
    /// A picture: one of the case's materials.
    Photo(MaterialId),
    /// A signature, a PNG of the ink: one of the case's materials.
    Signature(MaterialId),
}

/// `yes` or `no`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YesNoWord {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerOrigin {
    /// The resident gave it.
    Resident,
    /// Read from the card.
    Card,
    /// The province's shared data.
    Shared,
}

/// A material of the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MaterialReference {
    /// The material.
    pub id: MaterialId,
    /// Its digest: 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// `image/jpeg` or `image/png`.
    pub media_type: String,
}

/// The answer of [`super::path::CASES`] and [`super::path::CASE_BY_KEY`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseReceipt {
    /// The submission that this is about.
    pub submission_id: SubmissionId,
    /// When the province first had it.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: Timestamp,
    /// What became of it so far.
    #[serde(flatten)]
    pub outcome: CaseOutcome,
    /// The place that decides, where it is another one (异地代收代办); null otherwise.
    #[serde(default)]
    pub decided_by: Option<Localized>,
}

/// What became of a submission; `outcome` says which it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum CaseOutcome {
    /// 收件: here; no department has accepted it yet.
    Received {
        /// 申请编号.
        application_number: ApplicationNumber,
    },
    /// 受理: a department has accepted it.
    Accepted {
        /// 申请编号.
        application_number: ApplicationNumber,
        /// 办件编号.
        case_number: CaseNumber,
    },
    /// 补正: something is missing.
    SupplementRequired {
        /// 申请编号.
        application_number: ApplicationNumber,
        /// What, in the department's words.
        what: Localized,
    },
    /// 不予受理.
    NotAccepted {
        /// 申请编号; null where none was issued.
        #[serde(default)]
        application_number: Option<ApplicationNumber>,
        /// Why, in the department's words.
        reason: Localized,
    },
    /// The same thing was applied for before, under another key.
    AlreadyApplied {
        /// The earlier application.
        application_number: ApplicationNumber,
    },
}

/// The answer of [`super::path::CASE_STATUS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseStatus {
    /// 申请编号.
    pub application_number: ApplicationNumber,
    /// 办件编号; null before acceptance.
    pub case_number: Option<CaseNumber>,
    /// The item.
    pub item_id: ItemId,
    /// How far it is.
    pub state: CaseState,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub since: Timestamp,
    /// The department's words; null when it said nothing.
    pub note: Option<Localized>,
    /// The place that decides, where it is another one; null otherwise.
    pub decided_by: Option<Localized>,
}

/// How far a case is. A draft lives in the terminal only and is not one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// 收件.
    Submitted,
    /// 受理.
    Accepted,
    /// 补正.
    SupplementRequired,
    /// 办理中.
    InProgress,
    /// 办结.
    Concluded,
    /// 不予受理.
    NotAccepted,
    /// 撤回.
    Withdrawn,
}
