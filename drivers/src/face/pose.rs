//! How a head is held: turned to the side, tilted.
//!
//! Duty: two angles' worth of numbers from where eyes and nose lie. Never: keep or give out the points; nobody needs them.

use zeroize::Zeroizing;

use super::Face;
use super::landmarks::{EDGE, LandmarkNetwork};
use super::layers::Map;
use super::weights::{Weights, WeightsError};
use crate::camera::{Area, Frame, Mirror, Size};

/// How a head is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// How far the tip of the nose lies beside the middle of the eyes, in distances between the eyes, positive to the
    /// frame's right: 0 straight, about 0.12 for each ten degrees up to thirty.
    pub turn: f32,
    /// How far the line through the eyes is from level, degrees, clockwise positive.
    pub tilt: f32,
    /// Distance between the eyes, the frame's pixels.
    pub eye_distance: f32,
}

/// Estimates poses; with its working memory.
pub struct PoseEstimator {
    network: LandmarkNetwork,
    input: Map,
}

/// Taken from red, green and blue before they go in (`TinyFaceFeatureExtractor.ts`).
const MEAN: [f32; 3] = [122.782, 117.001, 104.298];

impl PoseEstimator {
    /// An estimator from `face_landmark_68_tiny_model-weights_manifest.json` and `face_landmark_68_tiny_model.bin`.
    ///
    /// # Errors
    /// When the two are not what the network needs.
    pub fn new(manifest: &[u8], weights: &[u8]) -> Result<Self, WeightsError> {
        let network = LandmarkNetwork::new(Weights::parse(manifest, weights)?)?;
        Ok(Self { network, input: Map::default() })
    }

    /// How the head of a face that the detector found is held.
    pub fn estimate(&mut self, frame: &Frame, face: &Face) -> Pose {
        let (x, y) = face.area.middle();
        let side = face.area.width.max(face.area.height);
        let square = Area { x: x - side / 2.0, y: y - side / 2.0, width: side, height: side };
        let mut rgb = Zeroizing::new([0; 3 * (EDGE * EDGE) as usize]);
        frame.part_into(square, Size::new(EDGE, EDGE), Mirror::AsSeen, rgb.as_mut_slice());
        self.input.reshape(EDGE as usize, EDGE as usize, 3);
        for (place, pixel) in self.input.values.chunks_exact_mut(3).zip(rgb.chunks_exact(3)) {
            (0..3).for_each(|c| place[c] = (f32::from(pixel[c]) - MEAN[c]) / 255.0);
        }
        let points = self.network.run(&self.input);
        self.input.wipe();

        // Of the 68 points: corners of the eyes 36, 39 and 42, 45, tip of the nose 30.
        let between = |a: usize, b: usize| {
            let ((ax, ay), (bx, by)) = (points[a], points[b]);
            ((ax + bx) / 2.0, (ay + by) / 2.0)
        };
        let (left, right) = (between(36, 39), between(42, 45));
        let (dx, dy) = (right.0 - left.0, right.1 - left.1);
        let distance = dx.hypot(dy).max(f32::EPSILON);
        let nose = (points[30].0 - (left.0 + right.0) / 2.0, points[30].1 - (left.1 + right.1) / 2.0);
        Pose {
            turn: (nose.0 * dx + nose.1 * dy) / (distance * distance),
            tilt: dy.atan2(dx).to_degrees(),
            eye_distance: distance * side,
        }
    }
}

impl std::fmt::Debug for PoseEstimator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PoseEstimator").finish_non_exhaustive()
    }
}
