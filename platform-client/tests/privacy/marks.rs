//! Texts that stand nowhere but in a resident's data, and every spelling in which they could turn up.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// 张示例 and the number belong to the fictitious province's cast; the others to nobody.
pub(crate) const NAME: &str = "张示例";
pub(crate) const NUMBER: &str = "990000194001010014";
pub(crate) const AGENT: &str = "甲乙丙代办人";
pub(crate) const PLACE: &str = "戊己路一万号";
pub(crate) const WHAT: &str = "庚辛壬癸之事zqxjkv";
pub(crate) const PHONE: &str = "11187654329";
pub(crate) const PICTURE: &str = "picturemarkwvqzxy";
pub(crate) const NETWORK_ID: &str = "networkidmarkqqzzx";

/// How alike a face was: nobody's but its owner's.
pub(crate) const LIKENESS: f32 = 0.731_642_9;

const ALL: [&str; 9] = [NAME, NUMBER, AGENT, PLACE, WHAT, PHONE, PICTURE, NETWORK_ID, "0.7316429"];

/// Which marks stand in these bytes, in which spelling.
pub(crate) fn found_in(place: &str, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    // One character for each byte: the search of texts is a fast one.
    let searched = characters(bytes);
    for mark in ALL {
        for (spelling, sought) in spellings(mark) {
            if let Some(at) = searched.find(&characters(&sought)) {
                let at = searched[..at].chars().count();
                let around = &bytes[at.saturating_sub(120)..bytes.len().min(at + sought.len() + 40)];
                found.push(format!("{mark} in {place}, {spelling}: …{}…", String::from_utf8_lossy(around)));
            }
        }
    }
    found
}

fn characters(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

fn spellings(mark: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = mark.as_bytes();
    let each = |write: fn(&u8) -> String, between: &str| {
        bytes.iter().map(write).collect::<Vec<_>>().join(between).into_bytes()
    };
    let escaped: String = mark.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let mut all = vec![
        ("UTF-8", bytes.to_vec()),
        ("UTF-16LE", mark.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("percent", each(|b| format!("%{b:02X}"), "")),
        ("hexadecimal", each(|b| format!("{b:02x}"), "")),
        ("a list of numbers", each(|b| b.to_string(), ", ")),
        ("\\x", each(|b| format!("\\x{b:02x}"), "")),
        ("JSON", escaped.into_bytes()),
    ];
    // At each of the three places that a text can have in Base64; what depends on its neighbours is left out.
    for before in 0..3_usize {
        let text = STANDARD_NO_PAD.encode([vec![0; before], bytes.to_vec()].concat());
        let from = (before * 8).div_ceil(6);
        let to = (before + bytes.len()) * 8 / 6;
        all.push(("Base64", text.as_bytes()[from..to].to_vec()));
    }
    all
}
