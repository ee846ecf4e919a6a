//! What a code scanner sends: one code after another, each ended by a carriage return, a line feed, both, a tabulator, framed by
//! STX and ETX, or ended by silence.
//!
//! Duty: bytes → codes, bounded. Never: keep one that was handed over.

use domain::personal::Personal;
use zeroize::Zeroizing;

use super::{Code, CodeFormat};

/// No code says more: a QR code of version 40 holds 7,089 digits (fewer of all else), and 3 bytes name the symbology.
const LONGEST: usize = 7089 + 3;
/// Begins a code where a scanner is set to frame what it sends; it ends with [`is_end`]'s ETX.
pub(super) const STX: u8 = 0x02;

/// A code as it comes in, byte by byte. Its bytes are wiped.
#[derive(Default)]
pub struct ScannerLine {
    bytes: Zeroizing<Vec<u8>>,
    /// More came than a code holds, or some of it was lost: nothing until the next code.
    spoiled: bool,
}

impl ScannerLine {
    /// Nothing has come.
    pub fn new() -> Self {
        // Room from the start: a buffer that grows leaves copies behind that nobody wipes.
        Self { bytes: Zeroizing::new(Vec::with_capacity(LONGEST)), spoiled: false }
    }

    /// Takes the next byte; gives a code when it was its last.
    pub fn push(&mut self, byte: u8) -> Option<Code> {
        if is_end(byte) {
            return self.line_is_silent();
        }
        if byte == STX {
            // What came before belongs to no code.
            self.forget();
            self.spoiled = false;
            return None;
        }
        if self.bytes.len() == LONGEST {
            self.spoil();
        }
        if !self.spoiled {
            self.bytes.push(byte);
        }
        None
    }

    /// Some of what the scanner sent was lost: what has come of this code is forgotten, and the rest of it will be.
    pub fn spoil(&mut self) {
        self.forget();
        self.spoiled = true;
    }

    fn forget(&mut self) {
        self.bytes.iter_mut().for_each(|byte| *byte = 0);
        self.bytes.clear();
    }

    /// Whether a code has begun.
    pub fn has_begun(&self) -> bool {
        self.spoiled || !self.bytes.is_empty()
    }

    /// Nothing more came for a while: for scanners that are set to send no end.
    pub fn line_is_silent(&mut self) -> Option<Code> {
        let code = if self.spoiled { None } else { code(&self.bytes) };
        self.forget();
        self.spoiled = false;
        code
    }
}

/// The text, and its format where the scanner is set to say so (AIM identifiers, ISO/IEC 15424).
fn code(bytes: &[u8]) -> Option<Code> {
    let (mark, bytes) = bytes.split_at(identifier(bytes));
    let format = match mark {
        [_, b'Q', b'0'..=b'6'] => CodeFormat::QrCode,
        [_, b'C', b'0'..=b'4'] => CodeFormat::Code128,
        _ => CodeFormat::Unknown,
    };
    if bytes.is_empty() {
        return None;
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Zeroizing::new(text.to_owned()),
        // Scanners made for China are often set to its own encoding.
        Err(_) => {
            let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
            Zeroizing::new(text.into_owned())
        }
    };
    Some(Code { text: Personal::new(text.as_str()), format })
}

/// Whether a byte ends a code.
pub(super) const fn is_end(byte: u8) -> bool {
    const ETX: u8 = 0x03;
    matches!(byte, b'\r' | b'\n' | b'\t' | ETX)
}

/// How many bytes of a code name its symbology: three or none.
pub(super) fn identifier(code: &[u8]) -> usize {
    match code {
        [b']', letter, digit, ..] if letter.is_ascii_alphabetic() && digit.is_ascii_alphanumeric() => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(bytes: &[u8]) -> Vec<(String, CodeFormat)> {
        let mut line = ScannerLine::new();
        let found = bytes.iter().filter_map(|byte| line.push(*byte));
        found.map(|code| (code.text.reveal().to_owned(), code.format)).collect()
    }

    #[test]
    fn codes_end_as_scanners_are_set() {
        let check = |bytes: &[u8], want: &[(&str, CodeFormat)]| {
            let want: Vec<_> = want.iter().map(|(text, format)| ((*text).to_owned(), *format)).collect();
            assert_eq!(codes(bytes), want);
        };
        use CodeFormat::{Code128, QrCode, Unknown};
        check(b"BJ-01\r\nBJ-02\r", &[("BJ-01", Unknown), ("BJ-02", Unknown)]);
        check(
            b"]Q1example\n]C0BJ-03\t]E0690123\r",
            &[("example", QrCode), ("BJ-03", Code128), ("690123", Unknown)],
        );
        check("示例\r".as_bytes(), &[("示例", Unknown)]);
        // 示例 in GB 18030.
        check(&[0xCA, 0xBE, 0xC0, 0xFD, b'\r'], &[("示例", Unknown)]);
        // No text in either.
        check(&[0xFF, 0xFF, b'\r'], &[]);
        check(b"\x02BJ-01\x03\x02]C0BJ-02\x03\r\n", &[("BJ-01", Unknown), ("BJ-02", Code128)]);
        check(b"noise\x02BJ-01\r", &[("BJ-01", Unknown)]);
        check(b"\r\n\r\n]Q1\r", &[]);
        check(b"]", &[]);
    }

    #[test]
    fn silence_ends_a_code_and_what_was_lost_spoils_one() {
        let mut line = ScannerLine::new();
        assert!(b"BJ-0".iter().all(|byte| line.push(*byte).is_none()) && line.has_begun());
        assert_eq!(line.line_is_silent().unwrap().text.reveal(), "BJ-0");
        assert!(!line.has_begun() && line.line_is_silent().is_none());

        assert!(line.push(b'B').is_none());
        line.spoil();
        assert!(b"J-01\r".iter().all(|byte| line.push(*byte).is_none()), "half a code is none");
        assert!(line.push(b'2').is_none());
        assert_eq!(line.push(b'\r').unwrap().text.reveal(), "2");
    }

    #[test]
    fn more_than_a_code_holds_is_none() {
        let mut bytes = vec![b'7'; LONGEST + 1];
        bytes.extend(b"\rBJ-1\r");
        assert_eq!(codes(&bytes), [("BJ-1".to_owned(), CodeFormat::Unknown)]);
        bytes.remove(0);
        assert_eq!(codes(&bytes).len(), 2);
    }
}
