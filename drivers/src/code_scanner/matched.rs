//! The three squares of a QR code where blur, movement or noise left nothing of their edges: by how well each place, at each
//! size, agrees with a square's pattern as a whole.

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

    /// Darkness of a square box around a pixel.
    fn around(&self, x: usize, y: usize, reach: usize) -> i32 {
        let stride = self.width + 1;
        let (top, bottom) = ((y - reach) * stride, (y + reach + 1) * stride);
        let (left, right) = (x - reach, x + reach + 1);
        self.sums[bottom + right] - self.sums[bottom + left] - self.sums[top + right] + self.sums[top + left]
    }

    /// Places that agree with a square of that size better than their neighbours.
    #[allow(clippy::cast_possible_truncation, reason = "a few pixels")]
    fn squares(&self, module: f32, found: &mut Vec<(f32, Square)>) {
        // Dark to 1.5 modules from the middle, light to 2.5, dark to 3.5, light beyond.
        let [a, b, c, d] =
            [3.0, 5.0, 7.0, 9.0].map(|width| (((width * module) - 1.0) / 2.0).round() as usize);
        if self.width <= 2 * d + 2 || self.height <= 2 * d + 2 {
            return;
        }
        let area = |reach: usize| ((2 * reach + 1) * (2 * reach + 1)) as f32;
        let (dark, light) = (area(a) + area(c) - area(b), area(b) - area(a));
        // The light around weighs what is left, so that a plain place is 0.
        let outer = (dark - light) / (area(d) - area(c));
        let scale = 1.0 / (WHOLE * 2.0 * dark);
        let agreement = |x: usize, y: usize| {
            let [a, b, c, d] = [a, b, c, d].map(|reach| self.around(x, y, reach) as f32);
            (2.0 * (a - b) + c - outer * (d - c)) * scale
        };
        let step = ((module / 2.0) as usize).max(1);
        for y in (d..self.height - d).step_by(step) {
            for x in (d..self.width - d).step_by(step) {
                let here = agreement(x, y);
                if here < LEAST {
                    continue;
                }
                let (mut best, mut at) = (here, (x, y));
                for j in y.saturating_sub(step).max(d)..(y + step + 1).min(self.height - d) {
                    for i in x.saturating_sub(step).max(d)..(x + step + 1).min(self.width - d) {
                        let there = agreement(i, j);
                        if there > best {
                            (best, at) = (there, (i, j));
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
