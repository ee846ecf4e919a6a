//! The network of the tiny face detector.
//!
//! Duty: face-api's `TinyFaceDetector` number for number (npm @vladmandic/face-api 1.7, `tinyYolov2/TinyYolov2Base.ts`,
//! `runMobilenet`): six convolutions, each followed by a choice of the largest of 2 × 2, and one of 1 × 1. Never: know
//! about pictures or boxes.

use super::layers::{Convolution, Map, Window, Work};
use super::product::multiply;
use super::weights::{Weights, WeightsError};

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
    work: Work,
}

struct Layer {
    convolution: Convolution,
    /// Rows and columns that the convolution loses at the edges.
    lost: usize,
    /// The choice keeps every second place or every one.
    step: usize,
}

impl Network {
    pub(super) fn new(mut weights: Weights) -> Result<Self, WeightsError> {
        let valid = Window { stride: 1, before: 0 };
        let same = Window { stride: 1, before: 1 };
        let first = Convolution::whole(&mut weights, "conv0", CHANNELS[0], valid)?;
        let mut layers = vec![Layer { convolution: first, lost: 2, step: 2 }];
        for (i, pair) in CHANNELS.windows(2).enumerate() {
            let name = format!("conv{}", i + 1);
            let convolution = Convolution::separable(&mut weights, &name, (pair[0], pair[1]), same)?;
            layers.push(Layer { convolution, lost: 0, step: if pair[1] == 512 { 1 } else { 2 } });
        }
        Ok(Self {
            layers,
            last_kernel: weights.take("conv8/filters", &[1, 1, 512, OUTPUTS])?,
            last_bias: weights.take("conv8/bias", &[OUTPUTS])?,
            maps: [Map::default(), Map::default()],
            work: Work::default(),
        })
    }

    /// Runs the network; `output` becomes a map of [`OUTPUTS`] channels. Nothing of the input stays behind.
    pub(super) fn run(&mut self, input: &Map, output: &mut Map) {
        let [now, next] = &mut self.maps;
        for (i, layer) in self.layers.iter().enumerate() {
            let from = if i == 0 { input } else { &*now };
            layer.run(from, next, &mut self.work);
            std::mem::swap(now, next);
        }
        output.reshape(now.width, now.height, OUTPUTS);
        multiply(&now.values, &self.last_kernel, &mut output.values, 512, OUTPUTS);
        for place in output.values.chunks_exact_mut(OUTPUTS) {
            place.iter_mut().zip(&self.last_bias).for_each(|(value, bias)| *value += bias);
        }
        self.maps.iter_mut().for_each(Map::wipe);
        self.work.wipe();
    }
}

impl Layer {
    fn run(&self, from: &Map, to: &mut Map, work: &mut Work) {
        let (width, height) = (from.width - self.lost, from.height - self.lost);
        let (step, outputs) = (self.step, self.convolution.outputs);
        to.reshape(width.div_ceil(step), height.div_ceil(step), outputs);
        let stride = to.width * outputs;
        let rows_at_once = (BATCH / (width * step)).max(1);
        for first in (0..to.height).step_by(rows_at_once) {
            let last = (first + rows_at_once).min(to.height);
            let rows = first * step..(last * step + 2 - step).min(height);
            self.convolution.rows(from, rows.clone(), width, work);
            for y in first..last {
                let row = &mut to.values[y * stride..][..stride];
                let below = &work.product[(y * step - rows.start) * width * outputs..];
                self.pool(below, width, rows.end - y * step, row);
            }
        }
    }

    /// One row of what the layer gives: the largest of 2 × 2 places, those beyond the edge left out, then bias and the
    /// leaky rectifier (both rise with their input, so they may follow the choice instead of preceding it four times).
    fn pool(&self, product: &[f32], width: usize, rows_left: usize, row: &mut [f32]) {
        let n = self.convolution.outputs;
        for (x, place) in row.chunks_exact_mut(n).enumerate() {
            let at = |place: usize| &product[place * n..][..n];
            let first = x * self.step;
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
            for (value, bias) in place.iter_mut().zip(&self.convolution.bias) {
                let sum = *value + bias;
                *value = if sum < 0.0 { sum * 0.1 } else { sum };
            }
        }
    }
}

fn raise(place: &mut [f32], other: &[f32]) {
    place.iter_mut().zip(other).for_each(|(max, value)| *max = max.max(*value));
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
