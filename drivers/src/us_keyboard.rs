//! What the keys of a keyboard of the United States type (linux/input-event-codes.h): the layout in which scanners leave the
//! factory, and that of a kiosk's keypad.
//!
//! Duty: a key's code as the letter on it. Never: remember which keys are held.

pub(crate) const KEY_LEFTSHIFT: u16 = 42;
pub(crate) const KEY_RIGHTSHIFT: u16 = 54;
pub(crate) const KEY_KPENTER: u16 = 96;
const KEY_KPSLASH: u16 = 98;

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
pub(crate) const PAD: (u16, &[u8]) = (71, b"789-456+1230.");

/// What a key types, in ASCII.
pub(crate) fn letter(code: u16, shift: bool) -> Option<u8> {
    match code {
        KEY_KPENTER => return Some(b'\r'),
        KEY_KPSLASH => return Some(b'/'),
        _ => {}
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
