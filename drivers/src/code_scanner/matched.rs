//! The three squares of a QR code where blur, movement or noise left nothing of their edges: by how well each place, at each
//! size, agrees with a square's pattern as a whole.

use std::ops::Range;

use super::corners::{Corners, Square, threes};
use super::relief::Relief;

/// Pixels of a module that are tried.
const MODULES: [f32; 9] = [1.6, 2.0, 2.4, 2.9, 3.5, 4.2, 5.0, 6.0, 7.2];
/// Agreement below this is chance.
const LEAST: f32 = 0.30;
/// Squares that are looked at.
const MOST: usize = 14;
/// Darkness in whole numbers, so that sums are exact.
const WHOLE: f32 = 64.0;

/// The likeliest threes, the best first.
pub(super) fn corners(relief: &Relief) -> Vec<Corners> {
    let sums = Sums::of(relief);
    let mut found: Vec<(f32, Square)> = Vec::new();
    for module in MODULES {
        sums.squares(module, &mut found);
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut squares: Vec<Square> = Vec::new();
    for (_, square) in found {
        let near = |other: &Square| {
            (other.x - square.x).hypot(other.y - square.y) < 0.6 * other.length.max(square.length)
        };
        if !squares.iter().any(near) {
            squares.push(square);
            if squares.len() == MOST {
                break;
            }
        }
    }
    threes(&squares)
}

/// Sums of darkness over everything above and left of a place.
struct Sums {
    width: usize,
    height: usize,
    sums: Vec<i32>,
}

impl Sums {
    #[allow(clippy::cast_possible_truncation, reason = "clamped before")]
    fn of(relief: &Relief) -> Self {
        let stride = relief.width + 1;
        let mut sums = vec![0_i32; stride * (relief.height + 1)];
        for (y, row) in relief.dark.chunks_exact(relief.width).enumerate() {
            let mut sum = 0;
            for (x, dark) in row.iter().enumerate() {
                sum += (dark.clamp(-2.0, 2.0) * WHOLE) as i32;
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + sum;
            }
        }
        Self { width: relief.width, height: relief.height, sums }
    }

    /// For each pixel `xs` of a row the sums at the corners of the square box around it: above left and right, below left and
    /// right.
    fn corners(&self, y: usize, xs: &Range<usize>, reach: usize) -> [&[i32]; 4] {
        let stride = self.width + 1;
        let (left, right) = (xs.start - reach, xs.start + reach + 1);
        let corner = |y: usize, x: usize| &self.sums[y * stride + x..][..xs.len()];
        let (above, below) = (y - reach, y + reach + 1);
        [corner(above, left), corner(above, right), corner(below, left), corner(below, right)]
    }

    /// Places that agree with a square of that size better than their neighbours.
    fn squares(&self, module: f32, found: &mut Vec<(f32, Square)>) {
        let pattern = Pattern::of(module);
        let margin = pattern.reaches[3];
        if self.width <= 2 * margin + 2 || self.height <= 2 * margin + 2 {
            return;
        }
        let (columns, rows) = (margin..self.width - margin, margin..self.height - margin);
        let mut row = vec![0.0; columns.len()];
        let mut near = Vec::new();
        for y in rows.clone().step_by(pattern.step) {
            pattern.agreements(self, y, &columns, &mut row);
            for (x, here) in columns.clone().zip(&row).step_by(pattern.step) {
                if *here < LEAST {
                    continue;
                }
                let (mut best, mut at) = (*here, (x, y));
                let around = |at: usize, whole: &Range<usize>| {
                    at.saturating_sub(pattern.step).max(whole.start)..(at + pattern.step + 1).min(whole.end)
                };
                let xs = around(x, &columns);
                near.resize(xs.len(), 0.0);
                for y in around(y, &rows) {
                    pattern.agreements(self, y, &xs, &mut near);
                    for (x, there) in xs.clone().zip(&near) {
                        if *there > best {
                            (best, at) = (*there, (x, y));
                        }
                    }
                }
                let square = Square {
                    x: at.0 as f32 + 0.5,
                    y: at.1 as f32 + 0.5,
                    length: 7.0 * module,
                    doubt: (1.0 - best).clamp(0.0, 1.0),
                };
                found.push((best, square));
            }
        }
    }
}

/// A square of one size: dark to 1.5 modules from the middle, light to 2.5, dark to 3.5, light beyond.
struct Pattern {
    /// Pixels from the middle to the edge of each of the four.
    reaches: [usize; 4],
    /// What the light around weighs: what is left, so that a plain place is 0.
    outer: f32,
    scale: f32,
    /// Every so many pixels one is looked at, and where that one agrees, its neighbours.
    step: usize,
}

impl Pattern {
    #[allow(clippy::cast_possible_truncation, reason = "a few pixels")]
    fn of(module: f32) -> Self {
        let reaches = [3.0, 5.0, 7.0, 9.0].map(|width| (((width * module) - 1.0) / 2.0).round() as usize);
        let [a, b, c, d] = reaches.map(|reach| ((2 * reach + 1) * (2 * reach + 1)) as f32);
        let (dark, light) = (a + c - b, b - a);
        Self {
            reaches,
            outer: (dark - light) / (d - c),
            scale: 1.0 / (WHOLE * 2.0 * dark),
            step: ((module / 2.0) as usize).max(1),
        }
    }

    /// How well each pixel `xs` of a row agrees, up to about 1.
    fn agreements(&self, sums: &Sums, y: usize, xs: &Range<usize>, out: &mut [f32]) {
        let [a, b, c, d] = self.reaches.map(|reach| sums.corners(y, xs, reach));
        let dark = |[above_left, above_right, below_left, below_right]: &[&[i32]; 4], i: usize| {
            (below_right[i] - below_left[i] - above_right[i] + above_left[i]) as f32
        };
        for (i, value) in out[..xs.len()].iter_mut().enumerate() {
            let (a, b, c, d) = (dark(&a, i), dark(&b, i), dark(&c, i), dark(&d, i));
            *value = (2.0 * (a - b) + c - self.outer * (d - c)) * self.scale;
        }
    }
}
