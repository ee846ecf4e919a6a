//! 电子证照: the number of an electronic certificate, and how a look at one is allowed.
//!
//! Duty: tell a number that holds together from a mistyped one. Never: ask whether the certificate exists.

use serde::{Deserialize, Serialize};

/// The number of an electronic certificate: `1.2.156.3005.2.TYPE.ISSUER.SERIAL.VERSION.CHECK`, where the type has 21
/// characters, the issuer 18 (its unified social credit code), the serial 1 to 24, the version 3, and the check character
/// is that of ISO 7064 MOD 37,36 over type, issuer, serial and version without their dots.
///
/// It belongs to a person: it writes itself where it is sent, and prints itself nowhere.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(
        inline,
        extend(
            "pattern" = r"^1\.2\.156\.3005\.2\.[0-9A-Z]{21}\.[0-9A-Z]{18}\.[0-9A-Z]{1,24}\.[0-9A-Z]{3}\.[0-9A-Z]$"
        )
    )
)]
pub struct LicenceId(String);

/// Why a text is no number of an electronic certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum BadLicenceId {
    /// It does not begin with the root of such numbers, or its parts are not five with their lengths.
    #[error("a certificate's number is 1.2.156.3005.2 and five parts of 21, 18, 1 to 24, 3 and 1 characters")]
    Parts,
    /// A character that has no place there.
    #[error("a certificate's number has digits and capital letters")]
    Characters,
    /// The check character does not fit the others.
    #[error("the check character does not fit: one of the characters is mistyped")]
    CheckCharacter,
}

/// The object identifier under which these numbers stand.
const ROOT: &str = "1.2.156.3005.2.";

impl LicenceId {
    /// The number of its parts; the check character is reckoned.
    pub fn new(kind: &str, issuer: &str, serial: &str, version: &str) -> Result<Self, BadLicenceId> {
        let check = check_character(&[kind, issuer, serial, version]).ok_or(BadLicenceId::Characters)?;
        Self::try_from(format!("{ROOT}{kind}.{issuer}.{serial}.{version}.{check}"))
    }

    /// The number as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind of certificate: 21 characters.
    pub fn kind(&self) -> &str {
        self.part(0)
    }

    /// The unified social credit code of its issuer: 18 characters.
    pub fn issuer(&self) -> &str {
        self.part(1)
    }

    fn part(&self, nth: usize) -> &str {
        self.0[ROOT.len()..].split('.').nth(nth).unwrap_or_default()
    }
}

impl TryFrom<String> for LicenceId {
    type Error = BadLicenceId;

    fn try_from(text: String) -> Result<Self, BadLicenceId> {
        let parts: Vec<&str> = text.strip_prefix(ROOT).ok_or(BadLicenceId::Parts)?.split('.').collect();
        let [kind, issuer, serial, version, check] = parts[..] else { return Err(BadLicenceId::Parts) };
        let right = (1..=24).contains(&serial.len());
        if !right || [kind.len(), issuer.len(), version.len(), check.len()] != [21, 18, 3, 1] {
            return Err(BadLicenceId::Parts);
        }
        let reckoned = check_character(&[kind, issuer, serial, version]).ok_or(BadLicenceId::Characters)?;
        if check.starts_with(reckoned) { Ok(Self(text)) } else { Err(BadLicenceId::CheckCharacter) }
    }
}

/// 证照类型代码: the first of a certificate's own parts, 21 capital letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline, extend("pattern" = r"^[0-9A-Z]{21}$")))]
#[serde(try_from = "String", into = "String")]
pub struct LicenceKind(String);

/// Why a text is no kind of certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a kind of certificate has 21 capital letters and digits")]
pub struct BadLicenceKind;

impl LicenceKind {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LicenceKind {
    type Error = BadLicenceKind;

    fn try_from(text: String) -> Result<Self, BadLicenceKind> {
        let right = text.len() == 21 && text.bytes().all(|b| CHARACTERS.contains(&b));
        if right { Ok(Self(text)) } else { Err(BadLicenceKind) }
    }
}

impl From<LicenceKind> for String {
    fn from(kind: LicenceKind) -> Self {
        kind.0
    }
}

impl From<LicenceId> for String {
    fn from(id: LicenceId) -> Self {
        id.0
    }
}

impl std::fmt::Debug for LicenceId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LicenceId(…)")
    }
}

/// The characters in the order of their values (ISO 7064, table 3).
const CHARACTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The check character of ISO 7064 MOD 37,36 over the parts as one text; `None` where a character has no value.
fn check_character(parts: &[&str]) -> Option<char> {
    let mut carried = 36;
    for byte in parts.iter().flat_map(|part| part.bytes()) {
        let value = CHARACTERS.iter().position(|c| *c == byte)?;
        let sum = (carried + value) % 36;
        carried = (if sum == 0 { 36 } else { sum }) * 2 % 37;
    }
    Some(char::from(CHARACTERS[(37 - carried) % 36]))
}

/// How a resident allows a look at their certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LicenceWay {
    /// The code of the province's app.
    Qr,
    /// A code by SMS to the telephone that the province has on record.
    Sms,
}

impl LicenceWay {
    /// Every way, in the order of the page.
    pub const ALL: [Self; 2] = [Self::Qr, Self::Sms];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO 15706-2 has 0000-0000-3A8D-0000-Z-0000-0000-6 as its example, the GRid standard A1-2425G-ABC1234002-M.
    #[test]
    fn the_check_character_is_that_of_published_examples() {
        assert_eq!(check_character(&["000000003A8D0000"]), Some('Z'));
        assert_eq!(check_character(&["000000003A8D0000", "00000000"]), Some('6'));
        assert_eq!(check_character(&["A1", "2425G", "ABC1234002"]), Some('M'));
        assert_eq!(check_character(&["a"]), None);
    }

    const KIND: &str = "99000000000000000001X";
    const ISSUER: &str = "11990000MB9900021N";

    fn read(text: &str) -> Result<LicenceId, BadLicenceId> {
        LicenceId::try_from(text.to_owned())
    }

    #[test]
    fn a_number_is_read_whole_or_refused() {
        let id = LicenceId::new(KIND, ISSUER, "990000000001", "001").unwrap();
        assert_eq!((id.kind(), id.issuer()), (KIND, ISSUER));
        assert_eq!(read(id.as_str()), Ok(id.clone()));
        assert_eq!(format!("{id:?}"), "LicenceId(…)");
        for bad in ["", "1.2.156.3005.2", "1.2.156.3005.3.A.B.C.D.E", &id.as_str()[..id.as_str().len() - 2]] {
            assert_eq!(read(bad), Err(BadLicenceId::Parts), "{bad}");
        }
        assert_eq!(read(&id.as_str().replace('X', "x")), Err(BadLicenceId::Characters));
        assert_eq!(LicenceId::new(KIND, ISSUER, &"1".repeat(25), "001"), Err(BadLicenceId::Parts));
    }

    #[test]
    fn a_kind_has_its_length_and_its_characters() {
        let read = |text: &str| LicenceKind::try_from(text.to_owned());
        assert_eq!(read(KIND).map(|kind| kind.as_str().to_owned()), Ok(KIND.to_owned()));
        for bad in ["", &KIND[1..], &format!("{KIND}X"), &KIND.replace('X', "x"), &KIND.replace('X', "-")] {
            assert_eq!(read(bad), Err(BadLicenceKind), "{bad}");
        }
    }

    /// MOD 37,36 finds every single substitution and every transposition of neighbours (ISO 7064, section 4).
    #[test]
    fn one_mistyped_character_is_noticed() {
        let id = LicenceId::new(KIND, ISSUER, "990000000001", "001").unwrap();
        for at in ROOT.len()..id.as_str().len() {
            let mut text = id.as_str().as_bytes().to_vec();
            if text[at] == b'.' {
                continue;
            }
            for other in CHARACTERS.iter().filter(|c| **c != id.as_str().as_bytes()[at]) {
                text[at] = *other;
                let text = String::from_utf8(text.clone()).unwrap();
                assert_eq!(read(&text), Err(BadLicenceId::CheckCharacter), "{text}");
            }
        }
    }
}
