//! A reading that is recorded, and one that is replayed.
//!
//! Duty: commands as they went, answers with a card of nobody in them. Never: a record of the card that was read.

use std::path::Path;
use std::time::Instant;

use domain::device::DeviceState;
use zeroize::Zeroizing;

use super::apdu::LONGEST_REPLY;
use super::{
    ApduChannel, SocialSecurityCard, SocialSecurityCardError, SocialSecurityCardReader, read_through,
};
use crate::id_card_reader::Media;
use crate::transport::{
    Journal, Outgoing, PortAddress, Redaction, Replay, Transport as _, TransportErrorKind,
};

/// A channel whose commands and answers are written down.
pub struct RecordedChannel<'a> {
    channel: &'a mut dyn ApduChannel,
    journal: Journal,
}

impl<'a> RecordedChannel<'a> {
    /// Records what goes over `channel`, which is the port `port`, into a new file.
    ///
    /// # Errors
    /// The file is there already, or cannot be made.
    pub fn create(
        channel: &'a mut dyn ApduChannel,
        port: &PortAddress,
        path: &Path,
    ) -> Result<Self, SocialSecurityCardError> {
        Ok(Self { channel, journal: Journal::create(port, Box::new(RecordRedaction { tag: None }), path)? })
    }
}

impl ApduChannel for RecordedChannel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, SocialSecurityCardError> {
        let failed = |error| SocialSecurityCardError::Recording(crate::transport::RecordingError::Io(error));
        self.journal.went(command).map_err(failed)?;
        let answer = self.channel.transmit(command)?;
        self.journal.came(&answer).map_err(failed)?;
        Ok(answer)
    }
}

/// Knows which record was asked for.
struct RecordRedaction {
    tag: Option<u8>,
}

impl Redaction for RecordRedaction {
    fn outgoing(&mut self, bytes: &[u8]) -> Vec<u8> {
        // Commands name files and tags, and hold nothing of a card.
        match bytes {
            [0x00, 0xB2, tag, 0x00, _] => self.tag = Some(*tag),
            [0x00, 0xC0, ..] => {}
            _ => self.tag = None,
        }
        bytes.to_vec()
    }

    /// A record that is whole keeps its tag and its length; anything else before a status becomes zeros.
    fn incoming(&mut self, bytes: &[u8]) -> Vec<u8> {
        let Some((data, status)) = bytes.split_last_chunk::<2>() else { return vec![0; bytes.len()] };
        let mut redacted = vec![0; data.len()];
        if let (Some(tag), [of, length, value @ ..]) = (self.tag, data)
            && *of == tag
            && usize::from(*length) <= value.len()
            && let [redacted_tag, redacted_length, place @ ..] = &mut redacted[..]
        {
            (*redacted_tag, *redacted_length) = (tag, *length);
            let (place, _) = place.split_at_mut(usize::from(*length));
            stand_in(tag, place);
        }
        redacted.extend(status);
        redacted
    }

    fn keeps_outgoing(&self) -> Outgoing {
        Outgoing::Kept
    }
}

/// The value of a record of nobody's card, as long as the place.
fn stand_in(tag: u8, place: &mut [u8]) {
    let (value, padding): (&[u8], u8) = match tag {
        0x01 => (&[0x99, 0x00, 0x00], 0xFF),
        0x02 => (b"9", b' '),
        0x03 => (b"0.00", b' '),
        0x05 => (&[0x20, 0x00, 0x01, 0x01], 0),
        0x06 => (&[0x20, 0x99, 0x12, 0x31], 0),
        0x07 => (b"Z99999999", b' '),
        0x08 => (b"990000197001019995", b' '),
        // 替代人 in GBK.
        0x09 => (&[0xCC, 0xE6, 0xB4, 0xFA, 0xC8, 0xCB], b' '),
        0x0A => (b"9", b' '),
        0x0B => (&[0x01], 0),
        0x0C => (&[0x99, 0x00, 0x00], 0),
        0x0D => (&[0x19, 0x70, 0x01, 0x01], 0),
        _ => (&[], 0),
    };
    place.fill(padding);
    place.iter_mut().zip(value).for_each(|(place, byte)| *place = *byte);
}

/// The reader of a recording: its card lies there once.
pub(super) struct ReplayReader(pub(super) Replay);

impl SocialSecurityCardReader for ReplayReader {
    fn state(&mut self) -> DeviceState {
        DeviceState::Online
    }

    fn media(&mut self) -> Result<Media, SocialSecurityCardError> {
        Ok(Media::Present)
    }

    fn read(&mut self, _deadline: Instant) -> Result<SocialSecurityCard, SocialSecurityCardError> {
        read_through(self)
    }
}

impl ApduChannel for ReplayReader {
    fn transmit(&mut self, command: &[u8]) -> Result<Zeroizing<Vec<u8>>, SocialSecurityCardError> {
        let now = Instant::now();
        self.0.write_all(command, now).map_err(SocialSecurityCardError::Port)?;
        let mut reply = Zeroizing::new(vec![0; LONGEST_REPLY + 1]);
        match self.0.read(&mut reply, now) {
            Ok(count) => reply.truncate(count),
            // The card went before it answered.
            Err(error) if error.kind() == TransportErrorKind::TimedOut => {
                return Err(SocialSecurityCardError::CardRemoved);
            }
            Err(error) => return Err(SocialSecurityCardError::Port(error)),
        }
        Ok(reply)
    }
}
