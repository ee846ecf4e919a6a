//! The network that places 68 points on a face.
//!
//! Duty: face-api's `FaceLandmark68TinyNet` number for number (npm @vladmandic/face-api 1.7,
//! `faceFeatureExtractor/denseBlock.ts`, `TinyFaceFeatureExtractor.ts`): three blocks, each half as wide and high as the
//! one before, their mean, one matrix. Never: recognise anybody; the points say how a head is held.

use super::layers::{Convolution, Map, Window, Work};
use super::product::multiply;
use super::weights::{Weights, WeightsError};

/// The edge of the square picture of a face that goes in, pixels.
pub(super) const EDGE: u32 = 112;
/// Points that come out.
pub(super) const POINTS: usize = 68;
/// Channels of the three blocks.
const CHANNELS: [usize; 3] = [32, 64, 128];

/// The whole network with its working memory.
pub(super) struct LandmarkNetwork {
    blocks: Vec<[Convolution; 3]>,
    last_kernel: Vec<f32>,
    last_bias: Vec<f32>,
    maps: [Map; 4],
    work: Work,
}

impl LandmarkNetwork {
    pub(super) fn new(mut weights: Weights) -> Result<Self, WeightsError> {
        // An even edge that is halved has its padding on the far side alone.
        let halve = Window { stride: 2, before: 0 };
        let same = Window { stride: 1, before: 1 };
        let mut blocks = Vec::new();
        for (i, &outputs) in CHANNELS.iter().enumerate() {
            let name = |part: usize| format!("dense{i}/conv{part}");
            let first = match i {
                0 => Convolution::whole(&mut weights, &name(0), outputs, halve)?,
                _ => Convolution::separable(&mut weights, &name(0), (CHANNELS[i - 1], outputs), halve)?,
            };
            let second = Convolution::separable(&mut weights, &name(1), (outputs, outputs), same)?;
            let third = Convolution::separable(&mut weights, &name(2), (outputs, outputs), same)?;
            blocks.push([first, second, third]);
        }
        Ok(Self {
            blocks,
            last_kernel: weights.take("fc/weights", &[128, 2 * POINTS])?,
            last_bias: weights.take("fc/bias", &[2 * POINTS])?,
            maps: Default::default(),
            work: Work::default(),
        })
    }

    /// The points of a face, in parts of the picture's edge. Nothing of the input stays behind.
    pub(super) fn run(&mut self, input: &Map) -> [(f32, f32); POINTS] {
        let [now, a, b, c] = &mut self.maps;
        for (i, [first, second, third]) in self.blocks.iter().enumerate() {
            let from = if i == 0 { input } else { &*now };
            convolve(first, from, a, &mut self.work);
            a.values.iter_mut().for_each(|value| *value = value.max(0.0));
            convolve(second, a, b, &mut self.work);
            // From here on `a` and `b` are needed only as their sum.
            b.values.iter_mut().zip(&a.values).for_each(|(sum, value)| *sum += value);
            a.reshape(b.width, b.height, b.channels);
            a.values.iter_mut().zip(&b.values).for_each(|(value, sum)| *value = sum.max(0.0));
            convolve(third, a, c, &mut self.work);
            c.values.iter_mut().zip(&b.values).for_each(|(value, sum)| *value = (*value + sum).max(0.0));
            std::mem::swap(now, c);
        }
        let mut mean = [0.0; CHANNELS[2]];
        for place in now.values.chunks_exact(mean.len()) {
            mean.iter_mut().zip(place).for_each(|(sum, value)| *sum += value);
        }
        let places = (now.width * now.height) as f32;
        mean.iter_mut().for_each(|sum| *sum /= places);
        let mut numbers = [0.0; 2 * POINTS];
        multiply(&mean, &self.last_kernel, &mut numbers, mean.len(), 2 * POINTS);
        self.maps.iter_mut().for_each(Map::wipe);
        self.work.wipe();
        std::array::from_fn(|i| {
            let at = |k: usize| numbers[2 * i + k] + self.last_bias[2 * i + k];
            (at(0), at(1))
        })
    }
}

fn convolve(convolution: &Convolution, from: &Map, to: &mut Map, work: &mut Work) {
    let (width, height) = (from.width / convolution.stride(), from.height / convolution.stride());
    to.reshape(width, height, convolution.outputs);
    convolution.rows(from, 0..height, width, work);
    for (place, product) in
        to.values.chunks_exact_mut(convolution.outputs).zip(work.product.chunks_exact(convolution.outputs))
    {
        for ((value, product), bias) in place.iter_mut().zip(product).zip(&convolution.bias) {
            *value = product + bias;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &[u8] = include_bytes!(
        "../../../assets/models/face_landmark_68_tiny/face_landmark_68_tiny_model-weights_manifest.json"
    );
    const WEIGHTS: &[u8] =
        include_bytes!("../../../assets/models/face_landmark_68_tiny/face_landmark_68_tiny_model.bin");

    /// As for the detector: the figures are face-api's own for a picture that is a formula.
    #[test]
    fn the_points_are_where_face_api_puts_them() {
        let edge = EDGE as usize;
        let mut input = Map::default();
        input.reshape(edge, edge, 3);
        for (i, value) in input.values.iter_mut().enumerate() {
            let (x, y, c) = (i / 3 % edge, i / 3 / edge, i % 3);
            let byte = (x * 7 + y * 13 + c * 50 + (x * y) % 31 * 3) % 256;
            *value = (byte as f32 - [122.782, 117.001, 104.298][c]) / 255.0;
        }
        let mut network = LandmarkNetwork::new(Weights::parse(MANIFEST, WEIGHTS).unwrap()).unwrap();
        let points = network.run(&input);
        for (point, x, y) in [
            (0, 0.19404, 0.37683),
            (16, 0.86425, 0.34938),
            (30, 0.51508, 0.54090),
            (36, 0.35370, 0.40385),
            (39, 0.46312, 0.40194),
            (42, 0.60167, 0.40939),
            (45, 0.71677, 0.40409),
        ] {
            let (got_x, got_y) = points[point];
            assert!((got_x - x).abs() < 2e-4 && (got_y - y).abs() < 2e-4, "{point}: {got_x} {got_y}");
        }
        assert!(network.maps.iter().all(|map| map.values.iter().all(|v| *v == 0.0)), "nothing stays behind");
    }
}
