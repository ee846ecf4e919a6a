//! Takes back what lens and movement did to a code: each module is judged by its surroundings, with weights that are learnt
//! from the modules whose colour is known, and then from all that were judged.
//!
//! Duty: darkness at half-module places → dark or light for each module. Never: know what made the picture bad: blur,
//! movement in any direction and the waves of a screen are all one to it.

use super::grid::{Grid, Known};
use super::relief::Relief;

/// Half modules to each side that a module is judged by.
const REACH: usize = 3;
const SIDE: usize = 2 * REACH + 1;
const TAPS: usize = SIDE * SIDE;
/// Half modules beyond the code's edge that are looked at.
const MARGIN: usize = REACH;
/// How strongly weights are held to those they begin with, in parts of what the examples say.
const HOLD: f32 = 0.06;
/// More examples than this teach nothing new.
const EXAMPLES: usize = 1600;

/// A code's surroundings, at every half module.
pub(super) struct Equalizer<'a> {
    grid: &'a Grid,
    stride: usize,
    samples: Vec<f32>,
    weights: [f32; TAPS],
}

impl<'a> Equalizer<'a> {
    /// Begins with weights that believe the middle of a module.
    pub(super) fn new(relief: &Relief, grid: &'a Grid) -> Self {
        let stride = 2 * grid.dimension + 1 + 2 * MARGIN;
        let mut samples = Vec::with_capacity(stride * stride);
        for j in 0..stride {
            for i in 0..stride {
                let at = |half: usize| (half as f32 - MARGIN as f32) / 2.0;
                let (x, y) = grid.place(at(i), at(j));
                samples.push(relief.at(x, y).clamp(-2.5, 2.5));
            }
        }
        Self { grid, stride, samples, weights: first_weights() }
    }

    /// How dark each module is, row after row.
    pub(super) fn judged(&self) -> Vec<f32> {
        let dimension = self.grid.dimension;
        let mut judged = Vec::with_capacity(dimension * dimension);
        for row in 0..dimension {
            for column in 0..dimension {
                let mut sum = 0.0;
                for (weights, samples) in self.weights.chunks_exact(SIDE).zip(self.around(column, row)) {
                    sum += weights.iter().zip(samples).map(|(weight, sample)| weight * sample).sum::<f32>();
                }
                judged.push(sum);
            }
        }
        judged
    }

    /// Learns from the modules that the standard fixes.
    pub(super) fn learn_known(&mut self) {
        self.learn(self.grid.known);
    }

    /// Learns from every module that was judged clearly.
    pub(super) fn learn_judged(&mut self, judged: &[f32]) {
        let dimension = self.grid.dimension;
        let mut clear: Vec<f32> = judged.iter().map(|value| value.abs()).collect();
        clear.sort_by(f32::total_cmp);
        let threshold = clear[clear.len() / 4];
        let step = (judged.len() * 3 / 4 / EXAMPLES).max(1);
        let examples = judged.iter().enumerate().filter(|(_, value)| value.abs() > threshold).step_by(step);
        let mut examples: Vec<Known> =
            examples.map(|(at, value)| (at % dimension, at / dimension, value.signum())).collect();
        examples.extend(self.grid.known);
        self.learn(&examples);
    }

    /// The weights with the least squared error, held to the first ones.
    fn learn(&mut self, examples: &[Known]) {
        let first = first_weights();
        let mut products = vec![0.0_f32; TAPS * TAPS];
        let mut wanted = [0.0_f32; TAPS];
        let mut taps = [0.0_f32; TAPS];
        for (column, row, sign) in examples {
            for (taps, samples) in taps.chunks_exact_mut(SIDE).zip(self.around(*column, *row)) {
                taps.copy_from_slice(samples);
            }
            for (i, tap) in taps.iter().enumerate() {
                wanted[i] += tap * sign;
                for (product, other) in products[i * TAPS..=i * TAPS + i].iter_mut().zip(&taps) {
                    *product += tap * other;
                }
            }
        }
        let trace: f32 = (0..TAPS).map(|i| products[i * TAPS + i]).sum();
        let hold = HOLD * trace / TAPS as f32 + 1e-3;
        for i in 0..TAPS {
            products[i * TAPS + i] += hold;
            wanted[i] += hold * first[i];
        }
        if let Some(weights) = solved(&mut products, wanted) {
            self.weights = weights;
        }
    }

    fn around(&self, column: usize, row: usize) -> impl Iterator<Item = &[f32]> {
        // The middle of a module is at an odd half.
        let (x, y) = (2 * column + 1 + MARGIN - REACH, 2 * row + 1 + MARGIN - REACH);
        (y..y + SIDE).map(move |y| &self.samples[y * self.stride + x..][..SIDE])
    }
}

/// The middle of a module and a little of what is around it.
fn first_weights() -> [f32; TAPS] {
    let mut weights = [0.0; TAPS];
    for (i, weight) in weights.iter_mut().enumerate() {
        let far = (i % SIDE).abs_diff(REACH) + (i / SIDE).abs_diff(REACH);
        *weight = match far {
            0 => 0.4,
            1 => 0.15,
            _ => 0.0,
        };
    }
    weights
}

/// Solves a symmetric positive system by Cholesky's method; only the lower triangle is read.
fn solved(matrix: &mut [f32], mut right: [f32; TAPS]) -> Option<[f32; TAPS]> {
    for i in 0..TAPS {
        for j in 0..=i {
            let (a, b) = (&matrix[i * TAPS..i * TAPS + j], &matrix[j * TAPS..j * TAPS + j]);
            let rest = matrix[i * TAPS + j] - a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            matrix[i * TAPS + j] = if i == j {
                if rest <= 0.0 {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / matrix[j * TAPS + j]
            };
        }
    }
    for i in 0..TAPS {
        let sum: f32 = (0..i).map(|j| matrix[i * TAPS + j] * right[j]).sum();
        right[i] = (right[i] - sum) / matrix[i * TAPS + i];
    }
    for i in (0..TAPS).rev() {
        let sum: f32 = (i + 1..TAPS).map(|j| matrix[j * TAPS + i] * right[j]).sum();
        right[i] = (right[i] - sum) / matrix[i * TAPS + i];
    }
    Some(right)
}
