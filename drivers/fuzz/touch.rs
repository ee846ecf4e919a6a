//! What must hold for any events of touch screens and keypads.

use drivers::touch_screen::{Axis, Contacts, How, InputEvent, InputKey, Keypad, OneContact, Way};

/// A device, and its event's kind, code and value without its time.
const EVENT: usize = 9;
/// `BTN_LEFT`.
const BUTTON: u16 = 0x110;

/// Events of a screen with slots, a pointer and a keypad: what is down was not down before, and what ends was.
pub(crate) fn input_events(bytes: &[u8]) {
    let axes = [Axis::between(0, 4095), Axis::between(i32::MIN, i32::MAX)];
    let [Some(x), Some(y)] = axes else { panic!("both have an extent") };
    let mut screen = Contacts::new(Way::Slots, x, y);
    let mut pointer = Contacts::new(Way::Button(BUTTON), y, x);
    let mut keypad = Keypad::default();
    let mut one = OneContact::default();
    let mut told = [Told::default(), Told::default(), Told::default(), Told::default()];
    let [of_screen, of_pointer, of_keypad, of_all] = &mut told;
    for [device, k0, k1, c0, c1, value @ ..] in bytes.as_chunks::<EVENT>().0 {
        let (kind, code) = (u16::from_le_bytes([*k0, *k1]), u16::from_le_bytes([*c0, *c1]));
        let value = i32::from_le_bytes(*value);
        // EV_SYN, SYN_DROPPED.
        let lost = (kind, code) == (0, 3);
        let number = u64::from(device % 3);
        let own = match number {
            0 => &mut *of_screen,
            1 => &mut *of_pointer,
            _ => &mut *of_keypad,
        };
        let mut each = |event| {
            own.hear(event);
            if one.lets(number, event) {
                of_all.hear(event);
            }
        };
        match (number, lost) {
            (0, false) => screen.event(kind, code, value, &mut each),
            (0, true) => screen.lost(&mut each),
            (1, false) => pointer.event(kind, code, value, &mut each),
            (1, true) => pointer.lost(&mut each),
            (_, false) => keypad.event(kind, code, value, &mut each),
            (_, true) => keypad.lost(&mut each),
        }
    }
    screen.lost(&mut |event| of_screen.hear(event));
    pointer.lost(&mut |event| of_pointer.hear(event));
    keypad.lost(&mut |event| of_keypad.hear(event));
    assert!(
        [of_screen, of_pointer, of_keypad].iter().all(|told| told.contact.is_none() && told.keys.is_empty())
    );
}

/// What is down by what was told.
#[derive(Default)]
struct Told {
    contact: Option<(f64, f64)>,
    keys: Vec<InputKey>,
}

impl Told {
    fn hear(&mut self, event: InputEvent) {
        match event {
            InputEvent::Down(place) => {
                assert!(self.contact.is_none());
                self.is_at(place.x, place.y);
            }
            InputEvent::Moved(place) => {
                assert!(self.contact.is_some_and(|before| before != (place.x, place.y)));
                self.is_at(place.x, place.y);
            }
            InputEvent::Up(place) => assert_eq!(self.contact.take(), Some((place.x, place.y))),
            InputEvent::Cancelled => assert!(self.contact.take().is_some()),
            InputEvent::Key(pressed) => {
                let held = self.keys.iter().position(|key| *key == pressed.key);
                match (pressed.how, held) {
                    // Two keys have one name: Enter of the letters and of the number pad.
                    (How::Down, _) => self.keys.push(pressed.key),
                    (How::Repeated, held) => assert!(held.is_some()),
                    (How::Up, Some(at)) => {
                        self.keys.swap_remove(at);
                    }
                    (How::Up, None) => panic!("a key was released that was not down"),
                }
            }
        }
    }

    fn is_at(&mut self, x: f64, y: f64) {
        assert!((0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y));
        self.contact = Some((x, y));
    }
}
