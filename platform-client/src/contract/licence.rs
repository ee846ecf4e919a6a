//! 电子证照: a citizen's certificates in the province's library, shown only after the citizen allowed it for a purpose.
//!
//! Authorise (the QR of the province's app, or a code by SMS; purpose, item and place stand in the call) → list → render with
//! a watermark. A number of a certificate belongs to a person, so it stands in bodies and never in a URL.

use super::bytes::FileBytes;
use super::day;
use super::item::SealedFile;
use domain::division::DivisionCode;
use domain::licence::LicenceId;
use domain::locale::Localized;
use domain::personal::Personal;
use domain::service_item::ItemId;
use domain::terminal::{TerminalId, Timestamp};
use serde::{Deserialize, Serialize};
use time::Date;

/// What an authorisation is called. It is of no use without the session that it was given in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[A-Za-z0-9-]{1,64}$")))]
#[serde(transparent)]
pub struct AuthorisationId(pub String);

/// The body of [`super::path::LICENCE_SMS`]: the code goes to the number that the province has on record of the session's
/// person, and the message says the purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LicenceSmsRequest {
    /// Where.
    pub terminal_id: TerminalId,
    /// What it is for, as the resident was told.
    pub purpose: Localized,
}

/// The body of [`super::path::LICENCE_AUTHORISATIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthorisationRequest {
    /// Where: the terminal.
    pub terminal_id: TerminalId,
    /// Where: the community.
    pub place: DivisionCode,
    /// The item that needs them.
    pub item_id: ItemId,
    /// What it is for, as the resident was told.
    pub purpose: Localized,
    /// How the citizen allows it.
    #[serde(flatten)]
    pub proof: AuthorisationProof,
}

/// How the citizen allows it; `by` says which it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "by", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AuthorisationProof {
    /// The QR that the province's app shows for it.
    ProvinceQr {
        /// Its text.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 512)))]
        code: Personal,
    },
    /// The code that [`super::path::LICENCE_SMS`] sent last.
    Sms {
        /// The digits that the resident typed.
        #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 16)))]
        code: Personal,
    },
}

/// The answer of [`super::path::LICENCE_AUTHORISATIONS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Authorisation {
    /// What it is called.
    pub authorisation_id: AuthorisationId,
    /// From then on it allows nothing.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub expires_at: Timestamp,
}

/// The body of [`super::path::LICENCE_LIST`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LicenceListRequest {
    /// Where.
    pub terminal_id: TerminalId,
    /// What allows it.
    pub authorisation_id: AuthorisationId,
}

/// The answer of [`super::path::LICENCE_LIST`]: those of the session's person that serve the purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Licences {
    /// The certificates.
    pub licences: Vec<Licence>,
}

/// A certificate in the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Licence {
    /// Its number.
    pub licence_id: LicenceId,
    /// What it is called.
    pub name: Localized,
    /// Whose it is.
    pub holder: Personal,
    /// Who issued it.
    pub issuer: Localized,
    /// When.
    #[serde(with = "day")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
    pub issued: Date,
    /// The last day on which it is valid; null when it does not end.
    #[serde(with = "day::option", default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<crate::openapi::Day>"))]
    pub valid_until: Option<Date>,
    /// Whether it counts.
    pub state: LicenceState,
}

/// Whether a certificate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LicenceState {
    /// It counts.
    Valid,
    /// Its last day is over.
    Expired,
    /// Its issuer took it back.
    Revoked,
}

/// The body of [`super::path::LICENCE_RENDERINGS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RenderRequest {
    /// Where.
    pub terminal_id: TerminalId,
    /// What allows it; its purpose and place are in the watermark.
    pub authorisation_id: AuthorisationId,
    /// Which.
    pub licence_id: LicenceId,
}

/// The answer of [`super::path::LICENCE_RENDERINGS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LicenceRendering {
    /// Which.
    pub licence_id: LicenceId,
    /// The words of the watermark: purpose, place and day.
    pub watermark: String,
    /// Its pages as PNG, the watermark drawn in.
    pub pages: Vec<FileBytes>,
    /// The issuer's sealed file, where it gives one.
    pub file: Option<SealedFile>,
}
