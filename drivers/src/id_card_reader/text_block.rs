//! The 256 bytes of text on a chip, in the four layouts.
//!
//! Duty: units at their offsets → [`CardFields`]. Never: lose a unit of a name, or repair what is wrong.
//!
//! Source: the reference page on card readers, section "Text block"; offsets and lengths are in bytes.

use domain::resident_id::{CardFields, CardKind, CardText, NationCode, ResidentIdNumber, Sex};
use time::{Date, Month};
use zeroize::Zeroizing;

/// Bytes of the text block.
pub const TEXT_BLOCK_BYTES: usize = 256;
/// Bytes of one record of an address that was added later.
const ADDRESS_RECORD_BYTES: usize = 70;
/// What stands where a card without end has its last day: 长期.
const WITHOUT_END: [u16; 2] = [0x957F, 0x671F];

/// A field of the text block holds what it cannot hold. The content is not part of the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the card's field `{field}` cannot be read")]
pub struct TextBlockError {
    /// Which field.
    pub field: &'static str,
}

/// Reads the block of a card of any kind.
///
/// # Errors
/// A date that is none, or a sex that GB/T 2261.1 does not code. A wrong number is no error: the card says it, and
/// [`ResidentIdCard`](domain::resident_id::ResidentIdCard) warns.
pub fn parse(block: &[u8; TEXT_BLOCK_BYTES]) -> Result<CardFields, TextBlockError> {
    let units = units(block);
    let block = Block(&units);
    match block.letter(248) {
        Some('I') => permanent_residence_2017(&block),
        Some('J') => hmt_residence(&block),
        Some('Y') => permanent_residence_2023(&block),
        _ => resident(&block),
    }
}

/// The newest of the addresses that were added later: the last record with anything in it.
pub fn newest_address(records: &[u8]) -> Option<CardText> {
    let texts = records.chunks(ADDRESS_RECORD_BYTES).map(|record| CardText::from_padded(&units(record)));
    texts.rev().find(|text| !text.is_empty())
}

fn resident(block: &Block<'_>) -> Result<CardFields, TextBlockError> {
    Ok(CardFields {
        kind: CardKind::Resident,
        name: block.text(0, 30),
        english_name: None,
        sex: block.sex(30)?,
        nation: NationCode::new(block.text(32, 4).to_text().reveal()),
        nationality: None,
        birth: block.date(36, "birth")?,
        address: Some(block.text(52, 70)),
        newest_address: None,
        number: block.number(122, 36),
        pass_number: None,
        issue_count: None,
        issuer: block.text(158, 30),
        valid_from: block.date(188, "valid_from")?,
        valid_to: block.last_day(204)?,
    })
}

fn hmt_residence(block: &Block<'_>) -> Result<CardFields, TextBlockError> {
    Ok(CardFields {
        kind: CardKind::HmtResidence,
        nation: None,
        pass_number: Some(block.text(220, 18)),
        issue_count: Some(block.text(238, 4)),
        ..resident(block)?
    })
}

fn permanent_residence_2017(block: &Block<'_>) -> Result<CardFields, TextBlockError> {
    Ok(CardFields {
        kind: CardKind::PermanentResidence2017,
        name: block.text(158, 30),
        english_name: Some(block.text(0, 120)),
        sex: block.sex(120)?,
        nation: None,
        nationality: Some(block.text(152, 6)),
        birth: block.date(220, "birth")?,
        address: None,
        newest_address: None,
        number: block.number(122, 30),
        pass_number: None,
        issue_count: None,
        issuer: block.text(240, 8),
        valid_from: block.date(188, "valid_from")?,
        valid_to: block.last_day(204)?,
    })
}

fn permanent_residence_2023(block: &Block<'_>) -> Result<CardFields, TextBlockError> {
    // A name of exactly 35 letters ends without a space, one that goes on has its space at the seam: the parts are joined
    // first and trimmed then.
    let english = Zeroizing::new([block.field(52, 70), block.field(220, 22)].concat());
    Ok(CardFields {
        kind: CardKind::PermanentResidence2023,
        name: block.text(0, 30),
        english_name: Some(CardText::from_padded(&english)),
        sex: block.sex(30)?,
        nation: None,
        nationality: Some(block.text(242, 6)),
        birth: block.date(36, "birth")?,
        address: None,
        newest_address: None,
        number: block.number(122, 36),
        pass_number: None,
        issue_count: None,
        issuer: CardText::default(),
        valid_from: block.date(188, "valid_from")?,
        valid_to: block.last_day(204)?,
    })
}

fn units(bytes: &[u8]) -> Zeroizing<Vec<u16>> {
    Zeroizing::new(bytes.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect())
}

/// The block's 128 units, asked by byte offset as the page writes them.
struct Block<'a>(&'a [u16]);

impl Block<'_> {
    fn field(&self, offset: usize, length: usize) -> &[u16] {
        self.0.get(offset / 2..(offset + length) / 2).unwrap_or_default()
    }

    fn text(&self, offset: usize, length: usize) -> CardText {
        CardText::from_padded(self.field(offset, length))
    }

    fn letter(&self, offset: usize) -> Option<char> {
        char::from_u32(u32::from(*self.field(offset, 2).first()?))
    }

    fn number(&self, offset: usize, length: usize) -> ResidentIdNumber {
        ResidentIdNumber::as_read(self.text(offset, length).to_text().reveal())
    }

    /// Some issuers leave the sex blank where they mean "not known".
    fn sex(&self, offset: usize) -> Result<Sex, TextBlockError> {
        match self.letter(offset) {
            Some(' ') => Ok(Sex::Unknown),
            letter => letter.and_then(Sex::from_code).ok_or(TextBlockError { field: "sex" }),
        }
    }

    /// Eight digits YYYYMMDD in 16 bytes.
    fn date(&self, offset: usize, field: &'static str) -> Result<Date, TextBlockError> {
        date(self.field(offset, 16)).ok_or(TextBlockError { field })
    }

    fn last_day(&self, offset: usize) -> Result<Option<Date>, TextBlockError> {
        if self.text(offset, 16).units() == WITHOUT_END {
            return Ok(None);
        }
        self.date(offset, "valid_to").map(Some)
    }
}

fn date(units: &[u16]) -> Option<Date> {
    let units: &[u16; 8] = units.try_into().ok()?;
    let mut digits = [0_u8; 8];
    for (digit, unit) in digits.iter_mut().zip(units) {
        *digit = char::from_u32(u32::from(*unit))?.to_digit(10)?.try_into().ok()?;
    }
    let [y1, y2, y3, y4, m1, m2, d1, d2] = digits;
    let year = i32::from(y1) * 1000 + i32::from(y2) * 100 + i32::from(y3) * 10 + i32::from(y4);
    let month = Month::try_from(m1 * 10 + m2).ok()?;
    Date::from_calendar_date(year, month, d1 * 10 + d2).ok()
}

#[cfg(test)]
mod tests;
