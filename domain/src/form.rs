//! The form of an item: steps of few fields, each with its kind, and the answers to them.
//!
//! Duty: what may be asked and what is a right answer. Never: how a field looks.

pub mod answer;
pub mod check;
pub mod words;

use crate::division::DivisionCode;
use crate::locale::Localized;
use crate::material::Necessity;
use serde::{Deserialize, Serialize};

/// The id of a field, unique in its item: lower case, digits, underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[a-z0-9_]{1,64}$")))]
#[serde(transparent)]
pub struct FieldId(pub String);

impl FieldId {
    /// The id as files write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for FieldId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Display for FieldId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One screen of the form: one field or one small group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormStep {
    /// The question, the page's title.
    pub question: Localized,
    /// One calm sentence below it.
    #[serde(default)]
    pub hint: Option<Localized>,
    /// Shown only when this holds.
    #[serde(default)]
    pub when: Option<Condition>,
    /// One to three fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// Its label.
    pub label: Localized,
    /// A sentence beside it.
    #[serde(default)]
    pub hint: Option<Localized>,
    /// Whether it must be answered.
    #[serde(default)]
    pub necessity: Necessity,
    /// Where a first answer comes from.
    #[serde(default)]
    pub prefill: Option<Prefill>,
    /// Asked only when this holds.
    #[serde(default)]
    pub when: Option<Condition>,
    /// Whether its answer stands on the result and the slip.
    #[serde(default)]
    pub on_paper: OnPaper,
    /// Its kind with what belongs to that kind.
    #[serde(flatten)]
    pub kind: FieldKind,
}

/// Whether an answer stands on the result and the slip: what was booked, for which day. Only kinds that `words` has words
/// for, since paper is read by others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnPaper {
    /// It goes with the case alone.
    #[default]
    Omitted,
    /// It stands there.
    Shown,
}

/// The kinds of field; a page exists for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// One of two to six.
    Choice {
        /// What can be chosen.
        options: Vec<ChoiceOption>,
    },
    /// Yes or no.
    YesNo,
    /// A line of text.
    Text {
        /// What may be typed.
        input: TextInput,
        /// At most so many characters.
        max_length: u16,
    },
    /// A whole number.
    Number {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
        /// What is counted.
        unit: Localized,
    },
    /// A day.
    Date {
        /// The earliest, in days from the day of the visit (negative: before it).
        earliest_days: i32,
        /// The latest, likewise.
        latest_days: i32,
    },
    /// An amount of money in yuan and fen.
    Amount {
        /// The least, in fen.
        min_fen: i64,
        /// The greatest, in fen.
        max_fen: i64,
    },
    /// 区 / 街道 / 社区.
    Division {
        /// How deep.
        depth: DivisionDepth,
    },
    /// A person: name and number, from the card or typed.
    Person,
    /// A picture.
    Photo {
        /// Of what.
        #[serde(default)]
        subject: PhotoSubject,
    },
    /// A signature by finger.
    Signature,
}

impl FieldKind {
    /// The kind's name in page names and files: `yes-no` for `form-yes-no`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Choice { .. } => "choice",
            Self::YesNo => "yes-no",
            Self::Text { .. } => "text",
            Self::Number { .. } => "number",
            Self::Date { .. } => "date",
            Self::Amount { .. } => "amount",
            Self::Division { .. } => "division",
            Self::Person => "person",
            Self::Photo { .. } => "photo",
            Self::Signature => "signature",
        }
    }

    /// The names of every kind.
    pub const NAMES: [&'static str; 10] =
        ["choice", "yes-no", "text", "number", "date", "amount", "division", "person", "photo", "signature"];
}

/// What a picture shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoSubject {
    /// A sheet of paper: it is found, straightened and evenly lit.
    #[default]
    Paper,
    /// Whatever is held before the camera, as it is.
    Anything,
}

/// What may be typed into a text field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextInput {
    /// Anything: handwriting, pinyin, Latin, digits.
    Any,
    /// A mobile or fixed telephone number.
    Phone,
    /// A bank card number, checked by Luhn.
    BankCard,
    /// A certificate number: digits and letters.
    Code,
}

/// How deep a division is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DivisionDepth {
    /// District or county.
    District,
    /// Street or town.
    Street,
    /// Community or village.
    Community,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceOption {
    /// Its value in the case.
    pub value: String,
    /// Its label.
    pub label: Localized,
    /// A sentence below the label.
    #[serde(default)]
    pub hint: Option<Localized>,
}

/// A condition on an earlier answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The earlier field: a choice or a yes/no.
    pub field: FieldId,
    /// It holds when the answer is one of these; `yes` and `no` for a yes/no.
    pub is: Vec<String>,
}

/// Where a first answer comes from: `card.name`, `card.number`, `card.address`, `card.birth`, `card.person`, or
/// `shared.KEY` from what the province knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Prefill {
    /// The name on the card.
    CardName,
    /// The number of the card.
    CardNumber,
    /// The newest address of the card.
    CardAddress,
    /// The day of birth on the card.
    CardBirth,
    /// Name and number.
    CardPerson,
    /// What the province knows under this key.
    Shared(String),
}

/// Why a text names no source of a first answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no source: use card.name, card.number, card.address, card.birth, card.person or shared.KEY"
)]
pub struct UnknownPrefill(pub String);

impl TryFrom<String> for Prefill {
    type Error = UnknownPrefill;

    fn try_from(text: String) -> Result<Self, UnknownPrefill> {
        Ok(match text.as_str() {
            "card.name" => Self::CardName,
            "card.number" => Self::CardNumber,
            "card.address" => Self::CardAddress,
            "card.birth" => Self::CardBirth,
            "card.person" => Self::CardPerson,
            _ => match text.strip_prefix("shared.") {
                Some(key) if !key.is_empty() => Self::Shared(key.to_owned()),
                _ => return Err(UnknownPrefill(text)),
            },
        })
    }
}

impl From<Prefill> for String {
    fn from(prefill: Prefill) -> Self {
        match prefill {
            Prefill::CardName => "card.name".to_owned(),
            Prefill::CardNumber => "card.number".to_owned(),
            Prefill::CardAddress => "card.address".to_owned(),
            Prefill::CardBirth => "card.birth".to_owned(),
            Prefill::CardPerson => "card.person".to_owned(),
            Prefill::Shared(key) => format!("shared.{key}"),
        }
    }
}

/// One division to choose from, as the province lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DivisionName {
    /// Its code.
    pub code: DivisionCode,
    /// Its name.
    pub name: Localized,
}
