//! Passwords and codes: how somebody proves who they are.
//!
//! Passwords by argon2id (RFC 9106, 4: 19 MiB, two passes, as OWASP asks at least); codes by TOTP (RFC 6238: SHA-1, six
//! digits, 30 seconds), each step once.

use super::guessed::is_guessed;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use ring::hmac;

/// The shortest password, in characters.
pub const SHORTEST: usize = 12;
/// The longest password, in characters.
pub const LONGEST: usize = 128;
/// Seconds of a step.
const STEP: i64 = 30;

fn argon2() -> Argon2<'static> {
    let params = match Params::new(19 * 1024, 2, 1, None) {
        Ok(params) => params,
        Err(_) => unreachable!("19 MiB, two passes and one lane are within argon2's bounds"),
    };
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Whether a password may be set: long enough, not too long, none that is guessed early.
pub fn is_acceptable(password: &str, name: &str) -> bool {
    (SHORTEST..=LONGEST).contains(&password.chars().count()) && !is_guessed(password, name)
}

/// The PHC string of a password. It takes some 30 ms and 19 MiB: off the async threads.
pub async fn hash(password: String) -> String {
    let made = tokio::task::spawn_blocking(move || {
        let salt = SaltString::encode_b64(&super::tokens::random::<16>());
        salt.and_then(|salt| Ok(argon2().hash_password(password.as_bytes(), &salt)?.to_string()))
    });
    match made.await {
        Ok(Ok(hash)) => hash,
        _ => unreachable!("a password within its bounds has a hash"),
    }
}

/// Whether a password belongs to a PHC string; without one the same work is done, so that nobody learns which names exist.
pub async fn is_password(password: String, phc: Option<String>) -> bool {
    if password.chars().count() > LONGEST {
        return false;
    }
    let checked = tokio::task::spawn_blocking(move || {
        let known = phc.as_deref().unwrap_or(NOBODY);
        let fits = PasswordHash::new(known)
            .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
        fits && phc.is_some()
    });
    checked.await.unwrap_or(false)
}

/// A hash of the same cost that no password is known for.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ibw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The code of a step (RFC 4226, 5.3).
pub fn code(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes[19] & 0x0F);
    let word = u32::from_be_bytes([bytes[at] & 0x7F, bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    word % 1_000_000
}

/// The step that a code belongs to, one before and one after `seconds` of Unix time included.
pub fn step_of(secret: &[u8], typed: &str, seconds: i64) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let typed: u32 = digits.parse().ok()?;
    let now = seconds.div_euclid(STEP);
    [now, now - 1, now + 1].into_iter().find(|step| code(secret, *step) == typed)
}

/// Base32 without padding (RFC 4648, 6), as authenticator programs take it.
pub fn base32(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    let (mut buffer, mut bits) = (0_u32, 0);
    for byte in bytes {
        buffer = buffer << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(DIGITS[(buffer >> bits & 31) as usize]));
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(char::from(DIGITS[(buffer << (5 - bits) & 31) as usize]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(code(secret, seconds / 30), expected, "{seconds}");
        }
        assert_eq!(step_of(secret, "287 082", 59 + 30), Some(1), "one step late");
        assert_eq!(step_of(secret, "287082", 59 + 90), None, "three steps late");
        assert_eq!(step_of(secret, "28708", 59), None);
        assert_eq!(step_of(secret, "28708x", 59), None);
    }

    /// RFC 4648, 10, without the padding.
    #[test]
    fn base32_is_that_of_the_standard() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
        }
    }

    #[test]
    fn short_long_and_guessed_passwords_are_refused() {
        for (password, fine) in [
            ("a quiet river", true),
            ("short", false),
            ("Password1234", false),
            ("aaaaaaaaaaaaaa", false),
            ("liliangliliang", false),
            (&"春江潮水连海平".repeat(19), false),
        ] {
            assert_eq!(is_acceptable(password, "liliang"), fine, "{password}");
        }
    }
}
