//! Readers of identity cards.
//!
//! Duty: one trait for every such reader, its conditions as values. Never: decide what a card is good for, keep a card's
//! content after the call that read it, or write any of it to a log.
//!
//! States and media are the words of XFS4IoT (IdentificationCard service, Common.Status).

mod frame;
mod payload;
mod photo;
mod redaction;
mod request;
mod sam;
mod sw3;
mod text_block;

pub use frame::{FrameParser, Response};
pub use payload::{Fingerprint, PayloadError};
pub use photo::{
    DecodedPhoto, NoPhotoDecoder, PHOTO_BYTES, PhotoDecoder, PhotoDecoderError, PhotoDecoderErrorKind,
    PhotoProgram, Portrait, blank_photo,
};
pub use redaction::CardRedaction;
pub use request::Request;
pub use sam::{SamId, SamReader, Speed};
pub use sw3::Sw3;
pub use text_block::{TEXT_BLOCK_BYTES, TextBlockError, newest_address, parse};

use std::path::Path;
use std::time::Instant;

use domain::device::{Cause, DeviceState};
use domain::personal::Personal;
use domain::resident_id::{CardPhoto, ResidentIdCard};

use crate::transport::{self, PortAddress, RecordingError, Replay, TransportError};

/// A reader of identity cards.
pub trait IdCardReader: Send {
    /// Asks the reader how it is; takes a fraction of a second, and longer only when it does not answer.
    fn status(&mut self) -> ReaderStatus;

    /// The security module's own number, read when the reader was opened.
    fn sam_id(&self) -> SamId;

    /// What the line has done to answers since the reader was opened.
    fn line(&self) -> LineQuality;

    /// Whether a card lies on the reader, without reading it: for the page that waits for a card, and for the end of a
    /// visit, where the terminal insists on a forgotten one. Asked too soon after the last time, it waits (at most
    /// 300 ms).
    ///
    /// # Errors
    /// The reader did not answer, or answered something else.
    fn media(&mut self) -> Result<Media, CardReaderError>;

    /// Waits for a card until `deadline`, then reads it. A card that was there before the call is read, too; one that has
    /// been read before must be lifted and placed again.
    ///
    /// # Errors
    /// [`CardReaderErrorKind::NoCard`] when none came before the deadline, otherwise why it could not be read.
    fn read(&mut self, content: Content, deadline: Instant) -> Result<CardRead, CardReaderError>;
}

/// Opens the reader behind a port and finds its speed.
///
/// # Errors
/// The port cannot be opened, or no reader answers there.
pub fn open(address: &PortAddress) -> Result<Box<dyn IdCardReader>, CardReaderError> {
    if let PortAddress::Replay { path } = address {
        let replay = Replay::open(path).map_err(CardReaderError::Port)?;
        let speed = speed(&replay.recording().port);
        return Ok(Box::new(SamReader::open(Box::new(replay), speed)?));
    }
    let transport = transport::open(address).map_err(CardReaderError::Port)?;
    Ok(Box::new(SamReader::open(transport, speed(address))?))
}

/// The same, and writes down what goes over the port, with a card of nobody in place of what is read.
///
/// # Errors
/// As [`open`], or the recording cannot be made.
pub fn open_recorded(address: &PortAddress, path: &Path) -> Result<Box<dyn IdCardReader>, CardReaderError> {
    let recorded = match transport::open_recorded(address, Box::new(CardRedaction::new()), path) {
        Err(RecordingError::Opening(error)) => return Err(CardReaderError::Port(error)),
        recorded => recorded?,
    };
    Ok(Box::new(SamReader::open(recorded, speed(address))?))
}

const fn speed(address: &PortAddress) -> Speed {
    match address {
        PortAddress::Serial { baud: Some(baud), .. } => Speed::Fixed(*baud),
        PortAddress::Serial { baud: None, .. } => Speed::Probe,
        _ => Speed::OfThePort,
    }
}

/// How much of a card is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// Text and photo: all that a visit needs.
    TextPhoto,
    /// Fingerprints as well, where the card has any and the reader gives them.
    TextPhotoFingerprints,
}

/// What lies on the reader (XFS4IoT `media`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Media {
    /// A card.
    Present,
    /// None.
    NotPresent,
    /// This reader cannot tell whether the card that was read is still there.
    Unknown,
}

/// What a line did that the driver mended: a technician wants to know before it gets worse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineQuality {
    /// Requests that had to be sent twice.
    pub repeated: u32,
    /// Bytes that belonged to no answer.
    pub stray_bytes: u32,
    /// Long answers that took several times what the line's speed explains.
    pub slow: u32,
}

impl LineQuality {
    /// What it says to a technician; none where the line is as it should be.
    pub const fn cause(self) -> Option<Cause> {
        match self {
            Self { slow: 1.., .. } => Some(Cause::Slow),
            Self { repeated: 0, stray_bytes: 0, .. } => None,
            _ => Some(Cause::UnsteadyLine),
        }
    }
}

/// How a reader is.
#[derive(Debug)]
pub struct ReaderStatus {
    /// State of the device.
    pub state: DeviceState,
    /// The speed that reader and host talk with, in bits a second, where there is one.
    pub baud: Option<u32>,
    /// What is wrong, if the state is not online.
    pub trouble: Option<CardReaderError>,
}

/// A card that was read. Everything in it is wiped when it is dropped; `Debug` shows none of it.
#[derive(Debug, Clone)]
pub struct CardRead {
    /// What the card says.
    pub card: ResidentIdCard,
    /// Its photo, opaque.
    pub photo: CardPhoto,
    /// Its fingerprints, opaque; empty where none are on it or none were asked for.
    pub fingerprints: Vec<Fingerprint>,
    /// The chip's own number in hexadecimal, where the reader gives it.
    pub chip_number: Option<Personal>,
    /// The security module that vouched for the card.
    pub sam_id: SamId,
}

/// Why a card could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CardReaderError {
    /// None was placed in time.
    #[error("no card lies on the reader")]
    NoCard,
    /// It was taken away before it was read.
    #[error("the card was taken away before it was read")]
    CardRemoved(Sw3),
    /// The card is of another application, or does not answer.
    #[error("this is no identity card, or it does not answer")]
    InvalidCard(Sw3),
    /// Card and security module do not trust each other.
    #[error("card and security module do not trust each other")]
    Security(Sw3),
    /// The card's content could not be read off the chip.
    #[error("the card's content could not be read: place it again")]
    UnreadableCard(Sw3),
    /// The card's text could not be understood.
    #[error("the card's text could not be understood: place it again")]
    Text(#[from] TextBlockError),
    /// The card's content has impossible lengths.
    #[error("the card's content has impossible lengths: place it again")]
    Payload(#[from] PayloadError),
    /// The reader's security module failed.
    #[error("the reader's security module failed: the reader must be repaired")]
    Hardware(Sw3),
    /// The reader answered with an error or an unknown status, twice.
    #[error("the reader refused the request")]
    Refused(Sw3),
    /// What the reader sent was no answer, twice.
    #[error("what the reader sent cannot be understood: check its cable and speed")]
    Garbled,
    /// Nothing came from the reader, twice.
    #[error("the reader does not answer: check its cable and power")]
    Timeout,
    /// The port failed.
    #[error("the port of the reader failed")]
    Port(#[source] TransportError),
    /// The recording that was asked for cannot be made.
    #[error("the port cannot be recorded")]
    Recording(#[from] RecordingError),
}

/// The kinds of [`CardReaderError`], for deciding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardReaderErrorKind {
    /// Ask for the card.
    NoCard,
    /// Ask to place it again and leave it.
    CardRemoved,
    /// Another card, or another way.
    InvalidCard,
    /// Another way; not the resident's doing.
    Security,
    /// Ask to place it again.
    InvalidData,
    /// The reader is defective.
    Hardware,
    /// The line between reader and host is bad.
    Communication,
    /// The reader is silent.
    Timeout,
    /// The port is.
    Port,
}

impl CardReaderErrorKind {
    /// The word of command lines and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoCard => "no_card",
            Self::CardRemoved => "card_removed",
            Self::InvalidCard => "invalid_card",
            Self::Security => "security",
            Self::InvalidData => "invalid_data",
            Self::Hardware => "hardware",
            Self::Communication => "communication",
            Self::Timeout => "timeout",
            Self::Port => "port",
        }
    }
}

impl CardReaderError {
    /// What kind of trouble it is.
    pub fn kind(&self) -> CardReaderErrorKind {
        match self {
            Self::NoCard => CardReaderErrorKind::NoCard,
            Self::CardRemoved(_) => CardReaderErrorKind::CardRemoved,
            Self::InvalidCard(_) => CardReaderErrorKind::InvalidCard,
            Self::Security(_) => CardReaderErrorKind::Security,
            Self::UnreadableCard(_) | Self::Text(_) | Self::Payload(_) => CardReaderErrorKind::InvalidData,
            Self::Hardware(_) => CardReaderErrorKind::Hardware,
            Self::Refused(_) | Self::Garbled => CardReaderErrorKind::Communication,
            Self::Timeout => CardReaderErrorKind::Timeout,
            Self::Port(_) | Self::Recording(_) => CardReaderErrorKind::Port,
        }
    }

    /// What this trouble says of the reader itself: trouble with a card says that it works.
    pub fn device_state(&self) -> DeviceState {
        match self.kind() {
            CardReaderErrorKind::Timeout | CardReaderErrorKind::Port => DeviceState::Offline,
            CardReaderErrorKind::Hardware | CardReaderErrorKind::Communication => DeviceState::HardwareError,
            CardReaderErrorKind::NoCard
            | CardReaderErrorKind::CardRemoved
            | CardReaderErrorKind::InvalidCard
            | CardReaderErrorKind::Security
            | CardReaderErrorKind::InvalidData => DeviceState::Online,
        }
    }

    /// What it says of reader or card to a technician; none while nobody has placed a card.
    pub fn cause(&self) -> Option<Cause> {
        Some(match self {
            Self::NoCard => return None,
            Self::CardRemoved(_) => Cause::CardRemoved,
            Self::InvalidCard(_) => Cause::InvalidCard,
            Self::Security(_) => Cause::CardSecurity,
            Self::UnreadableCard(_) | Self::Text(_) | Self::Payload(_) => Cause::CardUnreadable,
            Self::Hardware(_) => Cause::SecurityModule,
            Self::Refused(_) | Self::Garbled => Cause::BadLine,
            Self::Timeout => Cause::NoAnswer,
            Self::Port(error) => error.kind().cause(),
            Self::Recording(_) => Cause::Port,
        })
    }

    /// The reader's status byte, where it gave one.
    pub fn sw3(&self) -> Option<Sw3> {
        match self {
            Self::NoCard => Some(Sw3::NoCard),
            Self::CardRemoved(sw3)
            | Self::InvalidCard(sw3)
            | Self::Security(sw3)
            | Self::UnreadableCard(sw3)
            | Self::Hardware(sw3)
            | Self::Refused(sw3) => Some(*sw3),
            Self::Text(_)
            | Self::Payload(_)
            | Self::Garbled
            | Self::Timeout
            | Self::Port(_)
            | Self::Recording(_) => None,
        }
    }
}
