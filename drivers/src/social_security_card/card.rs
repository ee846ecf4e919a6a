//! What the records say.
//!
//! Duty: tag, length and value → fields. Never: repair what is wrong.

use domain::division::DivisionCode;
use domain::personal::Personal;
use domain::resident_id::{NationCode, NumberDefect, ResidentIdNumber, Sex};
use time::{Date, Month};
use zeroize::{Zeroize as _, Zeroizing};

use super::SocialSecurityCardError;

/// Tags go from 01 to this.
const LAST_TAG: usize = 0x0D;

/// A social-security card that was read. All that is a person's is wiped when it is dropped; `Debug` shows none of it.
#[derive(Debug, Clone)]
pub struct SocialSecurityCard {
    /// 姓名.
    pub name: Personal,
    /// 社会保障号码: the number of the resident's identity card.
    pub number: ResidentIdNumber,
    /// 卡号, on the face of the card.
    pub card_number: Option<Personal>,
    /// 卡识别码, digits.
    pub card_id: Personal,
    /// The division that issued it: the first six digits of the card id.
    pub region: Option<DivisionCode>,
    /// 卡类别, one character.
    pub class: Option<String>,
    /// 规范版本, as the card writes it.
    pub version: Option<String>,
    /// 初始化机构编号, as digits of hexadecimal.
    pub issuer: Option<String>,
    /// First day.
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_to: Option<Date>,
    /// 性别.
    pub sex: Option<Sex>,
    /// 民族.
    pub nation: Option<NationCode>,
    /// 出生地.
    pub birthplace: Option<DivisionCode>,
    /// 出生日期.
    pub birth: Option<Date>,
    /// What is odd about it.
    pub warnings: Vec<SocialSecurityWarning>,
}

/// What is odd about a card that could be read nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SocialSecurityWarning {
    /// The number's check character is wrong.
    NumberChecksum,
    /// The number has not the form of one.
    NumberMalformed,
    /// The date of birth inside the number is another than the card's own record.
    BirthDiffers,
    /// The name holds bytes that are no character; they are shown as U+FFFD.
    NameUnreadable,
}

impl SocialSecurityWarning {
    /// The word of JSON and logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NumberChecksum => "number_checksum",
            Self::NumberMalformed => "number_malformed",
            Self::BirthDiffers => "birth_differs",
            Self::NameUnreadable => "name_unreadable",
        }
    }
}

/// The values that have come, by tag.
#[derive(Default)]
pub(super) struct Records(Box<[Option<Zeroizing<Vec<u8>>>; LAST_TAG + 1]>);

impl Records {
    /// Takes the data of an answer: tag, length, value; what fills it up behind is looked past.
    pub(super) fn take(&mut self, tag: u8, data: &[u8]) -> Result<(), SocialSecurityCardError> {
        let wrong = SocialSecurityCardError::Record { tag };
        let [of, length, rest @ ..] = data else { return Err(wrong) };
        let value = rest.get(..usize::from(*length)).filter(|_| *of == tag);
        match (value, self.0.get_mut(usize::from(tag))) {
            (Some(value), Some(place)) => {
                *place = Some(Zeroizing::new(value.to_vec()));
                Ok(())
            }
            _ => Err(wrong),
        }
    }

    /// The card, once all has come that a card must have: its id, the number and the name.
    pub(super) fn card(&self) -> Result<SocialSecurityCard, SocialSecurityCardError> {
        let card_id = self.digits(0x01)?.ok_or(SocialSecurityCardError::Record { tag: 0x01 })?;
        let number = self.text(0x08)?.ok_or(SocialSecurityCardError::Record { tag: 0x08 })?;
        let (name, whole) = self.name()?;
        let number = ResidentIdNumber::as_read(number.reveal());
        let birth = self.day(0x0D)?;
        Ok(SocialSecurityCard {
            warnings: warnings(&number, birth, whole),
            name,
            number,
            card_number: self.text(0x07)?,
            region: card_id.reveal().get(..6).and_then(|region| region.to_owned().try_into().ok()),
            card_id,
            class: self.text(0x02)?.map(|class| class.reveal().to_owned()),
            version: self.text(0x03)?.map(|version| version.reveal().to_owned()),
            issuer: self.value(0x04).map(hexadecimal),
            valid_from: self.day(0x05)?,
            valid_to: self.day(0x06)?,
            sex: self.sex()?,
            nation: self.digits(0x0B)?.and_then(|code| NationCode::new(code.reveal())),
            birthplace: self.digits(0x0C)?.and_then(|code| code.reveal().to_owned().try_into().ok()),
            birth,
        })
    }

    fn value(&self, tag: u8) -> Option<&[u8]> {
        self.0.get(usize::from(tag))?.as_ref().map(|value| &value[..])
    }

    /// ASCII, padded with spaces or zeros.
    fn text(&self, tag: u8) -> Result<Option<Personal>, SocialSecurityCardError> {
        let Some(value) = self.value(tag).map(unpadded).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let text = std::str::from_utf8(value).ok().filter(|text| text.chars().all(|c| c.is_ascii_graphic()));
        text.map(|text| Some(Personal::new(text))).ok_or(SocialSecurityCardError::Record { tag })
    }

    /// Two digits a byte, filled up with F.
    fn digits(&self, tag: u8) -> Result<Option<Personal>, SocialSecurityCardError> {
        let Some(value) = self.value(tag) else { return Ok(None) };
        let mut text = hexadecimal(value);
        let end = text.trim_end_matches('F').len();
        text.truncate(end);
        if text.is_empty() {
            return Ok(None);
        }
        let right = text.bytes().all(|digit| digit.is_ascii_digit());
        if right { Ok(Some(Personal::new(text))) } else { Err(SocialSecurityCardError::Record { tag }) }
    }

    /// YYYYMMDD in four bytes; all zeros or all F is no day.
    fn day(&self, tag: u8) -> Result<Option<Date>, SocialSecurityCardError> {
        let wrong = || SocialSecurityCardError::Record { tag };
        let Some(value) = self.value(tag) else { return Ok(None) };
        if value.iter().all(|byte| *byte == 0) || value.iter().all(|byte| *byte == 0xFF) {
            return Ok(None);
        }
        let [century, year, month, day] = *value else { return Err(wrong()) };
        let number = |byte: u8| {
            let (tens, ones) = (byte >> 4, byte & 0x0F);
            (tens < 10 && ones < 10).then_some(tens * 10 + ones)
        };
        let date = || {
            let year = i32::from(number(century)?) * 100 + i32::from(number(year)?);
            Date::from_calendar_date(year, Month::try_from(number(month)?).ok()?, number(day)?).ok()
        };
        date().map(Some).ok_or_else(wrong)
    }

    /// A digit, as a character or as a number.
    fn sex(&self) -> Result<Option<Sex>, SocialSecurityCardError> {
        let Some([code]) = self.value(0x0A) else { return Ok(None) };
        let digit = if *code < 10 { code + b'0' } else { *code };
        match Sex::from_code(char::from(digit)) {
            None if *code == b' ' || *code == 0xFF => Ok(None),
            None => Err(SocialSecurityCardError::Record { tag: 0x0A }),
            known => Ok(known),
        }
    }

    /// GBK, padded with spaces or zeros; whether every byte was part of a character.
    fn name(&self) -> Result<(Personal, bool), SocialSecurityCardError> {
        let value = self.value(0x09).map(unpadded).filter(|value| !value.is_empty());
        let value = value.ok_or(SocialSecurityCardError::Record { tag: 0x09 })?;
        let (text, broken) = encoding_rs::GBK.decode_without_bom_handling(value);
        let mut text = text.into_owned();
        let name = Personal::new(text.trim());
        text.zeroize();
        if name.is_empty() { Err(SocialSecurityCardError::Record { tag: 0x09 }) } else { Ok((name, !broken)) }
    }
}

fn unpadded(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| !matches!(byte, 0x00 | b' ' | 0xFF)).map_or(0, |last| last + 1);
    value.get(..end).unwrap_or_default()
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

fn warnings(number: &ResidentIdNumber, birth: Option<Date>, whole: bool) -> Vec<SocialSecurityWarning> {
    let defect = number.defect().map(|defect| match defect {
        NumberDefect::Checksum => SocialSecurityWarning::NumberChecksum,
        NumberDefect::Length | NumberDefect::Characters | NumberDefect::Birth => {
            SocialSecurityWarning::NumberMalformed
        }
    });
    let differs = birth.is_some() && number.birth().is_some() && birth != number.birth();
    defect
        .into_iter()
        .chain(differs.then_some(SocialSecurityWarning::BirthDiffers))
        .chain((!whole).then_some(SocialSecurityWarning::NameUnreadable))
        .collect()
}
