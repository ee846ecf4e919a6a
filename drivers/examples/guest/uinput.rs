//! Input devices that a program plays (linux/uinput.h), with the numbers of the headers and nothing of our drivers.
#![allow(unsafe_code, reason = "an ioctl has no safe form; each use says why it holds")]

use rustix::ioctl::{IntegerSetter, NoArg, Opcode, Setter, ioctl, opcode};
use std::fs::File;
use std::io::Write as _;

/// `struct uinput_setup`: a bus, who makes it, what and which version, a name, effects that can be felt.
#[repr(C)]
struct DeviceSetup {
    id: [u16; 4],
    name: [u8; 80],
    effects: u32,
}

/// `struct uinput_abs_setup`, whose `struct input_absinfo` begins at a multiple of four bytes.
#[repr(C)]
struct AxisSetup {
    code: u16,
    unused: u16,
    value: i32,
    minimum: i32,
    maximum: i32,
    fuzz: i32,
    flat: i32,
    resolution: i32,
}

const CREATE: Opcode = opcode::none(b'U', 1);
const DESTROY: Opcode = opcode::none(b'U', 2);
const SET_UP: Opcode = opcode::write::<DeviceSetup>(b'U', 3);
const SET_UP_AXIS: Opcode = opcode::write::<AxisSetup>(b'U', 4);
const SET_KIND: Opcode = opcode::write::<i32>(b'U', 100);
const SET_KEY: Opcode = opcode::write::<i32>(b'U', 101);
const SET_RELATIVE: Opcode = opcode::write::<i32>(b'U', 102);
const SET_PROPERTY: Opcode = opcode::write::<i32>(b'U', 110);
const BUS_VIRTUAL: u16 = 6;

/// What a device has.
#[derive(Clone, Copy, Default)]
pub(crate) struct Plan<'a> {
    pub(crate) name: &'a str,
    pub(crate) properties: &'a [u16],
    /// `EV_KEY` and the like.
    pub(crate) kinds: &'a [u16],
    pub(crate) keys: &'a [u16],
    pub(crate) relative: &'a [u16],
    /// Each with its least and its greatest value.
    pub(crate) axes: &'a [(u16, i32, i32)],
}

/// A device that is plugged in, until it is dropped.
pub(crate) struct Played(File);

impl Played {
    /// Its node is there afterwards.
    pub(crate) fn plug_in(plan: Plan<'_>) -> Self {
        let file = File::options().write(true).open("/dev/uinput").unwrap();
        plan.kinds.iter().for_each(|kind| set::<SET_KIND>(&file, *kind));
        plan.properties.iter().for_each(|property| set::<SET_PROPERTY>(&file, *property));
        plan.keys.iter().for_each(|key| set::<SET_KEY>(&file, *key));
        plan.relative.iter().for_each(|axis| set::<SET_RELATIVE>(&file, *axis));
        for (code, minimum, maximum) in plan.axes.iter().copied() {
            let (unused, value, fuzz, flat, resolution) = (0, 0, 0, 0, 0);
            let axis = AxisSetup { code, unused, value, minimum, maximum, fuzz, flat, resolution };
            // SAFETY: uinput reads one `struct uinput_abs_setup`, whose layout and size `AxisSetup` has, and keeps no pointer.
            unsafe { ioctl(&file, Setter::<SET_UP_AXIS, AxisSetup>::new(axis)) }.unwrap();
        }
        let mut name = [0; 80];
        name[..plan.name.len()].copy_from_slice(plan.name.as_bytes());
        let setup = DeviceSetup { id: [BUS_VIRTUAL, 1, 1, 1], name, effects: 0 };
        // SAFETY: uinput reads one `struct uinput_setup`, whose layout and size `DeviceSetup` has, and keeps no pointer.
        unsafe { ioctl(&file, Setter::<SET_UP, DeviceSetup>::new(setup)) }.unwrap();
        // SAFETY: this call has no argument.
        unsafe { ioctl(&file, NoArg::<CREATE>::new()) }.unwrap();
        Self(file)
    }

    /// Says what happened by numbers of linux/input-event-codes.h, in one write.
    pub(crate) fn say(&self, events: &[(u16, u16, i32)]) {
        let mut bytes = Vec::new();
        for (kind, code, value) in events {
            // The kernel dates it.
            bytes.extend([0; 16]);
            bytes.extend(kind.to_ne_bytes());
            bytes.extend(code.to_ne_bytes());
            bytes.extend(value.to_ne_bytes());
        }
        (&self.0).write_all(&bytes).unwrap();
    }

    /// Its node is gone afterwards.
    pub(crate) fn unplug(self) {
        // SAFETY: this call has no argument.
        unsafe { ioctl(&self.0, NoArg::<DESTROY>::new()) }.unwrap();
    }
}

fn set<const CALL: Opcode>(file: &File, bit: u16) {
    // SAFETY: the calls above whose numbers begin with SET take a number itself, not a place where one is.
    unsafe { ioctl(file, IntegerSetter::<CALL>::new_usize(usize::from(bit))) }.unwrap();
}
