//! 办事指南: items as a list, a guide and a form, for whoever does not read the catalogue's files.

use super::day;
use domain::form::FieldId;
use domain::identity::Assurance;
use domain::licence::LicenceKind;
use domain::locale::Localized;
use domain::material::{MaterialSource, Necessity};
use domain::service_item::{ItemId, Reach, ServiceKind, Theme};
use domain::terminal::OpeningHours;
use serde::{Deserialize, Serialize};
use time::Date;

/// The query of [`super::path::ITEMS`]; without it every item of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemQuery {
    /// Only those behind this door.
    pub theme: Option<Theme>,
    /// Only those that these words find.
    #[cfg_attr(feature = "openapi", schemars(length(min = 1, max = 64)))]
    pub words: Option<String>,
}

/// The answer of [`super::path::ITEMS`], in the order in which they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Items {
    /// The version of the catalogue that they are of.
    pub catalogue_version: String,
    /// The items.
    pub items: Vec<ItemSummary>,
}

/// An item in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemSummary {
    /// The item.
    pub item_id: ItemId,
    /// Its version.
    pub version: String,
    /// 事项编码, 31 characters; null where there is none yet.
    #[cfg_attr(
        feature = "openapi",
        schemars(regex(pattern = r"^[0-9A-HJ-NPQRTUWXY]{18}[0-9][0-9A-Z]{12}$"))
    )]
    pub code: Option<String>,
    /// Its name.
    pub name: Localized,
    /// One line.
    pub summary: Localized,
    /// The door behind which it stands.
    pub theme: Theme,
    /// What serving it means.
    pub kind: ServiceKind,
    /// How sure the identity must be.
    pub assurance: Assurance,
    /// What the terminal needs for it.
    pub hardware: Vec<Hardware>,
    /// Where it is decided: `cross_province` for 异地代收代办.
    pub reach: Reach,
    /// When it can be done.
    pub hours: OpeningHours,
}

/// What a terminal needs for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Hardware {
    /// A reader of identity cards.
    CardReader,
    /// A camera for the face.
    FaceCamera,
    /// A camera for papers.
    DocumentCamera,
    /// A printer of slips.
    ReceiptPrinter,
    /// A printer of pages.
    DocumentPrinter,
}

/// The answer of [`super::path::ITEM`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemGuide {
    /// The item as in a list.
    pub item: ItemSummary,
    /// Who may apply, one line each.
    pub eligibility: Vec<Localized>,
    /// What to have at hand, one line each.
    pub needs: Vec<Localized>,
    /// What is handed in.
    pub materials: Vec<GuideMaterial>,
    /// What it costs.
    pub fee: Localized,
    /// The law or rule it rests on, one line each.
    pub law: Vec<Localized>,
    /// How long the department takes.
    pub time_limit: Localized,
    /// What happens after filing.
    pub next_step: Localized,
    /// Who answers for it.
    pub responsible: Localized,
    /// Their telephone.
    pub phone: String,
    /// Since when it is admitted at this site.
    #[serde(with = "day")]
    #[cfg_attr(feature = "openapi", schemars(with = "crate::openapi::Day"))]
    pub admitted: Date,
}

/// A material that an item asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GuideMaterial {
    /// Its id within the item.
    pub id: String,
    /// What it is called.
    pub name: Localized,
    /// Where it comes from.
    pub source: MaterialSource,
    /// The field of the form that takes it, for `upload` and `licence_library`; null otherwise.
    pub field: Option<FieldId>,
    /// For `licence_library`: the kind of certificate, 21 characters, the first part of a certificate's own number. Another
    /// kind is refused. Null otherwise.
    pub licence_kind: Option<LicenceKind>,
    /// Whether a case may be filed without it.
    pub necessity: Necessity,
}

/// The answer of [`super::path::ITEM_FORM`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ItemForm {
    /// The item.
    pub item_id: ItemId,
    /// Its version.
    pub version: String,
    /// JSON Schema (2020-12) of an object field → value, each value as it stands in a case's answers.
    pub schema: serde_json::Value,
    /// How to ask for them, step by step.
    pub steps: Vec<FormHints>,
}

/// One screen of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FormHints {
    /// What is asked.
    pub question: Localized,
    /// A word of help; null where there is none.
    pub hint: Option<Localized>,
    /// The fields on it, in order.
    pub fields: Vec<FieldHints>,
}

/// How to ask for one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FieldHints {
    /// The field.
    pub field: FieldId,
    /// What it is called.
    pub label: Localized,
    /// A word of help; null where there is none.
    pub hint: Option<Localized>,
    /// The kind of its answer, as in [`super::case::AnswerValue`].
    pub kind: String,
    /// Where a first answer comes from, `card.…` or `shared.…`; null where from nowhere.
    pub prefill: Option<String>,
}
