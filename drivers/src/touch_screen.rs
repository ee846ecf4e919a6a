//! The kiosk's touch screen and its tactile keypad, read from the kernel's input devices (Documentation/input/event-codes.rst,
//! multi-touch-protocol.rst).
//!
//! Duty: one finger's way over the screen and the keys that are pressed, of whatever devices come and go. Never: take a device
//! from others, move a place by a calibration, or log or keep what was typed.

mod codes;
mod contact;
mod device;
mod folder;
mod kernel;
mod keypad;
mod kind;
mod one_contact;
mod questions;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};

pub use contact::{Axis, Contacts, Way};
pub use keypad::Keypad;
pub use one_contact::OneContact;

use device::{Device, State};
use folder::{Change, Folder};
use kernel::Kernel;
use questions::Questions;

/// What a person does at the terminal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InputEvent {
    /// A finger, or a pointer's button, came down at a place.
    Down(Place),
    /// It is elsewhere now.
    Moved(Place),
    /// It was lifted where it was last.
    Up(Place),
    /// What was down is none: a palm, lost events, the device is gone. Nothing may be activated by it.
    Cancelled,
    /// A key.
    Key(Pressed),
}

/// In parts of the screen's width and height from its left and top, 0 to 1, as the device reports it: uncalibrated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A key and what happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pressed {
    /// Which key; its [`How::Up`] names the same as its [`How::Down`].
    pub key: InputKey,
    /// What happened.
    pub how: How,
}

/// What happened to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It was pressed.
    Down,
    /// It is held, and the kernel repeats it.
    Repeated,
    /// It was released, or nobody knows that it is still held: lost events, the device is gone.
    Up,
}

/// A key that a terminal has a use for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the keys are named as they are on a keyboard")]
pub enum InputKey {
    Tab,
    /// Tab with Shift.
    Backtab,
    /// Enter of the letters or of the number pad.
    Return,
    Escape,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// What the key types.
    Text(char),
}

/// Shows no letter: it may be a person's.
impl fmt::Debug for InputKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tab => "Tab",
            Self::Backtab => "Backtab",
            Self::Return => "Return",
            Self::Escape => "Escape",
            Self::Backspace => "Backspace",
            Self::Delete => "Delete",
            Self::Up => "Up",
            Self::Down => "Down",
            Self::Left => "Left",
            Self::Right => "Right",
            Self::Home => "Home",
            Self::End => "End",
            Self::PageUp => "PageUp",
            Self::PageDown => "PageDown",
            Self::Text(_) => "Text(…)",
        })
    }
}

/// The folder's number in the set of what is waited for; devices count on from it.
const FOLDER: u64 = 0;

/// Touch screens and keypads that the kernel has.
pub struct InputDevices {
    set: OwnedFd,
    folder: Folder,
    questions: Box<dyn Questions>,
    /// Each with its number, which no other ever has.
    open: Vec<(u64, Device)>,
    last: u64,
    one: OneContact,
}

impl InputDevices {
    /// Watches the kernel's folder of input devices, `/dev/input`: what is there is opened, what comes later is opened when it
    /// may be. The folder may come later itself, in a folder that is there.
    ///
    /// # Errors
    /// The kernel does not let the folder, or the one that it is in, be watched.
    pub fn watch(folder: &Path) -> std::io::Result<Self> {
        Self::asking(folder, Box::new(Kernel))
    }

    fn asking(folder: &Path, questions: Box<dyn Questions>) -> std::io::Result<Self> {
        let set = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        // Watched first and looked through then: what comes between is opened once, since it is found by its name.
        let folder = Folder::watch(folder)?;
        epoll::add(&set, &folder, epoll::EventData::new_u64(FOLDER), epoll::EventFlags::IN)?;
        let names = folder.names();
        let one = OneContact::default();
        let mut devices = Self { set, folder, questions, open: Vec::new(), last: FOLDER, one };
        for name in names {
            devices.came(name, &mut |_| {});
        }
        Ok(devices)
    }

    /// Reads all that is there without waiting, each event to `each`, in order for a device.
    pub fn take(&mut self, each: &mut dyn FnMut(InputEvent)) {
        let mut ready = Vec::with_capacity(self.open.len() + 1);
        // What is interrupted is asked again: the set stays readable.
        if epoll::wait(&self.set, spare_capacity(&mut ready), Some(&Timespec::default())).is_err() {
            return;
        }
        for epoll::Event { flags, data, .. } in ready {
            match data.u64() {
                FOLDER => self.look(each),
                number => self.read(number, flags, each),
            }
        }
    }

    fn look(&mut self, each: &mut dyn FnMut(InputEvent)) {
        for change in self.folder.changes() {
            match change {
                Change::Came(name) => self.came(name, each),
                Change::Went(name) => self.went(&name, each),
            }
        }
    }

    /// Opens a node, if it is another device than the one that is open under its name.
    fn came(&mut self, name: OsString, each: &mut dyn FnMut(InputEvent)) {
        let node = self.folder.path().join(&name);
        if self.open.iter().any(|(_, device)| device.name() == name && device.is(&node)) {
            return;
        }
        self.went(&name, each);
        let Some(device) = Device::open(self.folder.path(), name, self.questions.as_ref()) else { return };
        let number = self.last + 1;
        if epoll::add(&self.set, &device, epoll::EventData::new_u64(number), epoll::EventFlags::IN).is_ok() {
            self.last = number;
            self.open.push((number, device));
        }
    }

    /// Reads the rest of a device whose node is gone, and closes it.
    fn went(&mut self, name: &OsStr, each: &mut dyn FnMut(InputEvent)) {
        let found = self.open.iter().find(|(_, device)| device.name() == name);
        if let Some(number) = found.map(|(number, _)| *number) {
            self.read(number, epoll::EventFlags::HUP, each);
        }
    }

    fn read(&mut self, number: u64, flags: epoll::EventFlags, each: &mut dyn FnMut(InputEvent)) {
        // One that was closed after it was found ready is nothing.
        let Some(at) = self.open.iter().position(|(open, _)| *open == number) else { return };
        let one = &mut self.one;
        let mut counted = |event| {
            if one.lets(number, event) {
                each(event);
            }
        };
        let device = &mut self.open[at].1;
        let state = device.read(self.questions.as_ref(), &mut counted);
        if state == State::Gone || flags.intersects(epoll::EventFlags::HUP | epoll::EventFlags::ERR) {
            device.end(&mut counted);
            let (_, device) = self.open.swap_remove(at);
            // Closing alone is not enough while a program that is being started has the file too.
            let _closed = epoll::delete(&self.set, &device);
        }
    }
}

/// Readable when [`InputDevices::take`] has something to do.
impl AsFd for InputDevices {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.set.as_fd()
    }
}

#[cfg(test)]
mod tests;
