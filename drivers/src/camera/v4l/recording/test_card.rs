//! What stands in place of a picture that was recorded: squares, moved a little from card to card.
//!
//! Duty: a picture of a size and a mean luma, drawn from a number. Never: anything of the picture that it stands for.

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;

use crate::camera::Size;

/// Edge of a square, pixels.
const SQUARE: usize = 32;
/// How far the squares move from card to card, pixels.
const STEP: usize = 3;
/// How much lighter or darker than the mean a square is at most.
const CONTRAST: u8 = 60;
/// Chroma of grey.
const NO_COLOUR: u8 = 128;
const QUALITY: u8 = 80;

/// Luma of a pixel.
fn luma(x: usize, y: usize, card: u32, mean: u8) -> u8 {
    let contrast = CONTRAST.min(mean).min(u8::MAX - mean);
    let moved = x.wrapping_add((card as usize).wrapping_mul(STEP));
    if (moved / SQUARE + y / SQUARE).is_multiple_of(2) { mean + contrast } else { mean - contrast }
}

/// So many bytes of Y U Y V, lines of `width` pixels.
pub(super) fn plain_card(width: usize, bytes: usize, card: u32, mean: u8) -> Vec<u8> {
    let width = width.max(1);
    let pixel = |at: usize| luma(at % width, at / width, card, mean);
    (0..bytes).map(|at| if at.is_multiple_of(2) { pixel(at / 2) } else { NO_COLOUR }).collect()
}

/// A JPEG of that size; nothing where no JPEG is so small.
pub(super) fn jpeg_card(size: Size, card: u32, mean: u8) -> Vec<u8> {
    let width = size.width as usize;
    let grey: Vec<u8> =
        (0..size.pixels()).map(|at| luma(at % width.max(1), at / width.max(1), card, mean)).collect();
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    match image::ImageEncoder::write_image(encoder, &grey, size.width, size.height, ExtendedColorType::L8) {
        Ok(()) => jpeg,
        Err(_) => Vec::new(),
    }
}
