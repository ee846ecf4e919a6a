//! What an input device is, by what the kernel says that it has.
//!
//! Duty: a touch screen, a pointer that points like a finger, a keypad, or nothing for a kiosk. Never: ask the device.

use super::codes::{
    ABS_MT_POSITION_X, ABS_MT_POSITION_Y, ABS_MT_SLOT, ABS_X, ABS_Y, BTN_GAMEPAD, BTN_JOYSTICK, BTN_LEFT,
    BTN_TOOL_FINGER, BTN_TOUCH, INPUT_PROP_ACCELEROMETER, INPUT_PROP_BUTTONPAD, INPUT_PROP_DIRECT,
    INPUT_PROP_POINTER, KEY_ENTER, KEY_TAB,
};
use super::contact::Way;

/// A device's bits, as EVIOCGPROP and EVIOCGBIT give them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Capabilities {
    pub(super) properties: u64,
    pub(super) keys: [u64; 12],
    pub(super) absolute: u64,
}

/// What a kiosk reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Touch(Way),
    Keys,
}

impl Capabilities {
    /// What the device is; none is not for us.
    pub(super) fn kind(&self) -> Option<Kind> {
        // The position of a thing in the hand, whatever buttons it has.
        if self.is(INPUT_PROP_ACCELEROMETER) {
            return None;
        }
        let touch = self.touches().then(|| self.way()).flatten();
        // A mouse or a touch pad that shares its node with a keyboard, as wireless ones do, is read for its keys.
        let keys = || (self.has_key(KEY_TAB) || self.has_key(KEY_ENTER)).then_some(Kind::Keys);
        touch.map(Kind::Touch).or_else(keys)
    }

    /// Whether its places are places of the screen. What says nothing of itself is judged as udev's input_id does.
    fn touches(&self) -> bool {
        let moves_a_pointer = self.is(INPUT_PROP_POINTER) || self.is(INPUT_PROP_BUTTONPAD);
        let plays = self.has_key(BTN_JOYSTICK) || self.has_key(BTN_GAMEPAD);
        // Only a touch pad tells a finger from other tools without being the screen.
        let is_pad = self.has_key(BTN_TOOL_FINGER);
        !moves_a_pointer && (self.is(INPUT_PROP_DIRECT) || !plays && !is_pad)
    }

    fn way(&self) -> Option<Way> {
        let button = [BTN_TOUCH, BTN_LEFT].into_iter().find(|button| self.has_key(*button));
        let slots =
            [ABS_MT_SLOT, ABS_MT_POSITION_X, ABS_MT_POSITION_Y].iter().all(|code| self.has_axis(*code));
        if slots && (self.is(INPUT_PROP_DIRECT) || button == Some(BTN_TOUCH)) {
            return Some(Way::Slots);
        }
        button.filter(|_| self.has_axis(ABS_X) && self.has_axis(ABS_Y)).map(Way::Button)
    }

    const fn is(&self, property: u16) -> bool {
        self.properties >> property & 1 == 1
    }

    fn has_key(&self, code: u16) -> bool {
        self.keys.get(usize::from(code / 64)).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    const fn has_axis(&self, code: u16) -> bool {
        self.absolute >> code & 1 == 1
    }

    /// A device with these properties, keys and axes.
    #[cfg(test)]
    pub(super) fn with(properties: &[u16], keys: &[u16], axes: &[u16]) -> Self {
        let mut bits = Self::default();
        properties.iter().for_each(|bit| bits.properties |= 1 << bit);
        keys.iter().for_each(|bit| bits.keys[usize::from(bit / 64)] |= 1 << (bit % 64));
        axes.iter().for_each(|bit| bits.absolute |= 1 << bit);
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Devices as `evtest` lists them; numbers of linux/input-event-codes.h.
    #[test]
    fn devices_are_what_they_are() {
        let slots = Some(Kind::Touch(Way::Slots));
        let touch = Some(Kind::Touch(Way::Button(0x14A)));
        let pointer = Some(Kind::Touch(Way::Button(0x110)));
        let keys = Some(Kind::Keys);
        // ABS_X, ABS_Y; ABS_MT_SLOT, ABS_MT_POSITION_X, ABS_MT_POSITION_Y, ABS_MT_TRACKING_ID.
        const XY: &[u16] = &[0, 1];
        const MT: &[u16] = &[0, 1, 0x2F, 0x35, 0x36, 0x39];
        const MT_ONLY: &[u16] = &[0x2F, 0x35, 0x36, 0x39];
        type Device<'a> = (&'a str, &'a [u16], &'a [u16], &'a [u16], Option<Kind>);
        let devices: &[Device<'_>] = &[
            ("a capacitive screen", &[1], &[0x14A], MT, slots),
            ("one without single touch", &[1], &[], MT_ONLY, slots),
            ("one that does not say that it is direct", &[], &[0x14A], MT, slots),
            ("a resistive screen", &[1], &[0x14A], XY, touch),
            ("one that does not say that it is direct", &[], &[0x14A], XY, touch),
            ("one with a menu key", &[1], &[0x14A, 28], XY, touch),
            ("a pen on the screen", &[1], &[0x140, 0x14A, 0x14B], XY, touch),
            ("protocol A alone", &[1], &[0x14A], &[0x35, 0x36], None),
            ("a screen with no axis", &[1], &[0x14A], &[], None),
            ("QEMU's tablet", &[], &[0x110, 0x111, 0x112], XY, pointer),
            ("a resistive controller that clicks", &[], &[0x110], XY, pointer),
            ("a touch pad", &[0, 2], &[0x110, 0x145, 0x14A], MT, None),
            ("a touch pad with two buttons", &[0], &[0x110, 0x111, 0x145, 0x14A], MT, None),
            ("an old touch pad", &[], &[0x110, 0x145, 0x14A], XY, None),
            ("a pen beside the screen", &[0], &[0x140, 0x14A], XY, None),
            ("a mouse", &[], &[0x110, 0x111, 0x112], &[], None),
            ("a joystick", &[], &[0x120, 0x121], XY, None),
            ("a game pad with a touch button", &[], &[0x130, 0x14A], XY, None),
            ("an accelerometer", &[6], &[28], XY, None),
            ("a keyboard", &[], &[1, 15, 28, 30, 96], &[], keys),
            ("a keypad without Tab", &[], &[28, 103, 108], &[], keys),
            ("a receiver of a keyboard and a mouse", &[], &[15, 28, 0x110], &[], keys),
            ("a power button", &[], &[116], &[], None),
            ("a lid", &[], &[], &[], None),
        ];
        for (name, properties, keys, axes, kind) in devices {
            assert_eq!(Capabilities::with(properties, keys, axes).kind(), *kind, "{name}");
        }
    }
}
