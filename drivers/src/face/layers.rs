//! Maps of features and what is done to them: gathering neighbourhoods, filtering, multiplying.
//!
//! Duty: the arithmetic that face-api's small networks share, in plain Rust. Maps are rows × columns × channels, kernels
//! rows × columns × in × out. Never: know what a network is for.

use super::product::multiply;
use super::weights::{Weights, WeightsError};

/// A map of features: `height` rows of `width` places of `channels` numbers.
#[derive(Default)]
pub(super) struct Map {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: usize,
    pub(super) values: Vec<f32>,
}

impl Map {
    /// Takes a new size; the values are whatever they were.
    pub(super) fn reshape(&mut self, width: usize, height: usize, channels: usize) {
        (self.width, self.height, self.channels) = (width, height, channels);
        self.values.resize(width * height * channels, 0.0);
    }

    fn row(&self, y: usize) -> &[f32] {
        let stride = self.width * self.channels;
        &self.values[y * stride..][..stride]
    }

    /// Overwrites what was seen.
    pub(super) fn wipe(&mut self) {
        self.values.fill(0.0);
    }
}

/// Where the 3 × 3 window of a place lies: its first column is `place × stride − before`.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) stride: usize,
    /// 0 or 1.
    pub(super) before: usize,
}

/// A convolution of 3 × 3, zeros beyond the edge: whole, or channel by channel and then place by place.
pub(super) struct Convolution {
    window: Window,
    /// One filter for each channel; none where the kernel takes the whole neighbourhood.
    depthwise: Option<Vec<f32>>,
    kernel: Vec<f32>,
    pub(super) bias: Vec<f32>,
    /// Numbers of a place that the kernel takes.
    inputs: usize,
    pub(super) outputs: usize,
}

impl Convolution {
    /// A whole convolution from red, green and blue: `PREFIX/filters`, `PREFIX/bias`.
    pub(super) fn whole(
        weights: &mut Weights,
        prefix: &str,
        outputs: usize,
        window: Window,
    ) -> Result<Self, WeightsError> {
        Ok(Self {
            window,
            depthwise: None,
            kernel: weights.take(&format!("{prefix}/filters"), &[3, 3, 3, outputs])?,
            bias: weights.take(&format!("{prefix}/bias"), &[outputs])?,
            inputs: 27,
            outputs,
        })
    }

    /// A separable convolution: `PREFIX/depthwise_filter`, `PREFIX/pointwise_filter`, `PREFIX/bias`.
    pub(super) fn separable(
        weights: &mut Weights,
        prefix: &str,
        (inputs, outputs): (usize, usize),
        window: Window,
    ) -> Result<Self, WeightsError> {
        let mut take = |part: &str, shape: &[usize]| weights.take(&format!("{prefix}/{part}"), shape);
        Ok(Self {
            window,
            depthwise: Some(take("depthwise_filter", &[3, 3, inputs, 1])?),
            kernel: take("pointwise_filter", &[1, 1, inputs, outputs])?,
            bias: take("bias", &[outputs])?,
            inputs,
            outputs,
        })
    }

    /// Places of the input for one of the result, in either direction.
    pub(super) fn stride(&self) -> usize {
        self.window.stride
    }

    /// Computes `rows` of the result, `width` places each, into `work.product`, without the bias.
    pub(super) fn rows(&self, from: &Map, rows: std::ops::Range<usize>, width: usize, work: &mut Work) {
        let places = rows.len() * width;
        work.gathered.resize(places * self.inputs, 0.0);
        work.product.resize(places * self.outputs, 0.0);
        for (y, row) in rows.zip(work.gathered.chunks_exact_mut(width * self.inputs)) {
            match &self.depthwise {
                None => neighbourhood(from, y, self.window, row),
                Some(filter) => depthwise(from, y, self.window, filter, row),
            }
        }
        multiply(&work.gathered, &self.kernel, &mut work.product, self.inputs, self.outputs);
    }
}

/// Working memory of a convolution.
#[derive(Default)]
pub(super) struct Work {
    gathered: Vec<f32>,
    pub(super) product: Vec<f32>,
}

impl Work {
    /// Overwrites what was seen.
    pub(super) fn wipe(&mut self) {
        self.gathered.fill(0.0);
        self.product.fill(0.0);
    }
}

/// A row of 3 × 3 neighbourhoods, each as its numbers in the kernel's order.
fn neighbourhood(from: &Map, y: usize, window: Window, row: &mut [f32]) {
    let length = 3 * from.channels;
    row.fill(0.0);
    for dy in 0..3 {
        let Some(source) = source_row(from, y, dy, window) else { continue };
        for (x, place) in row.chunks_exact_mut(3 * length).enumerate() {
            let place = &mut place[dy * length..][..length];
            let first = x * window.stride;
            // Of a window that begins before the row only the rest is there.
            let (skip, first) =
                if first < window.before { (from.channels, 0) } else { (0, first - window.before) };
            let there = &source[(first * from.channels).min(source.len())..];
            let count = there.len().min(length - skip);
            place[skip..skip + count].copy_from_slice(&there[..count]);
        }
    }
}

/// A row of the map filtered channel by channel.
fn depthwise(from: &Map, y: usize, window: Window, filter: &[f32], row: &mut [f32]) {
    let n = from.channels;
    row.fill(0.0);
    for dy in 0..3 {
        let Some(source) = source_row(from, y, dy, window) else { continue };
        for dx in 0..3 {
            let weights = &filter[(dy * 3 + dx) * n..][..n];
            // Place x takes the source's place x × stride + dx − before; the first place may have none.
            let (skip, ahead) =
                if dx < window.before { (1, window.stride - 1) } else { (0, dx - window.before) };
            let sources = source.chunks_exact(n).skip(ahead).step_by(window.stride);
            for (place, values) in row.chunks_exact_mut(n).skip(skip).zip(sources) {
                for ((sum, value), weight) in place.iter_mut().zip(values).zip(weights) {
                    *sum += value * weight;
                }
            }
        }
    }
}

fn source_row(from: &Map, y: usize, dy: usize, window: Window) -> Option<&[f32]> {
    let y = (y * window.stride + dy).checked_sub(window.before)?;
    (y < from.height).then(|| from.row(y))
}
