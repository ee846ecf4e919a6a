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
