//! The printer as a device of the USB printer class: the device's side of the kernel's printer function.
//!
//! Duty: `/dev/g_printer0` while the cable is in, and the status lines. Never: wait for a host that is not there.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use super::mechanism::Plug;
use crate::sim::usb_gadget::UsbGadget;

/// The device's side.
const DEVICE_SIDE: &str = "/dev/g_printer0";
/// The first printer's file on the host's side.
pub(super) const HOST_SIDE: &str = "/dev/usb/lp0";
/// Ids of the kernel's own printer gadget (Netchip).
const IDS: [u16; 2] = [0x0525, 0xA4A8];
/// How long the host may leave an answer unfetched.
const FETCHED: Duration = Duration::from_secs(2);
/// Between two looks whether the host fetches again.
const LOOK: Duration = Duration::from_millis(2);

/// A printer on a cable of the kernel's own.
pub(super) struct UsbClass {
    gadget: UsbGadget,
    plug: Plug,
    file: Option<File>,
    lines: u8,
}

impl UsbClass {
    pub(super) fn open() -> io::Result<Self> {
        let gadget = UsbGadget::create("receipt-printer", IDS, "printer.0")?;
        gadget.plug_in()?;
        Ok(Self { gadget, plug: Plug::In, file: None, lines: 0x18 })
    }

    /// Waits at most `wait` for bytes; 0 when none came or no host is there.
    pub(super) fn read(&mut self, bytes: &mut [u8], wait: Duration) -> io::Result<usize> {
        let Some(file) = self.device() else {
            std::thread::sleep(wait);
            return Ok(0);
        };
        let timeout = Timespec::try_from(wait).map_err(io::Error::other)?;
        let mut watched = [PollFd::from_borrowed_fd(file.as_fd(), PollFlags::IN)];
        if poll(&mut watched, Some(&timeout))? == 0 {
            return Ok(0);
        }
        match file.read(bytes) {
            Ok(count) => Ok(count),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(0),
            Err(_) => {
                // The host has not set it up yet, or no longer.
                std::thread::sleep(wait);
                self.file = None;
                Ok(0)
            }
        }
    }

    pub(super) fn write_all(&mut self, mut bytes: &[u8]) {
        let until = Instant::now() + FETCHED;
        while !bytes.is_empty() && Instant::now() < until {
            let Some(file) = self.device() else { return };
            match file.write(bytes) {
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(LOOK),
                Err(_) => self.file = None,
            }
        }
    }

    pub(super) fn plug(&mut self, now: Plug) -> io::Result<()> {
        match (std::mem::replace(&mut self.plug, now), now) {
            (Plug::In, Plug::Pulled) => {
                self.file = None;
                self.gadget.unplug();
                Ok(())
            }
            (Plug::Pulled, Plug::In) => self.gadget.plug_in(),
            _ => Ok(()),
        }
    }

    /// What the host's LPGETSTATUS hears: 08h no error, 10h selected, 20h paper empty.
    pub(super) fn lines(&mut self, lines: u8) {
        self.lines = lines;
        if let Some(file) = &self.file {
            status_lines::set(file, lines);
        }
    }

    /// The open device; one that is opened says its lines.
    fn device(&mut self) -> Option<&mut File> {
        if self.plug == Plug::Pulled {
            return None;
        }
        if self.file.is_none() {
            let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
            let opened = OpenOptions::new().read(true).write(true).custom_flags(flags).open(DEVICE_SIDE);
            let file = opened.ok()?;
            status_lines::set(&file, self.lines);
            self.file = Some(file);
        }
        self.file.as_mut()
    }
}

/// The one call that only the kernel's own number reaches.
mod status_lines {
    #![allow(unsafe_code, reason = "an ioctl has no safe form")]

    use std::fs::File;

    use rustix::ioctl::{IntegerSetter, Opcode, ioctl, opcode};

    /// `GADGET_SET_PRINTER_STATUS` of `linux/usb/g_printer.h`.
    const SET: Opcode = opcode::read_write::<u8>(b'g', 0x22);

    pub(super) fn set(file: &File, lines: u8) {
        // SAFETY: the printer function takes the value in the pointer's place and follows no pointer
        // (drivers/usb/gadget/function/f_printer.c, printer_ioctl).
        let set = unsafe { IntegerSetter::<SET>::new_usize(usize::from(lines)) };
        // SAFETY: as above. It answers the value itself, which is no error.
        let _ = unsafe { ioctl(file, set) };
    }

    #[test]
    fn the_number_is_the_headers() {
        // _IOWR('g', 0x22, unsigned char)
        assert_eq!(SET, 0xC001_6722);
    }
}
