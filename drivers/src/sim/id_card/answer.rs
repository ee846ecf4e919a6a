//! The bytes with which the reader answers, whatever carries them.
//!
//! Duty: the device's answer as a frame, spoilt by the faults that it has. Never: time.

use super::chance::Chance;
use super::device::Device;
use super::fault::{CardFault, Step};
use super::line::{self, Incoming};

/// The answer to what came; none where a fault swallows it.
pub(super) fn answer(device: &mut Device, chance: &mut Chance, incoming: &Incoming) -> Option<Vec<u8>> {
    let step = incoming.step();
    let (sw3, data) = match incoming {
        Incoming::Request { code, parameters, .. } => device.answer(*code, parameters),
        Incoming::WrongCheck => (0x10, vec![]),
        Incoming::WrongLength => (0x11, vec![]),
    };
    if device.has(CardFault::Silent) || step.is_some_and(|step| device.takes(CardFault::LostOnce(step))) {
        return None;
    }
    let mut bytes = line::answer_frame(sw3, &data);
    let reads = step == Some(Step::Read);
    let spoils = device.has(CardFault::Checksum) || (reads && device.takes(CardFault::ChecksumOnce));
    if let Some(check) = bytes.last_mut().filter(|_| spoils) {
        *check ^= 0xFF;
    }
    if reads && device.takes(CardFault::CutOnce) {
        bytes.truncate(bytes.len() / 2);
    }
    if device.has(CardFault::Noisy) {
        bytes.splice(..0, line::noise(chance));
        bytes.extend([0; 3]);
    }
    Some(bytes)
}
