//! Dots: a canvas of ink, rows of bits, and the bands in which they go to a printer.
//!
//! Duty: what is dark where, in as few bytes as the printer allows. Never: know a font or a command's code.

use domain::paper::document::{Align, GreyPicture};
use zeroize::Zeroize;

/// Ink on paper: 0 nothing, 255 black; wiped when dropped.
pub(crate) struct Canvas {
    width: usize,
    ink: Vec<u8>,
}

impl Drop for Canvas {
    fn drop(&mut self) {
        self.ink.zeroize();
    }
}

impl Canvas {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        Self { width, ink: vec![0; width * height] }
    }

    pub(crate) fn height(&self) -> usize {
        self.ink.len() / self.width
    }

    /// Adds ink to the dot at `offset` from a corner; what falls outside is lost.
    pub(super) fn add(&mut self, left: f32, top: f32, offset: (u32, u32), coverage: f32) {
        let (Some(x), Some(y)) = (place(left, offset.0), place(top, offset.1)) else { return };
        if x < self.width
            && let Some(dot) = self.ink.get_mut(y * self.width + x)
        {
            *dot = dot.saturating_add(ink(coverage));
        }
    }

    /// Blackens a rectangle.
    pub(crate) fn blacken(&mut self, left: usize, top: usize, width: usize, height: usize) {
        for row in self.ink.chunks_exact_mut(self.width).skip(top).take(height) {
            for dot in row.iter_mut().skip(left).take(width) {
                *dot = 255;
            }
        }
    }

    /// Lays another canvas onto this one.
    pub(crate) fn lay(&mut self, other: &Self, left: usize, top: usize) {
        let rows = self.ink.chunks_exact_mut(self.width).skip(top);
        for (row, other_row) in rows.zip(other.ink.chunks_exact(other.width)) {
            for (dot, other_dot) in row.iter_mut().skip(left).zip(other_row) {
                *dot = dot.saturating_add(*other_dot);
            }
        }
    }

    /// Sets the dots of a grey picture, black being full ink.
    pub(super) fn lay_picture(&mut self, picture: &GreyPicture, left: usize, top: usize) {
        let rows = self.ink.chunks_exact_mut(self.width).skip(top);
        for (row, pixels) in rows.zip(picture.pixels().chunks_exact(picture.width())) {
            for (dot, pixel) in row.iter_mut().skip(left).zip(pixels) {
                *dot = 255 - pixel;
            }
        }
    }

    /// The canvas as a picture, white paper and black ink.
    pub(crate) fn into_picture(self) -> Option<GreyPicture> {
        let pixels = self.ink.iter().map(|ink| 255 - ink).collect();
        GreyPicture::new(self.width, self.height(), pixels).ok()
    }

    /// Every row's dark stretches: row, first dot, length.
    pub(crate) fn stretches(&self) -> Vec<(usize, usize, usize)> {
        let mut found = Vec::new();
        for (y, row) in self.ink.chunks_exact(self.width).enumerate() {
            let mut x = 0;
            for stretch in row.chunk_by(|a, b| (*a >= THRESHOLD) == (*b >= THRESHOLD)) {
                if stretch.first().is_some_and(|ink| *ink >= THRESHOLD) {
                    found.push((y, x, stretch.len()));
                }
                x += stretch.len();
            }
        }
        found
    }

    /// Text and lines as dots: ink or no ink, never a pattern.
    pub(super) fn threshold(&self) -> Bits {
        let mut bits = Bits::new(self.width);
        for row in self.ink.chunks_exact(self.width) {
            bits.push_row(row.iter().map(|ink| *ink >= THRESHOLD));
        }
        bits
    }
}

/// A little under the half, so that the thin strokes of 24-dot characters do not break.
const THRESHOLD: u8 = 112;

#[allow(
    clippy::cast_possible_truncation,
    reason = "a coordinate is far from the limits of i64 and checked for its sign"
)]
fn place(corner: f32, offset: u32) -> Option<usize> {
    usize::try_from(corner.round() as i64 + i64::from(offset)).ok()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 255")]
fn ink(coverage: f32) -> u8 {
    (coverage * 255.0).clamp(0.0, 255.0) as u8
}

/// Rows of dots, eight to a byte, the highest bit left, 1 black; wiped when dropped.
pub(super) struct Bits {
    row_bytes: usize,
    bytes: Vec<u8>,
}

impl Drop for Bits {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl Bits {
    pub(super) const fn new(width: usize) -> Self {
        Self { row_bytes: width.div_ceil(8), bytes: Vec::new() }
    }

    /// Adds a row below; dots that are absent are white.
    pub(super) fn push_row(&mut self, dots: impl Iterator<Item = bool>) {
        let begin = self.bytes.len();
        self.bytes.resize(begin + self.row_bytes, 0);
        for (x, _) in dots.take(self.row_bytes * 8).enumerate().filter(|(_, black)| *black) {
            self.bytes[begin + x / 8] |= 0x80 >> (x % 8);
        }
    }

    /// Adds a row below that is packed already.
    pub(super) fn push_packed(&mut self, row: &[u8]) {
        self.bytes.extend_from_slice(&row[..self.row_bytes]);
    }

    /// All rows, packed.
    #[cfg(test)]
    pub(super) fn packed(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn height(&self) -> usize {
        self.bytes.len() / self.row_bytes
    }

    fn row(&self, y: usize) -> &[u8] {
        &self.bytes[y * self.row_bytes..(y + 1) * self.row_bytes]
    }

    fn is_blank(&self, y: usize) -> bool {
        self.row(y).iter().all(|b| *b == 0)
    }

    /// The bands that hold all black dots, from top to bottom: blank rows between them are left out where a feed takes
    /// fewer bytes, and so are the blank bytes beside them that the alignment allows.
    pub(super) fn bands(&self, align: Align) -> Vec<Band> {
        let mut bands = Vec::new();
        let mut y = 0;
        while y < self.height() {
            if self.is_blank(y) {
                y += 1;
                continue;
            }
            let end = self.band_end(y);
            bands.push(self.band(y, end, align));
            y = end;
        }
        bands
    }

    /// The row after a band that begins at `begin`: at the first gap that is worth a feed, else at the last blank row
    /// that keeps the band within [`MOST_BYTES`], else where it is full.
    fn band_end(&self, begin: usize) -> usize {
        let most_rows = (MOST_BYTES / self.row_bytes).max(1);
        let mut end = begin + 1;
        let mut last_blank = None;
        let mut y = begin + 1;
        while y < self.height() {
            if self.is_blank(y) {
                last_blank = Some(y);
                if (y - end + 1) * self.row_bytes > BYTES_OF_A_SEAM {
                    return end;
                }
            } else {
                if y - begin >= most_rows {
                    return last_blank.filter(|blank| *blank > begin).map_or(end, |blank| end.min(blank));
                }
                end = y + 1;
            }
            y += 1;
        }
        end
    }

    fn band(&self, begin: usize, end: usize, align: Align) -> Band {
        let rows = || (begin..end).map(|y| self.row(y));
        let left = rows().filter_map(|r| r.iter().position(|b| *b != 0)).min().unwrap_or(0);
        let right = rows().filter_map(|r| r.iter().rposition(|b| *b != 0)).max().unwrap_or(0);
        let (from, to) = match align {
            Align::Left => (0, right + 1),
            // The same from both sides, so that the printer's middle is ours.
            Align::Centre => {
                let margin = left.min(self.row_bytes - 1 - right);
                (margin, self.row_bytes - margin)
            }
            Align::Right => (left, self.row_bytes),
        };
        let mut bytes = Vec::with_capacity((end - begin) * (to - from));
        rows().for_each(|r| bytes.extend_from_slice(&r[from..to]));
        defuse(&mut bytes);
        Band { top: begin, height: end - begin, row_bytes: to - from, bytes }
    }
}

/// Most bytes of dots in one band: a command of 4 KiB with its head.
const MOST_BYTES: usize = 4096 - 8;
/// What a feed and the head of the next band cost.
const BYTES_OF_A_SEAM: usize = 3 + 8;

/// Some rows of dots that go to the printer in one command.
pub(super) struct Band {
    /// The row at which it begins.
    pub(super) top: usize,
    pub(super) height: usize,
    pub(super) row_bytes: usize,
    pub(super) bytes: Vec<u8>,
}

impl Drop for Band {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// Takes away what a printer could read as a real-time command inside dots: 10 04, 10 05, 10 14.
///
/// One dot, the right neighbour of a single black one, is blackened: a stroke an eighth of a millimetre thicker, where
/// the alternative is a status byte or a cleared buffer in the middle of a picture. A QR code has no such place: its
/// dots come in runs of at least two, and in 10h one dot stands alone.
fn defuse(bytes: &mut [u8]) {
    for i in 1..bytes.len() {
        if bytes[i - 1] == 0x10 && matches!(bytes[i], 0x04 | 0x05 | 0x14) {
            bytes[i - 1] = 0x18;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bits(rows: &[&[u8]]) -> Bits {
        Bits { row_bytes: rows[0].len(), bytes: rows.concat() }
    }

    #[test]
    fn dots_to_bits() {
        let mut canvas = Canvas::new(12, 2);
        canvas.blacken(0, 0, 1, 1);
        canvas.blacken(7, 1, 3, 5);
        let bits = canvas.threshold();
        assert_eq!((bits.row_bytes, bits.bytes.as_slice()), (2, [0x80, 0x00, 0x01, 0xC0].as_slice()));
    }

    #[test]
    fn bands_leave_out_what_is_white() {
        let white: &[u8] = &[0; 8];
        let ink: &[u8] = &[0, 0, 0xFF, 0, 0xFF, 0, 0, 0];
        let check = |rows: &[&[u8]], align, expected: &[(usize, usize, usize)]| {
            let got: Vec<_> =
                bits(rows).bands(align).iter().map(|b| (b.top, b.height, b.row_bytes)).collect();
            assert_eq!(got, expected);
        };
        check(&[white, white], Align::Left, &[]);
        check(&[white, ink, ink, white], Align::Left, &[(1, 2, 5)]);
        check(&[ink], Align::Centre, &[(0, 1, 4)]);
        check(&[ink], Align::Right, &[(0, 1, 6)]);
        // One blank row of 8 bytes is cheaper than a new band, two are not.
        check(&[ink, white, ink], Align::Left, &[(0, 3, 5)]);
        check(&[ink, white, white, ink], Align::Left, &[(0, 1, 5), (3, 1, 5)]);
    }

    #[test]
    fn a_long_picture_is_cut_on_a_blank_row_and_within_the_limit() {
        let ink: &[u8] = &[0xFF; 72];
        let thin: &[u8] = &[0; 72];
        let mut rows = vec![ink; 40];
        rows[30] = thin;
        rows.extend([ink; 60]);
        // One blank row of 72 bytes is worth a feed.
        let bands = bits(&rows).bands(Align::Left);
        let seams: Vec<_> = bands.iter().map(|b| (b.top, b.height)).collect();
        assert_eq!(seams, [(0, 30), (31, 56), (87, 13)]);
        assert!(bands.iter().all(|b| b.bytes.len() <= MOST_BYTES));
    }

    #[test]
    fn what_looks_like_a_command_is_defused() {
        for second in [0x04, 0x05, 0x14] {
            let mut bytes = [0x10, second, 0x10, 0x10, second];
            defuse(&mut bytes);
            assert_eq!(bytes, [0x18, second, 0x10, 0x18, second]);
        }
    }

    proptest! {
        #[test]
        fn bands_hold_every_dot_once_and_in_its_place(
            rows in proptest::collection::vec(
                prop_oneof![2 => Just(vec![0u8; 5]), 3 => proptest::collection::vec(any::<u8>(), 5)], 1..60,
            ),
            align in prop_oneof![Just(Align::Left), Just(Align::Centre), Just(Align::Right)],
        ) {
            let original: Vec<u8> = rows.concat();
            let bits = Bits { row_bytes: 5, bytes: original.clone() };
            let mut seen = vec![0u8; original.len()];
            let mut last_end = 0;
            for band in bits.bands(align) {
                prop_assert!(band.top >= last_end);
                last_end = band.top + band.height;
                let from = match align {
                    Align::Left => 0,
                    Align::Centre => (5 - band.row_bytes) / 2,
                    Align::Right => 5 - band.row_bytes,
                };
                for (i, row) in band.bytes.chunks_exact(band.row_bytes).enumerate() {
                    let at = (band.top + i) * 5 + from;
                    seen[at..at + band.row_bytes].copy_from_slice(row);
                }
                prop_assert!(!band.bytes.windows(2).any(|w| w[0] == 0x10 && matches!(w[1], 4 | 5 | 0x14)));
            }
            // Defusing may only blacken.
            for (seen, original) in seen.iter().zip(&original) {
                prop_assert!(seen == original || (*seen == 0x18 && *original == 0x10));
            }
        }
    }
}
