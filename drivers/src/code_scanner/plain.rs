//! QR codes in a picture as it is.
//!
//! Duty: rxing's two ways of finding a code, dark on light and light on dark, and what its modules say. Never: take rxing's text
//! (`payload`).

use rxing::DecodeHints;
use rxing::common::{BitMatrix, DetectorRXingResult as _};
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::qrcode::detector::Detector;

use super::payload::{fenced, qr_text};
use super::threshold;
use crate::camera::GreyPicture;

/// The text of a code in the picture.
pub(super) fn read(picture: &GreyPicture) -> Option<String> {
    let mut black = threshold::dark(picture)?;
    fenced(|| {
        found(&black).or_else(|| {
            black.flip_self();
            found(&black)
        })
    })
}

/// By the later of rxing's ways, which finds most, then by the earlier.
fn found(black: &BitMatrix) -> Option<String> {
    let mut squares = FindFinderPatterns(black, true, 0);
    let mut sets = GenerateFinderPatternSets(&mut squares).into_iter();
    sets.find_map(|set| text(SampleQR(black, &set).ok()?.getBits())).or_else(|| {
        let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
        text(Detector::new(black).detect_with_hints(&hints).ok()?.getBits())
    })
}

fn text(modules: &BitMatrix) -> Option<String> {
    let row = |y| (0..modules.width()).map(|x| modules.get(x, y)).collect();
    qr_text(&(0..modules.height()).map(row).collect::<Vec<_>>())
}
