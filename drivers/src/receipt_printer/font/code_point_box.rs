//! A character that the font lacks, as a box with its code point in hexadecimal digits.

use super::super::raster::Canvas;

/// Digits 0 to F, four dots wide and seven high; the highest bit of a nibble is the left dot.
const DIGITS: [[u8; 7]; 16] = [
    [6, 9, 9, 9, 9, 9, 6],
    [2, 6, 2, 2, 2, 2, 7],
    [6, 9, 1, 2, 4, 8, 15],
    [14, 1, 1, 6, 1, 1, 14],
    [2, 6, 10, 10, 15, 2, 2],
    [15, 8, 14, 1, 1, 9, 6],
    [6, 8, 8, 14, 9, 9, 6],
    [15, 1, 1, 2, 2, 4, 4],
    [6, 9, 9, 6, 9, 9, 6],
    [6, 9, 9, 7, 1, 1, 6],
    [6, 9, 9, 15, 9, 9, 9],
    [14, 9, 9, 14, 9, 9, 14],
    [6, 9, 8, 8, 8, 9, 6],
    [14, 9, 9, 9, 9, 9, 14],
    [15, 8, 8, 14, 8, 8, 15],
    [15, 8, 8, 14, 8, 8, 8],
];

/// Draws the box into a cell of `width` by `em` dots whose corner is at `left`, `top`.
pub(super) fn draw(c: char, left: f32, top: f32, width: f32, em: f32, canvas: &mut Canvas) {
    let scale = dots(em / 24.0).max(1);
    let (width, em) = (dots(width), dots(em));
    let (right, bottom) = (width - 1, em - 1);
    let mut dot = |x: u32, y: u32| canvas.add(left.round(), top.round(), (x, y), 1.0);
    for x in 1..right {
        dot(x, 1);
        dot(x, bottom - 1);
    }
    for y in 1..bottom {
        dot(1, y);
        dot(right - 1, y);
    }
    // Four digits stand two by two, six stand three by two.
    let code = u32::from(c);
    let digits: u32 = if code > 0xFFFF { 6 } else { 4 };
    let (across, gap) = (digits / 2, if width < em { 0 } else { scale });
    let block = (across * 4 * scale + (across - 1) * gap, 14 * scale + 2 * scale);
    let corner = (width.saturating_sub(block.0) / 2, em.saturating_sub(block.1) / 2);
    for place in 0..digits {
        let value = (code >> (4 * (digits - 1 - place))) & 0xF;
        let x0 = corner.0 + (place % across) * (4 * scale + gap);
        let y0 = corner.1 + (place / across) * (7 * scale + 2 * scale);
        for (row, bits) in (0u32..).zip(DIGITS[value as usize]) {
            for column in (0..4).filter(|column| bits & (8 >> column) != 0) {
                for (dx, dy) in (0..scale * scale).map(|i| (i % scale, i / scale)) {
                    dot(x0 + column * scale + dx, y0 + row * scale + dy);
                }
            }
        }
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cell has between 1 and 72 dots"
)]
fn dots(length: f32) -> u32 {
    length.round().clamp(1.0, 4096.0) as u32
}
