//! 办件: what is filed, and what the province answers.

use super::day;
use super::licence::AuthorisationId;
use super::material::MaterialId;
use domain::case::{ApplicationNumber, CaseNumber, SubmissionId};
use domain::division::DivisionCode;
use domain::form::FieldId;
use domain::identity::{Assurance, Consent, FaceConsent, FaceMatch, IdentityWay, SharedDataConsent, Worker};
use domain::licence::LicenceId;
use domain::locale::{Locale, Localized};
use domain::material::MaterialSource;
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use time::Date;

/// The body of [`super::path::CASES`]. The same key with the same body is the same case, however often it comes; the
/// same key with another body is refused (`key_reused`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseRequest {
    /// The idempotency key, as in the header.
    pub submission_id: SubmissionId,
    /// The item.
    pub item_id: ItemId,
    /// The version of the item that was shown.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub item_version: String,
    /// When the resident filed it: counts for the applicant, however late the case arrives.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
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
    #[cfg_attr(feature = "openapi", schemars(length(max = 200)))]
    pub answers: Vec<FieldAnswer>,
    /// Where each material that the item asks for comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schemars(length(max = 64)))]
    pub provided: Vec<ProvidedMaterial>,
    /// The materials that the answers name, each handed in before the case.
    #[cfg_attr(feature = "openapi", schemars(length(max = 64)))]
    pub materials: Vec<MaterialReference>,
}

/// Who a case is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Applicant {
    /// The name in today's code points.
    #[cfg_attr(feature = "openapi", schemars(length(max = 120)))]
    pub name: Personal,
    /// The number of the identity card.
    #[cfg_attr(feature = "openapi", schemars(length(max = 32)))]
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConsentRecord {
    /// The version of the item whose notice was shown.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub item_version: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FieldAnswer {
    /// The field.
    pub field: FieldId,
    /// The value, with its kind.
    #[serde(flatten)]
    pub value: AnswerValue,
    /// Where it came from.
    pub source: AnswerOrigin,
    /// The department that held it, where `source` is `shared`; null or absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Localized>,
}

/// A value with its kind: `{"kind": "amount", "value": 12050}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
    Date(
        #[serde(with = "day")]
        #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
        Date,
    ),
    /// Money, in fen.
    Amount(i64),
    /// 6, 9 or 12 digits.
    Division(DivisionCode),
    /// A person.
    Person {
        /// The name.
        #[cfg_attr(feature = "openapi", schemars(length(max = 120)))]
        name: Personal,
        /// The number of the identity card.
        #[cfg_attr(feature = "openapi", schemars(length(max = 32)))]
        number: Personal,
    },
    /// A picture: one of the case's materials.
    Photo(MaterialId),
    /// A signature, a PNG of the ink: one of the case's materials.
    Signature(MaterialId),
}

/// `yes` or `no`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum YesNoWord {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MaterialReference {
    /// The material.
    pub id: MaterialId,
    /// Its digest: 64 lower-case hexadecimal digits.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub sha256: String,
    /// `image/jpeg` or `image/png`.
    #[cfg_attr(feature = "openapi", schemars(extend("enum" = ["image/jpeg", "image/png"])))]
    pub media_type: String,
}

/// Where a material that the item asks for comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProvidedMaterial {
    /// The material's id within the item.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub requirement: String,
    /// Where it comes from.
    pub source: MaterialSource,
    /// For `upload` and `form`: the material that was handed in; null otherwise.
    pub material: Option<MaterialId>,
    /// For `licence_library`: what allows it; null otherwise.
    pub authorisation: Option<AuthorisationId>,
    /// For `licence_library`: the certificate that was shown by it; null or absent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<ProvidedLicence>,
}

/// A certificate of the library, as [`super::path::LICENCE_RENDERINGS`] showed it: what was not shown is not provided
/// (`content_refused`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProvidedLicence {
    /// Its number.
    pub licence_id: LicenceId,
    /// The digest of what was shown, 64 lower-case hexadecimal digits: of the issuer's file where it gave one, else of the
    /// pages one after another.
    #[cfg_attr(feature = "openapi", schemars(regex(pattern = r"^[0-9a-f]{64}$")))]
    pub sha256: String,
}

/// The answer of [`super::path::CASES`] and [`super::path::CASE_BY_KEY`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CaseReceipt {
    /// The submission that this is about.
    pub submission_id: SubmissionId,
    /// When the province first had it.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
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
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub since: Timestamp,
    /// The department's words; null when it said nothing.
    pub note: Option<Localized>,
    /// The place that decides, where it is another one; null otherwise.
    pub decided_by: Option<Localized>,
}

/// How far a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Begun, not filed: nothing counts from it.
    Draft,
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
