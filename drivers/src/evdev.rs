//! One event of the kernel's input devices (linux/input.h), and the numbers that every reader of them knows.
//!
//! Duty: bytes as a kind, a code and a value. Never: know what they mean together.

/// `struct input_event` of a 64-bit kernel: two numbers of eight bytes for the time, then kind, code and value.
pub(crate) const EVENT: usize = 24;

// linux/input-event-codes.h
pub(crate) const EV_SYN: u16 = 0;
pub(crate) const EV_KEY: u16 = 1;
/// The kernel had no room: events before this one were lost.
pub(crate) const SYN_DROPPED: u16 = 3;

/// An event; its time is not used.
#[derive(Clone, Copy)]
pub(crate) struct Event {
    pub(crate) kind: u16,
    pub(crate) code: u16,
    pub(crate) value: i32,
}

impl Event {
    /// Reads one `struct input_event`.
    pub(crate) fn of(bytes: &[u8; EVENT]) -> Self {
        Self {
            kind: u16::from_ne_bytes([bytes[16], bytes[17]]),
            code: u16::from_ne_bytes([bytes[18], bytes[19]]),
            value: i32::from_ne_bytes([bytes[20], bytes[21], bytes[22], bytes[23]]),
        }
    }
}
