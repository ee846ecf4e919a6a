//! Random bytes, digests and codes.

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

/// The machine gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the machine gives no random bytes")]
pub struct NoEntropy;

/// `N` random bytes.
///
/// # Errors
/// There are none.
pub fn random<const N: usize>() -> Result<[u8; N], NoEntropy> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoEntropy)?;
    Ok(bytes)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        hex.push(digit(byte >> 4));
        hex.push(digit(byte & 15));
    }
    hex
}

/// SHA-256, lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// The letters of a code: none that is taken for another when read aloud or off paper.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A one-time code of 80 bits: `XXXX-XXXX-XXXX-XXXX`.
///
/// # Errors
/// There are no random bytes.
pub fn one_time_code() -> Result<String, NoEntropy> {
    let letters: Vec<char> =
        random::<16>()?.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// What a code is compared by: case, spaces and hyphens do not count. None: it is no code.
pub fn code_sha256(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '\t'))
        .take(17)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let fits = code.len() == 16 && code.bytes().all(|byte| LETTERS.contains(&byte));
    fits.then(|| sha256(code.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = one_time_code().unwrap();
        let typed = code.to_lowercase().replace('-', " ");
        assert_eq!(code_sha256(&code), code_sha256(&typed));
        assert!(code_sha256(&code).is_some());
        for wrong in ["", "AAAA", &format!("{code}A"), "IIII-IIII-IIII-IIII", "AAAA-AAAA-AAAA-AAA\u{0}"] {
            assert_eq!(code_sha256(wrong), None, "{wrong}");
        }
        // FIPS 180-4, the digest of "abc".
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
