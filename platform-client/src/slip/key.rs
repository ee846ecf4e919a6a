//! A key that proves slips, and from when until when its terminal signs with it.

use super::HINT;
use crate::contract::terminal;
use crate::digest::{from_hex, hex};
use crate::gm::sm2::VerifyingKey;
use crate::gm::sm3;
use domain::terminal::Timestamp;
use time::format_description::well_known::Rfc3339;

/// A public key of a terminal, in use from one moment until before another.
#[derive(Debug, Clone, PartialEq)]
pub struct SlipKey {
    key: VerifyingKey,
    from: Timestamp,
    until: Timestamp,
}

impl SlipKey {
    pub(super) const fn new(key: VerifyingKey, from: Timestamp, until: Timestamp) -> Self {
        Self { key, from, until }
    }

    /// From 130 hexadecimal digits (04 ‖ x ‖ y) and the two moments.
    pub fn from_hex(key: &str, from: Timestamp, until: Timestamp) -> Option<Self> {
        let point = from_hex(key).filter(|point| point.len() == 65)?;
        Some(Self::new(VerifyingKey::from_point(&point).ok()?, from, until))
    }

    /// From a line of a file of keys: the key, and the two moments in RFC 3339, with a space between each.
    pub fn from_line(line: &str) -> Option<Self> {
        let mut parts = line.split_whitespace();
        let (key, from, until) = (parts.next()?, parts.next()?, parts.next()?);
        let time = |text: &str| Timestamp::parse(text, &Rfc3339).ok();
        let key = Self::from_hex(key, time(from)?, time(until)?)?;
        parts.next().is_none().then_some(key)
    }

    /// 130 lower-case hexadecimal digits: 04 ‖ x ‖ y.
    pub fn to_hex(&self) -> String {
        hex(&self.key.to_point())
    }

    /// The first moment of its use.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// The first moment after its use.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether its terminal signed with it then.
    pub fn is_in_use_at(&self, at: Timestamp) -> bool {
        (self.from..self.until).contains(&at)
    }

    pub(super) const fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }

    pub(super) fn hint(&self) -> [u8; HINT] {
        let mut hint = [0; HINT];
        hint.copy_from_slice(&sm3::digest(&self.key.to_point())[..HINT]);
        hint
    }
}

impl From<&SlipKey> for terminal::SlipKey {
    fn from(key: &SlipKey) -> Self {
        Self { public_key: key.to_hex(), from: key.from, until: key.until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    // The public key of GB/T 32918.5-2017, annex A.
    const KEY: &str = "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

    #[test]
    fn a_line_of_a_file() {
        let line = format!("{KEY} 2026-11-24T00:00:00Z 2027-11-24T08:00:00+08:00");
        let key = SlipKey::from_line(&line).unwrap();
        assert_eq!(key.to_hex(), KEY);
        for (at, used) in [
            (datetime!(2026-11-23 23:59:59 UTC), false),
            (datetime!(2026-11-24 0:00 UTC), true),
            (datetime!(2027-11-23 23:59:59 UTC), true),
            (datetime!(2027-11-24 0:00 UTC), false),
        ] {
            assert_eq!(key.is_in_use_at(at), used, "{at}");
        }
        for bad in
            ["", KEY, &line[2..], &format!("{line} x"), &line.replace("Z", ""), &line.replace("df31", "df32")]
        {
            assert_eq!(SlipKey::from_line(bad), None, "{bad}");
        }
    }
}
