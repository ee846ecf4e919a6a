//! SHA-256, as 64 lower-case hexadecimal digits.

use ring::digest::{Context, SHA256};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// Of bytes.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(ring::digest::digest(&SHA256, bytes).as_ref())
}

/// Of a file. Blocks.
pub(crate) fn sha256_of_file(file: &Path) -> std::io::Result<String> {
    let mut open = File::open(file)?;
    let mut context = Context::new(&SHA256);
    let mut piece = vec![0; 64 * 1024];
    loop {
        match open.read(&mut piece)? {
            0 => return Ok(hex(context.finish().as_ref())),
            length => context.update(&piece[..length]),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
