//! A social-security card of nobody.
//!
//! Duty: the public files of LD/T 32 behind their commands, as the reference page on card readers says, and its faults.
//! Never: import the driver, or hold what is somebody's.

mod vpcd;

pub use vpcd::VirtualCard;

/// How a chip answers a command that wants data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerStyle {
    /// With the data at once.
    AtOnce,
    /// 61xx, and the data when it is fetched.
    Fetched,
    /// 6Cxx where the length that is asked for is not the record's own, and the data when it is.
    RightLength,
}

/// A fault of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SocialSecurityFault {
    /// It is a card of another application.
    OtherCard,
    /// It gives its second file to nobody.
    Security,
    /// The record of this tag is absent.
    Absent(u8),
    /// The record of this tag says another length than it has.
    WrongLength(u8),
    /// The record of this tag has the tag of another.
    WrongTag(u8),
    /// The card is pulled out when the record of this tag is asked for.
    Removed(u8),
}

/// A card's files, each record with its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FictitiousSocialSecurityCard {
    /// EF05 and EF06: file, tag, value.
    pub records: Vec<(u8, u8, Vec<u8>)>,
    /// How its chip answers.
    pub style: AnswerStyle,
    /// What it does wrong.
    pub fault: Option<SocialSecurityFault>,
}

impl FictitiousSocialSecurityCard {
    /// 张示例, born 1940-01-01, of a division that no place has.
    pub fn sample() -> Self {
        let mut card_id = vec![0x99, 0x00, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0x01, 0x23, 0x45, 0x67, 0x89];
        card_id.resize(16, 0xFF);
        // 张示例 in GBK.
        let mut name = vec![0xD5, 0xC5, 0xCA, 0xBE, 0xC0, 0xFD];
        name.resize(30, b' ');
        let records = vec![
            (0x05, 0x01, card_id),
            (0x05, 0x02, b"1".to_vec()),
            (0x05, 0x03, b"2.00".to_vec()),
            (0x05, 0x04, vec![0x99, 0x00, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0x01]),
            (0x05, 0x05, vec![0x20, 0x20, 0x01, 0x01]),
            (0x05, 0x06, vec![0x20, 0x40, 0x01, 0x01]),
            (0x05, 0x07, b"Z99000001".to_vec()),
            (0x06, 0x08, b"990000194001010014".to_vec()),
            (0x06, 0x09, name),
            (0x06, 0x0A, b"1".to_vec()),
            (0x06, 0x0B, vec![0x01]),
            (0x06, 0x0C, vec![0x99, 0x00, 0x00]),
            (0x06, 0x0D, vec![0x19, 0x40, 0x01, 0x01]),
        ];
        Self { records, style: AnswerStyle::AtOnce, fault: None }
    }

    /// The same with another value in a record.
    #[must_use]
    pub fn with(mut self, tag: u8, value: Vec<u8>) -> Self {
        for record in self.records.iter_mut().filter(|(_, of, _)| *of == tag) {
            record.2.clone_from(&value);
        }
        self
    }
}

/// The chip: what it has selected, and what waits to be fetched.
pub struct SocialSecurityChip {
    card: FictitiousSocialSecurityCard,
    application: bool,
    file: Option<u8>,
    waiting: Option<Vec<u8>>,
}

/// `sx1.sh.` and 社会保障 in GBK.
const APPLICATION: &[u8] = b"sx1.sh.\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";

impl SocialSecurityChip {
    /// A chip that was just powered.
    pub fn new(card: FictitiousSocialSecurityCard) -> Self {
        Self { card, application: false, file: None, waiting: None }
    }

    /// Power off and on.
    pub fn reset(&mut self) {
        (self.application, self.file, self.waiting) = (false, None, None);
    }

    /// The answer to a command; none when the card is pulled out at it.
    pub fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        let waiting = self.waiting.take();
        Some(match command {
            [0x00, 0xA4, 0x04, 0x00, 0x0F, name @ ..] => {
                self.file = None;
                self.application =
                    name == APPLICATION && self.card.fault != Some(SocialSecurityFault::OtherCard);
                let status = if self.application { self.selected() } else { 0x6A82 };
                status.to_be_bytes().to_vec()
            }
            [0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, file] if self.application => {
                let status = match file {
                    0x05 => self.selected(),
                    0x06 if self.card.fault == Some(SocialSecurityFault::Security) => 0x6982,
                    0x06 => self.selected(),
                    _ => 0x6A82,
                };
                self.file = matches!(status, 0x9000 | 0x6100..=0x61FF).then_some(*file);
                status.to_be_bytes().to_vec()
            }
            [0x00, 0xB2, tag, 0x00, length] if self.file.is_some() => {
                if self.card.fault == Some(SocialSecurityFault::Removed(*tag)) {
                    return None;
                }
                self.record(*tag, *length)
            }
            [0x00, 0xC0, 0x00, 0x00, length] => match waiting {
                Some(data) if data.len() == usize::from(*length) => with_status(data, 0x9000),
                _ => vec![0x6F, 0x00],
            },
            _ => vec![0x6D, 0x00],
        })
    }

    /// A file's description that nobody fetches, where the chip likes to be fetched from.
    fn selected(&self) -> u16 {
        if self.card.style == AnswerStyle::Fetched { 0x6110 } else { 0x9000 }
    }

    fn record(&mut self, tag: u8, length: u8) -> Vec<u8> {
        let found = self.card.records.iter().find(|(file, of, _)| Some(*file) == self.file && *of == tag);
        let Some((_, _, value)) = found.filter(|_| self.card.fault != Some(SocialSecurityFault::Absent(tag)))
        else {
            return vec![0x6A, 0x83];
        };
        let counted = u8::try_from(value.len()).unwrap_or(u8::MAX);
        let mut data = vec![tag, counted];
        data.extend(value);
        match self.card.fault {
            Some(SocialSecurityFault::WrongLength(of)) if of == tag => data[1] += 1,
            Some(SocialSecurityFault::WrongTag(of)) if of == tag => data[0] ^= 0x40,
            _ => {}
        }
        let whole = counted + 2;
        match self.card.style {
            AnswerStyle::AtOnce => with_status(data, 0x9000),
            AnswerStyle::Fetched => {
                self.waiting = Some(data);
                vec![0x61, whole]
            }
            AnswerStyle::RightLength if length != whole => vec![0x6C, whole],
            AnswerStyle::RightLength => with_status(data, 0x9000),
        }
    }
}

fn with_status(mut data: Vec<u8>, status: u16) -> Vec<u8> {
    data.extend(status.to_be_bytes());
    data
}
