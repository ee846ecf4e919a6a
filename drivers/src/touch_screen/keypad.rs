//! What one device's events say of its keys: a tactile keypad, or a keyboard of the United States.
//!
//! Duty: each key down, repeated and up, by the same name. Never: keep or show what was typed.

use super::codes::{EV_KEY, KEY_ENTER, KEY_TAB};
use super::{How, InputEvent, InputKey, Pressed};
use crate::us_keyboard::{KEY_KPENTER, KEY_LEFTSHIFT, KEY_RIGHTSHIFT, letter};

/// The keys of a device that are down.
#[derive(Default)]
pub struct Keypad {
    shift: [bool; 2],
    down: Vec<(u16, InputKey)>,
}

impl Keypad {
    /// Takes an event by its numbers and tells what it means.
    pub fn event(&mut self, kind: u16, code: u16, value: i32, each: &mut dyn FnMut(InputEvent)) {
        match (kind, code) {
            (EV_KEY, KEY_LEFTSHIFT | KEY_RIGHTSHIFT) => {
                self.shift[usize::from(code == KEY_RIGHTSHIFT)] = value != 0;
            }
            (EV_KEY, code) => {
                if let Some(pressed) = self.pressed(code, value) {
                    each(InputEvent::Key(pressed));
                }
            }
            _ => {}
        }
    }

    /// Events were lost, or the device is gone: no key is down any more. One that is still held does nothing until it is
    /// pressed again, and Shift is thought to be released: who holds it notices and presses it again.
    pub fn lost(&mut self, each: &mut dyn FnMut(InputEvent)) {
        self.shift = [false; 2];
        for (_, key) in self.down.drain(..) {
            each(InputEvent::Key(Pressed { key, how: How::Up }));
        }
    }

    fn pressed(&mut self, code: u16, value: i32) -> Option<Pressed> {
        let at = self.down.iter().position(|(down, _)| *down == code);
        match (value, at) {
            (0, Some(at)) => Some(Pressed { key: self.down.swap_remove(at).1, how: How::Up }),
            (1, None) => {
                let key = named(code, self.shift[0] || self.shift[1])?;
                self.down.push((code, key));
                Some(Pressed { key, how: How::Down })
            }
            (2, Some(at)) => Some(Pressed { key: self.down[at].1, how: How::Repeated }),
            _ => None,
        }
    }
}

/// The key of a code (linux/input-event-codes.h); none is one that a kiosk has no use for.
fn named(code: u16, shift: bool) -> Option<InputKey> {
    Some(match code {
        1 => InputKey::Escape,
        14 => InputKey::Backspace,
        KEY_TAB if shift => InputKey::Backtab,
        KEY_TAB => InputKey::Tab,
        KEY_ENTER | KEY_KPENTER => InputKey::Return,
        102 => InputKey::Home,
        103 => InputKey::Up,
        104 => InputKey::PageUp,
        105 => InputKey::Left,
        106 => InputKey::Right,
        107 => InputKey::End,
        108 => InputKey::Down,
        109 => InputKey::PageDown,
        111 => InputKey::Delete,
        code => InputKey::Text(char::from(letter(code, shift)?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(events: &[(u16, i32)], expected: &[(InputKey, How)]) {
        let mut keypad = Keypad::default();
        let mut told = Vec::new();
        for (code, value) in events {
            // SYN_DROPPED is written as a code that no key has.
            match *code {
                0xFFFF => keypad.lost(&mut |event| told.push(event)),
                code => keypad.event(1, code, *value, &mut |event| told.push(event)),
            }
        }
        let expected: Vec<InputEvent> =
            expected.iter().map(|(key, how)| InputEvent::Key(Pressed { key: *key, how: *how })).collect();
        assert_eq!(told, expected, "{events:?}");
    }

    /// Codes of linux/input-event-codes.h, by their names there.
    #[test]
    fn keys_have_the_headers_codes() {
        for (code, key) in [
            (1, InputKey::Escape),     // KEY_ESC
            (14, InputKey::Backspace), // KEY_BACKSPACE
            (15, InputKey::Tab),       // KEY_TAB
            (28, InputKey::Return),    // KEY_ENTER
            (96, InputKey::Return),    // KEY_KPENTER
            (102, InputKey::Home),     // KEY_HOME
            (103, InputKey::Up),       // KEY_UP
            (104, InputKey::PageUp),   // KEY_PAGEUP
            (105, InputKey::Left),     // KEY_LEFT
            (106, InputKey::Right),    // KEY_RIGHT
            (107, InputKey::End),      // KEY_END
            (108, InputKey::Down),     // KEY_DOWN
            (109, InputKey::PageDown), // KEY_PAGEDOWN
            (111, InputKey::Delete),   // KEY_DELETE
            (57, InputKey::Text(' ')), // KEY_SPACE
            (30, InputKey::Text('a')), // KEY_A
            (2, InputKey::Text('1')),  // KEY_1
            (80, InputKey::Text('2')), // KEY_KP2
            (98, InputKey::Text('/')), // KEY_KPSLASH
        ] {
            check(&[(code, 1), (code, 0)], &[(key, How::Down), (key, How::Up)]);
        }
        // KEY_LEFTCTRL, KEY_F1, KEY_POWER, BTN_LEFT, KEY_RESERVED.
        for code in [29, 59, 116, 0x110, 0] {
            check(&[(code, 1), (code, 2), (code, 0)], &[]);
        }
    }

    #[test]
    fn shift_changes_what_is_pressed_and_not_what_is_released() {
        for shift in [42, 54] {
            check(
                &[(shift, 1), (15, 1), (16, 1), (shift, 0), (15, 2), (15, 0), (16, 0), (15, 1)],
                &[
                    (InputKey::Backtab, How::Down),
                    (InputKey::Text('Q'), How::Down),
                    (InputKey::Backtab, How::Repeated),
                    (InputKey::Backtab, How::Up),
                    (InputKey::Text('Q'), How::Up),
                    (InputKey::Tab, How::Down),
                ],
            );
        }
        // Two are held, one is released.
        check(&[(42, 1), (54, 1), (42, 0), (15, 1)], &[(InputKey::Backtab, How::Down)]);
    }

    #[test]
    fn lost_events_release_what_was_down_and_it_stays_released() {
        check(
            &[(42, 1), (15, 1), (108, 1), (0xFFFF, 0), (15, 2), (15, 0), (108, 0), (15, 1)],
            &[
                (InputKey::Backtab, How::Down),
                (InputKey::Down, How::Down),
                (InputKey::Backtab, How::Up),
                (InputKey::Down, How::Up),
                (InputKey::Tab, How::Down),
            ],
        );
        check(&[(0xFFFF, 0), (28, 2), (28, 0)], &[]);
    }

    #[test]
    fn debug_shows_no_letter() {
        let pressed = Pressed { key: InputKey::Text('q'), how: How::Down };
        let shown = format!("{:?} {:?}", pressed.key, InputEvent::Key(pressed));
        assert!(!shown.contains('q') && shown.starts_with("Text(…) "), "{shown}");
        assert_eq!(format!("{:?}", InputKey::PageUp), "PageUp");
    }
}
