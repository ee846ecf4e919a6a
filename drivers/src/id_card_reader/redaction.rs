//! What a recording says in place of a card.
//!
//! Duty: keep the shape of every exchange (lengths, statuses, the kind of card, whether its text could be read) and replace
//! its content by that of a card of nobody. Never: keep a byte of which it is not known what it is.
//!
//! Bytes outside whole frames, which may be pieces of an answer that came broken or late, become zeros; so does the data of
//! answers that do not belong to the request before them.

mod stand_in;

use zeroize::Zeroizing;

use super::frame::{FrameParser, Response};
use super::payload::{Layout, part};
use super::photo::PHOTO_HEAD;
use super::request::{PREAMBLE, Request};
use super::sw3::Sw3;
use super::text_block::parse;
use crate::transport::{Outgoing, Redaction};

/// The redaction of a reader with a security control module.
#[derive(Debug, Default)]
pub struct CardRedaction {
    /// What was asked last, where it was a request as we make them.
    asked: Option<Request>,
}

impl CardRedaction {
    /// Of a port on which nothing has gone yet.
    pub const fn new() -> Self {
        Self { asked: None }
    }

    /// The data of an answer, replaced: the same length.
    fn data(&self, response: &Response) -> Vec<u8> {
        let data = response.data();
        match (self.asked, response.sw3()) {
            (Some(Request::SamId), Sw3::Done) if data.len() == 16 => data.to_vec(),
            (Some(Request::ReadTextPhoto), Sw3::Done) => content(Layout::TextPhoto, data),
            (Some(Request::ReadTextPhotoFingerprints), Sw3::Done) => {
                content(Layout::TextPhotoFingerprints, data)
            }
            (Some(Request::ReadNewestAddress), Sw3::Done) => stand_in::address_records(data),
            _ => vec![0; data.len()],
        }
    }
}

impl Redaction for CardRedaction {
    fn outgoing(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.asked = Request::ALL.into_iter().find(|request| request.frame() == bytes);
        if self.asked.is_some() { bytes.to_vec() } else { vec![0; bytes.len()] }
    }

    fn incoming(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut redacted = vec![0; bytes.len()];
        let mut place = |response: &Response, end: usize| {
            let frame = frame(response, &self.data(response));
            // Stray bytes inside a preamble make a frame longer on the line than it is here, never shorter.
            let start = end.saturating_sub(frame.len());
            if let Some(place) = redacted.get_mut(start..start + frame.len()) {
                place.copy_from_slice(&frame);
            }
        };
        let mut parser = FrameParser::new();
        for (index, byte) in bytes.iter().enumerate() {
            let mut found = parser.push(&[*byte]);
            while let Some(response) = found {
                place(&response, index + 1);
                found = parser.push(&[]);
            }
        }
        // A frame inside one that never became whole: where it lay is where its like lies.
        while let Some(response) = parser.line_is_silent() {
            let whole = Zeroizing::new(frame(&response, response.data()));
            let at = bytes.windows(whole.len()).position(|window| window == &whole[..]);
            place(&response, at.map_or(bytes.len(), |at| at + whole.len()));
        }
        redacted
    }

    fn keeps_outgoing(&self) -> Outgoing {
        Outgoing::Kept
    }
}

/// Length words, then a card of nobody; what follows the last part is zeros.
fn content(layout: Layout, data: &[u8]) -> Vec<u8> {
    let mut redacted = vec![0; data.len()];
    let words = match layout {
        Layout::TextPhoto => 4,
        Layout::TextPhotoFingerprints => 6,
    };
    if let (Some(kept), Some(place)) = (data.get(..words), redacted.get_mut(..words)) {
        place.copy_from_slice(kept);
    }
    let Ok(payload) = part(layout, data) else { return redacted };
    let text = stand_in::text_block(payload.text, parse(payload.text).is_ok());
    let photo = PHOTO_HEAD.iter().take(payload.photo.bytes().len());
    let parts = text.into_iter().chain(photo.copied());
    redacted.iter_mut().skip(words).zip(parts).for_each(|(place, byte)| *place = byte);
    redacted
}

fn frame(response: &Response, data: &[u8]) -> Vec<u8> {
    let [sw1, sw2] = response.card_status();
    let [high, low] = u16::try_from(data.len() + 4).unwrap_or(u16::MAX).to_be_bytes();
    let head = [high, low, sw1, sw2, response.sw3().byte()];
    let check = head.iter().chain(data).fold(0, |sum, byte| sum ^ byte);
    [&PREAMBLE[..], &head, data, &[check]].concat()
}

#[cfg(test)]
mod tests;
