//! SM3 (GB/T 32905-2016) and HMAC-SM3 (RFC 2104 over SM3, as GM/T 0091 uses it).

use crate::digest::hex;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sm3::{Digest as _, Sm3};
use zeroize::Zeroizing;

/// An SM3 digest: 32 bytes, the most significant first.
pub type Digest = [u8; 32];

/// The digest of some bytes.
pub fn digest(bytes: &[u8]) -> Digest {
    digest_of(&[bytes])
}

/// The digest of some parts, one behind the other.
pub fn digest_of(parts: &[&[u8]]) -> Digest {
    let mut hash = Sm3::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// A digest as most interfaces write it: 64 lower-case hexadecimal digits.
pub fn digest_hex(bytes: &[u8]) -> String {
    hex(&digest(bytes))
}

/// The key of a MAC; wiped when it is dropped.
#[derive(Clone)]
pub struct HmacKey(Zeroizing<Vec<u8>>);

impl HmacKey {
    /// A key of any length; one that is longer than 64 bytes stands for its digest (RFC 2104 section 2).
    pub fn new(key: Zeroizing<Vec<u8>>) -> Self {
        Self(key)
    }

    /// The MAC of some parts, one behind the other.
    pub fn mac(&self, parts: &[&[u8]]) -> Digest {
        self.over(parts).finalize().into_bytes().into()
    }

    /// The plain digest of some parts with the key behind them, which some gateways call a signature. A MAC is better:
    /// whoever finds two messages of one digest finds two of one "signature".
    pub fn digest_behind(&self, parts: &[&[u8]]) -> Digest {
        digest_of(&[parts, &[&self.0[..]]].concat())
    }

    /// Whether this is their MAC; takes the same time for every wrong one of 32 bytes.
    pub fn accepts(&self, parts: &[&[u8]], mac: &[u8]) -> bool {
        self.over(parts).verify_slice(mac).is_ok()
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sm3> {
        // A key of any length will do: there is no error to meet.
        let Ok(mut mac) = Hmac::<Sm3>::new_from_slice(&self.0) else {
            unreachable!("HMAC takes keys of every length")
        };
        parts.iter().for_each(|part| mac.update(part));
        mac
    }
}

impl std::fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HmacKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::from_hex;

    #[test]
    fn the_standards_examples() {
        let check = |bytes: &[u8], want: &str| assert_eq!(digest_hex(bytes), want);
        // GB/T 32905-2016, annex A.1 and A.2
        check(b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        check(&b"abcd".repeat(16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
        let parts = digest_of(&[b"a", b"", b"bc"]);
        assert_eq!(parts, digest(b"abc"), "parts are one message");
    }

    #[test]
    fn a_mac_is_taken_and_another_is_not() {
        // RFC 2104 by hand: digest(opad ‖ digest(ipad ‖ text)), for a short key and for one that is longer than a block.
        for length in [0, 16, 64, 65, 200] {
            let key = vec![0x5a; length];
            let mut block = [0; 64];
            let short = if length > 64 { digest(&key).to_vec() } else { key.clone() };
            block[..short.len()].copy_from_slice(&short);
            let pad = |with: u8| block.map(|b| b ^ with);
            let want = digest_of(&[&pad(0x5c), &digest_of(&[&pad(0x36), b"text"])]);
            let key = HmacKey::new(Zeroizing::new(key));
            assert_eq!(key.mac(&[b"te", b"xt"]), want, "{length}");
            assert!(key.accepts(&[b"text"], &want));
            assert!(!key.accepts(&[b"texT"], &want) && !key.accepts(&[b"text"], &want[..31]));
            assert!(!key.accepts(&[b"text"], b"") && !key.accepts(&[b"text"], &[want, want].concat()));
        }
    }

    #[test]
    fn a_key_does_not_print_itself() {
        let key = HmacKey::new(Zeroizing::new(from_hex("deadbeef").unwrap()));
        assert_eq!(format!("{key:?}"), "HmacKey(…)");
    }
}
