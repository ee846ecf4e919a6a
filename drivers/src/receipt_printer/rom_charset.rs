//! Which characters a printer's own font has, and their bytes.
//!
//! Duty: say for certain. Never: guess: what is not certain is drawn by us. A character printed by the ROM is as wide as
//! the layout thinks: one byte half, two or four bytes full width.

use domain::paper::document::columns_of_char;
use encoding_rs::GB18030;
use serde::Deserialize;

/// The characters of a printer's ROM font.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RomCharset {
    /// Latin letters, digits and marks of ASCII.
    Ascii,
    /// GB 2312-80: 6,763 characters.
    Gb2312,
    /// GBK 1.0 without what stood in its private areas.
    Gbk,
    /// GB 18030 with four-byte codes for the ideographs of extension A, not beyond.
    Gb18030,
}

impl RomCharset {
    /// Adds the text's bytes, if the printer has every character of it; else what was added means nothing.
    ///
    /// Bytes that a printer could take for a command are not in GB 18030: after the first byte come 30h–39h and
    /// 40h–FEh only.
    pub fn encode(self, text: &str, out: &mut Vec<u8>) -> bool {
        text.chars().all(|c| self.encode_char(c, out))
    }

    /// Whether the printer has the character.
    pub fn has(self, c: char) -> bool {
        self.encode_char(c, &mut Vec::new())
    }

    fn encode_char(self, c: char, out: &mut Vec<u8>) -> bool {
        if c.is_ascii() {
            let mut utf8 = [0];
            out.extend_from_slice(c.encode_utf8(&mut utf8).as_bytes());
            return !c.is_ascii_control();
        }
        if self == Self::Ascii || columns_of_char(c) != 2 || matches!(c, '\u{E000}'..='\u{F8FF}') {
            return false;
        }
        let mut utf8 = [0; 4];
        let (bytes, _, unmappable) = GB18030.encode(c.encode_utf8(&mut utf8));
        let has = !unmappable
            && match (self, bytes.as_ref()) {
                (Self::Gb2312, [lead, trail]) => in_gb2312(*lead, *trail),
                (Self::Gbk, [lead, trail]) => in_gbk(*lead, *trail),
                (Self::Gb18030, [_, _]) => true,
                (Self::Gb18030, [_, _, _, _]) => matches!(c, '\u{3400}'..='\u{4DB5}'),
                _ => false,
            };
        if has {
            out.extend_from_slice(&bytes);
        }
        has
    }
}

/// GB 2312-80: rows and cells as the standard fills them.
fn in_gb2312(lead: u8, trail: u8) -> bool {
    let (Some(row), Some(cell)) = (lead.checked_sub(0xA0), trail.checked_sub(0xA0)) else { return false };
    match row {
        1 | 3 | 16..=54 | 56..=87 => matches!(cell, 1..=94),
        2 => matches!(cell, 17..=66 | 69..=78 | 81..=92),
        4 => matches!(cell, 1..=83),
        5 => matches!(cell, 1..=86),
        6 => matches!(cell, 1..=24 | 33..=56),
        7 => matches!(cell, 1..=33 | 49..=81),
        8 => matches!(cell, 1..=26 | 37..=73),
        9 => matches!(cell, 4..=79),
        55 => matches!(cell, 1..=89),
        _ => false,
    }
}

/// GBK 1.0 by its areas (GBK/1 to GBK/5). Left out: lead FE below A1 and trail A0 of GBK/5, which held private code
/// points, the vertical forms A6E0–A6F5, and A2E3 (€), A6D9 on, A8BF, A989–A995, which came with GB 18030.
fn in_gbk(lead: u8, trail: u8) -> bool {
    match (lead, trail) {
        (_, 0x7F | 0xFF | 0..=0x3F) => false,
        (0xA2, 0xA1..=0xAA) => true,
        (0xA1..=0xA9, 0xA1..=0xFE) => {
            in_gb2312(lead, trail) || (lead == 0xA8 && matches!(trail, 0xBB..=0xBE | 0xC0))
        }
        (0xA8, 0x40..=0x95) | (0xA9, 0x40..=0x57 | 0x59..=0x5A | 0x5C | 0x60..=0x88 | 0x96) => true,
        (0xA8 | 0xA9, _) => false,
        (0x81..=0xA0, _) | (0xAA..=0xFD, 0x40..=0xA0) | (0xB0..=0xF7, 0xA1..=0xFE) => {
            !(0xD7 == lead && trail >= 0xFA)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_which() {
        use RomCharset::*;
        // ascii, gb2312, gbk, gb18030
        let cases = [
            ('A', [true; 4]),
            ('\u{7}', [false; 4]),
            ('中', [false, true, true, true]),
            ('￥', [false, true, true, true]),
            ('─', [false, true, true, true]),
            ('①', [false, true, true, true]),
            ('镕', [false, false, true, true]),
            ('ⅰ', [false, false, true, true]),
            ('〇', [false, false, true, true]),
            ('€', [false, false, false, true]),
            // GB 18030 has 䶮 as FE9F, which older fonts keep private.
            ('䶮', [false, false, false, true]),
            ('㐂', [false, false, false, true]),
            ('𠅤', [false; 4]),
            ('ö', [false; 4]),
            ('¥', [false; 4]),
            ('\u{E863}', [false; 4]),
            ('한', [false; 4]),
        ];
        for (c, has) in cases {
            let got = [Ascii, Gb2312, Gbk, Gb18030].map(|set| set.has(c));
            assert_eq!(got, has, "{c} U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn gb2312_is_as_large_as_the_standard_says() {
        let codes = (0xA1..=0xFE).flat_map(|lead| (0xA1..=0xFE).map(move |trail| (lead, trail)));
        let count = |rows: std::ops::RangeInclusive<u8>| {
            codes.clone().filter(|(lead, trail)| rows.contains(lead) && in_gb2312(*lead, *trail)).count()
        };
        // GB 2312-80: 682 signs and 6,763 characters.
        assert_eq!((count(0xA1..=0xAF), count(0xB0..=0xFE)), (682, 6763));
    }

    #[test]
    fn letters_that_the_layout_holds_narrow_are_not_the_printers() {
        for c in "éÄαЯ".chars() {
            assert!(!RomCharset::Gb18030.has(c), "{c}");
        }
    }

    #[test]
    fn every_basic_ideograph_is_in_gbk() {
        // GBK 1.0: the 20,902 ideographs of Unicode 1.1.
        let missing: Vec<char> = ('\u{4E00}'..='\u{9FA5}').filter(|c| !RomCharset::Gbk.has(*c)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn bytes() {
        let check = |set: RomCharset, text: &str, bytes: Option<&[u8]>| {
            let mut out = Vec::new();
            let encoded = set.encode(text, &mut out);
            assert_eq!(encoded.then_some(out.as_slice()), bytes, "{text}");
        };
        check(RomCharset::Gbk, "A中￥", Some(&[0x41, 0xD6, 0xD0, 0xA3, 0xA4]));
        check(RomCharset::Gb18030, "㐂", Some(&[0x81, 0x39, 0xEF, 0x31]));
        check(RomCharset::Gb18030, "䶮", Some(&[0xFE, 0x9F]));
        check(RomCharset::Gbk, "王䶮", None);
        check(RomCharset::Gbk, "", Some(&[]));
    }
}
