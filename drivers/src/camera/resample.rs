//! A part of a frame at another size, as RGB.
//!
//! Duty: one pass down, one pass across, in whole numbers, so that a preview costs a millisecond or two. Shrinking
//! averages what a target pixel covers, growing is bilinear.

use zeroize::Zeroizing;

use super::{Area, Frame, PixelFormat, Size};

/// Which way round a person sees themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mirror {
    /// Left and right exchanged: what a person expects of a screen that shows them.
    AsInMirror,
    /// As the camera sees it: for detectors, codes and documents.
    AsSeen,
}

/// Fills `rgb` with the part `area` of `frame` at size `to`.
pub(super) fn rgb_into(frame: &Frame, area: Area, to: Size, mirror: Mirror, rgb: &mut [u8]) {
    if to.pixels() == 0 {
        return;
    }
    let size = frame.size();
    if to == size && area == Area::whole(size) {
        return same_size(frame, mirror, rgb);
    }
    let mut across = Taps::new(area.x, area.width, size.width as usize, to.width as usize);
    if mirror == Mirror::AsInMirror {
        across.reverse();
    }
    let down = Taps::new(area.y, area.height, size.height as usize, to.height as usize);

    // Two pixels of YUYV share their colour, so a row begins at an even one.
    let begin = across.begin() & !1;
    across.shift_left(begin);
    let pixel = frame.format().bytes();
    let stride = size.width as usize * pixel;
    let used = ((across.end() + 1) & !1).min(size.width as usize - begin);
    let bytes = begin * pixel..(begin + used) * pixel;

    let mut sums = Zeroizing::new(vec![0_u16; bytes.len()]);
    let mut row = Zeroizing::new(vec![0_u8; bytes.len()]);
    for (y, out) in rgb.chunks_exact_mut(to.width as usize * 3).enumerate() {
        let (first, weights) = down.of(y);
        let source = |i: usize| &frame.pixels()[(first + i) * stride..][bytes.clone()];
        let mixed = match weights.iter().position(|&w| w == ONE) {
            Some(i) => source(i),
            None => {
                mix_rows(weights, source, &mut sums, &mut row);
                &row[..]
            }
        };
        match frame.format() {
            PixelFormat::Grey => grey_row(mixed, &across, out),
            PixelFormat::Rgb => rgb_row(mixed, &across, out),
            PixelFormat::Yuyv => yuyv_row(mixed, &across, out),
        }
    }
}

/// Colours only, nothing to mix.
fn same_size(frame: &Frame, mirror: Mirror, rgb: &mut [u8]) {
    match frame.format() {
        PixelFormat::Rgb => rgb.copy_from_slice(frame.pixels()),
        PixelFormat::Grey => {
            for (out, grey) in rgb.chunks_exact_mut(3).zip(frame.pixels()) {
                out.fill(*grey);
            }
        }
        PixelFormat::Yuyv => return same_size_yuyv(frame, mirror, rgb),
    }
    if mirror == Mirror::AsInMirror {
        for row in rgb.chunks_exact_mut(frame.size().width as usize * 3) {
            let (pixels, _) = row.as_chunks_mut::<3>();
            pixels.reverse();
        }
    }
}

fn same_size_yuyv(frame: &Frame, mirror: Mirror, rgb: &mut [u8]) {
    let width = frame.size().width as usize;
    for (out, row) in rgb.chunks_exact_mut(width * 3).zip(frame.pixels().chunks_exact(width * 2)) {
        let ((outs, _), (pairs, _)) = (out.as_chunks_mut::<6>(), row.as_chunks::<4>());
        let both = |&[first, u, second, v]: &[u8; 4]| {
            let colour = Colour::of(u, v);
            (colour.rgb(first), colour.rgb(second))
        };
        match mirror {
            Mirror::AsSeen => outs.iter_mut().zip(pairs).for_each(|(out, pair)| {
                let ([r, g, b], [r2, g2, b2]) = both(pair);
                *out = [r, g, b, r2, g2, b2];
            }),
            Mirror::AsInMirror => outs.iter_mut().rev().zip(pairs).for_each(|(out, pair)| {
                let ([r, g, b], [r2, g2, b2]) = both(pair);
                *out = [r2, g2, b2, r, g, b];
            }),
        }
    }
}

fn mix_rows<'a>(weights: &[u16], source: impl Fn(usize) -> &'a [u8], sums: &mut [u16], row: &mut [u8]) {
    sums.fill(HALF);
    for (i, &weight) in weights.iter().enumerate().filter(|(_, w)| **w > 0) {
        for (sum, &byte) in sums.iter_mut().zip(source(i)) {
            *sum += u16::from(byte) * weight;
        }
    }
    for (byte, sum) in row.iter_mut().zip(sums) {
        *byte = (*sum >> 8) as u8;
    }
}

fn grey_row(row: &[u8], across: &Taps, out: &mut [u8]) {
    across.each(|x, first, weights| {
        let grey = weighted(weights, row[first..].iter().copied());
        out[x * 3..x * 3 + 3].fill(grey);
    });
}

fn rgb_row(row: &[u8], across: &Taps, out: &mut [u8]) {
    across.each(|x, first, weights| {
        let mut sum = [HALF; 3];
        for (pixel, &weight) in row[first * 3..].chunks_exact(3).zip(weights) {
            for c in 0..3 {
                sum[c] += u16::from(pixel[c]) * weight;
            }
        }
        for c in 0..3 {
            out[x * 3 + c] = (sum[c] >> 8) as u8;
        }
    });
}

fn yuyv_row(row: &[u8], across: &Taps, out: &mut [u8]) {
    across.each(|x, first, weights| {
        let y = weighted(weights, row[first * 2..].iter().copied().step_by(2));
        // The eye does not see that colour is taken from the nearest pair instead of mixed.
        let pair = (first + weights.len() / 2) / 2 * 4;
        let rgb = Colour::of(row[pair + 1], row[pair + 3]).rgb(y);
        out[x * 3..x * 3 + 3].copy_from_slice(&rgb);
    });
}

fn weighted(weights: &[u16], bytes: impl Iterator<Item = u8>) -> u8 {
    let sum = weights.iter().zip(bytes).fold(HALF, |sum, (&w, byte)| sum + u16::from(byte) * w);
    (sum >> 8) as u8
}

/// What colour adds to red, green and blue: BT.601 limited range to full-range RGB, in 1/256 (the constants of every V4L2
/// converter).
#[derive(Clone, Copy)]
struct Colour([i32; 3]);

impl Colour {
    fn of(u: u8, v: u8) -> Self {
        let (d, e) = (i32::from(u) - 128, i32::from(v) - 128);
        Self([409 * e, -100 * d - 208 * e, 516 * d])
    }

    fn rgb(self, y: u8) -> [u8; 3] {
        let light = 298 * (i32::from(y) - 16) + 128;
        self.0.map(|colour| ((light + colour) >> 8).clamp(0, 255) as u8)
    }
}

/// A whole weight: weights are in 1/256 so that a weighted byte fits 16 bits.
const ONE: u16 = 256;
/// Rounds to nearest; 255 × 256 + 128 still fits.
const HALF: u16 = 128;

/// For each target pixel of one axis: the first source pixel and the weights from there on, all of one length.
struct Taps {
    first: Vec<usize>,
    weights: Vec<u16>,
    length: usize,
}

impl Taps {
    /// `count` target pixels over `extent` source pixels from `begin`, in a source of `limit` pixels.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "positions are clamped into the picture, weights into 0..=256"
    )]
    fn new(begin: f32, extent: f32, limit: usize, count: usize) -> Self {
        let ratio = (extent / count as f32).max(f32::EPSILON);
        let reach = if ratio <= 1.0 { 2 } else { ratio.ceil() as usize + 1 };
        let length = reach.min(limit);
        let mut taps = Self { first: Vec::new(), weights: vec![0; count * length], length };
        for i in 0..count {
            let (low, shares) = shares(begin, ratio, reach, i);
            let first = (low.max(0.0) as usize).min(limit - length);
            let weights = &mut taps.weights[i * length..][..length];
            let mut left = ONE;
            for (k, share) in shares.iter().enumerate() {
                let position = ((low + k as f32).max(0.0) as usize).min(limit - 1);
                let weight = ((share * f32::from(ONE)).round() as u16).min(left);
                weights[position.clamp(first, first + length - 1) - first] += weight;
                left -= weight;
            }
            // What rounding left over goes to the heaviest, so that a flat area stays exactly as it was.
            if let Some(heaviest) = weights.iter_mut().max_by_key(|w| **w) {
                *heaviest += left;
            }
            taps.first.push(first);
        }
        taps
    }

    fn of(&self, i: usize) -> (usize, &[u16]) {
        (self.first[i], &self.weights[i * self.length..][..self.length])
    }

    /// Calls `f(target pixel, first source pixel, weights)` for each target pixel; the usual lengths are constants
    /// to the compiler.
    fn each(&self, mut f: impl FnMut(usize, usize, &[u16])) {
        let pairs = self.first.iter().zip(self.weights.chunks_exact(self.length)).enumerate();
        match self.length {
            2 => pairs.for_each(|(i, (&first, w))| f(i, first, &[w[0], w[1]])),
            3 => pairs.for_each(|(i, (&first, w))| f(i, first, &[w[0], w[1], w[2]])),
            4 => pairs.for_each(|(i, (&first, w))| f(i, first, &[w[0], w[1], w[2], w[3]])),
            _ => pairs.for_each(|(i, (&first, w))| f(i, first, w)),
        }
    }

    fn reverse(&mut self) {
        self.first.reverse();
        self.weights = self.weights.chunks_exact(self.length).rev().flatten().copied().collect();
    }

    fn begin(&self) -> usize {
        self.first.iter().copied().min().unwrap_or(0)
    }

    fn end(&self) -> usize {
        self.first.iter().copied().max().unwrap_or(0) + self.length
    }

    fn shift_left(&mut self, by: usize) {
        self.first.iter_mut().for_each(|first| *first -= by);
    }
}

/// The first source position of target pixel `i` and the shares of `reach` positions from there, together 1.
fn shares(begin: f32, ratio: f32, reach: usize, i: usize) -> (f32, Vec<f32>) {
    if ratio <= 1.0 {
        let centre = begin + (i as f32 + 0.5) * ratio - 0.5;
        let low = centre.floor();
        return (low, vec![1.0 - (centre - low), centre - low]);
    }
    let (from, to) = (begin + i as f32 * ratio, begin + (i as f32 + 1.0) * ratio);
    let low = from.floor();
    let covered = |k: usize| {
        let position = low + k as f32;
        ((position + 1.0).min(to) - position.max(from)).max(0.0) / ratio
    };
    (low, (0..reach).map(covered).collect())
}
