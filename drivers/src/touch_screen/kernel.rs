//! What the kernel is asked of an input device (linux/input.h).
//!
//! Duty: each call with its number and its answer, checked against the header by tests. Never: decide what to ask.
#![allow(unsafe_code, reason = "an ioctl has no safe form; each use says why it holds")]

use std::ffi::{OsStr, c_void};
use std::fs::File;
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, ioctl, opcode};

use super::codes::{EV_ABS, EV_KEY};
use super::contact::SLOTS;
use super::kind::Capabilities;
use super::questions::{AxisState, Questions};

/// `struct input_absinfo`.
#[repr(C)]
#[derive(Default)]
struct AbsoluteAxis {
    value: i32,
    minimum: i32,
    maximum: i32,
    fuzz: i32,
    flat: i32,
    resolution: i32,
}

/// `struct input_mt_request_layout` of linux/input.h's EVIOCGMTSLOTS: a code, then a value for each slot.
#[repr(C)]
struct SlotValues {
    code: u32,
    values: [i32; SLOTS],
}

/// `KEY_CNT` bits, `ABS_CNT` bits, and `INPUT_PROP_CNT` bits: the kernel writes whole `long`s.
type KeyBits = [u64; 12];
type AbsoluteBits = [u64; 1];
type PropertyBits = [u64; 1];

/// `EVIOCGBIT(kind, len)`, `EVIOCGABS(code)`: the header counts on from these.
const BITS: u16 = 0x20;
const AXES: u16 = 0x40;

const PROPERTIES: Opcode = opcode::read::<PropertyBits>(b'E', 0x09);
const SLOT_VALUES: Opcode = opcode::read::<SlotValues>(b'E', 0x0A);

const fn bits<T>(kind: u16) -> Opcode {
    opcode::read::<T>(b'E', (BITS + kind).to_le_bytes()[0])
}

const fn axis(code: u16) -> Opcode {
    opcode::read::<AbsoluteAxis>(b'E', (AXES + code).to_le_bytes()[0])
}

/// A call with the place for its answer.
struct Asked<'a, T> {
    call: Opcode,
    answer: &'a mut T,
}

// SAFETY: `ask` alone makes it, with a call whose number holds the size of `T`.
unsafe impl<T> Ioctl for Asked<'_, T> {
    type Output = ();
    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        self.call
    }

    fn as_ptr(&mut self) -> *mut c_void {
        std::ptr::from_mut(self.answer).cast()
    }

    unsafe fn output_from_ptr(_: IoctlOutput, _: *mut c_void) -> Result<(), Errno> {
        Ok(())
    }
}

fn ask<T>(file: &File, call: Opcode, mut answer: T) -> Result<T, Errno> {
    // SAFETY: every call above is made from the type of its answer, of which evdev (drivers/input/evdev.c, evdev_do_ioctl)
    // reads and writes at most so many bytes; all of them are plain numbers, for which any bytes do. Other drivers refuse the
    // number.
    unsafe { ioctl(file, Asked { call, answer: &mut answer })? };
    Ok(answer)
}

/// Opens a device to read it without waiting.
pub(super) fn open(path: &Path) -> Result<File, Errno> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

/// The kernel's own answers.
pub(super) struct Kernel;

impl Questions for Kernel {
    fn capabilities(&self, _: &OsStr, device: &File) -> Option<Capabilities> {
        let [properties] = ask(device, PROPERTIES, PropertyBits::default()).ok()?;
        let keys = ask(device, bits::<KeyBits>(EV_KEY), KeyBits::default()).ok()?;
        let [absolute] = ask(device, bits::<AbsoluteBits>(EV_ABS), AbsoluteBits::default()).ok()?;
        Some(Capabilities { properties, keys, absolute })
    }

    fn axis(&self, _: &OsStr, device: &File, code: u16) -> Option<AxisState> {
        let axis = ask(device, axis(code), AbsoluteAxis::default()).ok()?;
        Some(AxisState { value: axis.value, minimum: axis.minimum, maximum: axis.maximum })
    }

    fn slots(&self, _: &OsStr, device: &File, code: u16) -> Option<[i32; SLOTS]> {
        let question = SlotValues { code: u32::from(code), values: [0; SLOTS] };
        Some(ask(device, SLOT_VALUES, question).ok()?.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers as a C compiler has them from the header's macros on a machine of 64 bits; the size is a part of each.
    #[test]
    fn calls_have_the_headers_numbers() {
        assert_eq!(PROPERTIES, 0x8008_4509);
        assert_eq!(SLOT_VALUES, 0x8104_450A);
        assert_eq!(bits::<KeyBits>(EV_KEY), 0x8060_4521);
        assert_eq!(bits::<AbsoluteBits>(EV_ABS), 0x8008_4523);
        assert_eq!(axis(0), 0x8018_4540);
        assert_eq!(axis(0x36), 0x8018_4576);
    }

    #[test]
    fn what_is_no_input_device_answers_no_question() {
        let file = open(Path::new("/dev/null")).unwrap();
        let name = OsStr::new("event0");
        assert_eq!(ask(&file, PROPERTIES, [0]).err(), Some(Errno::NOTTY));
        assert!(Kernel.capabilities(name, &file).is_none());
        assert!(Kernel.axis(name, &file, 0).is_none() && Kernel.slots(name, &file, 0x35).is_none());
    }
}
