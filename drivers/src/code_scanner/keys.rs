//! Which bytes a scanner's keystrokes mean: a keyboard of the United States, as scanners leave the factory, and the decimal
//! codes that they type with Alt and the number pad for what is on no key.

use super::line::is_end;

/// `struct input_event` of a 64-bit kernel: two numbers of eight bytes for the time, then kind, code and value.
pub(super) const EVENT: usize = 24;

/// What an event brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Nothing to read: a release, a light, a wheel.
    Nothing,
    /// Bytes of a code, or its end.
    Bytes(Typed),
    /// The kernel had no room: events were lost.
    Lost,
}

/// One byte or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    bytes: [u8; 2],
    two: bool,
}

impl std::ops::Deref for Typed {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        if self.two { &self.bytes } else { &self.bytes[..1] }
    }
}

/// Which keys are held.
#[derive(Debug, Default)]
pub(super) struct Keys {
    shift: [bool; 2],
    /// What was typed on the number pad while Alt is held.
    alt: Option<u32>,
}

// linux/input-event-codes.h
const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_DROPPED: u16 = 3;
const KEY_LEFTSHIFT: u16 = 42;
const KEY_RIGHTSHIFT: u16 = 54;
const KEY_LEFTALT: u16 = 56;
const KEY_RIGHTALT: u16 = 100;
const KEY_KPENTER: u16 = 96;

impl Keys {
    /// Takes one `struct input_event`.
    pub(super) fn event(&mut self, event: &[u8; EVENT]) -> Key {
        let kind = u16::from_ne_bytes([event[16], event[17]]);
        let code = u16::from_ne_bytes([event[18], event[19]]);
        let value = i32::from_ne_bytes([event[20], event[21], event[22], event[23]]);
        match (kind, code) {
            (EV_SYN, SYN_DROPPED) => {
                // Which keys are held now is not known either; scanners hold none between two letters.
                *self = Self::default();
                Key::Lost
            }
            (EV_KEY, KEY_LEFTSHIFT | KEY_RIGHTSHIFT) => {
                self.shift[usize::from(code == KEY_RIGHTSHIFT)] = value != 0;
                Key::Nothing
            }
            (EV_KEY, code) if is_alt(code) => self.alt(value),
            // A key that is pressed; the kernel's own repetition (2) is nothing that a scanner typed.
            (EV_KEY, code) if value == 1 => self.pressed(code),
            _ => Key::Nothing,
        }
    }

    fn alt(&mut self, value: i32) -> Key {
        if value != 0 {
            self.alt = Some(0);
            return Key::Nothing;
        }
        let number = self.alt.take().filter(|number| *number > 0);
        match number.and_then(|number| u16::try_from(number).ok()) {
            // A code of two bytes is a Chinese character's in GBK.
            Some(number) => {
                let [high, low] = number.to_be_bytes();
                let two = high != 0;
                Key::Bytes(Typed { bytes: if two { [high, low] } else { [low, 0] }, two })
            }
            None => Key::Nothing,
        }
    }

    fn pressed(&mut self, code: u16) -> Key {
        if let Some(number) = &mut self.alt {
            if let Some(digit) = pad_digit(code) {
                // Five digits are all that any character has.
                *number = (*number * 10 + u32::from(digit)) % 100_000;
            }
            return Key::Nothing;
        }
        let shift = self.shift[0] || self.shift[1];
        match letter(code, shift) {
            Some(byte) => Key::Bytes(Typed { bytes: [byte, 0], two: false }),
            None => Key::Nothing,
        }
    }
}

/// Rows of a keyboard, from the first key's code on: plain and with shift.
const ROWS: [(u16, &[u8], &[u8]); 6] = [
    (2, b"1234567890-=", b"!@#$%^&*()_+"),
    (15, b"\tqwertyuiop[]\r", b"\tQWERTYUIOP{}\r"),
    (30, b"asdfghjkl;'`", b"ASDFGHJKL:\"~"),
    (43, b"\\zxcvbnm,./", b"|ZXCVBNM<>?"),
    (55, b"*", b"*"),
    (57, b" ", b" "),
];
/// The number pad from KEY_KP7 on.
const PAD: (u16, &[u8]) = (71, b"789-456+1230.");

fn letter(code: u16, shift: bool) -> Option<u8> {
    if code == KEY_KPENTER {
        return Some(b'\r');
    }
    if code == 98 {
        return Some(b'/');
    }
    let on_pad = code.checked_sub(PAD.0).and_then(|at| PAD.1.get(usize::from(at)));
    let on_row = || {
        ROWS.iter().find_map(|(first, plain, shifted)| {
            let row = if shift { shifted } else { plain };
            row.get(usize::from(code.checked_sub(*first)?))
        })
    };
    on_pad.or_else(on_row).copied()
}

/// Whether a key types a letter.
pub(super) fn types(code: u16) -> bool {
    letter(code, false).is_some()
}

/// Whether a key ends a code.
pub(super) fn ends(code: u16) -> bool {
    letter(code, false).is_some_and(is_end)
}

pub(super) const fn is_alt(code: u16) -> bool {
    matches!(code, KEY_LEFTALT | KEY_RIGHTALT)
}

/// The key of the number pad with that digit.
pub(super) fn pad_key(digit: u8) -> u16 {
    let at = PAD.1.iter().position(|byte| *byte == b'0' + digit % 10).unwrap_or(0);
    PAD.0 + u16::try_from(at).unwrap_or(0)
}

pub(super) fn pad_digit(code: u16) -> Option<u8> {
    let byte = PAD.1.get(usize::from(code.checked_sub(PAD.0)?))?;
    byte.is_ascii_digit().then(|| byte - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of linux/input-event-codes.h, by their names there.
    #[test]
    fn keys_are_those_of_the_header() {
        for (code, plain, shifted) in [
            (2, b'1', b'!'),    // KEY_1
            (11, b'0', b')'),   // KEY_0
            (12, b'-', b'_'),   // KEY_MINUS
            (13, b'=', b'+'),   // KEY_EQUAL
            (16, b'q', b'Q'),   // KEY_Q
            (25, b'p', b'P'),   // KEY_P
            (26, b'[', b'{'),   // KEY_LEFTBRACE
            (28, b'\r', b'\r'), // KEY_ENTER
            (30, b'a', b'A'),   // KEY_A
            (38, b'l', b'L'),   // KEY_L
            (39, b';', b':'),   // KEY_SEMICOLON
            (41, b'`', b'~'),   // KEY_GRAVE
            (43, b'\\', b'|'),  // KEY_BACKSLASH
            (44, b'z', b'Z'),   // KEY_Z
            (50, b'm', b'M'),   // KEY_M
            (53, b'/', b'?'),   // KEY_SLASH
            (57, b' ', b' '),   // KEY_SPACE
            (71, b'7', b'7'),   // KEY_KP7
            (82, b'0', b'0'),   // KEY_KP0
            (83, b'.', b'.'),   // KEY_KPDOT
        ] {
            assert_eq!((letter(code, false), letter(code, true)), (Some(plain), Some(shifted)), "{code}");
        }
        // KEY_ESC, KEY_LEFTCTRL, KEY_F1, KEY_UP.
        for code in [1, 29, 59, 103, 0, 700] {
            assert_eq!(letter(code, false), None, "{code}");
        }
    }
}
