//! Code scanners that are not there: one on a serial line, one that types.
//!
//! Duty: what such a scanner sends for a code. Never: share a line with the driver that reads it.

use std::io;
use std::path::Path;

use super::pty::Pty;

/// A scanner on a pty.
pub struct SimScanner {
    line: Pty,
}

/// How a scanner ends a code, as its settings call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// Carriage return and line feed.
    CrLf,
    /// Carriage return, as scanners leave the factory.
    Cr,
    /// Nothing.
    None,
}

impl SimScanner {
    /// A scanner that nobody has opened yet.
    ///
    /// # Errors
    /// The system has no pty.
    pub fn open() -> io::Result<Self> {
        Ok(Self { line: Pty::open()? })
    }

    /// The host's end, a device file.
    pub fn path(&self) -> &Path {
        self.line.path()
    }

    /// Sends what it read.
    ///
    /// # Errors
    /// The pty is gone.
    pub fn read_code(&self, bytes: &[u8], suffix: Suffix) -> io::Result<()> {
        let end: &[u8] = match suffix {
            Suffix::CrLf => b"\r\n",
            Suffix::Cr => b"\r",
            Suffix::None => b"",
        };
        self.line.write_all(&[bytes, end].concat())
    }
}

/// The events that the kernel gives for a scanner that types `text` and Enter: `struct input_event` of linux/input.h, 24 bytes
/// each. What is on no key of a keyboard of the United States is typed as Alt and its GBK code on the number pad.
pub fn typed(text: &str) -> Vec<u8> {
    let mut events = Vec::new();
    for letter in text.chars() {
        match key(letter) {
            Some((code, false)) => tap(&mut events, code),
            Some((code, true)) => {
                event(&mut events, LEFT_SHIFT, 1);
                tap(&mut events, code);
                event(&mut events, LEFT_SHIFT, 0);
            }
            None => alt_code(&mut events, letter),
        }
    }
    tap(&mut events, ENTER);
    events
}

const LEFT_SHIFT: u16 = 42;
const LEFT_ALT: u16 = 56;
const ENTER: u16 = 28;

fn alt_code(events: &mut Vec<u8>, letter: char) {
    let mut buffer = [0; 4];
    let (bytes, _, _) = encoding_rs::GB18030.encode(letter.encode_utf8(&mut buffer));
    // Characters of four bytes have no such code; scanners leave them out.
    let [high, low] = bytes.as_ref() else { return };
    let number = u16::from_be_bytes([*high, *low]);
    event(events, LEFT_ALT, 1);
    for digit in number.to_string().bytes() {
        // KEY_KP0 to KEY_KP9.
        let pad = [82, 79, 80, 81, 75, 76, 77, 71, 72, 73];
        tap(events, pad[usize::from(digit - b'0')]);
    }
    event(events, LEFT_ALT, 0);
}

/// The key with that letter, and whether shift is held.
fn key(letter: char) -> Option<(u16, bool)> {
    let lower = letter.to_ascii_lowercase();
    let code = match lower {
        '1'..='9' => u16::try_from(u32::from(lower) - u32::from('1')).ok()? + 2,
        '0' => 11,
        '-' | '_' => 12,
        '=' | '+' => 13,
        ':' | ';' => 39,
        '.' => 52,
        '/' | '?' => 53,
        '&' => 8,
        ' ' => 57,
        'a'..='z' => {
            let at = usize::try_from(u32::from(lower) - u32::from('a')).ok()?;
            [
                30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31, 20, 22, 47, 17,
                45, 21, 44,
            ][at]
        }
        _ => return None,
    };
    Some((code, letter.is_ascii_uppercase() || "_+:?&".contains(letter)))
}

fn tap(events: &mut Vec<u8>, code: u16) {
    event(events, code, 1);
    event(events, code, 0);
}

/// A key goes down or up, and the report that ends it.
fn event(events: &mut Vec<u8>, code: u16, value: i32) {
    for (kind, code, value) in [(1_u16, code, value), (0, 0, 0)] {
        events.extend([0; 16]);
        events.extend(kind.to_ne_bytes());
        events.extend(code.to_ne_bytes());
        events.extend(value.to_ne_bytes());
    }
}
