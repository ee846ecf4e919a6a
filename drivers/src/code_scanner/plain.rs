//! QR codes in a picture as it is.
//!
//! Duty: rxing's two ways of finding a code, dark on light and light on dark, and what its modules say. Never: take rxing's text
//! (`payload`).

use rxing::common::{BitMatrix, DetectorRXingResult as _, HybridBinarizer};
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::qrcode::detector::Detector;
use rxing::{BinaryBitmap, DecodeHints, Luma8Source};

use super::payload::{fenced, qr_text};
use crate::camera::{GreyPicture, Size};

/// The text of a code in the picture.
pub(super) fn read(picture: &GreyPicture) -> Option<String> {
    let Size { width, height } = picture.size();
    fenced(|| {
        let source = Luma8Source::new_with_slice(picture.luma(), width, height).ok()?;
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        found(bitmap.get_black_matrix()).or_else(|| {
            bitmap.invert();
            found(bitmap.get_black_matrix())
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
