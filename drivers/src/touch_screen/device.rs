//! One open input device.
//!
//! Duty: its events read and told, none of them kept. Never: wait for it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use zeroize::Zeroizing;

use super::codes::{
    ABS_MT_DISTANCE, ABS_MT_POSITION_X, ABS_MT_POSITION_Y, ABS_MT_SLOT, ABS_MT_TOOL_TYPE, ABS_X, ABS_Y,
    EV_ABS, EV_SYN, SYN_DROPPED,
};
use super::contact::{Axis, Contacts, Way};
use super::keypad::Keypad;
use super::kind::Kind;
use super::questions::Questions;
use super::{InputEvent, kernel};
use crate::evdev::{EVENT, Event};

/// Events of one read.
const EVENTS: usize = 64;
/// Reads of one turn: more than the kernel holds for a reader. A device that floods is read on in the next turn.
const READS: usize = 64;

/// What reading found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Here,
    Gone,
}

/// What a device is read for.
enum Job {
    Touch(Way, Contacts),
    Keys(Keypad),
}

/// A device that is read.
pub(super) struct Device {
    name: OsString,
    file: File,
    job: Job,
    /// Events were lost, and what the kernel still holds is older than what it says when it is asked.
    lost: bool,
}

impl Device {
    /// Opens a node of the folder; none is a node that may not be opened, or is not for us.
    pub(super) fn open(folder: &Path, name: OsString, questions: &dyn Questions) -> Option<Self> {
        let file = kernel::open(&folder.join(&name)).ok()?;
        let job = match questions.capabilities(&name, &file)?.kind()? {
            Kind::Keys => Job::Keys(Keypad::default()),
            Kind::Touch(way) => {
                let (x, y) = axes(way);
                let axis = |code| {
                    let axis = questions.axis(&name, &file, code)?;
                    Axis::between(axis.minimum, axis.maximum)
                };
                Job::Touch(way, Contacts::new(way, axis(x)?, axis(y)?))
            }
        };
        let mut device = Self { name, file, job, lost: false };
        device.ask(questions);
        Some(device)
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    /// Whether a node is this device and not another that has its name now.
    pub(super) fn is(&self, node: &Path) -> bool {
        let (Ok(own), Ok(node)) = (self.file.metadata(), node.metadata()) else { return false };
        (own.dev(), own.ino()) == (node.dev(), node.ino())
    }

    /// Reads all that is there.
    pub(super) fn read(&mut self, questions: &dyn Questions, each: &mut dyn FnMut(InputEvent)) -> State {
        let mut bytes = Zeroizing::new([0; EVENT * EVENTS]);
        for _ in 0..READS {
            match self.file.read(&mut bytes[..]) {
                Ok(0) => return State::Gone,
                Ok(count) => self.take(&bytes[..count], each),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if std::mem::take(&mut self.lost) {
                        self.ask(questions);
                    }
                    return State::Here;
                }
                Err(_) => return State::Gone,
            }
        }
        State::Here
    }

    /// Ends what is down: no more is known of it.
    pub(super) fn end(&mut self, each: &mut dyn FnMut(InputEvent)) {
        match &mut self.job {
            Job::Touch(_, contacts) => contacts.lost(each),
            Job::Keys(keypad) => keypad.lost(each),
        }
    }

    fn take(&mut self, bytes: &[u8], each: &mut dyn FnMut(InputEvent)) {
        // The kernel hands out whole events only.
        let (events, _) = bytes.as_chunks::<EVENT>();
        for Event { kind, code, value } in events.iter().map(Event::of) {
            if (kind, code) == (EV_SYN, SYN_DROPPED) {
                self.lost = true;
                self.end(each);
            }
            if self.lost {
                continue;
            }
            match &mut self.job {
                Job::Touch(_, contacts) => contacts.event(kind, code, value, each),
                Job::Keys(keypad) => keypad.event(kind, code, value, each),
            }
        }
    }

    /// Learns what the kernel will not say again because it has not changed: places, tools, and which slot is meant. Asked when
    /// nothing is held for us, so that it is never older than the next event. What touches the screen now is not asked: it
    /// began unseen, so it may activate nothing, and whatever comes down anew says so by itself.
    fn ask(&mut self, questions: &dyn Questions) {
        let Job::Touch(way, contacts) = &mut self.job else { return };
        // Without an end of report nothing is told.
        let mut tell = |code, value| contacts.event(EV_ABS, code, value, &mut |_| {});
        let value = |code| questions.axis(&self.name, &self.file, code).map(|axis| axis.value);
        if *way != Way::Slots {
            for code in [ABS_X, ABS_Y] {
                value(code).into_iter().for_each(|value| tell(code, value));
            }
            return;
        }
        for code in [ABS_MT_POSITION_X, ABS_MT_POSITION_Y, ABS_MT_TOOL_TYPE, ABS_MT_DISTANCE] {
            let values = questions.slots(&self.name, &self.file, code).into_iter().flatten();
            for (slot, value) in (0..).zip(values) {
                tell(ABS_MT_SLOT, slot);
                tell(code, value);
            }
        }
        tell(ABS_MT_SLOT, value(ABS_MT_SLOT).unwrap_or(0));
    }
}

impl AsFd for Device {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// The axes of a place.
const fn axes(way: Way) -> (u16, u16) {
    match way {
        Way::Slots => (ABS_MT_POSITION_X, ABS_MT_POSITION_Y),
        Way::Button(_) => (ABS_X, ABS_Y),
    }
}
