//! Rules of the contract's values, typed from its page.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// A moment: RFC 3339 with an offset.
pub(super) fn time(value: &Value) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(value.as_str()?, &Rfc3339).ok()
}

/// A day: `YYYY-MM-DD`.
pub(super) fn day(value: &Value) -> Option<Date> {
    Date::parse(value.as_str()?, format_description!("[year]-[month]-[day]")).ok()
}

/// A text of so many characters.
pub(super) fn text(value: &Value, least: usize, most: usize) -> bool {
    value.as_str().is_some_and(|t| (least..=most).contains(&t.chars().count()))
}

/// A number of the province: 1 to 64 characters that are all seen, and in the order in which they stand.
pub(super) fn number(value: &Value) -> bool {
    let seen = |c: char| {
        !c.is_control()
            && !c.is_whitespace()
            && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
    };
    text(value, 1, 64) && value.as_str().is_some_and(|t| t.chars().all(seen))
}

/// Words in Chinese and in English, both there.
pub(super) fn words(value: &Value) -> bool {
    ["zh-CN", "en"].iter().all(|locale| text(&value[*locale], 1, 10_000))
}

/// A word of the contract: 1 to 64 of `a-z 0-9 _`.
pub(super) fn code(value: &Value) -> bool {
    value.as_str().is_some_and(|t| {
        (1..=64).contains(&t.len()) && t.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    })
}

/// A mobile number of which at most seven digits are to be seen.
pub(super) fn masked_phone(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|t| t.matches('*').count() >= 4 && t.bytes().filter(u8::is_ascii_digit).count() <= 7)
}

pub(super) const CLASSES: [&str; 4] = ["retryable", "needs_user", "needs_human", "fatal"];

/// The HTTP status and the class of each code that the contract names.
pub(super) const CODES: [(&str, u16, &str); 18] = [
    ("unavailable", 503, "retryable"),
    ("too_many_requests", 429, "retryable"),
    ("internal", 500, "retryable"),
    ("session_required", 401, "needs_user"),
    ("identity_refused", 422, "needs_user"),
    ("form_refused", 422, "needs_user"),
    ("not_admitted", 403, "needs_human"),
    ("key_reused", 409, "needs_human"),
    ("already_rated", 409, "needs_human"),
    ("state_refused", 409, "needs_user"),
    ("slot_taken", 409, "needs_user"),
    ("offset_wrong", 409, "retryable"),
    ("bad_request", 400, "fatal"),
    ("content_refused", 422, "fatal"),
    ("material_missing", 422, "fatal"),
    ("not_found", 404, "fatal"),
    ("case_not_found", 404, "fatal"),
    ("too_large", 413, "fatal"),
];

/// A text as one segment of a path: unreserved characters stay (RFC 3986 section 2.3), others are written as their bytes.
pub(super) fn segment(text: &str) -> String {
    let mut segment = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                segment.push(char::from(byte));
            }
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    segment
}

/// Whether a version is not lower than another, by the numbers between its dots.
pub(super) fn is_at_least(version: &str, other: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> { text.split('.').map_while(|part| part.parse().ok()).collect() };
    numbers(version) >= numbers(other)
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// CRC-32 of a PNG's chunks (ISO/IEC 15948 annex D).
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(!0, step)
}

/// 事项 code: 31 characters, of which the first 18 are a unified social credit code with its check character (GB 32100,
/// MOD 31), then the level (1) and the basic code (12).
pub(super) fn item_code(code: &str) -> bool {
    /// The characters of GB 32100 in the order of their values: no I, O, S, V, Z.
    const CHARACTERS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    /// 3 to the power of the place, modulo 31.
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    if code.len() != 31 || !code.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
        return false;
    }
    let value = |c: u8| CHARACTERS.bytes().position(|known| known == c);
    let sum = code.bytes().zip(WEIGHTS).map(|(c, weight)| Some(value(c)? * weight)).sum::<Option<usize>>();
    let check = sum.map(|sum| (31 - sum % 31) % 31);
    check.is_some() && check == value(code.as_bytes()[17])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_check_of_a_chunk() {
        // An IEND chunk's check, as every PNG ends with it.
        assert_eq!(crc32(b"IEND"), 0xAE42_6082);
    }

    #[test]
    fn values_of_the_page() {
        assert!(time(&json!("2026-11-24T10:24:00+08:00")).is_some());
        for no in [json!("2026-11-24T10:24:00"), json!("2026-11-24"), json!(1), Value::Null] {
            assert!(time(&no).is_none(), "{no}");
        }
        assert!(day(&json!("2026-11-24")).is_some() && day(&json!("2026-11-31")).is_none());
        assert!(words(&json!({"zh-CN": "好", "en": "good"})) && !words(&json!({"zh-CN": "好"})));
        for no in ["", "B J", "BJ\n", "BJ\u{7}", "BJ\u{202e}321", "B\u{200b}J"] {
            assert!(!number(&json!(no)), "{no:?}");
        }
        assert!(number(&json!("示例-2026-0001")) && !number(&json!("B".repeat(65))) && !number(&json!(7)));
        assert!(code(&json!("key_reused")) && !code(&json!("Key")) && !code(&json!("")) && !code(&json!(0)));
    }

    #[test]
    fn a_code_of_an_item_has_its_check_character() {
        // The example of GB 32100-2015 annex A, with a level and a basic code behind it.
        assert!(item_code(&format!("{}3000112001000", "91350100M000100Y43")));
        assert!(!item_code(&format!("{}3000112001000", "91350100M000100Y44")));
        assert!(!item_code("91350100M000100Y43"));
        assert!(!item_code(&"I".repeat(31)));
    }
}
