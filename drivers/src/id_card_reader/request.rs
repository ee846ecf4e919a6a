//! What a host asks of the reader, as bytes.
//!
//! Duty: one frame for each request, and how its good answer looks. Never: IO.
//!
//! Source: GA/T 467-2019 as the reference page on card readers gives it, section "Frame".

use super::frame::Response;
use super::sw3::Sw3;

/// A request of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Request {
    /// 11 FF, state of the security module.
    SamStatus,
    /// 12 FF, number of the security module.
    SamId,
    /// 20 01, look for a card.
    Find,
    /// 20 02, select the card that was found.
    Select,
    /// 30 01, text and photo.
    ReadTextPhoto,
    /// 30 10, text, photo and fingerprints.
    ReadTextPhotoFingerprints,
    /// 30 03, addresses added to the chip later.
    ReadNewestAddress,
    /// 30 05, number of the chip.
    ReadChipNumber,
}

/// What begins every frame.
pub(super) const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

impl Request {
    /// Every request.
    pub const ALL: [Self; 8] = [
        Self::SamStatus,
        Self::SamId,
        Self::Find,
        Self::Select,
        Self::ReadTextPhoto,
        Self::ReadTextPhotoFingerprints,
        Self::ReadNewestAddress,
        Self::ReadChipNumber,
    ];

    /// The two bytes CMD and PARA.
    pub const fn code(self) -> [u8; 2] {
        match self {
            Self::SamStatus => [0x11, 0xFF],
            Self::SamId => [0x12, 0xFF],
            Self::Find => [0x20, 0x01],
            Self::Select => [0x20, 0x02],
            Self::ReadTextPhoto => [0x30, 0x01],
            Self::ReadTextPhotoFingerprints => [0x30, 0x10],
            Self::ReadNewestAddress => [0x30, 0x03],
            Self::ReadChipNumber => [0x30, 0x05],
        }
    }

    /// The whole frame: preamble, length 3 (CMD, PARA, check byte), and the XOR of all from the length on.
    pub fn frame(self) -> [u8; 10] {
        let [command, parameter] = self.code();
        let [p0, p1, p2, p3, p4] = PREAMBLE;
        [p0, p1, p2, p3, p4, 0x00, 0x03, command, parameter, 0x03 ^ command ^ parameter]
    }

    /// Bytes of the longest good answer, preamble and check byte included.
    pub(super) const fn longest_answer(self) -> u32 {
        let data = match self {
            Self::SamStatus => 0,
            Self::SamId => 16,
            Self::Find => 4,
            Self::Select => 8,
            Self::ReadTextPhoto => 4 + 256 + 1024,
            Self::ReadTextPhotoFingerprints => 6 + 256 + 1024 + 1024,
            Self::ReadNewestAddress => 280,
            Self::ReadChipNumber => 28,
        };
        5 + 2 + 3 + data + 1
    }

    /// Whether an answer can be one to this request: a late answer to the request before, or noise that happens to have
    /// a right check byte, is none.
    pub(super) fn admits(self, response: &Response) -> bool {
        let length = response.data().len();
        match response.sw3() {
            Sw3::Found => self == Self::Find,
            Sw3::Done => match self {
                Self::SamStatus => length == 0,
                Self::SamId => length == 16,
                Self::Find => false,
                Self::Select => length == 8,
                Self::ReadTextPhoto => length >= 4 + 256,
                Self::ReadTextPhotoFingerprints => length >= 6 + 256,
                Self::ReadNewestAddress => length <= 280 && length.is_multiple_of(70),
                Self::ReadChipNumber => length == 28,
            },
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        let check = |request: Request, frame: [u8; 10]| assert_eq!(request.frame(), frame, "{request:?}");
        check(Request::SamStatus, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x11, 0xFF, 0xED]);
        check(Request::SamId, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x12, 0xFF, 0xEE]);
        check(Request::Find, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22]);
        check(Request::Select, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x02, 0x21]);
        check(Request::ReadTextPhoto, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x30, 0x01, 0x32]);
        check(
            Request::ReadTextPhotoFingerprints,
            [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x30, 0x10, 0x23],
        );
        check(Request::ReadNewestAddress, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x30, 0x03, 0x30]);
        check(Request::ReadChipNumber, [0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x30, 0x05, 0x36]);
    }

    #[test]
    fn longest_answers() {
        // "Len 0x0508 (1295 bytes in all)", and 0x090A with two fingers.
        assert_eq!(Request::ReadTextPhoto.longest_answer(), 1295);
        assert_eq!(Request::ReadTextPhotoFingerprints.longest_answer(), 5 + 2 + 0x090A);
        assert_eq!(Request::SamId.longest_answer(), 5 + 2 + 0x14);
    }
}
