//! Which bytes a scanner's keystrokes mean: a keyboard of the United States, as scanners leave the factory, and the decimal
//! codes that they type with Alt and the number pad for what is on no key.

use super::line::is_end;
pub(super) use crate::evdev::EVENT;
use crate::evdev::{EV_KEY, EV_SYN, Event, SYN_DROPPED};
use crate::us_keyboard::{KEY_LEFTSHIFT, KEY_RIGHTSHIFT, PAD, letter};

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
const KEY_LEFTALT: u16 = 56;
const KEY_RIGHTALT: u16 = 100;

impl Keys {
    /// Takes one `struct input_event`.
    pub(super) fn event(&mut self, event: &[u8; EVENT]) -> Key {
        let Event { kind, code, value } = Event::of(event);
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
