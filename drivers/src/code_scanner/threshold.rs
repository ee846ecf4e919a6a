//! What is dark in a picture whose light differs from place to place.
//!
//! Duty: the local thresholds of ZXing's hybrid binarizer, bit for bit, in rows that a processor compares sixteen pixels at a
//! time, where rxing asks each pixel by itself. Never: find a code.

use rxing::common::BitMatrix;

use crate::camera::GreyPicture;

/// Pixels of a word.
const WORD: usize = usize::BITS as usize;
/// Pixels of a block's edge.
const BLOCK: usize = 8;
/// A threshold is the mean over so many blocks to each side.
const AROUND: usize = 2;
/// Less contrast in a block than this is noise on one colour.
const CONTRAST: u8 = 24;

/// The dark pixels; none where a picture is too small to have thresholds.
pub(super) fn dark(picture: &GreyPicture) -> Option<BitMatrix> {
    let size = picture.size();
    let (width, height) = (size.width as usize, size.height as usize);
    let luma = picture.luma();
    if width.min(height) < (2 * AROUND + 1) * BLOCK {
        return None;
    }
    let (columns, rows) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
    let middles = middles(luma, width, columns, rows);
    let mut dark = BitMatrix::new(size.width, size.height).ok()?;
    let mut thresholds = vec![0; width];
    let mut compared = vec![0; width.next_multiple_of(WORD)];
    // The last blocks are moved inwards and lie over those before them: dark to either is dark.
    for block in 0..rows {
        for column in 0..columns {
            let threshold = threshold(&middles, columns, rows, column, block);
            let from = (column * BLOCK).min(width - BLOCK);
            let shared = column * BLOCK - from;
            for (at, value) in thresholds[from..from + BLOCK].iter_mut().enumerate() {
                *value = if at < shared { threshold.max(*value) } else { threshold };
            }
        }
        let top = (block * BLOCK).min(height - BLOCK);
        for y in top..top + BLOCK {
            let row = &luma[y * width..][..width];
            for ((bit, value), threshold) in compared.iter_mut().zip(row).zip(&thresholds) {
                *bit = u8::from(value <= threshold);
            }
            let y = u32::try_from(y).ok()?;
            // A row of the block above keeps what is dark to it.
            let mut bits = dark.getRow(y);
            for (word, compared) in compared.chunks_exact(WORD).enumerate() {
                let before = bits.getBitArray()[word];
                bits.setBulk(word * WORD, before | packed(compared));
            }
            dark.setRow(y, &bits);
        }
    }
    Some(dark)
}

/// Bytes of 0 and 1 as a word, the first in the lowest bit.
fn packed(bits: &[u8]) -> usize {
    // Moves the lowest bits of eight bytes into the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (bytes, _) = bits.as_chunks::<8>();
    bytes.iter().enumerate().fold(0, |word, (at, byte)| {
        let [eight, ..] = u64::from_le_bytes(*byte).wrapping_mul(GATHER).to_be_bytes();
        word | usize::from(eight) << (8 * at)
    })
}

/// For each block the light between its dark and its light.
#[allow(clippy::cast_possible_truncation, reason = "a mean of bytes")]
fn middles(luma: &[u8], width: usize, columns: usize, rows: usize) -> Vec<u8> {
    let height = luma.len() / width;
    let mut middles = vec![0_u8; columns * rows];
    let (mut sums, mut least, mut most) = (vec![0_u16; width], vec![0_u8; width], vec![0_u8; width]);
    for block in 0..rows {
        let top = (block * BLOCK).min(height - BLOCK);
        sums.fill(0);
        least.fill(u8::MAX);
        most.fill(0);
        for row in luma[top * width..].chunks_exact(width).take(BLOCK) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u16::from(*value));
            least.iter_mut().zip(row).for_each(|(least, value)| *least = (*least).min(*value));
            most.iter_mut().zip(row).for_each(|(most, value)| *most = (*most).max(*value));
        }
        for column in 0..columns {
            let from = (column * BLOCK).min(width - BLOCK);
            let least = least[from..from + BLOCK].iter().copied().min().unwrap_or(0);
            let most = most[from..from + BLOCK].iter().copied().max().unwrap_or(0);
            let at = block * columns + column;
            middles[at] = if most - least > CONTRAST {
                let sum: u16 = sums[from..from + BLOCK].iter().sum();
                (sum / (BLOCK * BLOCK) as u16) as u8
            } else {
                one_colour(least, &middles, at, columns)
            };
        }
    }
    middles
}

/// A block of one colour is light, unless it is darker than what its neighbours call dark.
#[allow(clippy::cast_possible_truncation, reason = "a mean of bytes")]
fn one_colour(least: u8, middles: &[u8], at: usize, columns: usize) -> u8 {
    if at >= columns && !at.is_multiple_of(columns) {
        let (above, left, corner) = (middles[at - columns], middles[at - 1], middles[at - columns - 1]);
        let neighbours = (u16::from(above) + 2 * u16::from(left) + u16::from(corner)) / 4;
        if u16::from(least) < neighbours {
            return neighbours as u8;
        }
    }
    least / 2
}

/// The mean of the blocks around, moved inwards at the edge.
#[allow(clippy::cast_possible_truncation, reason = "a mean of bytes")]
fn threshold(middles: &[u8], columns: usize, rows: usize, column: usize, row: usize) -> u8 {
    let (left, top) =
        (column.clamp(AROUND, columns - 1 - AROUND) - AROUND, row.clamp(AROUND, rows - 1 - AROUND) - AROUND);
    let side = 2 * AROUND + 1;
    let sum: u16 = middles[top * columns..]
        .chunks(columns)
        .take(side)
        .flat_map(|row| &row[left..left + side])
        .map(|middle| u16::from(*middle))
        .sum();
    (sum / (side * side) as u16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::Size;
    use rxing::common::HybridBinarizer;
    use rxing::{Binarizer as _, Luma8Source};

    /// Noise on a slope of light with dark squares, so that blocks of every sort are there.
    fn picture(size: Size, seed: u32) -> GreyPicture {
        let mut chance = seed;
        let luma = (0..size.width * size.height).map(|i| {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (x, y) = (i % size.width, i / size.width);
            let square = (x / 11 + y / 13) % 3 == 0 && (x / 50) % 2 == 0;
            let light = 40 + 150 * x / size.width + 40 * y / size.height;
            let noise = (chance >> 24) % if (y / 60) % 2 == 0 { 12 } else { 90 };
            u8::try_from((if square { light / 3 } else { light } + noise).min(255)).unwrap()
        });
        GreyPicture::new(size, luma.collect()).unwrap()
    }

    #[test]
    fn it_is_what_rxing_finds() {
        for (width, height) in [(1280, 720), (640, 480), (40, 40), (41, 47), (100, 43), (71, 200), (333, 129)]
        {
            for seed in 1..4 {
                let picture = picture(Size::new(width, height), seed);
                let source = Luma8Source::new_with_slice(picture.luma(), width, height).unwrap();
                let want = HybridBinarizer::new(source);
                let want = want.get_black_matrix().unwrap();
                assert!(dark(&picture).unwrap() == *want, "{width} x {height}, seed {seed}");
            }
        }
        assert!(dark(&picture(Size::new(39, 60), 1)).is_none());
    }
}
