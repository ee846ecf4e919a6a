//! The kernel's GPIO character device, version 2: `include/uapi/linux/gpio.h`.
//!
//! Duty: the structures and the four calls that a kiosk needs. Never: anything beyond one line a request.

#![allow(unsafe_code, reason = "an ioctl has no safe form")]

use std::io;
use std::os::fd::{AsFd, FromRawFd as _, OwnedFd, RawFd};

use rustix::ioctl::{Opcode, Updater, ioctl, opcode};

/// `GPIO_V2_LINE_FLAG_INPUT`
pub(super) const INPUT: u64 = 1 << 2;
/// `GPIO_V2_LINE_FLAG_OUTPUT`
pub(super) const OUTPUT: u64 = 1 << 3;
/// `GPIO_V2_LINE_FLAG_ACTIVE_LOW`
pub(super) const ACTIVE_LOW: u64 = 1 << 1;

/// `GPIO_MAX_NAME_SIZE`, `GPIO_V2_LINES_MAX`, `GPIO_V2_LINE_NUM_ATTRS_MAX`
const NAME: usize = 32;
const LINES: usize = 64;
const ATTRIBUTES: usize = 10;
/// What `gpioinfo` shows as the line's consumer.
const CONSUMER: &[u8] = b"yilin";

#[repr(C)]
struct ChipInfo {
    name: [u8; NAME],
    label: [u8; NAME],
    lines: u32,
}

#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct LineAttribute {
    id: u32,
    padding: u32,
    value: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct LineConfigAttribute {
    attribute: LineAttribute,
    mask: u64,
}

#[repr(C)]
struct LineConfig {
    flags: u64,
    attribute_count: u32,
    padding: [u32; 5],
    attributes: [LineConfigAttribute; ATTRIBUTES],
}

#[repr(C)]
struct LineRequest {
    offsets: [u32; LINES],
    consumer: [u8; NAME],
    config: LineConfig,
    line_count: u32,
    event_buffer_size: u32,
    padding: [u32; 5],
    fd: i32,
}

#[repr(C)]
struct LineValues {
    bits: u64,
    mask: u64,
}

const GET_CHIP_INFO: Opcode = opcode::read::<ChipInfo>(0xB4, 0x01);
const GET_LINE: Opcode = opcode::read_write::<LineRequest>(0xB4, 0x07);
const GET_VALUES: Opcode = opcode::read_write::<LineValues>(0xB4, 0x0E);
const SET_VALUES: Opcode = opcode::read_write::<LineValues>(0xB4, 0x0F);

/// How many lines a chip has.
pub(super) fn chip_info(chip: impl AsFd) -> io::Result<u32> {
    let mut info = ChipInfo { name: [0; NAME], label: [0; NAME], lines: 0 };
    // SAFETY: GPIO_GET_CHIPINFO_IOCTL writes one gpiochip_info at the pointer; other drivers refuse the number.
    unsafe { ioctl(chip, Updater::<GET_CHIP_INFO, ChipInfo>::new(&mut info)) }?;
    Ok(info.lines)
}

/// Takes one line; an output begins inactive.
pub(super) fn take_line(chip: impl AsFd, number: u32, flags: u64) -> io::Result<OwnedFd> {
    let none = LineAttribute { id: 0, padding: 0, value: 0 };
    let mut request = LineRequest {
        offsets: [0; LINES],
        consumer: [0; NAME],
        config: LineConfig {
            flags,
            attribute_count: 0,
            padding: [0; 5],
            attributes: [LineConfigAttribute { attribute: none, mask: 0 }; ATTRIBUTES],
        },
        line_count: 1,
        event_buffer_size: 0,
        padding: [0; 5],
        fd: -1,
    };
    request.offsets[0] = number;
    request.consumer[..CONSUMER.len()].copy_from_slice(CONSUMER);
    // SAFETY: GPIO_V2_GET_LINE_IOCTL reads and writes one gpio_v2_line_request at the pointer.
    unsafe { ioctl(chip, Updater::<GET_LINE, LineRequest>::new(&mut request)) }?;
    let fd: RawFd = request.fd;
    if fd < 0 {
        return Err(io::Error::from(io::ErrorKind::InvalidData));
    }
    // SAFETY: after success the kernel has put a new descriptor there, which nobody else knows.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Whether a line is active.
pub(super) fn read(line: impl AsFd) -> io::Result<bool> {
    let mut values = LineValues { bits: 0, mask: 1 };
    // SAFETY: GPIO_V2_LINE_GET_VALUES_IOCTL reads and writes one gpio_v2_line_values at the pointer.
    unsafe { ioctl(line, Updater::<GET_VALUES, LineValues>::new(&mut values)) }?;
    Ok(values.bits & 1 == 1)
}

/// Makes a line active or inactive.
pub(super) fn write(line: impl AsFd, active: bool) -> io::Result<()> {
    let mut values = LineValues { bits: u64::from(active), mask: 1 };
    // SAFETY: GPIO_V2_LINE_SET_VALUES_IOCTL reads one gpio_v2_line_values at the pointer.
    unsafe { ioctl(line, Updater::<SET_VALUES, LineValues>::new(&mut values)) }?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::mem::{offset_of, size_of};

    /// What a C compiler says of `linux/gpio.h` on a machine of 64 bits.
    #[test]
    fn structures_and_numbers_are_the_kernels() {
        let sizes = [
            size_of::<ChipInfo>(),
            size_of::<LineAttribute>(),
            size_of::<LineConfigAttribute>(),
            size_of::<LineConfig>(),
            size_of::<LineRequest>(),
            size_of::<LineValues>(),
        ];
        assert_eq!(sizes, [68, 16, 24, 272, 592, 16]);
        let offsets = [
            offset_of!(ChipInfo, lines),
            offset_of!(LineConfigAttribute, mask),
            offset_of!(LineConfig, attribute_count),
            offset_of!(LineConfig, attributes),
            offset_of!(LineRequest, consumer),
            offset_of!(LineRequest, config),
            offset_of!(LineRequest, line_count),
            offset_of!(LineRequest, event_buffer_size),
            offset_of!(LineRequest, fd),
        ];
        assert_eq!(offsets, [64, 16, 8, 32, 256, 288, 560, 564, 588]);
        assert_eq!(
            [GET_CHIP_INFO, GET_LINE, GET_VALUES, SET_VALUES],
            [0x8044_B401, 0xC250_B407, 0xC010_B40E, 0xC010_B40F]
        );
    }
}
