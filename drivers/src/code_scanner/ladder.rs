//! Reads QR codes in steps: as it is, then smoothed, then enlarged, each only after the one before found nothing.
//!
//! Duty: what one decoder can do with three preparations of a picture. Never: name other formats than those asked for,
//! which costs the decoder most of its time.

use std::collections::HashSet;

use domain::personal::Personal;
use rxing::common::HybridBinarizer;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiFormatReader};

use super::prepare::{doubled, smoothed};
use super::{Code, CodeFormat, CodeReader};
use crate::camera::{GreyPicture, Size};

/// How much is tried on one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The plain picture, and one of the preparations in turn: for frames that follow each other.
    Live,
    /// Every step: for a single picture.
    Whole,
}

/// A preparation of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Plain,
    /// Against noise and the pattern of a screen.
    Smooth,
    /// For modules of two pixels and less.
    Double,
}

/// What follows when the plain picture gives nothing, from the cheapest.
const HEAVIER: [Step; 2] = [Step::Smooth, Step::Double];

/// The QR reader: pure Rust, no step can give another step's text.
pub struct LadderReader {
    effort: Effort,
    decoder: MultiFormatReader,
    turn: usize,
}

impl LadderReader {
    /// A reader that tries that much on each picture.
    pub fn new(effort: Effort) -> Self {
        let mut decoder = MultiFormatReader::default();
        decoder.set_hints(&DecodeHints {
            PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
            TryHarder: Some(true),
            AlsoInverted: Some(true),
            // Chinese codes are UTF-8 without saying so; left alone the decoder guesses Shift-JIS or GB 18030.
            CharacterSet: Some("UTF-8".to_owned()),
            ..DecodeHints::default()
        });
        Self { effort, decoder, turn: 0 }
    }

    fn attempt(&mut self, step: Step, picture: &GreyPicture) -> Option<Code> {
        match step {
            Step::Plain => self.decode(picture),
            Step::Smooth => self.decode(&smoothed(picture)),
            Step::Double => self.decode(&doubled(picture)?),
        }
    }

    fn decode(&mut self, picture: &GreyPicture) -> Option<Code> {
        let Size { width, height } = picture.size();
        let source = Luma8Source::new_with_slice(picture.luma(), width, height).ok()?;
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        let result = self.decoder.decode_with_state(&mut bitmap).ok()?;
        Some(Code { text: Personal::new(result.getText()), format: CodeFormat::QrCode })
    }
}

impl CodeReader for LadderReader {
    fn read(&mut self, picture: &GreyPicture) -> Option<Code> {
        let plain = self.attempt(Step::Plain, picture);
        if plain.is_some() {
            return plain;
        }
        match self.effort {
            Effort::Live => {
                self.turn = (self.turn + 1) % HEAVIER.len();
                self.attempt(HEAVIER[self.turn], picture)
            }
            Effort::Whole => HEAVIER.into_iter().find_map(|step| self.attempt(step, picture)),
        }
    }
}

impl std::fmt::Debug for LadderReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LadderReader").field("effort", &self.effort).finish_non_exhaustive()
    }
}
