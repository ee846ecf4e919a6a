//! The technician's test of the paper: rulers in millimetres and steps of grey.
//!
//! Duty: a picture of which one dot is one dot of the head, so that a ruler laid on the paper tells whether it is fed and
//! printed to scale. Never: be scaled.

use domain::paper::document::{GreyPicture, PaperDocument};

/// Tenths of a millimetre in an inch.
const INCH: usize = 254;
/// The ruler along the paper, in millimetres.
const LONG_MM: usize = 100;
/// Grey from white to black in so many steps.
const STEPS: usize = 8;
const WHITE: u8 = 255;
const BLACK: u8 = 0;

/// Adds both rulers and the steps of grey to a paper, for a head of so many dots at so many to the inch.
pub(crate) fn add_to(document: PaperDocument, dots: u16, dpi: u16) -> PaperDocument {
    let (dots, dpi) = (usize::from(dots), usize::from(dpi.max(1)));
    [across(dots, dpi), along(dots, dpi), greys(dots, dpi)]
        .into_iter()
        .flatten()
        .fold(document, |paper, picture| {
            paper.block(domain::paper::document::PaperBlock::Picture(picture)).space(1)
        })
}

/// The dot at a distance, in millimetres.
fn dot(mm: usize, dpi: usize) -> usize {
    (mm * dpi * 10 + INCH / 2) / INCH
}

/// A tick is longer every five and every ten millimetres.
fn tick_mm(mm: usize) -> usize {
    match mm {
        mm if mm.is_multiple_of(10) => 6,
        mm if mm.is_multiple_of(5) => 4,
        _ => 2,
    }
}

/// A millimetre's tick on each millimetre of the width.
fn across(dots: usize, dpi: usize) -> Option<GreyPicture> {
    let height = dot(7, dpi);
    let mut pixels = vec![WHITE; dots * height];
    for mm in 0.. {
        let x = dot(mm, dpi);
        if x >= dots {
            break;
        }
        for y in 0..dot(tick_mm(mm), dpi) {
            pixels[y * dots + x] = BLACK;
        }
    }
    pixels[..dots].fill(BLACK);
    GreyPicture::new(dots, height, pixels).ok()
}

/// A ruler down the left edge.
fn along(dots: usize, dpi: usize) -> Option<GreyPicture> {
    let height = dot(LONG_MM, dpi) + 1;
    let mut pixels = vec![WHITE; dots * height];
    for row in pixels.chunks_exact_mut(dots) {
        row[0] = BLACK;
    }
    for mm in 0..=LONG_MM {
        let length = dot(tick_mm(mm), dpi).min(dots);
        let start = dot(mm, dpi) * dots;
        pixels[start..start + length].fill(BLACK);
    }
    GreyPicture::new(dots, height, pixels).ok()
}

/// From white to black.
fn greys(dots: usize, dpi: usize) -> Option<GreyPicture> {
    let height = dot(10, dpi);
    let step = |x: usize| (x * STEPS / dots).min(STEPS - 1);
    let grey =
        |x: usize| u8::try_from(usize::from(WHITE) * (STEPS - 1 - step(x)) / (STEPS - 1)).unwrap_or(BLACK);
    let row: Vec<u8> = (0..dots).map(grey).collect();
    GreyPicture::new(dots, height, row.repeat(height)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::paper::document::PaperBlock;

    #[test]
    fn ten_centimetres_are_799_dots_at_203_to_the_inch() {
        assert_eq!((dot(100, 203), dot(72, 203)), (799, 575));
        let document = add_to(PaperDocument::new(), 576, 203);
        let pictures: Vec<&GreyPicture> = document
            .blocks
            .iter()
            .filter_map(|block| match block {
                PaperBlock::Picture(picture) => Some(picture),
                _ => None,
            })
            .collect();
        let sizes: Vec<_> = pictures.iter().map(|picture| (picture.width(), picture.height())).collect();
        assert_eq!(sizes, [(576, 56), (576, 800), (576, 80)]);
        let row = &pictures[2].pixels()[..576];
        assert_eq!((row[0], row[575]), (255, 0));
        assert!(row.windows(2).all(|two| two[0] >= two[1]), "darker to the right");
        let mut steps = row.to_vec();
        steps.dedup();
        assert_eq!(steps.len(), STEPS);
    }
}
