//! Reads codes in steps, each only after the one before found nothing: the picture as it is, then the places in it that
//! look like a code with what blur, movement, light and noise did to them taken back, then bars.
//!
//! Duty: the order of the steps, and how much is spent on one picture. Never: look for formats that nobody asks for, which
//! costs a decoder most of its time.

use domain::personal::Personal;

use super::relief::Relief;
use super::{Code, CodeFormat, CodeReader, equalized, finder, lines, matched, plain, region};
use crate::camera::GreyPicture;

/// How much is tried on one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The plain picture, and one of the heavier steps in turn: for frames that follow each other.
    Live,
    /// Every step: for a single picture.
    Whole,
}

/// What is tried when the plain picture gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A QR code by its squares' patterns as a whole: against blur, movement and noise.
    Matched,
    /// A QR code by its squares' edges, twice as large: turned by any angle, or small.
    Edges,
    /// The first, light on dark.
    Inverted,
    /// Code 128.
    Lines,
}

/// From what finds most.
const HEAVIER: [Step; 4] = [Step::Matched, Step::Edges, Step::Lines, Step::Inverted];

/// Light is averaged over a part of a place's longer edge: a square of most codes is that wide.
const LIGHT: usize = 16;

/// The reader of QR codes and Code 128: pure Rust.
pub struct LadderReader {
    effort: Effort,
    turn: usize,
}

impl LadderReader {
    /// A reader that tries that much on each picture.
    pub const fn new(effort: Effort) -> Self {
        Self { effort, turn: 0 }
    }
}

fn attempt(step: Step, picture: &GreyPicture, places: &mut Option<Vec<Relief>>) -> Option<Code> {
    if step == Step::Lines {
        return lines::read(picture)
            .map(|text| Code { text: Personal::new(text), format: CodeFormat::Code128 });
    }
    let places = places.get_or_insert_with(|| reliefs(picture));
    let text = places.iter().find_map(|place| match step {
        Step::Matched => equalized::read(place, &matched::corners(place)),
        Step::Edges => {
            let place = place.doubled();
            equalized::read(&place, &finder::corners(&place))
        }
        Step::Inverted | Step::Lines => {
            let place = place.inverted();
            equalized::read(&place, &matched::corners(&place))
        }
    })?;
    Some(qr(&text))
}

fn qr(text: &str) -> Code {
    Code { text: Personal::new(text), format: CodeFormat::QrCode }
}

fn reliefs(picture: &GreyPicture) -> Vec<Relief> {
    let reach = |place: &region::Region| (place.width.max(place.height) / LIGHT).max(6);
    region::busy(picture).into_iter().map(|place| Relief::of(picture, place, reach(&place))).collect()
}

impl CodeReader for LadderReader {
    fn read(&mut self, picture: &GreyPicture) -> Option<Code> {
        if let Some(text) = plain::read(picture) {
            return Some(qr(&text));
        }
        let steps = match self.effort {
            Effort::Live => {
                self.turn = (self.turn + 1) % HEAVIER.len();
                &HEAVIER[self.turn..=self.turn]
            }
            Effort::Whole => &HEAVIER[..],
        };
        let mut places = None;
        steps.iter().find_map(|step| attempt(*step, picture, &mut places))
    }
}

impl std::fmt::Debug for LadderReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LadderReader").field("effort", &self.effort).finish_non_exhaustive()
    }
}
