//! The questions that an input device is asked, whoever answers them.
//!
//! Duty: the seam between the driver and the kernel, at which a test answers. Never: decide what to ask.

use std::ffi::OsStr;
use std::fs::File;

use super::contact::SLOTS;
use super::kind::Capabilities;

/// An axis as it is now.
#[derive(Clone, Copy, Debug)]
pub(super) struct AxisState {
    pub(super) value: i32,
    pub(super) minimum: i32,
    pub(super) maximum: i32,
}

/// Who answers for a device: its node's name and the open node.
pub(super) trait Questions: Send {
    /// What it has; none of what is no input device.
    fn capabilities(&self, name: &OsStr, device: &File) -> Option<Capabilities>;

    /// One of its axes.
    fn axis(&self, name: &OsStr, device: &File, code: u16) -> Option<AxisState>;

    /// An axis of each of its contacts; of slots that it has not, nought.
    fn slots(&self, name: &OsStr, device: &File, code: u16) -> Option<[i32; SLOTS]>;
}
