//! A code of nobody in place of one that was shown, for recordings.
//!
//! Duty: as long as the code, ended and marked as it was, in its encoding. Never: a letter of it.

use std::ops::RangeInclusive;

use super::keys::{EVENT, ends, is_alt, pad_digit, pad_key, types};
use super::line::{STX, identifier, is_end};
use crate::transport::{Outgoing, Redaction};

/// What stands for a letter of one byte, and on a key.
const LETTER: u8 = b'x';
const LETTER_KEY: u16 = 45;
/// A key that types nothing: `KEY_RESERVED`.
const NO_KEY: u16 = 0;
/// 例 in GBK: no UTF-8.
const TWO_BYTES: [u8; 2] = [0xC0, 0xFD];
/// U+20000 in GB 18030.
const FOUR_BYTES: [u8; 4] = [0x95, 0x32, 0x82, 0x36];
/// The second byte of one of four.
const DIGITS: RangeInclusive<u8> = 0x30..=0x39;

/// For scanners on a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineRedaction;

impl Redaction for LineRedaction {
    fn outgoing(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    fn incoming(&mut self, bytes: &[u8]) -> Vec<u8> {
        let codes = bytes.split_inclusive(|byte| is_end(*byte));
        codes.flat_map(stand_in).collect()
    }

    fn keeps_outgoing(&self) -> Outgoing {
        Outgoing::Kept
    }

    fn ends_with_silence(&self) -> bool {
        true
    }
}

/// A code and its end.
fn stand_in(code: &[u8]) -> Vec<u8> {
    let (code, end) = match code.split_last() {
        Some((last, before)) if is_end(*last) => code.split_at(before.len()),
        _ => (code, &[][..]),
    };
    // What came before its beginning is no code, and may have been anybody's.
    let (before, code) = code.split_at(code.iter().rposition(|byte| *byte == STX).map_or(0, |at| at + 1));
    let before: Vec<u8> = before.iter().map(|byte| if *byte == STX { STX } else { LETTER }).collect();
    let (mark, says) = code.split_at(identifier(code));
    [&before, mark, &nobodys(says), end].concat()
}

fn nobodys(says: &[u8]) -> Vec<u8> {
    if let Ok(text) = std::str::from_utf8(says) {
        let of = |letter: char| match letter.len_utf8() {
            1 => "x",
            2 => "é",
            3 => "€",
            _ => "\u{20000}",
        };
        return text.chars().map(of).collect::<String>().into_bytes();
    }
    if encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(says).is_none() {
        return vec![0xFF; says.len()];
    }
    let mut nobodys = Vec::with_capacity(says.len());
    let mut rest = says;
    while let [first, tail @ ..] = rest {
        let stands: &[u8] = match tail.first() {
            Some(second) if *first > 0x80 && DIGITS.contains(second) => &FOUR_BYTES,
            Some(_) if *first > 0x80 => &TWO_BYTES,
            _ => &[LETTER],
        };
        nobodys.extend_from_slice(stands);
        rest = rest.get(stands.len()..).unwrap_or_default();
    }
    nobodys
}

/// For scanners that type: the same keys at the same moments, but every letter one letter, and characters that are typed by
/// their number one character.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyRedaction {
    alt_held: bool,
}

// linux/input-event-codes.h
const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
/// Where the code and the value of an event begin, and its kind.
const KIND: usize = 16;
const CODE: usize = 18;
const VALUE: usize = 20;

impl Redaction for KeyRedaction {
    fn outgoing(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.to_vec()
    }

    fn incoming(&mut self, bytes: &[u8]) -> Vec<u8> {
        let (events, part) = bytes.as_chunks::<EVENT>();
        let mut redacted: Vec<[u8; EVENT]> = Vec::with_capacity(events.len());
        // Where the digits of a character's number stand.
        let mut digits: Vec<(usize, u8)> = Vec::new();
        for event in events {
            let part = |at: usize| u16::from_ne_bytes([event[at], event[at + 1]]);
            let (kind, code) = (part(KIND), part(CODE));
            let pressed = event[VALUE..] != [0; 4];
            // The date is of nobody's, but of a day; what is no key may be a key's number on its wire.
            let mut stands = [0; EVENT];
            stands[KIND..CODE].copy_from_slice(&event[KIND..CODE]);
            let key = match kind {
                EV_SYN => code,
                EV_KEY => {
                    stands[VALUE..].copy_from_slice(&event[VALUE..]);
                    let digit = pad_digit(code).filter(|_| self.alt_held);
                    if let Some(digit) = digit.filter(|_| pressed) {
                        digits.push((redacted.len(), digit));
                    }
                    self.key(code)
                }
                _ => NO_KEY,
            };
            stands[CODE..VALUE].copy_from_slice(&key.to_ne_bytes());
            redacted.push(stands);
            if kind == EV_KEY && is_alt(code) {
                self.alt_held = pressed;
                number(&mut redacted, &std::mem::take(&mut digits));
            }
        }
        let mut redacted = redacted.concat();
        redacted.resize(redacted.len() + part.len(), 0);
        redacted
    }

    fn keeps_outgoing(&self) -> Outgoing {
        Outgoing::Kept
    }

    fn ends_with_silence(&self) -> bool {
        true
    }
}

impl KeyRedaction {
    fn key(self, code: u16) -> u16 {
        match (is_alt(code) || (ends(code) && !self.alt_held), self.alt_held || !types(code)) {
            (true, _) => code,
            (false, true) => NO_KEY,
            (false, false) => LETTER_KEY,
        }
    }
}

/// Another number of as many digits: of two bytes where it was one of two.
fn number(events: &mut [[u8; EVENT]], digits: &[(usize, u8)]) {
    let number = digits.iter().fold(0_u32, |number, (_, digit)| (number * 10 + u32::from(*digit)) % 100_000);
    let stands: u32 = match (number, digits.len()) {
        // An end of a code, and nothing, are nobody's.
        (0 | 9 | 10 | 13, _) => number,
        (256.., 5..) => u32::from(u16::from_be_bytes(TWO_BYTES)),
        (256.., _) => 999,
        (_, 3..) => u32::from(LETTER),
        (_, 2) => 88,
        _ => 1,
    };
    let mut rest = stands;
    for (at, _) in digits.iter().rev() {
        let digit = u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        events[*at][CODE..VALUE].copy_from_slice(&pad_key(digit).to_ne_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_nobody_is_as_long_and_ends_and_is_marked_as_it_was() {
        let check = |came: &[u8], want: &[u8]| {
            assert_eq!(LineRedaction.incoming(came), want, "{came:02X?}");
        };
        check(b"BJ-0001\r\n]Q1ab\tc", b"xxxxxxx\r\n]Q1xx\tx");
        check("示例é1\r".as_bytes(), "€€éx\r".as_bytes());
        // 示例 and a character of four bytes in GB 18030.
        check(&[0xCA, 0xBE, b'1', 0x82, 0x35, 0x8F, 0x33], &[0xC0, 0xFD, b'x', 0x95, 0x32, 0x82, 0x36]);
        check(&[0xFF, 0xFF, b'\r'], &[0xFF, 0xFF, b'\r']);
        check(b"\r\n", b"\r\n");
        check(b"", b"");
    }

    fn event(kind: u16, code: u16, value: i32, time: u8) -> [u8; EVENT] {
        let mut event = [0; EVENT];
        event[..KIND].fill(time);
        event[KIND..CODE].copy_from_slice(&kind.to_ne_bytes());
        event[CODE..VALUE].copy_from_slice(&code.to_ne_bytes());
        event[VALUE..].copy_from_slice(&value.to_ne_bytes());
        event
    }

    /// Codes of linux/input-event-codes.h: KEY_LEFTSHIFT 42, KEY_A 30, KEY_X 45, KEY_ENTER 28; EV_MSC 4 with MSC_SCAN 4.
    #[test]
    fn keys_become_one_letter_and_dates_and_scan_codes_nothing() {
        let came = [
            event(4, 4, 0x0007_0004, 9),
            event(1, 42, 1, 9),
            event(1, 30, 1, 9),
            event(0, 0, 0, 9),
            event(1, 30, 0, 9),
            event(0, 3, 0, 9),
            event(1, 28, 1, 9),
        ];
        let want = [
            event(4, 0, 0, 0),
            event(1, 0, 1, 0),
            event(1, 45, 1, 0),
            event(0, 0, 0, 0),
            event(1, 45, 0, 0),
            event(0, 3, 0, 0),
            event(1, 28, 1, 0),
        ];
        let mut came = came.concat();
        came.push(7);
        assert_eq!(KeyRedaction::default().incoming(&came), [&want.concat()[..], &[0]].concat());
    }

    /// Alt held (KEY_LEFTALT 56), the number on the pad: 0 to 9 are 82, 79, 80, 81, 75, 76, 77, 71, 72, 73.
    #[test]
    fn numbers_of_characters_become_one_number() {
        let check = |typed: &[u16], want: &[u16]| {
            let events = |keys: &[u16]| -> Vec<u8> {
                let keys = keys.iter().map(|key| event(1, *key, 1, 0));
                [event(1, 56, 1, 0)].into_iter().chain(keys).chain([event(1, 56, 0, 0)]).flatten().collect()
            };
            assert_eq!(KeyRedaction::default().incoming(&events(typed)), events(want), "{typed:?}");
        };
        // 51902, 示 in GBK; 49405.
        check(&[76, 79, 73, 82, 80], &[75, 73, 75, 82, 76]);
        // 065, A; 120.
        check(&[82, 77, 76], &[79, 80, 82]);
        // 13, the end.
        check(&[79, 81], &[79, 81]);
        check(&[77, 76], &[72, 72]);
        check(&[], &[]);
    }
}
