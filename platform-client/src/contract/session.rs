//! Who stands at the terminal: evidence in, a short-lived session with its assurance out.

use super::day;
use domain::identity::{Assurance, IdentityWay, Worker};
use domain::personal::Personal;
use domain::resident_id::CardKind;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use time::Date;

/// A session's id: not a secret, and useless without its token.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[A-Za-z0-9._~-]{1,64}$")))]
#[serde(transparent)]
pub struct SessionId(pub String);

/// The secret that opens a session: `Authorization: Bearer TOKEN`. ASCII, at most 256 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[\x21-\x7e]{1,256}$")))]
#[serde(transparent)]
pub struct SessionToken(pub Personal);

/// The body of [`super::path::SESSIONS`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SessionRequest {
    /// Where.
    pub terminal_id: TerminalId,
    /// What was shown.
    #[serde(flatten)]
    pub evidence: IdentityEvidence,
}

/// What was shown; `way` says which it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "way", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum IdentityEvidence {
    /// A card on the reader.
    Card {
        /// Its kind.
        kind: CardKind,
        /// The name in today's code points.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 120)))]
        name: Personal,
        /// The number.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
        number: Personal,
        /// The authority that issued it.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 120)))]
        issuer: Personal,
        /// Valid from this day.
        #[serde(with = "day")]
        #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
        valid_from: Date,
        /// Valid until this day; null for 长期.
        #[serde(with = "day::option", default)]
        #[cfg_attr(feature = "openapi", schemars(with = "Option<crate::openapi::Day>"))]
        valid_to: Option<Date>,
    },
    /// The QR of the province's app.
    ProvinceQr {
        /// Its text.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 512)))]
        code: Personal,
    },
    /// 网证.
    NetworkId {
        /// The text of its QR.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 512)))]
        code: Personal,
    },
    /// The code that [`super::path::SESSION_SMS`] sent last to this person at this terminal.
    Sms {
        /// The number of the identity card.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
        number: Personal,
        /// The digits that the resident typed.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 512)))]
        code: Personal,
    },
    /// A community worker vouches.
    Worker {
        /// Who vouches.
        worker: Worker,
        /// The number of the card of the person vouched for; the province says whose it is.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
        number: Personal,
    },
}

impl IdentityEvidence {
    /// The way.
    pub fn way(&self) -> IdentityWay {
        match self {
            Self::Card { .. } => IdentityWay::Card,
            Self::ProvinceQr { .. } => IdentityWay::ProvinceQr,
            Self::NetworkId { .. } => IdentityWay::NetworkId,
            Self::Sms { .. } => IdentityWay::Sms,
            Self::Worker { .. } => IdentityWay::Worker,
        }
    }
}

/// The answer of [`super::path::SESSIONS`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id.
    pub session_id: SessionId,
    /// What opens it.
    pub token: SessionToken,
    /// How sure the province is.
    pub assurance: Assurance,
    /// Whom it recognised.
    pub person: Person,
    /// From then on the token opens nothing.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub expires_at: Timestamp,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The name.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 120)))]
    pub name: Personal,
    /// The number of the identity card.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub number: Personal,
}

/// The body of [`super::path::SESSION_SMS`]; the code goes to the mobile number that the province has on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SmsRequest {
    /// Where.
    pub terminal_id: TerminalId,
    /// The number of the identity card.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub number: Personal,
}

/// The answer of [`super::path::SESSION_SMS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SmsChallenge {
    /// The mobile number with its middle masked, as the resident may read it: `139****0001`.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub phone_masked: Personal,
    /// From then on the code opens nothing.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub expires_at: Timestamp,
}

/// The answer of [`super::path::SESSION_FACE`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FaceAnswer {
    /// How alike, 0 to 1.
    #[cfg_attr(feature = "openapi", schemars(range(min = 0, max = 1)))]
    pub score: f32,
    /// The least that counts as alike.
    #[cfg_attr(feature = "openapi", schemars(range(min = 0, max = 1)))]
    pub threshold: f32,
    /// Whether it counts.
    pub matched: bool,
    /// Whether it was a face or a picture of one.
    pub presentation_attack: PresentationAttack,
    /// The session's assurance from now on.
    pub assurance: Assurance,
}

/// The body of [`super::path::SESSION_FACE_VERDICT`]: the comparison was made at the terminal, and no picture leaves it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FaceVerdictReport {
    /// Where.
    pub terminal_id: TerminalId,
    /// Which engine says so.
    pub engine: FaceEngine,
    /// How alike, on the engine's own scale.
    #[cfg_attr(feature = "openapi", schemars(range(min = -1_000_000, max = 1_000_000)))]
    pub score: f32,
    /// The least that counts as alike, on the same scale.
    #[cfg_attr(feature = "openapi", schemars(range(min = -1_000_000, max = 1_000_000)))]
    pub threshold: f32,
    /// Whether it counts: from the threshold on, and no attack detected.
    pub matched: bool,
    /// Whether it was a face or a picture of one.
    pub presentation_attack: PresentationAttack,
}

/// A certified vendor's engine that compares faces at a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FaceEngine {
    /// Vendor and product.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub name: String,
    /// Its version.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub version: String,
    /// The certificate that it names; null where it names none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 100)))]
    pub certificate: Option<String>,
}

/// The answer of [`super::path::SESSION_FACE_VERDICT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FaceVerdictAnswer {
    /// The session's assurance from now on.
    pub assurance: Assurance,
}

/// Presentation attack detection (ISO/IEC 30107-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PresentationAttack {
    /// Nobody looked.
    NotChecked,
    /// A living face.
    NotDetected,
    /// A picture, a screen, a mask.
    Detected,
    /// Somebody looked, without a result.
    Inconclusive,
}

/// The body of [`super::path::STAFF_SIGN_INS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StaffSignIn {
    /// Where.
    pub terminal_id: TerminalId,
    /// The number of the badge.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub badge: String,
    /// The PIN.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 32)))]
    pub pin: Personal,
}

/// The answer of [`super::path::STAFF_SIGN_INS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StaffMember {
    /// Badge and name.
    pub worker: Worker,
    /// What they may do at this terminal.
    pub role: StaffRole,
}

/// What a member of staff may do at a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Acts for residents.
    Worker,
    /// Looks after the unit, and acts for residents.
    Keeper,
    /// Maintains the unit.
    Technician,
}
