//! Text as a chip holds it: 16-bit units, some of them older than today's Unicode.
//!
//! Duty: keep the units, give today's characters. Never: lose a unit, or fail on one.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::personal::Personal;

/// A text of the card, padding taken off; wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct CardText(Vec<u16>);

impl CardText {
    /// Takes the units of a field and cuts the padding off its end: spaces, and zeros that some issuers write.
    pub fn from_padded(units: &[u16]) -> Self {
        let is_padding = |unit: &u16| matches!(*unit, 0x0020 | 0x3000 | 0x0000);
        let end = units.iter().rposition(|u| !is_padding(u)).map_or(0, |last| last + 1);
        Self(units[..end].to_vec())
    }

    /// The units as on the chip.
    pub fn units(&self) -> &[u16] {
        &self.0
    }

    /// Nothing but padding stood there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a unit is half of a surrogate pair without its other half.
    pub fn has_lone_surrogate(&self) -> bool {
        char::decode_utf16(self.0.iter().copied()).any(|c| c.is_err())
    }

    /// Today's characters: a private-use code point of an old GB 18030 edition becomes the character that it stood
    /// for, a lone surrogate becomes U+FFFD.
    pub fn to_text(&self) -> Personal {
        // A buffer that grows leaves unwiped copies behind: a unit never needs more than three bytes of UTF-8, and a
        // private-use unit that moved outside the BMP needs four.
        let mut text = String::with_capacity(self.0.len() * 4);
        // Numbers, dates and codes are nothing else.
        if self.0.iter().all(|unit| *unit < 0x80) {
            text.extend(self.0.iter().map(|unit| char::from(unit.to_le_bytes()[0])));
            return Personal::new(text);
        }
        let chars = char::decode_utf16(self.0.iter().copied());
        text.extend(chars.map(|c| c.map_or(char::REPLACEMENT_CHARACTER, todays_character)));
        Personal::new(text)
    }
}

impl From<&str> for CardText {
    fn from(text: &str) -> Self {
        let mut units = Vec::with_capacity(text.len());
        units.extend(text.encode_utf16());
        Self(units)
    }
}

impl std::fmt::Debug for CardText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardText(…)")
    }
}

/// GB 18030-2022 gave the characters of GBK's rows FE5x–FEAx their Unicode places; cards made before hold the private-use
/// code points of the editions of 2000 and 2005.
const fn todays_character(on_card: char) -> char {
    match on_card {
        '\u{E816}' => '\u{20087}', // FE51
        '\u{E817}' => '\u{20089}', // FE52
        '\u{E818}' => '\u{200CC}', // FE53
        '\u{E81E}' => '\u{9FB4}',  // FE59
        '\u{E826}' => '\u{9FB5}',  // FE61
        '\u{E82B}' => '\u{9FB6}',  // FE66
        '\u{E82C}' => '\u{9FB7}',  // FE67
        '\u{E831}' => '\u{215D7}', // FE6C
        '\u{E832}' => '\u{9FB8}',  // FE6D
        '\u{E83B}' => '\u{2298F}', // FE76
        '\u{E843}' => '\u{9FB9}',  // FE7E
        '\u{E854}' => '\u{9FBA}',  // FE90
        '\u{E855}' => '\u{241FE}', // FE91
        '\u{E863}' => '\u{4DAE}',  // FE9F 䶮
        '\u{E864}' => '\u{9FBB}',  // FEA0
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn todays_characters() {
        let check = |units: &[u16], text: &str| {
            assert_eq!(CardText::from_padded(units).to_text().reveal(), text, "{units:04X?}");
        };
        check(&[0x738B, 0xE863, 0x20, 0x20], "王\u{4DAE}");
        check(&[0x738B, 0x4DAE], "王\u{4DAE}");
        check(&[0xE816, 0xE817, 0xE818], "\u{20087}\u{20089}\u{200CC}");
        check(&[0xE831, 0xE83B, 0xE855], "\u{215D7}\u{2298F}\u{241FE}");
        // 𠅤 takes two of the units.
        check(&[0x674E, 0xD840, 0xDD64], "李\u{20164}");
        check(&[0xD840], "\u{FFFD}");
        check(&[0xDD64, 0x674E], "\u{FFFD}李");
        // A private-use code point that no edition moved stays what it is.
        check(&[0xE000], "\u{E000}");
        check(&[0x20, 0x3000, 0], "");
        // A space inside is no padding.
        check(&[0x41, 0x20, 0x42, 0x20], "A B");
    }

    #[test]
    fn lone_surrogates_are_seen() {
        assert!(CardText::from_padded(&[0x674E, 0xD840]).has_lone_surrogate());
        assert!(!CardText::from_padded(&[0x674E, 0xD840, 0xDD64]).has_lone_surrogate());
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", CardText::from("张示例")), "CardText(…)");
    }
}
