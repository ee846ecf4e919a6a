//! The third status byte of an answer: what the reader says of the request.
//!
//! Source: GA/T 467-2019 as the reference page on card readers gives it, section "Frame".

/// The reader's status, one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sw3 {
    /// 10, the request's check byte was wrong.
    Checksum,
    /// 11, the request's length was wrong.
    Length,
    /// 21, the reader does not know the command.
    BadCommand,
    /// 23, not permitted.
    NotPermitted,
    /// 24, unknown error.
    UnknownError,
    /// 31, the card refused the security module.
    CardRefusedSam,
    /// 32, the security module refused the card.
    SamRefusedCard,
    /// 33, the check of the information failed.
    InformationCheck,
    /// 34, not found yet.
    NotFoundYet,
    /// 37, the check of the fingerprint failed.
    FingerprintCheck,
    /// 3F, the information has the wrong length.
    InformationLength,
    /// 40, a card of another type.
    WrongCardType,
    /// 41, the card could not be read.
    ReadFailed,
    /// 47, no random number from the card.
    RandomFailed,
    /// 60, the security module failed its self-test.
    SelfTestFailed,
    /// 66, the security module is not authorised.
    Unauthorised,
    /// 80, no card.
    NoCard,
    /// 81, the card could not be selected.
    SelectFailed,
    /// 90, done.
    Done,
    /// 91, the card does not have the item.
    ItemAbsent,
    /// 9F, a card was found.
    Found,
    /// A byte that the standard does not list.
    Unknown(u8),
}

/// Every byte that has a meaning.
const LISTED: [(u8, Sw3); 21] = [
    (0x10, Sw3::Checksum),
    (0x11, Sw3::Length),
    (0x21, Sw3::BadCommand),
    (0x23, Sw3::NotPermitted),
    (0x24, Sw3::UnknownError),
    (0x31, Sw3::CardRefusedSam),
    (0x32, Sw3::SamRefusedCard),
    (0x33, Sw3::InformationCheck),
    (0x34, Sw3::NotFoundYet),
    (0x37, Sw3::FingerprintCheck),
    (0x3F, Sw3::InformationLength),
    (0x40, Sw3::WrongCardType),
    (0x41, Sw3::ReadFailed),
    (0x47, Sw3::RandomFailed),
    (0x60, Sw3::SelfTestFailed),
    (0x66, Sw3::Unauthorised),
    (0x80, Sw3::NoCard),
    (0x81, Sw3::SelectFailed),
    (0x90, Sw3::Done),
    (0x91, Sw3::ItemAbsent),
    (0x9F, Sw3::Found),
];

impl From<u8> for Sw3 {
    fn from(byte: u8) -> Self {
        LISTED.iter().find(|(b, _)| *b == byte).map_or(Self::Unknown(byte), |(_, sw3)| *sw3)
    }
}

impl Sw3 {
    /// The byte on the wire.
    pub fn byte(self) -> u8 {
        match self {
            Self::Unknown(byte) => byte,
            listed => LISTED.iter().find(|(_, sw3)| *sw3 == listed).map_or(0, |(byte, _)| *byte),
        }
    }
}

/// Two hexadecimal digits, as the standard and the command line write it.
impl std::fmt::Display for Sw3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02X}", self.byte())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        for byte in 0..=u8::MAX {
            assert_eq!(Sw3::from(byte).byte(), byte);
            let listed = LISTED.iter().any(|(b, _)| *b == byte);
            assert_eq!(matches!(Sw3::from(byte), Sw3::Unknown(_)), !listed, "{byte:02X}");
        }
    }

    #[test]
    fn shown_as_two_digits() {
        assert_eq!(Sw3::NoCard.to_string(), "80");
        assert_eq!(Sw3::Unknown(7).to_string(), "07");
    }
}
