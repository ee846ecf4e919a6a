//! The resident's identity card: what the chip says, as values.
//!
//! Duty: the four kinds of card that the country issues to people, the dates and numbers on them, and what is odd about
//! one. Never: read a device, or show a resident's words unasked (`Debug` prints none, all of it is wiped on drop).
//!
//! Source: the layout of GA/T 467-2019 as the reference page on card readers gives it.

mod card_text;
mod nation;
mod number;
mod photo;

pub use card_text::CardText;
pub use nation::NationCode;
pub use number::{NumberDefect, NumberScheme, ResidentIdNumber};
pub use photo::CardPhoto;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::personal::Personal;

/// The kinds of card that the reader knows, told apart by one letter on the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum CardKind {
    /// 居民身份证, a citizen's card.
    #[serde(rename = "resident")]
    Resident,
    /// 港澳台居民居住证, the residence permit for people of Hong Kong, Macao and Taiwan (letter J).
    #[serde(rename = "hmt_residence")]
    HmtResidence,
    /// 外国人永久居留证 of 2017 (letter I).
    #[serde(rename = "permanent_residence_2017")]
    PermanentResidence2017,
    /// 外国人永久居留身份证 of 2023 (letter Y).
    #[serde(rename = "permanent_residence_2023")]
    PermanentResidence2023,
}

impl CardKind {
    /// Every kind, the commonest first.
    pub const ALL: [Self; 4] =
        [Self::Resident, Self::HmtResidence, Self::PermanentResidence2017, Self::PermanentResidence2023];

    /// The word of command lines and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::HmtResidence => "hmt_residence",
            Self::PermanentResidence2017 => "permanent_residence_2017",
            Self::PermanentResidence2023 => "permanent_residence_2023",
        }
    }
}

/// The word named no kind of card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no kind of card: use resident, hmt_residence, permanent_residence_2017 or permanent_residence_2023"
)]
pub struct UnknownCardKind(pub String);

impl std::str::FromStr for CardKind {
    type Err = UnknownCardKind;

    fn from_str(word: &str) -> Result<Self, UnknownCardKind> {
        Self::ALL.into_iter().find(|k| k.word() == word).ok_or_else(|| UnknownCardKind(word.to_owned()))
    }
}

/// Sex as GB/T 2261.1 codes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 0, not known.
    Unknown,
    /// 1, male.
    Male,
    /// 2, female.
    Female,
    /// 9, not stated.
    NotStated,
}

impl Sex {
    /// The value for a code of GB/T 2261.1.
    pub const fn from_code(code: char) -> Option<Self> {
        match code {
            '0' => Some(Self::Unknown),
            '1' => Some(Self::Male),
            '2' => Some(Self::Female),
            '9' => Some(Self::NotStated),
            _ => None,
        }
    }

    /// The code of GB/T 2261.1.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "0",
            Self::Male => "1",
            Self::Female => "2",
            Self::NotStated => "9",
        }
    }
}

/// What is odd about a card that could be read nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardWarning {
    /// The number's province is none that exists or existed; division codes are historical, so this is no proof.
    UnknownRegion,
    /// The number's check character is wrong: a chip never holds such a number, so the card or the reader is not to
    /// be trusted.
    NumberChecksum,
    /// The number has not the form of any scheme.
    NumberMalformed,
    /// The date of birth inside the number is another than the card's own field.
    BirthDiffers,
    /// A text on the card holds half of a surrogate pair; it is shown as U+FFFD.
    LoneSurrogate,
}

impl CardWarning {
    /// The word of JSON and logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnknownRegion => "unknown_region",
            Self::NumberChecksum => "number_checksum",
            Self::NumberMalformed => "number_malformed",
            Self::BirthDiffers => "birth_differs",
            Self::LoneSurrogate => "lone_surrogate",
        }
    }

    /// Whether a visit must not take this card as proof of identity.
    pub const fn is_integrity_alarm(self) -> bool {
        matches!(self, Self::NumberChecksum | Self::NumberMalformed)
    }
}

/// What a chip's text block and its later records say, padding taken off: what a driver fills in.
///
/// A field that the kind of card does not have is `None`.
#[derive(Clone, PartialEq, Eq)]
pub struct CardFields {
    /// Kind of card.
    pub kind: CardKind,
    /// Chinese name; may be empty on a permanent-residence card.
    pub name: CardText,
    /// Name in Latin letters, on permanent-residence cards.
    pub english_name: Option<CardText>,
    /// Sex.
    pub sex: Sex,
    /// Nation, on citizens' cards.
    pub nation: Option<NationCode>,
    /// Nationality as three letters or digits of ISO 3166-1, on permanent-residence cards.
    pub nationality: Option<CardText>,
    /// Date of birth.
    pub birth: Date,
    /// Address printed on the card.
    pub address: Option<CardText>,
    /// Address added to the chip later, newest record.
    pub newest_address: Option<CardText>,
    /// The card's number, right or wrong.
    pub number: ResidentIdNumber,
    /// Number of the travel permit, on the residence permit for Hong Kong, Macao and Taiwan.
    pub pass_number: Option<CardText>,
    /// How often the permit was issued.
    pub issue_count: Option<CardText>,
    /// Issuing authority.
    pub issuer: CardText,
    /// First day of validity.
    pub valid_from: Date,
    /// Last day of validity; `None` is 长期, without end.
    pub valid_to: Option<Date>,
}

impl std::fmt::Debug for CardFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardFields({}, …)", self.kind.word())
    }
}

/// A card that was read: text in today's code points, dates and number as values, and what is odd about it.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentIdCard {
    fields: CardFields,
    name: Personal,
    english_name: Option<Personal>,
    nationality: Option<Personal>,
    address: Option<Personal>,
    newest_address: Option<Personal>,
    pass_number: Option<Personal>,
    issue_count: Option<Personal>,
    issuer: Personal,
    photo: Option<CardPhoto>,
    warnings: Vec<CardWarning>,
}

impl ResidentIdCard {
    /// Takes what the chip says and finds what is odd about it.
    pub fn new(fields: CardFields) -> Self {
        let present = |text: &Option<CardText>| text.as_ref().map(CardText::to_text);
        Self {
            name: fields.name.to_text(),
            english_name: present(&fields.english_name),
            nationality: present(&fields.nationality),
            address: present(&fields.address),
            newest_address: present(&fields.newest_address),
            pass_number: present(&fields.pass_number),
            issue_count: present(&fields.issue_count),
            issuer: fields.issuer.to_text(),
            photo: None,
            warnings: warnings(&fields),
            fields,
        }
    }

    /// The same card with its photo: only for a terminal that compares faces by itself.
    #[must_use]
    pub fn with_photo(self, photo: CardPhoto) -> Self {
        Self { photo: Some(photo), ..self }
    }

    /// Kind of card.
    pub fn kind(&self) -> CardKind {
        self.fields.kind
    }

    /// The name to show, print and send: Chinese, and where the card has none, the Latin one.
    pub fn name(&self) -> &Personal {
        match &self.english_name {
            Some(english) if self.name.is_empty() => english,
            _ => &self.name,
        }
    }

    /// The Chinese name's 16-bit units as they lie on the chip, padding taken off.
    pub fn name_units(&self) -> &[u16] {
        self.fields.name.units()
    }

    /// Name in Latin letters, on permanent-residence cards.
    pub fn english_name(&self) -> Option<&Personal> {
        self.english_name.as_ref()
    }

    /// Sex.
    pub fn sex(&self) -> Sex {
        self.fields.sex
    }

    /// Nation, on citizens' cards.
    pub fn nation(&self) -> Option<NationCode> {
        self.fields.nation
    }

    /// Nationality as three letters or digits of ISO 3166-1, on permanent-residence cards.
    pub fn nationality(&self) -> Option<&Personal> {
        self.nationality.as_ref()
    }

    /// Date of birth.
    pub fn birth(&self) -> Date {
        self.fields.birth
    }

    /// Completed years of life on a day; 0 before birth. Born on 29 February, one is a year older on 1 March.
    pub fn age_on(&self, day: Date) -> u16 {
        let birth = self.fields.birth;
        let reached = (day.month() as u8, day.day()) >= (birth.month() as u8, birth.day());
        let years = day.year() - birth.year() - i32::from(!reached);
        u16::try_from(years).unwrap_or(0)
    }

    /// Address printed on the card.
    pub fn address(&self) -> Option<&Personal> {
        self.address.as_ref()
    }

    /// Address added to the chip later, newest record.
    pub fn newest_address(&self) -> Option<&Personal> {
        self.newest_address.as_ref()
    }

    /// The card's number, right or wrong: see [`warnings`](Self::warnings).
    pub fn number(&self) -> &ResidentIdNumber {
        &self.fields.number
    }

    /// Number of the travel permit, on the residence permit for Hong Kong, Macao and Taiwan.
    pub fn pass_number(&self) -> Option<&Personal> {
        self.pass_number.as_ref()
    }

    /// How often the permit was issued, as the card writes it (`01`).
    pub fn issue_count(&self) -> Option<&Personal> {
        self.issue_count.as_ref()
    }

    /// Issuing authority.
    pub fn issuer(&self) -> &Personal {
        &self.issuer
    }

    /// The chip's photo; none where this terminal has no use for it.
    pub fn photo(&self) -> Option<&CardPhoto> {
        self.photo.as_ref()
    }

    /// First day of validity.
    pub fn valid_from(&self) -> Date {
        self.fields.valid_from
    }

    /// Last day of validity; `None` is 长期, without end.
    pub fn valid_to(&self) -> Option<Date> {
        self.fields.valid_to
    }

    /// Whether the card's last day lies before `day`.
    pub fn is_expired_on(&self, day: Date) -> bool {
        self.fields.valid_to.is_some_and(|last| last < day)
    }

    /// What is odd about the card, each once.
    pub fn warnings(&self) -> &[CardWarning] {
        &self.warnings
    }
}

impl std::fmt::Debug for ResidentIdCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ResidentIdCard({}, …)", self.fields.kind.word())
    }
}

fn warnings(fields: &CardFields) -> Vec<CardWarning> {
    let mut found = Vec::new();
    match fields.number.defect() {
        Some(NumberDefect::Checksum) => found.push(CardWarning::NumberChecksum),
        Some(NumberDefect::Length | NumberDefect::Characters | NumberDefect::Birth) => {
            found.push(CardWarning::NumberMalformed);
        }
        None => {
            if !fields.number.has_known_region() {
                found.push(CardWarning::UnknownRegion);
            }
        }
    }
    if fields.number.birth_on(fields.birth).is_some_and(|inside| inside != fields.birth) {
        found.push(CardWarning::BirthDiffers);
    }
    let optional = [
        &fields.english_name,
        &fields.nationality,
        &fields.address,
        &fields.newest_address,
        &fields.pass_number,
        &fields.issue_count,
    ];
    let texts = [&fields.name, &fields.issuer].into_iter().chain(optional.into_iter().flatten());
    if texts.into_iter().any(CardText::has_lone_surrogate) {
        found.push(CardWarning::LoneSurrogate);
    }
    found
}

#[cfg(test)]
mod tests;
