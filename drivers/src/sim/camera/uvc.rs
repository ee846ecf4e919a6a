//! A webcam's USB function: what it says of itself, what it is told, how its pictures are cut into payloads.
//!
//! Duty: the requests and bytes of the USB Device Class Definition for Video Devices, revision 1.0 ("UVC"), for a camera
//! with one size of MJPEG on a bulk endpoint and with control of its exposure. Never: a bus; whoever has one moves the bytes.

use crate::sim::gadgetfs::{IN, bulk_endpoint};

/// The address of the endpoint that pictures come from.
pub(super) const PICTURES: u8 = 0x81;
/// Width and height.
pub(super) const SIZE: [u16; 2] = [320, 240];
/// Between two pictures, 100 ns: fifteen a second.
const INTERVAL: u32 = 666_666;
/// The largest picture.
const LARGEST: u32 = 320 * 240;
/// A payload and its header: as much as the kernel's driver fetches at once from packets of 64 bytes.
const PAYLOAD: u32 = 2048;
/// Bytes of a payload's header that has neither clock nor time stamp (UVC 2.4.3.3).
const HEADER: u8 = 2;

/// Interfaces and entities.
const CONTROL_INTERFACE: u8 = 0;
const STREAMING_INTERFACE: u8 = 1;
const CAMERA: u8 = 1;
const OUTPUT: u8 = 2;

/// Requests (UVC, A.8), selectors of a camera (A.9.4) and of streaming (A.9.7).
const SET_CUR: u8 = 0x01;
const GET_CUR: u8 = 0x81;
const GET_MIN: u8 = 0x82;
const GET_MAX: u8 = 0x83;
const GET_RES: u8 = 0x84;
const GET_INFO: u8 = 0x86;
const GET_DEF: u8 = 0x87;
const EXPOSURE_MODE: u8 = 0x02;
const EXPOSURE_PRIORITY: u8 = 0x03;
const EXPOSURE_TIME: u8 = 0x04;
const PROBE: u8 = 0x01;
const COMMIT: u8 = 0x02;

/// Modes of exposure (UVC 4.2.2.1.2): by hand, and what webcams call automatic, by the aperture.
const MANUAL: u8 = 0x01;
const APERTURE_PRIORITY: u8 = 0x08;

/// The function's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Uvc {
    pub(super) mode: u8,
    priority: u8,
    /// 100 µs.
    pub(super) exposure: u32,
    /// Pictures are wanted.
    pub(super) streams: bool,
}

impl Uvc {
    pub(super) const fn new() -> Self {
        Self { mode: APERTURE_PRIORITY, priority: 1, exposure: 156, streams: false }
    }

    /// What it answers to a request towards the host; none where it knows no such thing.
    pub(super) fn get(&self, request: [u8; 8]) -> Option<Vec<u8>> {
        let [kind, code, _, selector, interface, entity, length, _] = request;
        if kind != 0xA1 {
            return None;
        }
        let mut data = match (interface, entity, selector) {
            (STREAMING_INTERFACE, 0, PROBE | COMMIT) if code == GET_INFO => vec![3],
            (STREAMING_INTERFACE, 0, PROBE | COMMIT) => negotiated().to_vec(),
            (CONTROL_INTERFACE, CAMERA, _) if code == GET_INFO => {
                matches!(selector, EXPOSURE_MODE..=EXPOSURE_TIME).then_some(vec![3])?
            }
            (CONTROL_INTERFACE, CAMERA, EXPOSURE_MODE) => vec![match code {
                GET_CUR => self.mode,
                // Here the resolution says which modes there are.
                GET_RES => MANUAL | APERTURE_PRIORITY,
                GET_DEF => APERTURE_PRIORITY,
                _ => return None,
            }],
            (CONTROL_INTERFACE, CAMERA, EXPOSURE_PRIORITY) => vec![match code {
                GET_CUR => self.priority,
                GET_MIN | GET_DEF => 0,
                GET_MAX | GET_RES => 1,
                _ => return None,
            }],
            (CONTROL_INTERFACE, CAMERA, EXPOSURE_TIME) => {
                let time: u32 = match code {
                    GET_CUR => self.exposure,
                    GET_MIN => 1,
                    GET_MAX => 5000,
                    GET_RES => 1,
                    GET_DEF => 156,
                    _ => return None,
                };
                time.to_le_bytes().to_vec()
            }
            _ => return None,
        };
        data.truncate(usize::from(length));
        Some(data)
    }

    /// Takes what a request of the host sets; whether it knows such a thing.
    pub(super) fn set(&mut self, request: [u8; 8], data: &[u8]) -> bool {
        let [kind, code, _, selector, interface, entity, ..] = request;
        match (kind, code, interface, entity, selector, data) {
            // What is proposed is answered with what there is.
            (0x21, SET_CUR, STREAMING_INTERFACE, 0, PROBE, _) => {}
            (0x21, SET_CUR, STREAMING_INTERFACE, 0, COMMIT, _) => self.streams = true,
            (0x21, SET_CUR, CONTROL_INTERFACE, CAMERA, EXPOSURE_MODE, [mode]) => self.mode = *mode,
            (0x21, SET_CUR, CONTROL_INTERFACE, CAMERA, EXPOSURE_PRIORITY, [priority]) => {
                self.priority = *priority;
            }
            (0x21, SET_CUR, CONTROL_INTERFACE, CAMERA, EXPOSURE_TIME, [a, b, c, d]) => {
                self.exposure = u32::from_le_bytes([*a, *b, *c, *d]);
            }
            _ => return false,
        }
        true
    }
}

/// What there is to agree on (UVC 4.3.1.1): the one format, its one size, its pace.
fn negotiated() -> [u8; 26] {
    let mut data = [0; 26];
    (data[2], data[3]) = (1, 1);
    data[4..8].copy_from_slice(&INTERVAL.to_le_bytes());
    data[18..22].copy_from_slice(&LARGEST.to_le_bytes());
    data[22..26].copy_from_slice(&PAYLOAD.to_le_bytes());
    data
}

/// A picture as the payloads of one frame (UVC 2.4.3.2): the bit that changes from frame to frame, the last one's end. A
/// payload that is not full ends with a short packet, for which cameras pad their pictures.
pub(super) fn payloads(picture: &[u8], frame: u32) -> Vec<Vec<u8>> {
    const END_OF_HEADER: u8 = 0x80;
    const END_OF_FRAME: u8 = 0x02;
    let space = (PAYLOAD - u32::from(HEADER)) as usize;
    let mut picture = picture.to_vec();
    if (picture.len() % space + usize::from(HEADER)).is_multiple_of(64) {
        picture.push(0);
    }
    let count = picture.len().div_ceil(space);
    let parts = picture.chunks(space).enumerate().map(|(index, part)| {
        let end = if index + 1 == count { END_OF_FRAME } else { 0 };
        let id = u8::from(!frame.is_multiple_of(2));
        [&[HEADER, END_OF_HEADER | end | id], part].concat()
    });
    parts.collect()
}

/// The device: a function of several interfaces (USB Interface Association Descriptors), one configuration.
pub(super) fn device([vendor, product]: [u16; 2]) -> [u8; 18] {
    let [[v, vendor_high], [p, product_high]] = [vendor, product].map(u16::to_le_bytes);
    [18, 1, 0x00, 0x02, 0xEF, 2, 1, 64, v, vendor_high, p, product_high, 0x00, 0x01, 0, 0, 0, 1]
}

/// The configuration: the association, the control interface with its camera (UVC 3.7), the streaming interface with its
/// format (3.9) and its endpoint.
pub(super) fn configuration() -> Vec<u8> {
    const CLASS: u8 = 0x24;
    let [[width, width_high], [height, height_high]] = SIZE.map(u16::to_le_bytes);
    let interval = INTERVAL.to_le_bytes();
    // Camera (exposure: bits 1 to 3), then what goes out over USB.
    let entities = [
        &[18, CLASS, 2, CAMERA, 0x01, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0x0E, 0, 0][..],
        &[9, CLASS, 3, OUTPUT, 0x01, 0x01, 0, CAMERA, 0],
    ]
    .concat();
    // Revision 1.00, clock of 1 MHz, the one streaming interface.
    let clock = 1_000_000_u32.to_le_bytes();
    let total = length(13 + entities.len());
    let control = [
        &[9, 4, CONTROL_INTERFACE, 0, 0, 0x0E, 1, 0, 0][..],
        &[13, CLASS, 1, 0x00, 0x01],
        &total,
        &clock,
        &[1, STREAMING_INTERFACE],
        &entities,
    ]
    .concat();
    let format = [
        &[11, CLASS, 6, 1, 1, 0, 1, 0, 0, 0, 0][..],
        &[30, CLASS, 7, 1, 0, width, width_high, height, height_high],
        &(LARGEST * 8 * 15).to_le_bytes(),
        &(LARGEST * 8 * 15).to_le_bytes(),
        &LARGEST.to_le_bytes(),
        &interval,
        &[1],
        &interval,
    ]
    .concat();
    let total = length(14 + format.len());
    let streaming = [
        &[9, 4, STREAMING_INTERFACE, 0, 1, 0x0E, 2, 0, 0][..],
        &[14, CLASS, 1, 1],
        &total,
        &[PICTURES, 0, OUTPUT, 0, 0, 0, 1, 0],
        &format,
        &bulk_endpoint(PICTURES),
    ]
    .concat();
    let association = [8, 11, CONTROL_INTERFACE, 2, 0x0E, 3, 0, 0];
    let total = length(9 + association.len() + control.len() + streaming.len());
    // Powered by the bus, 100 mA.
    [&[9, 2][..], &total, &[2, 1, 0, 0x80, 50], &association, &control, &streaming].concat()
}

fn length(bytes: usize) -> [u8; 2] {
    u16::try_from(bytes).unwrap_or(u16::MAX).to_le_bytes()
}

/// Whether a request brings data from the host.
pub(super) const fn brings(request: [u8; 8]) -> usize {
    if request[0] & IN == 0 { request[6] as usize | (request[7] as usize) << 8 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every descriptor says how long it is, and so does each part of the whole.
    #[test]
    fn descriptors_hang_together() {
        let bytes = configuration();
        assert_eq!(bytes.len(), 137);
        assert_eq!(bytes[2..4], [137, 0]);
        let mut rest = &bytes[..];
        let mut kinds = Vec::new();
        while let [length, kind, subtype, ..] = *rest {
            kinds.push((kind, if kind == 0x24 { subtype } else { 0 }));
            rest = &rest[usize::from(length)..];
        }
        let class = |subtype| (0x24, subtype);
        let want = [
            (2, 0),
            (11, 0),
            (4, 0),
            class(1),
            class(2),
            class(3),
            (4, 0),
            class(1),
            class(6),
            class(7),
            (5, 0),
        ];
        assert_eq!(kinds, want);
    }

    #[test]
    fn a_picture_is_cut_into_payloads_and_ends_with_a_short_packet() {
        let check = |length: usize, want: &[(usize, u8)]| {
            let cut: Vec<_> = payloads(&vec![7; length], 3).iter().map(|p| (p.len(), p[1])).collect();
            assert_eq!(cut, want, "{length}");
        };
        check(100, &[(102, 0x83)]);
        check(2046 + 100, &[(2048, 0x81), (102, 0x83)]);
        check(62, &[(65, 0x83)]);
        assert_eq!(payloads(&[1], 2), [[2, 0x82, 1]]);
    }

    #[test]
    fn exposure_is_asked_and_set() {
        let mut camera = Uvc::new();
        let get = |code, selector, length| [0xA1, code, 0, selector, 0, 1, length, 0];
        assert_eq!(camera.get(get(0x81, 2, 1)), Some(vec![8]));
        assert_eq!(camera.get(get(0x84, 2, 1)), Some(vec![9]));
        assert_eq!(camera.get(get(0x83, 4, 4)), Some(vec![0x88, 0x13, 0, 0]));
        assert_eq!(camera.get(get(0x81, 6, 4)), None);
        assert!(camera.set([0x21, 1, 0, 4, 0, 1, 4, 0], &[100, 0, 0, 0]));
        assert_eq!(camera.exposure, 100);
        assert!(!camera.set([0x21, 1, 0, 6, 0, 1, 2, 0], &[1, 0]));
        assert!(camera.set([0x21, 1, 0, 2, 1, 0, 26, 0], &negotiated()));
        assert!(camera.streams);
    }
}
