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
//! | 1 | algorithm: 2 = SM2 with SM3 (GB/T 32918.2, GB/T 32905), the signer's id that of GM/T 0009 |
//! | 4 | the first four bytes of SM3 over the public key, 04 ‖ x ‖ y |
//! | 1 | state: 1 received, 2 accepted, 3 supplement required, 4 not accepted, 5 queued, 6 unknown |
//! | 5 | time of filing, seconds since 1970-01-01 UTC |
//! | 1 | its offset from UTC in quarters of an hour, two's complement |
//! | 1 + n | length and UTF-8 of the number |
//! | 1 + n | length and UTF-8 of the terminal's number |
//! | 64 | signature over `yilin slip` and all bytes before it: r ‖ s |

mod base45;
mod key;
mod ring;

pub use key::SlipKey;
pub use ring::{KeyRingError, SignSlipError, SlipSigner};

use crate::gm::sm2::Signature;
use domain::paper::{Claim, ClaimState};
use domain::terminal::TerminalId;
use time::{OffsetDateTime, UtcOffset};

const PREFIX: &str = "YILIN:";
const FORMAT: u8 = 1;
const SM2_WITH_SM3: u8 = 2;
const SIGNATURE: usize = 64;
const SIGNED: &[u8] = b"yilin slip";
/// How many bytes of a key's digest are in a slip: a hint, which two keys may have in common by chance.
const HINT: usize = 4;

/// The bytes that are signed for a claim; none where one of its parts is beyond what a slip can hold.
fn body(claim: &Claim, hint: [u8; HINT]) -> Option<Vec<u8>> {
    let mut bytes = vec![FORMAT, SM2_WITH_SM3];
    bytes.extend_from_slice(&hint);
    bytes.push(state_number(claim.state));
    let seconds = u64::try_from(claim.filed_at.unix_timestamp()).ok()?;
    let [0, 0, 0, time @ ..] = seconds.to_be_bytes() else { return None };
    bytes.extend_from_slice(&time);
    let quarters = i8::try_from(claim.filed_at.offset().whole_minutes() / 15).ok()?;
    bytes.extend_from_slice(&quarters.to_be_bytes());
    for text in [&claim.number, &claim.terminal.0] {
        bytes.push(u8::try_from(text.len()).ok()?);
        bytes.extend_from_slice(text.as_bytes());
    }
    Some(bytes)
}

/// The text of a body and its signature.
fn written(mut body: Vec<u8>, signature: [u8; SIGNATURE]) -> String {
    body.extend_from_slice(&signature);
    format!("{PREFIX}{}.", base45::encode(&body))
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
    /// The key that signed it was not in use at the time that it claims.
    #[error("this slip claims a time at which its terminal signed with another key")]
    KeyExpired,
}

impl SlipError {
    /// Its word for programs: `unknown_key`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotASlip => "not_a_slip",
            Self::Newer => "newer",
            Self::UnknownKey => "unknown_key",
            Self::Altered => "altered",
            Self::KeyExpired => "key_expired",
        }
    }
}

/// What a slip's text claims, if one of these keys proves it.
pub fn verify(text: &str, keys: &[SlipKey]) -> Result<Claim, SlipError> {
    let text =
        text.trim().strip_prefix(PREFIX).and_then(|t| t.strip_suffix('.')).ok_or(SlipError::NotASlip)?;
    let bytes = base45::decode(text).ok_or(SlipError::NotASlip)?;
    match bytes.as_slice() {
        [FORMAT, SM2_WITH_SM3, ..] => {}
        [] | [0, ..] => return Err(SlipError::NotASlip),
        _ => return Err(SlipError::Newer),
    }
    let at = bytes.len().checked_sub(SIGNATURE).ok_or(SlipError::NotASlip)?;
    let (body, signature) = bytes.split_at(at);
    let hint = body.get(2..2 + HINT).ok_or(SlipError::NotASlip)?;
    let mut hinted = keys.iter().filter(|k| k.hint() == *hint).peekable();
    if hinted.peek().is_none() {
        return Err(SlipError::UnknownKey);
    }
    let message = [SIGNED, body].concat();
    let signature = Signature::from_raw(signature).map_err(|_| SlipError::Altered)?;
    let proved = |key: &&SlipKey| key.verifying_key().verify(&message, &signature).is_ok();
    let key = hinted.find(proved).ok_or(SlipError::Altered)?;
    let claim = read_claim(&body[2 + HINT..]).ok_or(SlipError::NotASlip)?;
    if key.is_in_use_at(claim.filed_at) { Ok(claim) } else { Err(SlipError::KeyExpired) }
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
mod tests;
