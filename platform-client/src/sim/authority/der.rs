//! DER as it is written (X.690): what the authority's certificates, signatures and seals are made of.

use domain::terminal::Timestamp;
use time::UtcOffset;

pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut bytes = vec![tag];
    match length {
        0..=0x7f => bytes.push(low(length)),
        0x80..=0xff => bytes.extend([0x81, low(length)]),
        _ => {
            let digits = length.to_be_bytes();
            let from = digits.iter().position(|d| *d != 0).unwrap_or(digits.len());
            bytes.push(0x80 | low(digits.len() - from));
            bytes.extend(&digits[from..]);
        }
    }
    bytes.extend(content);
    bytes
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// The lowest byte of a number that has no other.
const fn low(number: usize) -> u8 {
    number.to_le_bytes()[0]
}

/// A SET OF, in the order that DER asks for.
pub(crate) fn set(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    element(0x31, &parts.concat())
}

/// `[n]`, constructed.
pub(crate) fn context(number: u8, content: &[u8]) -> Vec<u8> {
    element(0xa0 | number, content)
}

/// A small number.
pub(crate) fn small(value: u8) -> Vec<u8> {
    integer(&[value])
}

/// A number without a sign, the most significant byte first.
pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let from = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len().saturating_sub(1));
    let sign: &[u8] = if bytes[from] & 0x80 == 0 { &[] } else { &[0] };
    element(0x02, &[sign, &bytes[from..]].concat())
}

/// From `1.2.156.10197.1.501`.
pub(crate) fn identifier(dotted: &str) -> Vec<u8> {
    let arcs: Vec<usize> = dotted.split('.').filter_map(|arc| arc.parse().ok()).collect();
    let mut content = vec![low(arcs[0] * 40 + arcs[1])];
    for arc in &arcs[2..] {
        let mut digits = vec![low(arc & 0x7f)];
        let mut rest = arc >> 7;
        while rest > 0 {
            digits.push(0x80 | low(rest & 0x7f));
            rest >>= 7;
        }
        content.extend(digits.iter().rev());
    }
    element(0x06, &content)
}

pub(crate) fn truth() -> Vec<u8> {
    element(0x01, &[0xff])
}

pub(crate) fn octets(bytes: &[u8]) -> Vec<u8> {
    element(0x04, bytes)
}

/// A BIT STRING of whole bytes.
pub(crate) fn bits(bytes: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], bytes].concat())
}

pub(crate) fn utf8(text: &str) -> Vec<u8> {
    element(0x0c, text.as_bytes())
}

pub(crate) fn ia5(text: &str) -> Vec<u8> {
    element(0x16, text.as_bytes())
}

/// GeneralizedTime, whole seconds in UTC.
pub(crate) fn moment(at: Timestamp) -> Vec<u8> {
    element(0x18, digits(at).as_bytes())
}

/// A Time of X.509 and CMS: UTCTime until 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5).
pub(crate) fn time(at: Timestamp) -> Vec<u8> {
    let text = digits(at);
    if (1950..2050).contains(&at.to_offset(UtcOffset::UTC).year()) {
        element(0x17, &text.as_bytes()[2..])
    } else {
        element(0x18, text.as_bytes())
    }
}

fn digits(at: Timestamp) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!(
        "{:04}{:02}{:02}{:02}{:02}{:02}Z",
        at.year(),
        at.month() as u8,
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    /// X.690, 8.1.3, 8.19.5, and the identifier of SM2 with SM3 (GM/T 0006) by hand.
    #[test]
    fn lengths_numbers_identifiers_and_times() {
        assert_eq!(element(4, &[7; 3]), [4, 3, 7, 7, 7]);
        assert_eq!(element(4, &[7; 200])[..3], [4, 0x81, 200]);
        assert_eq!(element(4, &[7; 300])[..4], [4, 0x82, 1, 44]);
        assert_eq!(integer(&[0, 0x80]), [2, 2, 0, 0x80]);
        assert_eq!(small(0), [2, 1, 0]);
        assert_eq!(
            identifier("1.2.156.10197.1.501"),
            [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75]
        );
        assert_eq!(time(datetime!(2026-11-24 10:24:00 +8)), *b"\x17\x0d261124022400Z");
        assert_eq!(time(datetime!(2099-12-31 0:00 UTC)), *b"\x18\x0f20991231000000Z");
    }
}
