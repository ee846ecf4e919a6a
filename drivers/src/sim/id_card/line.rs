//! Frames and noise on the reader's line.
//!
//! Duty: cut requests out of what the host sends, wrap answers, dirty them. Never: know what a request means.

use super::chance::Chance;
use super::fault::Step;

const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];
/// No request is longer than this; more is noise.
const LONGEST_REQUEST: usize = 64;

/// What the host sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Incoming {
    /// A request: CMD, PARA and what follows; how many bytes it had on the wire.
    Request { code: [u8; 2], parameters: Vec<u8>, bytes: u32 },
    /// The check byte was wrong.
    WrongCheck,
    /// The length was impossible.
    WrongLength,
}

impl Incoming {
    /// The step of a visit that the request belongs to.
    pub(super) fn step(&self) -> Option<Step> {
        match self {
            Self::Request { code: [0x20, 0x01], .. } => Some(Step::Find),
            Self::Request { code: [0x20, 0x02], .. } => Some(Step::Select),
            Self::Request { code: [0x30, 0x01 | 0x10], .. } => Some(Step::Read),
            _ => None,
        }
    }
}

/// Takes the first frame out of `received`, and everything before it.
pub(super) fn take_request(received: &mut Vec<u8>) -> Option<Incoming> {
    let Some(start) = received.windows(PREAMBLE.len()).position(|w| w == PREAMBLE) else {
        // The beginning of a preamble may be among the last bytes.
        let kept = received.len().min(PREAMBLE.len() - 1);
        received.drain(..received.len() - kept);
        return None;
    };
    received.drain(..start);
    let length = usize::from(u16::from_be_bytes([*received.get(5)?, *received.get(6)?]));
    if !(3..=LONGEST_REQUEST).contains(&length) {
        received.drain(..PREAMBLE.len());
        return Some(Incoming::WrongLength);
    }
    let end = 7 + length;
    if received.len() < end {
        return None;
    }
    let frame: Vec<u8> = received.drain(..end).collect();
    let (check, counted) = frame[5..].split_last()?;
    if counted.iter().fold(0, |sum, byte| sum ^ byte) != *check {
        return Some(Incoming::WrongCheck);
    }
    let [_, _, command, parameter, parameters @ ..] = counted else { return None };
    Some(Incoming::Request {
        code: [*command, *parameter],
        parameters: parameters.to_vec(),
        bytes: u32::try_from(end).unwrap_or(u32::MAX),
    })
}

/// The frame of an answer; SW1 and SW2 are zero.
pub(super) fn answer_frame(sw3: u8, data: &[u8]) -> Vec<u8> {
    // Status and check byte are counted, Len itself is not.
    let [high, low] = u16::try_from(data.len() + 4).unwrap_or(u16::MAX).to_be_bytes();
    let mut frame = PREAMBLE.to_vec();
    frame.extend([high, low, 0x00, 0x00, sw3]);
    frame.extend(data);
    frame.push(frame[5..].iter().fold(0, |sum, byte| sum ^ byte));
    frame
}

/// Stray bytes as bad lines have them: any, pieces of a preamble, frames that are shorter than a frame.
pub(super) fn noise(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = match chance.below(4) {
        0 => PREAMBLE[..1 + chance.below(4)].to_vec(),
        1 => [&PREAMBLE[..], &[0x00, 0x02, 0x00, 0x02]].concat(),
        _ => Vec::new(),
    };
    let count = 1 + chance.below(8);
    // Without 96 no second preamble comes about.
    bytes.extend((0..count).map(|_| chance.byte()).filter(|b| *b != 0x96));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIND: [u8; 10] = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22];

    #[test]
    fn requests() {
        let find = || Some(Incoming::Request { code: [0x20, 0x01], parameters: vec![], bytes: 10 });
        let check = |bytes: &[u8], want: &[Option<Incoming>]| {
            let mut received = bytes.to_vec();
            for want in want {
                assert_eq!(take_request(&mut received), *want, "{bytes:02X?}");
            }
        };
        check(&FIND, &[find(), None]);
        check(&[&[0xAA, 0x00][..], &FIND, &FIND].concat(), &[find(), find(), None]);
        check(&FIND[..9], &[None]);
        check(&[&FIND[..9], &[0x23]].concat(), &[Some(Incoming::WrongCheck), None]);
        check(&[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x02, 0x20], &[Some(Incoming::WrongLength), None]);
        let packet = [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04, 0x61, 0xFF, 0x18, 0x82];
        check(&packet, &[Some(Incoming::Request { code: [0x61, 0xFF], parameters: vec![0x18], bytes: 11 })]);
    }

    #[test]
    fn answers() {
        let check = |sw3, data: &[u8], want: &[u8]| assert_eq!(answer_frame(sw3, data), want);
        check(0x80, &[], &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x80, 0x84]);
        check(
            0x9F,
            &[0; 4],
            &[0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x08, 0x00, 0x00, 0x9F, 0x00, 0x00, 0x00, 0x00, 0x97],
        );
    }
}
