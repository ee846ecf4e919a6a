//! Social-security cards (社会保障卡) with contacts, read without a PIN.
//!
//! Duty: the public files of LD/T 32-2015 as one value. Never: a PIN, a key, an account, or what lies behind them; and it
//! proves nobody: the chip does not vouch for these files to a host without the scheme's own security module.
//!
//! The reading is a value without IO ([`Reading`]): a command goes out, an answer comes in. Over PC/SC it is driven by
//! `PcscReader`, with the feature `pcsc`, which needs libpcsclite and its headers.
//!
//! Source: the reference page on card readers, section "Social-security card over PC/SC".

mod apdu;
mod card;
#[cfg(feature = "pcsc")]
mod pcsc_reader;
mod reading;
mod recording;

pub use apdu::{LONGEST_REPLY, StatusWord};
pub use card::{SocialSecurityCard, SocialSecurityWarning};
#[cfg(feature = "pcsc")]
pub use pcsc_reader::PcscReader;
pub use reading::{Answered, Reading};
pub use recording::RecordedChannel;

use std::path::Path;
use std::time::Instant;

use domain::device::DeviceState;
use zeroize::Zeroizing;

use crate::id_card_reader::{CardReaderErrorKind, Media};
use crate::transport::{PortAddress, RecordingError, Replay, TransportError};

/// A reader of chip cards with a social-security card's reading on it.
pub trait SocialSecurityCardReader: Send {
    /// How the reader is.
    fn state(&mut self) -> DeviceState;

    /// Whether a card is in it.
    ///
    /// # Errors
    /// The reader is gone.
    fn media(&mut self) -> Result<Media, SocialSecurityCardError>;

    /// Waits for a card until `deadline`, then reads it.
    ///
    /// # Errors
    /// None came, or why it could not be read.
    fn read(&mut self, deadline: Instant) -> Result<SocialSecurityCard, SocialSecurityCardError>;
}

/// Opens the reader behind `pcsc:READER NAME`, or the recording of one.
///
/// # Errors
/// There is no such reader, or this program was built without PC/SC.
pub fn open(address: &PortAddress) -> Result<Box<dyn SocialSecurityCardReader>, SocialSecurityCardError> {
    match address {
        PortAddress::Replay { path } => {
            let replay = Replay::open(path).map_err(SocialSecurityCardError::Port)?;
            Ok(Box::new(recording::ReplayReader(replay)))
        }
        #[cfg(feature = "pcsc")]
        PortAddress::Pcsc { reader } => Ok(Box::new(PcscReader::open(reader)?)),
        _ => Err(no_chip_cards(address)),
    }
}

/// The same, and the first reading is written down, with a card of nobody in place of the one that is read.
///
/// # Errors
/// As [`open`].
pub fn open_recorded(
    address: &PortAddress,
    path: &Path,
) -> Result<Box<dyn SocialSecurityCardReader>, SocialSecurityCardError> {
    match address {
        #[cfg(feature = "pcsc")]
        PortAddress::Pcsc { reader } => Ok(Box::new(PcscReader::open(reader)?.recorded(path))),
        _ => {
            let _ = path;
            Err(no_chip_cards(address))
        }
    }
}

fn no_chip_cards(address: &PortAddress) -> SocialSecurityCardError {
    SocialSecurityCardError::Port(TransportError::Unsupported {
        port: address.to_string(),
        operation: "chip cards",
    })
}

/// What carries commands to a card and its answers back.
pub trait ApduChannel {
    /// Sends one command, gives the answer with its status word.
    ///
    /// # Errors
    /// The card or the reader has gone.
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, SocialSecurityCardError>;
}

/// Reads the card at the other end of a channel.
///
/// # Errors
/// Why it could not be read.
pub fn read_through(channel: &mut dyn ApduChannel) -> Result<SocialSecurityCard, SocialSecurityCardError> {
    let mut reading = Reading::begin();
    loop {
        let answer = channel.transmit(reading.command())?;
        match reading.answer(&answer)? {
            Answered::Ask(next) => reading = next,
            Answered::Read(card) => return Ok(*card),
        }
    }
}

/// Why a card could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SocialSecurityCardError {
    /// None was put in in time.
    #[error("no card is in the reader")]
    NoCard,
    /// It was taken out before it was read.
    #[error("the card was taken out before it was read")]
    CardRemoved,
    /// The chip does not answer: put in the wrong way round, or broken.
    #[error("the chip does not answer: the card may be the wrong way round")]
    Mute,
    /// It has no social-security application.
    #[error("this is no social-security card (status {0})")]
    InvalidCard(StatusWord),
    /// It gives a public file to nobody without a key.
    #[error("the card refuses to be read (status {0})")]
    Security(StatusWord),
    /// It answered a command with an error.
    #[error("the card refused a command (status {0})")]
    Refused(StatusWord),
    /// A record holds what it cannot hold. The content is not part of the error.
    #[error("the card's record {tag:02X} cannot be read")]
    Record {
        /// The record's tag.
        tag: u8,
    },
    /// An answer is too short or too long to be one.
    #[error("what the card sent is no answer")]
    Garbled,
    /// The reader or PC/SC's service failed.
    #[error("the reader of chip cards failed")]
    Port(#[source] TransportError),
    /// The recording that was asked for cannot be made.
    #[error("the reading cannot be recorded")]
    Recording(#[from] RecordingError),
}

impl SocialSecurityCardError {
    /// What kind of trouble it is, in the same words as for an identity card.
    pub fn kind(&self) -> CardReaderErrorKind {
        match self {
            Self::NoCard => CardReaderErrorKind::NoCard,
            Self::CardRemoved => CardReaderErrorKind::CardRemoved,
            Self::InvalidCard(_) | Self::Mute => CardReaderErrorKind::InvalidCard,
            Self::Security(_) => CardReaderErrorKind::Security,
            Self::Record { .. } | Self::Refused(_) => CardReaderErrorKind::InvalidData,
            Self::Garbled => CardReaderErrorKind::Communication,
            Self::Port(_) | Self::Recording(_) => CardReaderErrorKind::Port,
        }
    }
}
