//! The layers of the tiny face detector, in plain Rust: convolution, separable convolution, pooling.
//!
//! Duty: the arithmetic of face-api's `TinyFaceDetector` (npm @vladmandic/face-api 1.7, `tinyYolov2/TinyYolov2Base.ts`,
//! `runMobilenet`), number for number. Maps are rows × columns × channels, kernels rows × columns × in × out. Never:
//! know about pictures or boxes.

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

/// How a layer shrinks what it gives: the largest of each 2 × 2 places, those beyond the edge left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pooling {
    /// Every second place.
    Halve,
    /// Every place.
    Keep,
}

/// What a layer does before its matrix product.
enum Gather {
    /// The 3 × 3 neighbourhood of every place that has a whole one ("valid").
    Neighbourhood,
    /// One 3 × 3 filter for each channel, zeros beyond the edge ("same").
    Depthwise(Vec<f32>),
}

struct Layer {
    gather: Gather,
    inputs: usize,
    outputs: usize,
    kernel: Vec<f32>,
    bias: Vec<f32>,
    pooling: Pooling,
}

/// Channels after each of the six pooled layers.
const CHANNELS: [usize; 6] = [16, 32, 64, 128, 256, 512];
/// Numbers that the last layer gives for each place: five boxes of x, y, width, height, score.
pub(super) const OUTPUTS: usize = 25;
/// Places that are multiplied at once: enough to fill the processor's registers, few enough for its cache.
const BATCH: usize = 1024;

/// The whole network with its working memory.
pub(super) struct Network {
    layers: Vec<Layer>,
    last_kernel: Vec<f32>,
    last_bias: Vec<f32>,
    maps: [Map; 2],
    gathered: Vec<f32>,
    product: Vec<f32>,
}

impl Network {
    pub(super) fn new(mut weights: Weights) -> Result<Self, WeightsError> {
        let mut layers = vec![Layer {
            gather: Gather::Neighbourhood,
            inputs: 27,
            outputs: CHANNELS[0],
            kernel: weights.take("conv0/filters", &[3, 3, 3, CHANNELS[0]])?,
            bias: weights.take("conv0/bias", &[CHANNELS[0]])?,
            pooling: Pooling::Halve,
        }];
        for (i, pair) in CHANNELS.windows(2).enumerate() {
            let (inputs, outputs) = (pair[0], pair[1]);
            let layer = i + 1;
            let mut take = |part: &str, shape: &[usize]| weights.take(&format!("conv{layer}/{part}"), shape);
            layers.push(Layer {
                gather: Gather::Depthwise(take("depthwise_filter", &[3, 3, inputs, 1])?),
                inputs,
                outputs,
                kernel: take("pointwise_filter", &[1, 1, inputs, outputs])?,
                bias: take("bias", &[outputs])?,
                pooling: if outputs == 512 { Pooling::Keep } else { Pooling::Halve },
            });
        }
        Ok(Self {
            layers,
            last_kernel: weights.take("conv8/filters", &[1, 1, 512, OUTPUTS])?,
            last_bias: weights.take("conv8/bias", &[OUTPUTS])?,
            maps: [Map::default(), Map::default()],
            gathered: Vec::new(),
            product: Vec::new(),
        })
    }

    /// Runs the network; `output` becomes a map of [`OUTPUTS`] channels. Nothing of the input stays behind.
    pub(super) fn run(&mut self, input: &Map, output: &mut Map) {
        let [now, next] = &mut self.maps;
        for (i, layer) in self.layers.iter().enumerate() {
            let from = if i == 0 { input } else { &*now };
            layer.run(from, next, &mut self.gathered, &mut self.product);
            std::mem::swap(now, next);
        }
        output.reshape(now.width, now.height, OUTPUTS);
        multiply(&now.values, &self.last_kernel, &mut output.values, 512, OUTPUTS);
        for place in output.values.chunks_exact_mut(OUTPUTS) {
            place.iter_mut().zip(&self.last_bias).for_each(|(value, bias)| *value += bias);
        }
        self.maps.iter_mut().for_each(Map::wipe);
        self.gathered.fill(0.0);
        self.product.fill(0.0);
    }
}

impl Layer {
    fn run(&self, from: &Map, to: &mut Map, gathered: &mut Vec<f32>, product: &mut Vec<f32>) {
        let (width, height) = match self.gather {
            Gather::Neighbourhood => (from.width - 2, from.height - 2),
            Gather::Depthwise(_) => (from.width, from.height),
        };
        let step = if self.pooling == Pooling::Halve { 2 } else { 1 };
        to.reshape(width.div_ceil(step), height.div_ceil(step), self.outputs);
        let stride = to.width * to.channels;
        let rows_at_once = (BATCH / (width * step)).max(1);
        for first in (0..to.height).step_by(rows_at_once) {
            let last = (first + rows_at_once).min(to.height);
            let rows = first * step..(last * step + 2 - step).min(height);
            let places = rows.len() * width;
            gathered.resize(places * self.inputs, 0.0);
            product.resize(places * self.outputs, 0.0);
            for (y, row) in rows.clone().zip(gathered.chunks_exact_mut(width * self.inputs)) {
                match &self.gather {
                    Gather::Neighbourhood => neighbourhood(from, y, row),
                    Gather::Depthwise(filter) => depthwise(from, y, filter, row),
                }
            }
            multiply(gathered, &self.kernel, product, self.inputs, self.outputs);
            for y in first..last {
                let row = &mut to.values[y * stride..][..stride];
                let below = &product[(y * step - rows.start) * width * self.outputs..];
                self.pool(below, width, rows.end - y * step, step, row);
            }
        }
    }

    /// One row of what the layer gives: the largest of 2 × 2 places, then bias and the leaky rectifier (both rise with
    /// their input, so they may follow the choice instead of preceding it four times).
    fn pool(&self, product: &[f32], width: usize, rows_left: usize, step: usize, row: &mut [f32]) {
        let n = self.outputs;
        for (x, place) in row.chunks_exact_mut(n).enumerate() {
            let at = |place: usize| &product[place * n..][..n];
            let first = x * step;
            place.copy_from_slice(at(first));
            let right = first + 1 < width;
            if right {
                raise(place, at(first + 1));
            }
            if rows_left > 1 {
                raise(place, at(width + first));
                if right {
                    raise(place, at(width + first + 1));
                }
            }
            for (value, bias) in place.iter_mut().zip(&self.bias) {
                let sum = *value + bias;
                *value = if sum < 0.0 { sum * 0.1 } else { sum };
            }
        }
    }
}

fn raise(place: &mut [f32], other: &[f32]) {
    place.iter_mut().zip(other).for_each(|(max, value)| *max = max.max(*value));
}

/// A row of 3 × 3 neighbourhoods, each as its 27 numbers in the kernel's order.
fn neighbourhood(from: &Map, y: usize, row: &mut [f32]) {
    let length = 3 * from.channels;
    for (dy, source) in (0..3).map(|dy| (dy, from.row(y + dy))) {
        for (place, window) in
            row.chunks_exact_mut(3 * length).zip(source.windows(length).step_by(from.channels))
        {
            place[dy * length..][..length].copy_from_slice(window);
        }
    }
}

/// A row of the map filtered channel by channel, zeros beyond the edge.
fn depthwise(from: &Map, y: usize, filter: &[f32], row: &mut [f32]) {
    let n = from.channels;
    row.fill(0.0);
    for dy in 0..3 {
        let Some(source_y) = (y + dy).checked_sub(1).filter(|y| *y < from.height) else { continue };
        let source = from.row(source_y);
        for dx in 0..3 {
            let weights = &filter[(dy * 3 + dx) * n..][..n];
            // Place x takes the source's place x + dx - 1.
            let (skip, ahead) = if dx == 0 { (1, 0) } else { (0, dx - 1) };
            let places = row.chunks_exact_mut(n).skip(skip);
            for (place, values) in places.zip(source.chunks_exact(n).skip(ahead)) {
                for ((sum, value), weight) in place.iter_mut().zip(values).zip(weights) {
                    *sum += value * weight;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &[u8] = include_bytes!(
        "../../../assets/models/tiny_face_detector/tiny_face_detector_model-weights_manifest.json"
    );
    const WEIGHTS: &[u8] =
        include_bytes!("../../../assets/models/tiny_face_detector/tiny_face_detector_model.bin");

    /// What face-api 1.7.15 itself gives (its own JavaScript, CPU backend) for a picture of which every number comes
    /// from its place; the figures are copied from that run.
    #[test]
    fn the_network_gives_what_face_api_gives() {
        let check = |edge: usize, places: usize, middle: [f32; 5], last: [f32; 5], sum: f32| {
            let mut input = Map::default();
            input.reshape(edge, edge, 3);
            for (i, value) in input.values.iter_mut().enumerate() {
                let (x, y, c) = (i / 3 % edge, i / 3 / edge, i % 3);
                let byte = (x * 7 + y * 13 + c * 50 + (x * y) % 31 * 3) % 256;
                *value = (byte as f32 - [117.001, 114.697, 97.404][c]) / 255.0;
            }
            let mut network = Network::new(Weights::parse(MANIFEST, WEIGHTS).unwrap()).unwrap();
            let mut output = Map::default();
            network.run(&input, &mut output);
            assert_eq!((output.width, output.height, output.channels), (places, places, 25), "{edge}");
            let near =
                |got: f32, want: f32, slack: f32| assert!((got - want).abs() < slack, "{edge}: {got} {want}");
            let at = |place: usize| &output.values[place * 25..][..5];
            at((places / 2) * places + places / 2).iter().zip(middle).for_each(|(g, w)| near(*g, w, 0.002));
            at(places * places - 1).iter().zip(last).for_each(|(g, w)| near(*g, w, 0.002));
            near(output.values.iter().sum(), sum, 0.5);
            assert!(
                network.maps.iter().all(|map| map.values.iter().all(|v| *v == 0.0)),
                "nothing stays behind"
            );
        };
        check(
            224,
            7,
            [0.1524, 0.2488, -0.3525, -0.5469, -5.4242],
            [-1.5162, -1.4850, -0.3344, -0.5022, -6.7934],
            -3703.133,
        );
        check(
            416,
            13,
            [0.3590, -0.0566, -0.3569, -0.5802, -6.4199],
            [-1.8379, -1.2297, -0.3393, -0.5189, -6.4017],
            -11598.651,
        );
    }
}
