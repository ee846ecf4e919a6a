//! SHA-256 as the contract writes it: 64 lower-case hexadecimal digits.

use ring::digest::{Context, SHA256, digest};
use std::io::{self, Read};
use zeroize::Zeroizing;

/// The digest of some bytes.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// The digest of everything that is read, which is not kept.
pub(crate) fn sha256_hex_of(mut bytes: impl Read) -> io::Result<String> {
    let mut context = Context::new(&SHA256);
    let mut part = Zeroizing::new([0; 16 << 10]);
    loop {
        match bytes.read(&mut *part)? {
            0 => return Ok(hex(context.finish().as_ref())),
            length => context.update(&part[..length]),
        }
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of an even number of hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
