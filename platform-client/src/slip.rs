//! A slip that can be proved: number, time, state and terminal, signed, as the text of a QR code.
//!
//! Duty: sign what a paper claims; check such a text without a network. Never: put anything else into it.
//!
//! The text is `YILIN:`, the bytes in Base45 (RFC 9285, so that a QR code holds them in its alphanumeric mode), and a full
//! stop that keeps scanners from trimming. The bytes, numbers big-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 1 | format, 1 |
//! | 1 | algorithm: 1 = Ed25519 (RFC 8032); others, such as SM2, get other numbers |
//! | 4 | the first four bytes of SHA-256 over the public key |
//! | 1 | state: 1 received, 2 accepted, 3 supplement required, 4 not accepted, 5 queued, 6 unknown |
//! | 5 | time of filing, seconds since 1970-01-01 UTC |
//! | 1 | its offset from UTC in quarters of an hour, two's complement |
//! | 1 + n | length and UTF-8 of the number |
//! | 1 + n | length and UTF-8 of the terminal's number |
//! | 64 | signature over `yilin slip` and all bytes before it |

mod base45;

use crate::digest::{from_hex, hex};
use crate::entropy::Entropy;
use crate::private_file::{self, PrivateFileError};
use domain::paper::{Claim, ClaimState};
use domain::terminal::TerminalId;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use std::path::Path;
use time::{OffsetDateTime, UtcOffset};

const PREFIX: &str = "YILIN:";
const FORMAT: u8 = 1;
const ED25519_ID: u8 = 1;
const SIGNATURE: usize = 64;
const SIGNED: &[u8] = b"yilin slip";

/// Signs the slips of one terminal.
pub struct SlipSigner {
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for SlipSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlipSigner").field("public", &self.public_key()).finish_non_exhaustive()
    }
}

/// A claim that a slip cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number, a terminal or a time is beyond what a slip can hold")]
pub struct ClaimTooLong;

impl SlipSigner {
    /// With the seed in this file, which is made at first use (mode 0600).
    pub fn open(key_file: &Path, entropy: &dyn Entropy) -> Result<Self, PrivateFileError> {
        let bytes = private_file::read_or_make(key_file, 32, entropy)?;
        let mut seed = [0; 32];
        seed.copy_from_slice(&bytes);
        Ok(Self::from_seed(seed))
    }

    /// With this seed: the same seed signs the same bytes the same way.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        match Ed25519KeyPair::from_seed_unchecked(&seed) {
            Ok(pair) => Self { pair },
            Err(_) => unreachable!("every 32 bytes are an Ed25519 seed"),
        }
    }

    /// The key that proves its slips.
    pub fn public_key(&self) -> SlipPublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.pair.public_key().as_ref());
        SlipPublicKey(key)
    }

    /// The text of the QR code for a claim.
    pub fn sign(&self, claim: &Claim) -> Result<String, ClaimTooLong> {
        let mut bytes = vec![FORMAT, ED25519_ID];
        bytes.extend_from_slice(&self.public_key().id());
        bytes.push(state_number(claim.state));
        let seconds = u64::try_from(claim.filed_at.unix_timestamp()).map_err(|_| ClaimTooLong)?;
        let [0, 0, 0, time @ ..] = seconds.to_be_bytes() else { return Err(ClaimTooLong) };
        bytes.extend_from_slice(&time);
        let quarters =
            i8::try_from(claim.filed_at.offset().whole_minutes() / 15).map_err(|_| ClaimTooLong)?;
        bytes.extend_from_slice(&quarters.to_be_bytes());
        for text in [&claim.number, &claim.terminal.0] {
            bytes.push(u8::try_from(text.len()).map_err(|_| ClaimTooLong)?);
            bytes.extend_from_slice(text.as_bytes());
        }
        let signature = self.pair.sign(&[SIGNED, &bytes].concat());
        bytes.extend_from_slice(signature.as_ref());
        Ok(format!("{PREFIX}{}.", base45::encode(&bytes)))
    }
}

/// A key that proves slips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SlipPublicKey([u8; 32]);

impl SlipPublicKey {
    /// From 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        from_hex(text.trim())?.try_into().ok().map(Self)
    }

    /// 64 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    fn id(&self) -> [u8; 4] {
        let hash = digest(&SHA256, &self.0);
        let mut id = [0; 4];
        id.copy_from_slice(&hash.as_ref()[..4]);
        id
    }
}

/// Why a text proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SlipError {
    /// It is no slip's text.
    #[error("this is no slip of such a terminal")]
    NotASlip,
    /// It is one of a newer format or another algorithm.
    #[error("this slip is of a newer kind than this program knows")]
    Newer,
    /// It was signed with a key that is not among those given.
    #[error("this slip is from a terminal that is not known here")]
    UnknownKey,
    /// It was altered, or made by somebody else.
    #[error("this slip was altered, or made by somebody else")]
    Altered,
}

/// What a slip's text claims, if one of these keys proves it.
pub fn verify(text: &str, keys: &[SlipPublicKey]) -> Result<Claim, SlipError> {
    let text =
        text.trim().strip_prefix(PREFIX).and_then(|t| t.strip_suffix('.')).ok_or(SlipError::NotASlip)?;
    let bytes = base45::decode(text).ok_or(SlipError::NotASlip)?;
    match bytes.as_slice() {
        [FORMAT, ED25519_ID, ..] => {}
        [] | [0, ..] => return Err(SlipError::NotASlip),
        _ => return Err(SlipError::Newer),
    }
    let at = bytes.len().checked_sub(SIGNATURE).ok_or(SlipError::NotASlip)?;
    let (body, signature) = bytes.split_at(at);
    let id = body.get(2..6).ok_or(SlipError::NotASlip)?;
    // Four bytes are a hint and can be the same by chance: every key with that hint is tried.
    let mut hinted = keys.iter().filter(|k| k.id() == *id).peekable();
    if hinted.peek().is_none() {
        return Err(SlipError::UnknownKey);
    }
    let message = [SIGNED, body].concat();
    let proved =
        |key: &SlipPublicKey| UnparsedPublicKey::new(&ED25519, key.0).verify(&message, signature).is_ok();
    if !hinted.any(proved) {
        return Err(SlipError::Altered);
    }
    read_claim(&body[6..]).ok_or(SlipError::NotASlip)
}

fn read_claim(rest: &[u8]) -> Option<Claim> {
    let (&state, rest) = rest.split_first()?;
    let (time, rest) = rest.split_at_checked(5)?;
    let (&quarters, rest) = rest.split_first()?;
    let seconds = time.iter().fold(0_i64, |sum, &byte| (sum << 8) | i64::from(byte));
    let offset = UtcOffset::from_whole_seconds(i32::from(i8::from_be_bytes([quarters])) * 900).ok()?;
    let (number, rest) = read_text(rest)?;
    let (terminal, rest) = read_text(rest)?;
    rest.is_empty().then_some(Claim {
        number,
        filed_at: OffsetDateTime::from_unix_timestamp(seconds).ok()?.to_offset(offset),
        state: STATES.into_iter().find(|s| state_number(*s) == state)?,
        terminal: TerminalId(terminal),
    })
}

fn read_text(rest: &[u8]) -> Option<(String, &[u8])> {
    let (&length, rest) = rest.split_first()?;
    let (text, rest) = rest.split_at_checked(usize::from(length))?;
    Some((std::str::from_utf8(text).ok()?.to_owned(), rest))
}

const STATES: [ClaimState; 6] = [
    ClaimState::Received,
    ClaimState::Accepted,
    ClaimState::SupplementRequired,
    ClaimState::NotAccepted,
    ClaimState::Queued,
    ClaimState::Unknown,
];

const fn state_number(state: ClaimState) -> u8 {
    match state {
        ClaimState::Received => 1,
        ClaimState::Accepted => 2,
        ClaimState::SupplementRequired => 3,
        ClaimState::NotAccepted => 4,
        ClaimState::Queued => 5,
        ClaimState::Unknown => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;
    use time::macros::datetime;

    fn claim(number: &str, state: ClaimState) -> Claim {
        Claim {
            number: number.to_owned(),
            filed_at: datetime!(2026-11-24 10:24:07 +8),
            state,
            terminal: TerminalId("YL-990001-01".to_owned()),
        }
    }

    #[test]
    fn a_claim_comes_back_as_it_was() {
        let signer = SlipSigner::from_seed([7; 32]);
        let keys = [SlipSigner::from_seed([8; 32]).public_key(), signer.public_key()];
        let longest = "示".repeat(64);
        for state in STATES {
            for number in ["BJ202611240001", "0123456789abcdef0123456789abcdef", longest.as_str()] {
                let claim = claim(number, state);
                let text = signer.sign(&claim).unwrap();
                assert!(text.bytes().all(|b| b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".contains(&b)));
                assert_eq!(verify(&text, &keys), Ok(claim.clone()));
                assert_eq!(text, SlipSigner::from_seed([7; 32]).sign(&claim).unwrap(), "the same seed");
            }
        }
    }

    #[test]
    fn a_usual_number_fits_a_small_code() {
        let claim = Claim {
            terminal: TerminalId("T99000100100101".to_owned()),
            ..claim("BJ-20261124-0000001", ClaimState::Accepted)
        };
        let text = SlipSigner::from_seed([7; 32]).sign(&claim).unwrap();
        // Version 7, level M, alphanumeric (ISO/IEC 18004, table 7).
        assert!(text.len() <= 178, "{} characters", text.len());
    }

    #[test]
    fn every_altered_character_is_noticed() {
        let signer = SlipSigner::from_seed([7; 32]);
        let keys = [signer.public_key()];
        let text = signer.sign(&claim("BJ1", ClaimState::Received)).unwrap();
        for i in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[i] = if altered[i] == b'0' { b'1' } else { b'0' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(verify(&altered, &keys).is_err(), "character {i}");
            assert!(verify(&text[..i], &keys).is_err(), "cut at {i}");
        }
        assert_eq!(verify(&text, &[]), Err(SlipError::UnknownKey));
        assert_eq!(verify("BJ1", &keys), Err(SlipError::NotASlip));
    }

    #[test]
    fn the_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("slip.key");
        let first = SlipSigner::open(&file, &SeededEntropy::new(1)).unwrap().public_key();
        assert_eq!(first, SlipSigner::open(&file, &SeededEntropy::new(2)).unwrap().public_key());
        assert_eq!(SlipPublicKey::from_hex(&first.to_hex()), Some(first));
    }

    // RFC 8032, section 7.1, test 1.
    #[test]
    fn the_public_key_is_that_of_the_standard() {
        let seed = from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        let public = SlipSigner::from_seed(seed.try_into().unwrap()).public_key();
        assert_eq!(public.to_hex(), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }
}
