//! The reader with a security control module (SAM_A, SAM_V) of GA/T 467-2019, over any transport.
//!
//! Duty: the order of the requests, their deadlines, one retry, what an answer means for a visit. Never: find bytes in a
//! stream (that is `FrameParser`) or take a card's text apart (that is `text_block`).
//!
//! Two things follow from "after a read the card must leave the field before find sees it again":
//! - *Is the card still there?* cannot be asked by find, which answers 80 for a card that was read and never moved. The
//!   chip's number (30 05) can only come from a card in the field, so its good answer means present. Where the reader does
//!   not know 30 05, the newest address (30 03) is asked: 90 and 91 both come from the card. Any other answer means that
//!   the card has gone; find then tells whether another lies there. A reader that knows neither cannot tell.
//! - A card whose read failed is asked to be placed again; the driver does not read it a second time by itself. Only a
//!   request whose answer was lost or garbled on the line is sent again, once.

mod exchange;

use std::time::{Duration, Instant};

use domain::device::DeviceState;
use domain::personal::Personal;
use domain::resident_id::ResidentIdCard;

use super::frame::Response;
use super::payload::{self, Layout};
use super::request::Request;
use super::sw3::Sw3;
use super::{CardRead, CardReaderError, Content, IdCardReader, LineQuality, Media, ReaderStatus, text_block};
use crate::transport::Transport;
use exchange::{Exchanger, WORK_MODULE};

/// Find is sent no oftener (reference page, "Frame").
const POLL: Duration = Duration::from_millis(300);
/// The speeds that a reader can have, the usual one first.
const SPEEDS: [u32; 5] = [115_200, 57_600, 38_400, 19_200, 9_600];

/// What a security module needs for itself where nothing is in the way.
const HASTE: Duration = Duration::from_millis(120);

/// How the line's speed is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// Every speed of the standard is tried until the reader answers.
    Probe,
    /// The reader has this one, in bits a second.
    Fixed(u32),
    /// The port has none.
    OfThePort,
}

/// The number of a security module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SamId([u8; 16]);

impl SamId {
    /// Takes the 16 bytes of the answer to 12 FF.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

/// `05.01-20150101-0000000001-0000000002`: two 16-bit and three 32-bit words, little-endian (reference page, "Frame").
impl std::fmt::Display for SamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a0, a1, b0, b1, words @ ..] = self.0;
        let [c, d, e] =
            [0, 4, 8].map(|i| u32::from_le_bytes([words[i], words[i + 1], words[i + 2], words[i + 3]]));
        let (a, b) = (u16::from_le_bytes([a0, a1]), u16::from_le_bytes([b0, b1]));
        write!(f, "{a:02}.{b:02}-{c:08}-{d:010}-{e:010}")
    }
}

/// What the driver knows of the card in the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    /// Find is free to look.
    Open,
    /// A card was read, or its read failed: find does not see it until it leaves.
    Spent,
}

/// A reader with a security control module.
pub struct SamReader {
    exchanger: Exchanger,
    sam_id: SamId,
    field: Field,
    last_find: Option<Instant>,
    /// Requests that this reader does not know.
    unknown: Vec<Request>,
}

impl SamReader {
    /// Finds the reader's speed and its number.
    ///
    /// # Errors
    /// No reader answers, or its security module is defective.
    pub fn open(transport: Box<dyn Transport>, speed: Speed) -> Result<Self, CardReaderError> {
        let mut exchanger = Exchanger::new(transport);
        match speed {
            Speed::OfThePort => exchanger.check_module()?,
            Speed::Fixed(baud) => {
                exchanger.set_baud(baud)?;
                exchanger.check_module()?;
            }
            Speed::Probe => probe(&mut exchanger)?,
        }
        let answer = exchanger.ask(Request::SamId)?;
        let bytes: [u8; 16] = match answer.sw3() {
            Sw3::Done => answer.data().try_into().map_err(|_| CardReaderError::Garbled)?,
            other => return Err(meaning(other)),
        };
        Ok(Self { exchanger, sam_id: SamId(bytes), field: Field::Open, last_find: None, unknown: Vec::new() })
    }

    /// One look for a card, no sooner than [`POLL`] after the last.
    fn find(&mut self) -> Result<Sw3, CardReaderError> {
        if let Some(last) = self.last_find {
            std::thread::sleep(POLL.saturating_sub(last.elapsed()));
        }
        let answer = self.exchanger.ask(Request::Find);
        self.last_find = Some(Instant::now());
        Ok(answer?.sw3())
    }

    fn wait_for_card(&mut self, deadline: Instant) -> Result<(), CardReaderError> {
        loop {
            match self.find()? {
                Sw3::Found => {
                    self.field = Field::Open;
                    return Ok(());
                }
                Sw3::NoCard | Sw3::NotFoundYet => {}
                other => return Err(meaning(other)),
            }
            if Instant::now() + POLL > deadline {
                return Err(CardReaderError::NoCard);
            }
        }
    }

    fn select(&mut self) -> Result<(), CardReaderError> {
        let sw3 = self.exchanger.ask(Request::Select)?.sw3();
        match sw3 {
            Sw3::Done => Ok(()),
            Sw3::NoCard => Err(CardReaderError::CardRemoved(sw3)),
            // 81 is said of a card that went away, of one that is no identity card, and of one that was selected by a
            // request whose answer was lost: a second look tells the first, a second try the others apart.
            Sw3::SelectFailed => match self.find()? {
                Sw3::Found => match self.exchanger.ask(Request::Select)?.sw3() {
                    Sw3::Done => Ok(()),
                    again => Err(meaning(again)),
                },
                _ => Err(CardReaderError::CardRemoved(sw3)),
            },
            other => Err(meaning(other)),
        }
    }

    fn read_content(&mut self, content: Content) -> Result<(Layout, Response), CardReaderError> {
        if content == Content::TextPhotoFingerprints
            && let Some(answer) = self.ask_if_known(Request::ReadTextPhotoFingerprints)?
        {
            return match answer.sw3() {
                Sw3::Done => Ok((Layout::TextPhotoFingerprints, answer)),
                other => Err(self.why_unread(other)),
            };
        }
        let answer = self.exchanger.ask(Request::ReadTextPhoto)?;
        match answer.sw3() {
            Sw3::Done => Ok((Layout::TextPhoto, answer)),
            other => Err(self.why_unread(other)),
        }
    }

    /// 41 is said of a card that went away, too; a look for its chip's number tells them apart.
    fn why_unread(&mut self, sw3: Sw3) -> CardReaderError {
        match sw3 {
            Sw3::NoCard => CardReaderError::CardRemoved(sw3),
            Sw3::ReadFailed => match self.ask_if_known(Request::ReadChipNumber) {
                Ok(Some(answer)) if answer.sw3() == Sw3::NoCard => CardReaderError::CardRemoved(sw3),
                _ => meaning(sw3),
            },
            other => meaning(other),
        }
    }

    /// What a card need not have and a reader need not know: absent is no error, a card taken away is.
    fn read_optional(&mut self, request: Request) -> Result<Option<Response>, CardReaderError> {
        let Some(answer) = self.ask_if_known(request)? else { return Ok(None) };
        match answer.sw3() {
            Sw3::Done if !answer.data().is_empty() => Ok(Some(answer)),
            sw3 @ Sw3::NoCard => Err(CardReaderError::CardRemoved(sw3)),
            _ => Ok(None),
        }
    }

    /// Asks what not every reader knows or may do. Some say so, some are silent: one that is silent now and answers otherwise is
    /// not asked again.
    fn ask_if_known(&mut self, request: Request) -> Result<Option<Response>, CardReaderError> {
        if self.unknown.contains(&request) {
            return Ok(None);
        }
        match self.exchanger.ask(request) {
            Ok(answer) if matches!(answer.sw3(), Sw3::BadCommand | Sw3::NotPermitted | Sw3::UnknownError) => {
            }
            Err(CardReaderError::Timeout) => self.exchanger.check_module()?,
            other => return other.map(Some),
        }
        self.unknown.push(request);
        Ok(None)
    }

    /// Whether a card that was read still lies there: see the module's text.
    fn spent_card(&mut self) -> Result<Media, CardReaderError> {
        let from_the_card = if let Some(answer) = self.ask_if_known(Request::ReadChipNumber)? {
            answer.sw3() == Sw3::Done
        } else if let Some(answer) = self.ask_if_known(Request::ReadNewestAddress)? {
            matches!(answer.sw3(), Sw3::Done | Sw3::ItemAbsent)
        } else {
            return Ok(Media::Unknown);
        };
        if from_the_card {
            return Ok(Media::Present);
        }
        self.field = Field::Open;
        Ok(Media::NotPresent)
    }
}

impl IdCardReader for SamReader {
    fn status(&mut self) -> ReaderStatus {
        let trouble = self.exchanger.check_module().err();
        let state = trouble.as_ref().map_or(DeviceState::Online, CardReaderError::device_state);
        ReaderStatus { state, baud: self.exchanger.baud(), trouble }
    }

    fn sam_id(&self) -> SamId {
        self.sam_id
    }

    fn line(&self) -> LineQuality {
        self.exchanger.line()
    }

    fn media(&mut self) -> Result<Media, CardReaderError> {
        if self.field == Field::Spent {
            match self.spent_card()? {
                Media::NotPresent => {}
                known => return Ok(known),
            }
        }
        match self.find()? {
            Sw3::Found => Ok(Media::Present),
            Sw3::NoCard | Sw3::NotFoundYet => Ok(Media::NotPresent),
            other => Err(meaning(other)),
        }
    }

    fn read(&mut self, content: Content, deadline: Instant) -> Result<CardRead, CardReaderError> {
        self.wait_for_card(deadline)?;
        self.select()?;
        self.field = Field::Spent;
        let (layout, answer) = self.read_content(content)?;
        let payload = payload::part(layout, answer.data())?;
        let mut fields = text_block::parse(payload.text)?;
        if let Some(records) = self.read_optional(Request::ReadNewestAddress)? {
            fields.newest_address = text_block::newest_address(records.data());
        }
        let chip_number =
            self.read_optional(Request::ReadChipNumber)?.map(|answer| hexadecimal(answer.data()));
        Ok(CardRead {
            card: ResidentIdCard::new(fields),
            photo: payload.photo,
            fingerprints: payload.fingerprints,
            chip_number,
            sam_id: self.sam_id,
        })
    }
}

/// Every speed, and every speed once more with more patience: an answer that is late or lost, on a busy machine or from a reader
/// that is just starting, would otherwise be taken for a wrong speed, and no other one is right.
fn probe(exchanger: &mut Exchanger) -> Result<(), CardReaderError> {
    let mut last = CardReaderError::Timeout;
    for (baud, work) in
        SPEEDS.map(|baud| (baud, HASTE)).into_iter().chain(SPEEDS.map(|baud| (baud, WORK_MODULE)))
    {
        exchanger.set_baud(baud)?;
        match exchanger.try_module(work) {
            Ok(()) => return Ok(()),
            // Silence and noise are what a wrong speed sounds like; anything else is a reader that has been found.
            Err(CardReaderError::Timeout) => {}
            Err(error @ CardReaderError::Garbled) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// What a status that is no success means for a visit (reference page, "Meaning for the terminal").
fn meaning(sw3: Sw3) -> CardReaderError {
    match sw3 {
        Sw3::NoCard | Sw3::NotFoundYet => CardReaderError::NoCard,
        Sw3::SelectFailed | Sw3::WrongCardType => CardReaderError::InvalidCard(sw3),
        Sw3::CardRefusedSam | Sw3::SamRefusedCard | Sw3::InformationCheck => CardReaderError::Security(sw3),
        Sw3::ReadFailed | Sw3::RandomFailed | Sw3::FingerprintCheck | Sw3::InformationLength => {
            CardReaderError::UnreadableCard(sw3)
        }
        Sw3::SelfTestFailed | Sw3::Unauthorised => CardReaderError::Hardware(sw3),
        Sw3::Checksum
        | Sw3::Length
        | Sw3::BadCommand
        | Sw3::NotPermitted
        | Sw3::UnknownError
        | Sw3::Done
        | Sw3::ItemAbsent
        | Sw3::Found
        | Sw3::Unknown(_) => CardReaderError::Refused(sw3),
    }
}

fn hexadecimal(bytes: &[u8]) -> Personal {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    Personal::new(text)
}

#[cfg(test)]
mod tests;
