//! The numbers that name a person on their card.
//!
//! Duty: the three schemes, their check characters and dates. Never: ask whether the person exists.
//!
//! Sources: GB 11643-1999 (18 characters, MOD 11-2); the reference page on card readers, section "Numbers", for the two
//! schemes of permanent-residence cards.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Month};

use crate::personal::Personal;

/// How a number is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberScheme {
    /// 公民身份号码, 18 characters, GB 11643; residence permits of Hong Kong, Macao and Taiwan use it too.
    Citizen,
    /// 外国人永久居留证 of 2017, 15 characters: country, area, birth, sequence, check digit.
    PermanentResidence2017,
    /// 外国人永久居留身份证 of 2023, 18 characters that begin with 9.
    PermanentResidence2023,
}

/// What is wrong with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NumberDefect {
    /// Neither 15 nor 18 characters.
    #[error("the number has not 18 characters (15 on a permanent-residence card of 2017)")]
    Length,
    /// A character that has no place there.
    #[error("the number has a character that does not belong there")]
    Characters,
    /// The date of birth inside is none of the calendar.
    #[error("the date inside the number is no date")]
    Birth,
    /// The check character does not fit the others: one of them is mistyped.
    #[error("the number's last character does not fit the others")]
    Checksum,
}

/// A person's number; wiped when dropped, not printed by `Debug`.
///
/// [`parse`](Self::parse) gives a right one; one that a card holds may be wrong and says how in
/// [`defect`](Self::defect).
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentIdNumber {
    text: Personal,
    scheme: NumberScheme,
    defect: Option<NumberDefect>,
}

impl ResidentIdNumber {
    /// Takes a number that someone typed or the province sent: spaces around it and a small `x` are forgiven.
    ///
    /// # Errors
    /// The first defect, in the order of [`NumberDefect`].
    pub fn parse(text: &str) -> Result<Self, NumberDefect> {
        let number = Self::as_read(text);
        number.defect.map_or(Ok(number), Err)
    }

    /// Takes a number as a card holds it, right or wrong.
    pub fn as_read(text: &str) -> Self {
        let text = text.trim();
        let mut upper = String::with_capacity(text.len());
        upper.extend(text.chars().map(|c| c.to_ascii_uppercase()));
        let scheme = match upper.as_bytes() {
            [b'9', ..] => NumberScheme::PermanentResidence2023,
            [first, ..] if first.is_ascii_uppercase() => NumberScheme::PermanentResidence2017,
            _ => NumberScheme::Citizen,
        };
        Self { defect: defect(scheme, &upper), scheme, text: Personal::new(upper) }
    }

    /// The number itself.
    pub fn personal(&self) -> &Personal {
        &self.text
    }

    /// First four and last two characters, the rest `*`.
    pub fn masked(&self) -> String {
        self.text.masked_number()
    }

    /// How it is made. No division begins with 9, so the first character tells.
    pub fn scheme(&self) -> NumberScheme {
        self.scheme
    }

    /// What is wrong with it; always `None` for a parsed one.
    pub fn defect(&self) -> Option<NumberDefect> {
        self.defect
    }

    /// The date of birth inside an 18-character number. The shorter scheme leaves the century out: see
    /// [`birth_on`](Self::birth_on).
    pub fn birth(&self) -> Option<Date> {
        match self.scheme {
            NumberScheme::PermanentResidence2017 => None,
            _ => date(self.text.reveal().as_bytes().get(6..14)?),
        }
    }

    /// The date of birth inside the number, the century taken from a date that is known otherwise.
    pub fn birth_on(&self, known: Date) -> Option<Date> {
        match self.scheme {
            NumberScheme::PermanentResidence2017 => {
                let short = self.text.reveal().as_bytes().get(7..13)?;
                short_date(known.year().div_euclid(100) * 100, short)
            }
            _ => self.birth(),
        }
    }

    /// Whether the number names a province that the division codes have or had (GB/T 2260), by its first two digits.
    pub fn has_known_region(&self) -> bool {
        let from = match self.scheme {
            NumberScheme::Citizen => 0,
            NumberScheme::PermanentResidence2017 => 3,
            NumberScheme::PermanentResidence2023 => 1,
        };
        self.text.reveal().get(from..from + 2).is_some_and(|province| PROVINCES.contains(&province))
    }
}

impl std::fmt::Debug for ResidentIdNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ResidentIdNumber({:?}, …)", self.scheme)
    }
}

impl Serialize for ResidentIdNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ResidentIdNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Personal::deserialize(deserializer)?;
        Self::parse(text.reveal()).map_err(serde::de::Error::custom)
    }
}

/// First two digits of the divisions of GB/T 2260, with the three of the residence permits.
const PROVINCES: [&str; 34] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "81", "82", "83",
];

fn defect(scheme: NumberScheme, text: &str) -> Option<NumberDefect> {
    match scheme {
        NumberScheme::PermanentResidence2017 => short_defect(text),
        _ => long_defect(text),
    }
}

fn long_defect(text: &str) -> Option<NumberDefect> {
    if text.chars().count() != 18 {
        return Some(NumberDefect::Length);
    }
    let Ok(bytes) = <&[u8; 18]>::try_from(text.as_bytes()) else { return Some(NumberDefect::Characters) };
    let (&check, body) = bytes.split_last()?;
    if !body.iter().all(u8::is_ascii_digit) || !(check.is_ascii_digit() || check == b'X') {
        return Some(NumberDefect::Characters);
    }
    if date(&bytes[6..14]).is_none() {
        return Some(NumberDefect::Birth);
    }
    (gb11643_check(body) != check).then_some(NumberDefect::Checksum)
}

fn short_defect(text: &str) -> Option<NumberDefect> {
    if text.chars().count() != 15 {
        return Some(NumberDefect::Length);
    }
    let Ok(bytes) = <&[u8; 15]>::try_from(text.as_bytes()) else { return Some(NumberDefect::Characters) };
    let (country, digits) = bytes.split_at(3);
    if !country.iter().all(u8::is_ascii_uppercase) || !digits.iter().all(u8::is_ascii_digit) {
        return Some(NumberDefect::Characters);
    }
    // 2000 is a leap year: 29 February is not refused for want of the century.
    if short_date(2000, &bytes[7..13]).is_none() {
        return Some(NumberDefect::Birth);
    }
    let (&check, body) = bytes.split_last()?;
    (permanent_residence_check(body) != check).then_some(NumberDefect::Checksum)
}

/// GB 11643-1999, 4.4: ISO 7064 MOD 11-2.
fn gb11643_check(body: &[u8]) -> u8 {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(d, w)| u32::from(d - b'0') * w).sum();
    b"10X98765432"[(sum % 11) as usize]
}

/// Σ value · (7, 3, 1 repeating) mod 10, letters from A = 10.
fn permanent_residence_check(body: &[u8]) -> u8 {
    let value = |c: u8| u32::from(if c.is_ascii_digit() { c - b'0' } else { c - b'A' + 10 });
    let sum: u32 = body.iter().zip([7, 3, 1].into_iter().cycle()).map(|(&c, w)| value(c) * w).sum();
    b"0123456789"[(sum % 10) as usize]
}

fn date(yyyymmdd: &[u8]) -> Option<Date> {
    let (year, rest) = yyyymmdd.split_at_checked(4)?;
    let year: i32 = std::str::from_utf8(year).ok()?.parse().ok()?;
    month_and_day(year, rest)
}

fn short_date(century: i32, yymmdd: &[u8]) -> Option<Date> {
    let (year, rest) = yymmdd.split_at_checked(2)?;
    let year: i32 = std::str::from_utf8(year).ok()?.parse().ok()?;
    month_and_day(century + year, rest)
}

fn month_and_day(year: i32, mmdd: &[u8]) -> Option<Date> {
    let (month, day) = std::str::from_utf8(mmdd).ok()?.split_at_checked(2)?;
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::date;

    #[test]
    fn numbers() {
        use NumberDefect::*;
        let check = |text: &str, want: Result<NumberScheme, NumberDefect>| {
            assert_eq!(ResidentIdNumber::parse(text).map(|n| n.scheme()), want, "{text}");
        };
        // The example that GB 11643-1999 itself prints, and one whose check character is X.
        check("11010519491231002X", Ok(NumberScheme::Citizen));
        check(" 11010519491231002x ", Ok(NumberScheme::Citizen));
        check("440524188001010014", Ok(NumberScheme::Citizen));
        check("110105194912310021", Err(Checksum));
        check("11010519491231002", Err(Length));
        check("", Err(Length));
        check("1101051949123100２X", Err(Characters));
        check("11010519491231O02X", Err(Characters));
        check("1X010519491231002X", Err(Characters));
        check("11010519491231002Y", Err(Characters));
        check("11010519491331002X", Err(Birth));
        check("110105194902300021", Err(Birth));
        check("一一一一一一一一一一一一一一一一一一", Err(Characters));
        check("X一一一一一一一一一一一一一一", Err(Characters));
        check("XX9990080010110", Err(Characters));
        check("XXX99008001011", Err(Length));
        check("XXX990080133110", Err(Birth));
    }

    /// Worked by hand from the page: X = 33; 33·7+33·3+33·1 = 363; 9·7+9·3+0·1+0·7 = 90; 8·3+0·1+0·7+1·3+0·1+1·7 = 34;
    /// 1·3 = 3; together 490, so the check digit is 0.
    #[test]
    fn permanent_residence_2017() {
        let number = ResidentIdNumber::parse("XXX990080010110").unwrap();
        assert_eq!(number.scheme(), NumberScheme::PermanentResidence2017);
        assert_eq!(number.birth(), None);
        assert_eq!(number.birth_on(date!(1980 - 05 - 05)), Some(date!(1980 - 01 - 01)));
        assert_eq!(ResidentIdNumber::parse("XXX990080010111"), Err(NumberDefect::Checksum));
    }

    /// Worked by hand: 9·7+9·9+9·10+9·5+9·8+9·4 = 387; 1·2+9·1+8·6+0·3+0·7+1·9+0·10+1·5 = 73; 0·8+0·4+1·2 = 2; 462 mod
    /// 11 = 0, so the check character is 1.
    #[test]
    fn permanent_residence_2023() {
        let number = ResidentIdNumber::parse("999999198001010011").unwrap();
        assert_eq!(number.scheme(), NumberScheme::PermanentResidence2023);
        assert_eq!(number.birth(), Some(date!(1980 - 01 - 01)));
        assert!(!number.has_known_region());
        assert_eq!(ResidentIdNumber::parse("999999198001010012"), Err(NumberDefect::Checksum));
    }

    #[test]
    fn masked_and_silent() {
        let number = ResidentIdNumber::parse("11010519491231002X").unwrap();
        assert_eq!(number.masked(), "1101************2X");
        assert_eq!(format!("{number:?}"), "ResidentIdNumber(Citizen, …)");
        assert!(number.has_known_region());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in ".{0,24}") {
            let number = ResidentIdNumber::as_read(&text);
            let _ = (number.birth(), number.birth_on(date!(2000 - 01 - 01)), number.has_known_region(), number.masked());
        }

        /// MOD 11-2 finds every single wrong digit.
        #[test]
        fn one_wrong_digit_is_found(place in 0..18usize, digit in b'0'..=b'9') {
            let mut bytes = *b"11010519491231002X";
            prop_assume!(bytes[place] != digit);
            bytes[place] = digit;
            let text = std::str::from_utf8(&bytes).unwrap();
            prop_assert!(ResidentIdNumber::parse(text).is_err());
        }
    }
}
