//! The codes of the set, as modules: QR of versions 3 to 15, and Code 128 as papers carry it.

use super::chance::Chance;
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

/// Dark and light in a grid.
pub(crate) struct Symbol {
    pub(crate) text: String,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    /// Light modules that belong around it.
    pub(crate) quiet: usize,
    dark: Vec<bool>,
}

impl Symbol {
    /// A QR code of that version, mostly of Chinese, as full as the version allows.
    pub(crate) fn qr(chance: &mut Chance, version: i16) -> Self {
        let level = [EcLevel::L, EcLevel::M, EcLevel::M, EcLevel::Q][chance.count(0, 3)];
        let latin = chance.count(0, 4) == 0;
        let letters: Vec<char> = if latin {
            "https://example.invalid/case?id=0123456789ABCDEF&t=".chars().collect()
        } else {
            "示例样本测试认证编号社区居民高龄津贴申请受理回执䶮0123456789-:".chars().collect()
        };
        let start = chance.count(0, letters.len() - 1);
        let text = |length: usize| -> String { letters.iter().cycle().skip(start).take(length).collect() };
        // In bytes throughout, as other encoders do: this crate's own way takes pairs of UTF-8's bytes for Kanji.
        let encoded = |length: usize| {
            let mut bits = Bits::new(Version::Normal(version));
            bits.push_byte_data(text(length).as_bytes()).and_then(|()| bits.push_terminator(level)).ok()?;
            QrCode::with_bits(bits, level).ok()
        };
        let (mut low, mut high) = (1_usize, 1000);
        while low < high {
            let middle = (low + high).div_ceil(2);
            if encoded(middle).is_some() { low = middle } else { high = middle - 1 }
        }
        let length = (low - chance.count(0, low / 4)).max(1);
        let code = encoded(length).unwrap();
        let dark = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
        Self { text: text(length), columns: code.width(), rows: code.width(), quiet: 4, dark }
    }

    /// A Code 128 of a case's number: letters in set B, pairs of digits in set C (ISO/IEC 15417).
    pub(crate) fn code_128(chance: &mut Chance) -> Self {
        let digits: String =
            (0..2 * chance.count(4, 7)).map(|_| char::from(b'0' + chance.count(0, 9) as u8)).collect();
        let text = format!("BJ-{digits}");
        let mut values = vec![START_B, 34, 42, 13, CODE_C];
        for pair in digits.as_bytes().chunks_exact(2) {
            values.push(usize::from(pair[0] - b'0') * 10 + usize::from(pair[1] - b'0'));
        }
        let sum: usize = values.iter().enumerate().map(|(i, value)| i.max(1) * value).sum();
        values.push(sum % 103);
        values.push(STOP);
        let mut bars = Vec::new();
        for value in values {
            for (i, width) in PATTERNS[value].bytes().enumerate() {
                bars.extend(std::iter::repeat_n(i % 2 == 0, usize::from(width - b'0')));
            }
        }
        let rows = 30;
        let columns = bars.len();
        Self { text, columns, rows, quiet: 10, dark: bars.repeat(rows) }
    }

    /// Whether it is dark there, in modules from its upper left corner; nothing beyond its quiet zone.
    pub(crate) fn is_dark(&self, x: f32, y: f32) -> Option<bool> {
        let quiet = self.quiet as f32;
        let inside = |at: f32, end: usize| at >= -quiet && at < end as f32 + quiet;
        if !inside(x, self.columns) || !inside(y, self.rows) {
            return None;
        }
        let on = x >= 0.0 && y >= 0.0 && x < self.columns as f32 && y < self.rows as f32;
        Some(on && self.dark[y as usize * self.columns + x as usize])
    }
}

const START_B: usize = 104;
const CODE_C: usize = 99;
const STOP: usize = 106;

/// Widths of bars and gaps, ISO/IEC 15417 table 1.
const PATTERNS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
