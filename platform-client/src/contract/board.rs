//! What the province wants to be seen: policy cards and warnings, for this terminal's site.

use super::day;
use domain::locale::Localized;
use domain::terminal::Timestamp;
use serde::{Deserialize, Serialize};
use time::Date;

/// The answer of [`super::path::NOTICES`], newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Notices {
    /// The cards.
    pub notices: Vec<Notice>,
}

/// A policy card of the idle screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Its id.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub id: String,
    /// One line.
    pub title: Localized,
    /// Two or three sentences.
    pub text: Localized,
    /// Whose words they are.
    pub source: Localized,
    /// The day of publication.
    #[serde(with = "day")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
    pub published: Date,
    /// The last day on which it is shown; null when it does not end.
    #[serde(with = "day::option", default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<crate::openapi::Day>"))]
    pub expires: Option<Date>,
}

/// The answer of [`super::path::WARNINGS`], most severe first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Warnings {
    /// Those in force.
    pub warnings: Vec<Warning>,
}

/// A warning that takes over the idle screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// Its id.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub id: String,
    /// Its colour.
    pub level: WarningLevel,
    /// One line: what comes.
    pub title: Localized,
    /// What to do.
    pub text: Localized,
    /// Who issued it.
    pub issuer: Localized,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub issued_at: Timestamp,
    /// From then on it is void.
    #[serde(with = "time::serde::rfc3339")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Moment"))]
    pub expires_at: Timestamp,
}

/// The four colours of the national early-warning scheme, most severe first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WarningLevel {
    /// 红色
    Red,
    /// 橙色
    Orange,
    /// 黄色
    Yellow,
    /// 蓝色
    Blue,
}
