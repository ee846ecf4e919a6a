//! The nations of China by their code, GB/T 3304-1991.
//!
//! Duty: code → name. Never: refuse a code that the standard does not list, since cards carry such codes.

use crate::locale::Locale;

/// A nation's two-digit code as the card holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NationCode([u8; 2]);

impl NationCode {
    /// Takes two ASCII digits.
    pub fn new(digits: &str) -> Option<Self> {
        match *digits.as_bytes() {
            [tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit() => Some(Self([tens, ones])),
            _ => None,
        }
    }

    /// The code, `01` to `99`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The name as the card prints it (`汉`) or romanised as the standard has it (`Han`); none for a code that the
    /// standard does not list.
    pub fn name(self, locale: Locale) -> Option<&'static str> {
        let number = usize::from(self.0[0] - b'0') * 10 + usize::from(self.0[1] - b'0');
        let (zh, en) = match number {
            1..=56 => NATIONS[number - 1],
            97 => ("其他", "Other"),
            98 => ("外国血统中国籍人士", "Chinese citizen of foreign descent"),
            _ => return None,
        };
        Some(match locale {
            Locale::ZhCn => zh,
            Locale::En => en,
        })
    }
}

/// 01 to 56, in the order of the code.
const NATIONS: [(&str, &str); 56] = [
    ("汉", "Han"),
    ("蒙古", "Mongol"),
    ("回", "Hui"),
    ("藏", "Zang"),
    ("维吾尔", "Uygur"),
    ("苗", "Miao"),
    ("彝", "Yi"),
    ("壮", "Zhuang"),
    ("布依", "Buyei"),
    ("朝鲜", "Chosen"),
    ("满", "Man"),
    ("侗", "Dong"),
    ("瑶", "Yao"),
    ("白", "Bai"),
    ("土家", "Tujia"),
    ("哈尼", "Hani"),
    ("哈萨克", "Kazak"),
    ("傣", "Dai"),
    ("黎", "Li"),
    ("傈僳", "Lisu"),
    ("佤", "Va"),
    ("畲", "She"),
    ("高山", "Gaoshan"),
    ("拉祜", "Lahu"),
    ("水", "Sui"),
    ("东乡", "Dongxiang"),
    ("纳西", "Naxi"),
    ("景颇", "Jingpo"),
    ("柯尔克孜", "Kirgiz"),
    ("土", "Tu"),
    ("达斡尔", "Daur"),
    ("仫佬", "Mulao"),
    ("羌", "Qiang"),
    ("布朗", "Blang"),
    ("撒拉", "Salar"),
    ("毛南", "Maonan"),
    ("仡佬", "Gelao"),
    ("锡伯", "Xibe"),
    ("阿昌", "Achang"),
    ("普米", "Pumi"),
    ("塔吉克", "Tajik"),
    ("怒", "Nu"),
    ("乌孜别克", "Uzbek"),
    ("俄罗斯", "Russ"),
    ("鄂温克", "Ewenki"),
    ("德昂", "Deang"),
    ("保安", "Bonan"),
    ("裕固", "Yugur"),
    ("京", "Gin"),
    ("塔塔尔", "Tatar"),
    ("独龙", "Derung"),
    ("鄂伦春", "Oroqen"),
    ("赫哲", "Hezhen"),
    ("门巴", "Monba"),
    ("珞巴", "Lhoba"),
    ("基诺", "Jino"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |code: &str, zh: Option<&str>, en: Option<&str>| {
            let nation = NationCode::new(code).unwrap();
            assert_eq!((nation.name(Locale::ZhCn), nation.name(Locale::En)), (zh, en), "{code}");
            assert_eq!(nation.code(), code);
        };
        check("01", Some("汉"), Some("Han"));
        check("22", Some("畲"), Some("She"));
        check("29", Some("柯尔克孜"), Some("Kirgiz"));
        check("56", Some("基诺"), Some("Jino"));
        check("97", Some("其他"), Some("Other"));
        check("00", None, None);
        check("57", None, None);
        check("99", None, None);
    }

    #[test]
    fn only_two_digits_are_a_code() {
        for text in ["", "1", "001", "A1", "0 "] {
            assert_eq!(NationCode::new(text), None, "{text:?}");
        }
    }
}
